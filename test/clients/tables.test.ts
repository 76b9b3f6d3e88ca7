import { join } from 'node:path';
import t from 'tap';
import { createClient, createTransport, loadEndpoint, type Client } from '@kube-steward/kube';
import { createCluster, startSandbox } from '@kube-steward/sandbox';
import { systemClock } from '@kube-steward/schedule';
import { startCluster, until } from '../cluster/index.ts';
import { DEFINITIONS, NAMESPACE, PRINTED, type Printed } from './printed-objects.ts';

interface Table {
  readonly kind: string;
  readonly columnDefinitions: readonly { name: string; type: string; format: string; priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly conditions?: unknown }[];
}

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

const nameOf = ({ object }: Printed): string => (object['metadata'] as { name: string }).name;

const pathOf = ({ resource, namespaced }: Printed, ...rest: readonly string[]): string => {
  const [groupVersion, plural] = [
    resource.slice(0, resource.lastIndexOf('/')),
    resource.slice(resource.lastIndexOf('/') + 1),
  ];
  const root = groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`;
  return [root, ...(namespaced ? ['namespaces', NAMESPACE] : []), plural, ...rest].join('/');
};

const put = async (client: Client, printed: Printed): Promise<void> => {
  await client.request({ method: 'POST', path: pathOf(printed), body: printed.object });
  const { status } = printed;
  const contentType = 'application/merge-patch+json';
  if (!status) return;
  await client.request({
    method: 'PATCH',
    path: pathOf(printed, nameOf(printed), 'status'),
    contentType,
    body: { status },
  });
};

const fill = async (client: Client): Promise<void> => {
  await client.request({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: NAMESPACE } } });
  for (const definition of DEFINITIONS) await put(client, definition);
  await until(() => isServed(client), 'the resources that were defined');
  for (const printed of PRINTED) await put(client, printed);
};

const isServed = async (client: Client): Promise<boolean> => {
  for (const name of ['rockets', 'probes']) {
    const answer = client.request({ method: 'GET', path: `/apis/example.com/v1/${name}`, maxRetries: 0 });
    if (
      !(await answer.then(
        () => true,
        () => false,
      ))
    )
      return false;
  }
  return true;
};

interface Shown {
  readonly kind: string;
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

/** The columns of 1.32 where they are others, or stand in another order. */
const COLUMNS_OF_132: Readonly<Record<string, readonly string[]>> = {
  'v1/serviceaccounts': ['Name', 'Secrets', 'Age'],
  'v1/resourcequotas': ['Name', 'Age', 'Request', 'Limit'],
};

/** A table of 1.32 with the columns there are now, in their order. */
const asNow = (table: Shown, { columns: now }: Shown): Shown => {
  const places = now.map(({ name }) => table.columns.findIndex((column) => column.name === name));
  return {
    ...table,
    columns: places.flatMap((place) => table.columns[place] ?? []),
    rows: table.rows.map(({ cells, ...row }) => ({ ...row, cells: places.map((place) => cells[place]) })),
  };
};

/** What `kubectl get` shows of an object, without what differs between two servers: how old it is. */
const shown = async (client: Client, printed: Printed): Promise<Shown> => {
  const { body } = await client.request({ method: 'GET', path: pathOf(printed, nameOf(printed)), accept: TABLE });
  const { kind, columnDefinitions, rows } = body as Table;
  const columns = columnDefinitions.map(({ name, type, format, priority }) => ({ name, type, format, priority }));
  const isNew = /^(\d+s|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/;
  return {
    kind,
    columns,
    rows: rows.map(({ cells, conditions }) => ({
      cells: cells.map((cell, index) =>
        ['Age', 'Created At'].includes(columns[index]?.name ?? '') && isNew.test(String(cell)) ? 'new' : cell,
      ),
      ...(conditions === undefined ? {} : { conditions }),
    })),
  };
};

t.test('every kind has the table of the real server, cell by cell', async (t) => {
  await using real = await startCluster();
  const sandbox = await startSandbox({ clock: systemClock, cluster: createCluster({ clock: systemClock }) });
  t.teardown(() => sandbox.stop());
  const transport = createTransport(
    await loadEndpoint({ kubeconfig: join(t.testdir({ kubeconfig: sandbox.kubeconfig() }), 'kubeconfig') }),
    { qps: -1 },
  );
  t.teardown(() => transport.close());
  const ours = createClient(transport);
  await Promise.all([fill(real.admin), fill(ours)]);
  const version = await real.admin.request({ method: 'GET', path: '/version' });
  const is132 = (version.body as { minor: string }).minor === '32';
  for (const printed of [...DEFINITIONS, ...PRINTED]) {
    const [table, expected] = [await shown(ours, printed), await shown(real.admin, printed)];
    const former = is132 ? COLUMNS_OF_132[printed.resource] : undefined;
    if (former)
      t.same(
        expected.columns.map(({ name }) => name),
        former,
      );
    t.same(table, former ? asNow(expected, table) : expected, `${printed.resource} ${nameOf(printed)}`);
  }
});
