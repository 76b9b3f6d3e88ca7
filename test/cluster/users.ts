import { randomBytes } from 'node:crypto';

const MASTERS = 'system:masters';

/** Who is there in every cluster, and the group that gives each of them its rights. */
const GROUPS: { readonly [user: string]: string } = {
  admin: MASTERS,
  probe: 'system:monitoring',
  'kube-controller-manager': MASTERS,
  'kube-scheduler': MASTERS,
  kwok: MASTERS,
  'metrics-server': MASTERS,
  karpenter: MASTERS,
  'vpa-recommender': MASTERS,
};

/** The token of each user: of those a cluster needs itself, and of some without any rights. */
export type Tokens = Map<string, string>;

export const createTokens = (clients: readonly string[]): Tokens =>
  new Map([...Object.keys(GROUPS), ...clients].map((name) => [name, randomBytes(16).toString('hex')]));

/** As `--token-auth-file` wants it. */
export const tokenFile = (tokens: Tokens): string =>
  [...tokens]
    .map(([name, token]) => [token, name, name, ...(GROUPS[name] === undefined ? [] : [`"${GROUPS[name]}"`])].join(','))
    .join('\n');

/** Where a client finds the server, and who it is. */
export const kubeconfigText = (server: string, authority: string, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'local', cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') } },
    ],
    users: [{ name: 'local', user: { token } }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'local' } }],
    'current-context': 'local',
  });
