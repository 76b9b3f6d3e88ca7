import type { Discovered, DiscoveredResource } from '@kube-steward/kube';
import t from 'tap';
import { parseResourceName } from '../src/resource-name.ts';
import { kindsInside, kindsUsingClaims, type Searched } from '../src/searched.ts';
import { KINDS, policy, type KindName } from './decisions.ts';

const ALL = ['list', 'watch', 'delete'];
const served = (kind: KindName, verbs: readonly string[] = ALL, group = KINDS[kind].group): DiscoveredResource => ({
  ...KINDS[kind],
  ...{ group, verbs, preferred: true, singular: '', shortNames: [], categories: [], subresources: [] },
});
const discovered = (resources: readonly DiscoveredResource[], ...stale: readonly string[]): Discovered => ({
  resources,
  problems: stale.map((groupVersion) => ({ groupVersion, message: 'stale' })),
});
const unchecked = (...names: readonly string[]) => policy({ unchecked: names.map(parseResourceName) });
const inShort = ({ kinds, unknown }: Searched): string =>
  [...kinds.map(({ plural, group }) => `${plural}.${group}`), unknown].filter(Boolean).join(' ');

t.test('before a namespace goes every kind that goes with it is asked, included or not', async (t) => {
  const kinds = [served('Secret'), served('Namespace'), served('Deployment', ['list', 'delete']), served('Event')];
  const excluding = { resources: { include: [{ plural: 'deployments' }], exclude: [{ plural: 'secrets' }] } };
  t.equal(inShort(kindsInside(discovered(kinds), policy(excluding))), 'secrets. deployments.apps');
  t.equal(inShort(kindsInside(discovered(kinds), unchecked('secrets', 'events'))), 'deployments.apps');
  t.equal(inShort(kindsInside(discovered([served('Pod', ['list'])]), policy())), '', 'it does not go with it');
});

t.test('what the server cannot tell of is unknown, unless somebody says that it is no matter', async (t) => {
  const stale = discovered([], 'metrics.k8s.io/v1beta1');
  t.equal(inShort(kindsInside(stale, policy())), 'metrics.k8s.io/v1beta1: stale');
  t.equal(inShort(kindsInside(stale, unchecked('pods.metrics.k8s.io'))), 'metrics.k8s.io/v1beta1: stale');
  t.equal(inShort(kindsInside(stale, unchecked('*.metrics.k8s.io'))), '');
  t.match(kindsInside(discovered([served('Pod', ['delete'])]), policy()), { unknown: 'pods cannot be listed' });
});

t.test('before a claim goes, whatever may use it is asked', async (t) => {
  const kinds = [served('Pod'), served('Secret'), served('CronJob'), served('Job', ALL, 'batch.example.org')];
  t.equal(inShort(kindsUsingClaims(discovered(kinds), policy())), 'pods. cronjobs.batch jobs.batch.example.org');
  const rows: readonly [groupVersion: string, unknown: boolean][] = [
    ['apps.openshift.io/v1', true],
    ['example.org/v1', true],
    ['snapshot.storage.k8s.io/v1', true],
    ['v1', true],
    ['metrics.k8s.io/v1beta1', false],
    ['custom.metrics.k8s.io/v1beta1', false],
    ['networking.k8s.io/v1', false],
  ];
  for (const [groupVersion, unknown] of rows)
    t.equal(kindsUsingClaims(discovered([], groupVersion), policy()).unknown !== undefined, unknown, groupVersion);
});
