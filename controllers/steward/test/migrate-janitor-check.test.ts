import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Unstructured } from '@kube-steward/kube';
import { createCluster, startSandbox } from '@kube-steward/sandbox';
import { VirtualClock, systemClock } from '@kube-steward/schedule';
import t, { type Test } from 'tap';
import { steward, type Outcome } from './steward.ts';

const NOW = '2026-11-20T12:00:00Z';
const OLD = '2026-01-19T00:00:00Z';

interface Shape extends Record<string, unknown> {
  readonly metadata?: Readonly<Record<string, unknown>>;
}
const made = (apiVersion: string, kind: string, name: string, { metadata, ...rest }: Shape = {}): Unstructured => ({
  ...{ apiVersion, kind },
  metadata: { name, namespace: 'shop', uid: `uid-${kind}-${name}`, creationTimestamp: OLD, ...metadata },
  ...rest,
});
const deployment = (name: string, rest: Shape = {}): Unstructured => {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'c' }] } };
  return made('apps/v1', 'Deployment', name, { spec: { selector: { matchLabels: labels }, template }, ...rest });
};
const ttl = (value: string) => ({ annotations: { 'janitor/ttl': value } });

const RULES = `rules:
  - {id: preview, resources: [deployments], jmespath: metadata.labels.preview, ttl: 3d}
  - {id: unused, resources: [persistentvolumeclaims], jmespath: _context.pvc_is_not_referenced, ttl: 7d}
`;

/** As it is tried out first. */
const CHANGED =
  'janitor: {rules: [{id: preview, resources: [deployments], jmespath: metadata.labels.preview, ttl: 3d, mode: dryRun}]}\n';

const janitor = (args: readonly string[] = [], status = { readyReplicas: 1 }): Unstructured => {
  const volumeMounts = [{ name: 'rules', mountPath: '/config' }];
  const container = { name: 'janitor', image: 'hjacobs/kube-janitor:20.10.0', volumeMounts };
  const spec = {
    volumes: [{ name: 'rules', configMap: { name: 'rules' } }],
    containers: [{ ...container, args: ['--rules-file=/config/rules.yaml', ...args] }],
  };
  const labels = { app: 'cleaner' };
  return deployment('cleaner', {
    metadata: { namespace: 'infra' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    status,
  });
};
const rules = (text = RULES): Unstructured =>
  made('v1', 'ConfigMap', 'rules', { metadata: { namespace: 'infra' }, data: { 'rules.yaml': text } });

const OBJECTS = [
  ...['infra', 'shop'].map((name) => made('v1', 'Namespace', name, { metadata: { namespace: undefined } })),
  deployment('same', { metadata: { labels: { preview: 'yes' } } }),
  deployment('compound', { metadata: ttl('1d12h') }),
  deployment('checkout'),
  made('apps/v1', 'ReplicaSet', 'checkout-1', {
    metadata: {
      ...ttl('1d'),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'checkout',
          uid: 'uid-Deployment-checkout',
          controller: true,
        },
      ],
    },
    spec: {
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'c' }] } },
    },
  }),
  made('v1', 'PersistentVolumeClaim', 'cache', {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }),
  made('apps/v1', 'DaemonSet', 'cacher', {
    spec: {
      selector: { matchLabels: { app: 'cacher' } },
      template: {
        metadata: { labels: { app: 'cacher' } },
        spec: {
          containers: [{ name: 'c', image: 'c' }],
          volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'cache' } }],
        },
      },
    },
  }),
  made('v1', 'ConfigMap', 'kept', {
    metadata: { annotations: { 'janitor/ttl': '1d', 'helm.sh/resource-policy': 'keep' } },
  }),
];

const EXPECTED = [
  ['ConfigMap/kept', 'Protected', 'deleted', 'kept'],
  ['Deployment/compound', 'BadValueThere', 'kept', 'deleted'],
  ['PersistentVolumeClaim/cache', 'StillUsed', 'deleted', 'kept'],
  ['ReplicaSet/checkout-1', 'OwnedObject', 'deleted', 'kept'],
];

interface Document {
  readonly found: readonly { readonly name: string; readonly acts: boolean }[];
  readonly runEnds: readonly { readonly reason: string }[];
  readonly differences: readonly {
    readonly object: { readonly kind: string; readonly name: string };
    readonly kind: string;
    readonly old: { readonly fate: string };
    readonly new: { readonly fate: string };
  }[];
  readonly summary: { readonly differing: number };
}
const documentOf = ({ out }: Outcome): Document => JSON.parse(out) as Document;
const rowsOf = (outcome: Outcome): string[][] =>
  documentOf(outcome)
    .differences.map(({ object, kind, old, new: ours }) => [`${object.kind}/${object.name}`, kind, old.fate, ours.fate])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));

const onFiles = (t: Test, objects: readonly Unstructured[], ...flags: string[]): Promise<Outcome> => {
  const all = { apiVersion: 'v1', kind: 'List', items: objects };
  process.chdir(
    t.testdir({
      'all.json': JSON.stringify(all),
      'rules.yaml': RULES,
      'bad.yaml': 'rules: [{id: X}]\n',
      'changed.yaml': CHANGED,
    }),
  );
  return steward(['migrate', 'check', '--from', 'kube-janitor', '--manifests', 'all.json', '--at', NOW, ...flags]);
};

