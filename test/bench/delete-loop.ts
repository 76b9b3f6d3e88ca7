/**
 * The least that deletes cost: a loop over kept-alive connections that writes an Event and deletes the object, by its uid and
 * version, and nothing else. Arguments: a kubeconfig, what the names of the ConfigMaps begin with,
 * connections. Says when it is done.
 */
import https from 'node:https';
import { RESOURCES, createClient, createTransport, loadEndpoint } from '@kube-steward/kube';

const [kubeconfig, prefix = '', sockets = ''] = process.argv.slice(2);
const endpoint = await loadEndpoint({ kubeconfig });
const { headers, tls } = await endpoint.credentials();
const agent = new https.Agent({ ...tls, keepAlive: true, maxSockets: Number(sockets) });

const send = (method: string, path: string, object: unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    const { hostname: host, port } = endpoint.server;
    const body = JSON.stringify(object);
    const lengths = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    https
      .request({ host, port, method, path, agent, headers: { ...headers, ...lengths } }, (response) => {
        if ((response.statusCode ?? 500) >= 300) reject(new Error(`${method} ${path}: ${response.statusCode}`));
        response.on('end', resolve).resume();
      })
      .on('error', reject)
      .end(body);
  });

const client = createClient(createTransport(endpoint, { qps: -1 }));
const { items } = await client.list(RESOURCES.configMaps, { metadataOnly: true });
const due = items.filter(({ metadata }) => metadata.name.startsWith(prefix)).values();

const work = async (): Promise<void> => {
  for (const { metadata } of due) {
    const { namespace = '', name, uid, resourceVersion } = metadata;
    await send('POST', `/apis/events.k8s.io/v1/namespaces/${namespace}/events`, {
      ...{ apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name: `${name}.${uid ?? ''}`, namespace } },
      ...{
        eventTime: new Date().toISOString().replace('Z', '000Z'),
        action: 'Delete',
        reason: 'Expired',
        type: 'Normal',
      },
      ...{ reportingController: 'example.com/loop', reportingInstance: 'loop' },
      regarding: { apiVersion: 'v1', kind: 'ConfigMap', namespace, name, uid, resourceVersion },
      note: `ConfigMap ${name} expired and will be deleted`,
    });
    await send('DELETE', `/api/v1/namespaces/${namespace}/configmaps/${name}`, {
      ...{ apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' },
      preconditions: { uid, resourceVersion },
    });
  }
};
await Promise.all(Array.from({ length: Number(sockets) }, work));
process.stdout.write(`${JSON.stringify({ done: true })}\n`);
process.exit(0);
