/** A kubeconfig with one context, as JSON, which is YAML as well. Over plain HTTP some clients want to be told not to verify. */
export const kubeconfigText = (access: {
  readonly url: string;
  readonly user: string;
  readonly token: string;
  readonly caPem?: string | undefined;
}): string => {
  const trust = access.caPem
    ? { 'certificate-authority-data': Buffer.from(access.caPem).toString('base64') }
    : { 'insecure-skip-tls-verify': true };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster: { server: access.url, ...trust } }],
    users: [{ name: access.user, user: { token: access.token } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: access.user } }],
    'current-context': 'sandbox',
  };
  return `${JSON.stringify(config, null, 2)}\n`;
};
