import { RESOURCES, createClient, createTransport, loadEndpoint } from '@kube-steward/kube';
import { MINUTE_MS } from '@kube-steward/schedule';
import type { Stage } from './stage.ts';

/** Who annotates. */
export const PERSON = 'you';
const WAIT_MS = 15 * MINUTE_MS;

/** Somebody needs everything now: keeps each namespace awake by force, over HTTP as `kubectl annotate` does, and waits. */
export const wakeEverything = async ({ clock, cluster, kubeconfigOf, passUntil }: Stage): Promise<void> => {
  const endpoint = await loadEndpoint({ kubeconfig: kubeconfigOf(PERSON), env: {}, clock });
  const transport = createTransport(endpoint, { clock });
  const client = createClient(transport, { fieldManager: 'kubectl-annotate' });
  const body = { metadata: { annotations: { 'downscaler/force-uptime': 'true' } } };
  for (const { metadata } of cluster.list(RESOURCES.namespaces)) {
    if (!metadata.annotations) continue;
    await client.patch(RESOURCES.namespaces, { name: metadata.name }, { type: 'merge', body, discardReply: true });
  }
  transport.close();
  await passUntil(clock.now() + WAIT_MS);
};
