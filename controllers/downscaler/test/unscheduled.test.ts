import type { KubeObject } from '@kube-steward/kube';
import { deployment, hpa, namespace, pod } from '@kube-steward/sandbox';
import t from 'tap';
import { decide } from '../src/decide.ts';
import { observeAll } from '../src/observe.ts';
import { heldAt, isMass, isUnscheduled, survey, type Stays } from '../src/unscheduled.ts';
import { viewOfManifests } from '../src/view.ts';
import { ownerOf, policy, prefixed } from './decisions.ts';

const OFFICE = { uptime: 'Mon-Fri 08:00-20:00 UTC' };
/** A Friday, five minutes after the end of the uptime, and an hour. */
const JUST_AFTER = '2026-11-20T20:05:00Z';
const LATE = '2026-11-20T21:00:00Z';
const KEY = 'deployments.apps/shop/api';

const api = (
  annotations: Record<string, string> = {},
  more: Partial<Parameters<typeof deployment>[0]> = {},
): KubeObject =>
  deployment({ namespace: 'shop', name: 'api', replicas: 2, annotations: prefixed(annotations), ...more });

const isIt = (objects: readonly KubeObject[], at: string, stays?: Stays, argv: readonly string[] = []): boolean => {
  const configured = policy(argv, objects);
  const now = Date.parse(at);
  const [o] = [...observeAll(viewOfManifests(objects, configured), configured)];
  if (!o) throw new Error('nothing observed');
  return isUnscheduled(decide(o, configured, now), o, configured, stays, now);
};

t.test('the clock alone: what would have gone to sleep ten minutes ago as well is unscheduled', (t) => {
  const rows: readonly (readonly [string, KubeObject, string, boolean])[] = [
    ['the end of its uptime', api(OFFICE), JUST_AFTER, false],
    ['an hour after it', api(OFFICE), LATE, true],
    ['up anyhow', api(OFFICE), '2026-11-20T12:00:00Z', false],
    ['a downtime that began', api({ downtime: 'Fri 20:00-24:00 UTC' }), JUST_AFTER, false],
    ['a downtime without a beginning', api({ downtime: 'always' }), JUST_AFTER, true],
    ['forced down for good', api({ 'force-downtime': 'true' }), JUST_AFTER, true],
    [
      'its grace period has ended',
      api({ downtime: 'always' }, { creationTimestamp: '2026-11-20T20:44:00Z' }),
      LATE,
      false,
    ],
    ['its exclusion has ended', api({ downtime: 'always', 'exclude-until': '2026-11-20T20:55:00Z' }), LATE, false],
    ['its exception has ended', api({ downtime: 'always', 'force-uptime': 'until 2026-11-20T20:55:00Z' }), LATE, false],
    [
      'scaled up by hand a few minutes ago',
      api(
        { downtime: 'always', 'original-replicas': '2' },
        {
          metadata: { managedFields: [ownerOf('/spec/replicas', 'kubectl', { time: '2026-11-20T20:58:00Z' })] },
        },
      ),
      LATE,
      false,
    ],
  ];
  for (const [title, object, at, expected] of rows) t.equal(isIt([object], at), expected, title);
  t.end();
});

t.test('what is remembered: caught up with, or due by now, is scheduled however late it is', (t) => {
  const at = (time: string): Stays => new Map([[KEY, Date.parse(time)]]);
  const rows: readonly (readonly [string, Stays, boolean])[] = [
    ['never looked at before', new Map(), false],
    ['was up until eight', at('2026-11-20T20:00:00Z'), false],
    ['was up until tomorrow', at('2026-11-21T20:00:00Z'), true],
    ['was up until something changes', new Map([[KEY, Infinity]]), true],
  ];
  for (const [title, stays, expected] of rows) t.equal(isIt([api(OFFICE)], LATE, stays), expected, title);
  t.end();
});

t.test('a mass is more than fifty, and more than half', (t) => {
  const rows = [
    [50, 50, false],
    [51, 51, true],
    [51, 102, false],
    [52, 103, true],
  ] as const;
  for (const [count, managed, expected] of rows) t.equal(isMass(count, managed), expected, `${count} of ${managed}`);
  t.end();
});

const many = (count: number, annotations: Record<string, string>): KubeObject[] => [
  namespace({ name: 'shop', annotations: prefixed(annotations) }),
  ...Array.from({ length: count }, (_, index) => deployment({ namespace: 'shop', name: `web-${index}`, replicas: 2 })),
];

t.test('counts the workloads whose schedule is followed, and each unit once', (t) => {
  const objects = [
    ...many(60, OFFICE),
    ...Array.from({ length: 60 }, (_, index) => hpa({ namespace: 'shop', name: `web-${index}` })),
    deployment({ namespace: 'shop', name: 'kept', annotations: prefixed({ exclude: 'true' }) }),
    deployment({ namespace: 'kube-system', name: 'dns' }),
  ];
  const configured = policy([], objects);
  const view = viewOfManifests(objects, configured);
  t.match(survey(view, configured, undefined, Date.parse(LATE)), { managed: 60, unscheduled: { length: 60 } });
  t.match(survey(view, configured, undefined, Date.parse(JUST_AFTER)), { managed: 60, unscheduled: { length: 0 } });
  t.match(survey(view, configured, new Map(), Date.parse(LATE)), { managed: 60, unscheduled: { length: 0 } });
  t.equal(heldAt(view, configured, Date.parse(LATE)).size, 60);
  t.equal(heldAt(view, configured, Date.parse(JUST_AFTER)).size, 0);
  t.end();
});

t.test('pods that keep a namespace up are no schedule of it', (t) => {
  const busy = pod({ namespace: 'shop', name: 'job', annotations: prefixed({ 'force-uptime': 'true' }) });
  const configured = policy();
  const view = viewOfManifests([...many(60, OFFICE), busy], configured);
  t.equal(heldAt(view, configured, Date.parse(LATE)).size, 0, 'nothing goes to sleep');
  t.end();
});
