import { RESOURCES, createClient, createTransport, loadEndpoint } from '@kube-steward/kube';
import { MINUTE_MS } from '@kube-steward/schedule';
import type { Stage } from './stage.ts';

/** Who annotates. */
const PERSON = 'you';
const WAIT_MS = 15 * MINUTE_MS;

/** Somebody needs everything now: keeps each namespace awake by force, over HTTP as `kubectl annotate` does, and waits. */
export const wakeEverything = async (stage: Stage): Promise<void> => {
  const { clock, cluster } = stage;
  const endpoint = await loadEndpoint({ kubeconfig: stage.kubeconfigOf(PERSON), env: {}, clock });
  const transport = createTransport(endpoint, { clock });
  const client = createClient(transport, { fieldManager: 'kubectl-annotate' });
  const body = { metadata: { annotations: { 'downscaler/force-uptime': 'true' } } };
  for (const { metadata } of cluster.list(RESOURCES.namespaces)) {
    if (!metadata.annotations) continue;
    await client.patch(RESOURCES.namespaces, { name: metadata.name }, { type: 'merge', body, discardReply: true });
  }
  transport.close();
  await stage.passUntil(clock.now() + WAIT_MS);
};
