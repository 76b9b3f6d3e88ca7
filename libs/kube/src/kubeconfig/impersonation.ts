import { invalidConfig } from './config-files.ts';
import type { UserConfig } from './types.ts';

/** Who the requests are to be made as. */
export interface Impersonation {
  readonly user?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly uid?: string | undefined;
}

/**
 * The `Impersonate-*` headers: of the options if they name anyone, else of the kubeconfig user. Throws KubeApiError
 * `InvalidConfig` when there are groups or a uid but no user.
 */
export const impersonationHeaders = (
  asked: Impersonation | undefined,
  config: UserConfig,
): Record<string, string | readonly string[]> => {
  const isAsked = asked?.user !== undefined || (asked?.groups?.length ?? 0) > 0 || asked?.uid !== undefined;
  const { user, groups = [], uid } = isAsked ? (asked ?? {}) : configured(config);
  if (!user) {
    if (groups.length > 0 || uid !== undefined)
      throw invalidConfig('impersonating a group or uid needs a user too (--as)');
    return {};
  }
  return {
    'Impersonate-User': user,
    ...(groups.length > 0 ? { 'Impersonate-Group': groups } : {}),
    ...(uid === undefined ? {} : { 'Impersonate-Uid': uid }),
    ...(isAsked ? {} : extraHeaders(config)),
  };
};

const configured = (config: UserConfig): Impersonation => ({
  user: config.as,
  groups: config['as-groups'],
  uid: config['as-uid'],
});

const extraHeaders = (config: UserConfig): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(config['as-user-extra'] ?? {}).map(([key, values]) => [
      `Impersonate-Extra-${encodeURIComponent(key)}`,
      values,
    ]),
  );
