import type { KubeObject } from '@kube-steward/kube';
import { cronJob, deployment } from '@kube-steward/sandbox';
import t from 'tap';
import { inShort, ownerOf } from './decisions.ts';
import { createLooks } from './looks.ts';

const NIGHT = Date.parse('2026-11-20T20:00:00Z');
const MINUTE = 60_000;
const NEVER_UP = ['--default-uptime=never', '--include-resources=deployments,cronjobs'];

interface State {
  readonly version: number;
  readonly replicas: number;
  readonly by?: string;
  readonly original?: boolean;
  /** When it was set; long ago unless told. */
  readonly set?: number;
}

const stateOf = ({ version, replicas, by = 'kube-steward-downscaler', original = true, set = 0 }: State): KubeObject =>
  deployment({
    name: 'api',
    namespace: 'shop',
    replicas,
    requests: { cpu: '250m', memory: '512Mi' },
    ...(original && { annotations: { 'downscaler/original-replicas': '4' } }),
    metadata: {
      resourceVersion: String(version),
      managedFields: [ownerOf('/spec/replicas', by, { time: new Date(set).toISOString() })],
    },
  });

/** Looks at one object again and again. */
const begin = () => {
  const looks = createLooks(NEVER_UP);
  const look = (object: KubeObject, now: number, options?: { readonly fails?: boolean }) => {
    looks.show(object);
    return looks.look('api', now, options);
  };
  return { looks, look };
};
type Look = ReturnType<typeof begin>['look'];

/** So many times, every two minutes: put to sleep from an odd version, changed back to an even one. */
const fight = (look: Look, times: number, from = NIGHT, version = 1): number => {
  for (let round = 0; round < times; round += 1) {
    look(stateOf({ version: version + 2 * round, replicas: 4, by: 'argocd-controller' }), from + 2 * round * MINUTE);
    look(stateOf({ version: version + 2 * round + 1, replicas: 0 }), from + 2 * round * MINUTE + 1000);
  }
  return version + 2 * times;
};

t.test('changed back for the third time within ten minutes: left awake for an hour, then tried again', (t) => {
  const { looks, look } = begin();
  const version = fight(look, 3);
  const back = stateOf({ version, replicas: 4, by: 'argocd-controller' });
  const third = NIGHT + 6 * MINUTE;
  t.match(look(back, third), {
    action: 'blocked',
    reason: 'LeftToOtherManager',
    message:
      /set back to 4 by argocd-controller 3 times in 10m: left awake for 1h, which costs 1 vCPU-hours and 2.0 GiB-hours\./,
    changes: [],
    nextTransition: '2026-11-20T21:06:00Z',
  });
  t.equal(inShort(look(back, third + 59 * MINUTE)), 'blocked LeftToOtherManager');
  t.strictSame(looks.told, ['left to argocd-controller'], 'which is told once');
  t.equal(inShort(look(back, third + 60 * MINUTE)), 'scaleDown ManualChange 4→0');
  t.end();
});

t.test('what is no revert does not count', (t) => {
  const rows: readonly (readonly [string, (look: Look) => void])[] = [
    [
      'three in more than ten minutes',
      (look) => void [0, 8, 16].map((minutes) => fight(look, 1, NIGHT + minutes * MINUTE, 1 + minutes)),
    ],
    [
      'a watch that is behind',
      (look) =>
        void Array.from({ length: 9 }, () =>
          look(stateOf({ version: 1, replicas: 4, by: 'argocd-controller' }), NIGHT),
        ),
    ],
    [
      'patches that failed',
      (look) =>
        void Array.from({ length: 9 }, (_, version) =>
          look(stateOf({ version, replicas: 4, by: 'argocd-controller' }), NIGHT, { fails: true }),
        ),
    ],
    [
      'another downtime size, by our own hand',
      (look) => void Array.from({ length: 9 }, (_, version) => look(stateOf({ version, replicas: 4 }), NIGHT)),
    ],
  ];
  for (const [title, before] of rows) {
    const { look } = begin();
    before(look);
    t.equal(
      look(stateOf({ version: 99, replicas: 4, by: 'argocd-controller' }), NIGHT + 24 * MINUTE).action,
      'scaleDown',
      title,
    );
  }
  t.end();
});

t.test('a downtime size that is raised meanwhile ends no fight', (t) => {
  const { looks, look } = begin();
  fight(look, 2);
  const raised = stateOf({ version: 5, replicas: 0 });
  const annotations = { ...raised.metadata.annotations, 'downscaler/downtime-replicas': '1' };
  t.equal(
    inShort(look({ ...raised, metadata: { ...raised.metadata, annotations } }, NIGHT + 4 * MINUTE)),
    'scaleUp OutsideUptime 0→1',
  );
  t.strictSame([...looks.circumstances.order.wokenAt], [], 'it sleeps still');
  t.equal(looks.circumstances.reverts.size, 1);
  t.end();
});

t.test('a tool that replaces the whole object, and the original with it, is left to as well', (t) => {
  const { look } = begin();
  const back = (version: number) => stateOf({ version, replicas: 4, by: 'argocd-controller', original: false });
  const answers = [1, 2, 3, 4].map((version) => inShort(look(back(version), NIGHT + version * 1000)));
  t.strictSame(answers, [
    ...Array.from({ length: 3 }, () => 'scaleDown OutsideUptime 4→0'),
    'blocked LeftToOtherManager',
  ]);
  t.end();
});

t.test('kinds without replicas are left alone too, without a figure', (t) => {
  const { look } = begin();
  const job = (version: number, suspend: boolean) =>
    cronJob({
      name: 'api',
      namespace: 'shop',
      suspend,
      annotations: { 'downscaler/original-replicas': '1' },
      metadata: {
        resourceVersion: String(version),
        managedFields: [ownerOf('/spec/suspend', 'argocd-controller', { time: '2026-01-01T00:00:00Z' })],
      },
    });
  for (const version of [1, 2, 3]) look(job(version, false), NIGHT + version * 1000);
  t.match(look(job(4, false), NIGHT + 4000), {
    reason: 'LeftToOtherManager',
    message: /^set back to false by argocd-controller 3 times in 10m: left awake for 1h\. .*\/spec\/suspend alone$/,
  });
  t.end();
});

t.test('what is gone, or awake again, is forgotten', (t) => {
  const { looks, look } = begin();
  fight(look, 1);
  t.equal(looks.circumstances.reverts.size, 1);
  looks.gone('deployments.apps/shop/api');
  t.equal(looks.circumstances.reverts.size, 0);
  t.end();
});
