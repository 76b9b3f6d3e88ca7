import { access, readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import path from 'node:path';

import type { ChosenContext } from './choose-context.ts';
import type { Environment } from './types.ts';

/** Where every pod finds its service account. */
export const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The cluster this process runs in as its service account, or why there is none. */
export const findInCluster = async (env: Environment, folder: string): Promise<ChosenContext | string> => {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) return 'KUBERNETES_SERVICE_HOST and _PORT are not set';
  const [tokenFile, caFile] = [path.join(folder, 'token'), path.join(folder, 'ca.crt')];
  if (!(await exists(tokenFile))) return `no ${tokenFile}`;
  return {
    name: 'in-cluster',
    namespace: await namespaceIn(path.join(folder, 'namespace')),
    cluster: {
      folder,
      value: {
        server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
        ...((await exists(caFile)) ? { 'certificate-authority': caFile } : {}),
      },
    },
    user: { folder, value: { tokenFile } },
    userName: 'service account',
  };
};

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const namespaceIn = async (file: string): Promise<string> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() || 'default';
};
