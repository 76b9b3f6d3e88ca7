import type { ClusterConfig, UserConfig } from './types.ts';

/** Asks for the `Authorization` header; refreshes tokens that have expired. */
export type AuthProvider = () => Promise<string | undefined>;

/**
 * The built-in providers of a kubeconfig user (`auth-provider:`): OpenID Connect, and those of clouds from before exec plugins.
 * They are client-node's, which is loaded when one is used, and not before: it takes a third of a second.
 */
export const createAuthProvider = (cluster: ClusterConfig, user: UserConfig): AuthProvider => {
  let config: Promise<{ authorization(): Promise<string | undefined> }> | undefined;
  const load = async (): Promise<{ authorization(): Promise<string | undefined> }> => {
    const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromClusterAndUser(
      { name: 'cluster', server: cluster.server ?? '', skipTLSVerify: true },
      { name: 'user', authProvider: user['auth-provider'] },
    );
    return {
      async authorization() {
        const options: { headers?: Record<string, unknown> } = { headers: {} };
        await kubeConfig.applyToHTTPSOptions(options as Parameters<typeof kubeConfig.applyToHTTPSOptions>[0]);
        const header = options.headers?.['Authorization'];
        return typeof header === 'string' ? header : undefined;
      },
    };
  };
  return async () => (await (config ??= load())).authorization();
};