t.test('only what would be different is shown, with what makes it equal', async (t) => {
  const shown = await onFiles(t, [janitor(), rules(), ...OBJECTS]);
  t.match(shown, { code: 0, err: '' });
  t.match(shown.out, /^infra\/cleaner still runs: stop it first\n/);
  t.match(shown.out, /Deployment\/compound +kept .* deleted now .*take janitor\/ttl off/);
  t.match(
    shown.out,
    /PersistentVolumeClaim\/cache +deleted now \(rule unused.* kept .* none: what is used should stay/,
  );
  t.match(shown.out, /\n4 of \d+ would be treated differently\.\n$/);
  t.notMatch(shown.out, /same|cacher/);
  t.same(rowsOf(await onFiles(t, [janitor(), rules(), ...OBJECTS], '-o', 'json')), EXPECTED);
});

t.test('on a cluster, of which nothing is changed', async (t) => {
  const cluster = createCluster({ clock: new VirtualClock(Date.parse(NOW)) });
  cluster.load([janitor(), rules(), ...OBJECTS]);
  const sandbox = await startSandbox({ clock: systemClock, cluster });
  t.teardown(() => sandbox.stop());
  const KUBECONFIG = join(t.testdir({}), 'config');
  writeFileSync(KUBECONFIG, sandbox.kubeconfig());
  const outcome = await steward(['migrate', 'check', '--from', 'kube-janitor', '--at', NOW, '-o', 'json'], {
    env: { KUBECONFIG },
  });
  t.equal(outcome.code, 0, outcome.err);
  t.same(rowsOf(outcome), EXPECTED);
  t.match(documentOf(outcome).found, [{ name: 'cleaner', acts: true }]);
  t.same(sandbox.requests.mutating(), []);
});

t.test('its flags are those of its Deployment, or those that are given', async (t) => {
  const excluding = janitor(['--exclude-namespaces', 'shop']);
  t.same(rowsOf(await onFiles(t, [excluding, rules(), ...OBJECTS], '-o', 'json')), [], 'they keep working here');
  const given = ['--old-rules', 'rules.yaml', '--old-args=--exclude-resources=configmaps,daemonsets', '-o', 'json'];
  const rows = rowsOf(await onFiles(t, OBJECTS, ...given));
  t.same(rows, EXPECTED.slice(1), 'no ConfigMaps');
  t.match(await onFiles(t, OBJECTS, '--old-args=--colour'), {
    code: 3,
    err: /--old-args: "--colour" is no flag of it/,
  });
});

t.test('rules that were changed for the move are compared with the old ones', async (t) => {
  const rows = rowsOf(await onFiles(t, [janitor(), rules(), ...OBJECTS], '--config', 'changed.yaml', '-o', 'json'));
  t.match(
    rows.find(([name]) => name === 'Deployment/same'),
    ['Deployment/same', 'RuleDryRun', 'deleted', 'kept'],
  );
});

t.test('where its run ends, and rules it does not start with', async (t) => {
  const fails = rules(
    'rules: [{id: a, resources: [deployments], jmespath: "starts_with(metadata.labels.team, \'x\')", ttl: 1d}]\n',
  );
  const ends = await onFiles(t, [janitor(), fails, ...OBJECTS], '-o', 'json');
  t.match(documentOf(ends).runEnds, [{ reason: /its run ends here: / }]);
  t.equal(documentOf(ends).runEnds.length, 1, 'told once');
  t.match(
    (await onFiles(t, [janitor(), fails, ...OBJECTS])).out,
    /^kube-janitor at Deployment infra\/cleaner: its run ends here/m,
  );
  const compound = rules(RULES.replace('3d', '1d12h'));
  const refused = rowsOf(await onFiles(t, [janitor(), compound, ...OBJECTS], '-o', 'json'));
  t.ok(refused.some(([name, kind]) => name === 'Deployment/same' && kind === 'RefusesToStart'));
});

/** What is asked for, and what is wrong with it. */
const REFUSED: readonly (readonly [
  name: string,
  objects: readonly Unstructured[],
  flags: readonly string[],
  said: RegExp,
])[] = [
  ['no ConfigMap', [janitor()], [], /--old-rules: ConfigMap infra\/rules with rules\.yaml is not there/],
  [
    'no mount',
    [janitor(['--rules-file=/other/rules.yaml']), rules()],
    [],
    /where \/other\/rules\.yaml of kube-janitor comes from is not known/,
  ],
  ['no file', [], ['--old-rules', 'nowhere.yaml'], /--old-rules: nowhere\.yaml cannot be read/],
  ['rules that are refused here', [], ['--old-rules', 'bad.yaml'], /bad\.yaml:1:14 +"X" is no id/],
  [
    'refused here, in a ConfigMap',
    [janitor(), rules('rules:\n  - {id: X}\n')],
    [],
    /ConfigMap infra\/rules rules\.yaml:2:10 +"X" is no id/,
  ],
];

t.test('what cannot be compared is said', async (t) => {
  for (const [name, objects, flags, said] of REFUSED)
    t.match(await onFiles(t, [...objects, ...OBJECTS], ...flags), { code: 3, err: said }, name);
});

t.test('a hook is told of, one that does not act too', async (t) => {
  const stopped = janitor(['--resource-context-hook=a.b'], { readyReplicas: 0 });
  const { out, err } = await onFiles(t, [stopped, rules(), ...OBJECTS]);
  t.match(err, /warning: its --resource-context-hook is left out/);
  t.match(out, /^infra\/cleaner is there, and does not act/);
});

t.test('of one namespace, by labels, and with an exit code of its own', async (t) => {
  const all = [janitor(), rules(), ...OBJECTS];
  t.match(await onFiles(t, all, '-n', 'infra', '--detailed-exitcode'), {
    code: 0,
    out: /Nothing differs: \d+ compared/,
  });
  t.match(await onFiles(t, all, '--detailed-exitcode'), { code: 2 });
  t.match(await onFiles(t, all, '-l', 'preview'), { out: /Nothing differs: 1 compared/ });
  t.match(await onFiles(t, all, '-o', 'yaml'), { out: /^ {2}from: kube-janitor$/m });
});
