/** Decides on 10,000 workloads in 2,000 namespaces, bundled as the controllers are, and says how long that took. */
import { resolveOptions } from '@kube-steward/cli';
import { DOWNSCALER_OPTIONS, decide, decideAll, observeAll, policyOf, viewOfManifests } from '@kube-steward/downscaler';
import { deployment, namespace } from '@kube-steward/sandbox';

const NAMESPACES = 2000;
const WORKLOADS = 10_000;
const ROUNDS = 50;
const UPTIMES = [
  'Mon-Fri 07:30-20:30 Europe/Berlin',
  'Mon-Fri 08:00-18:00 America/New_York',
  'Mon-Sat 06:00-22:00 Asia/Kolkata',
];
const EVENING = Date.parse('2026-11-20T23:41:00Z');
const NOON = Date.parse('2026-11-20T15:00:00Z');

const timed = (work: () => unknown): number => {
  const begun = performance.now();
  work();
  return performance.now() - begun;
};

const policy = policyOf(resolveOptions(DOWNSCALER_OPTIONS, {}));
const view = viewOfManifests(
  [
    ...Array.from({ length: NAMESPACES }, (_, i) =>
      namespace({ name: `team-${i}`, annotations: { 'downscaler/uptime': UPTIMES[i % UPTIMES.length] ?? '' } }),
    ),
    ...Array.from({ length: WORKLOADS }, (_, i) =>
      deployment({
        name: `api-${i}`,
        namespace: `team-${i % NAMESPACES}`,
        replicas: 3,
        requests: { cpu: '250m', memory: '256Mi' },
      }),
    ),
  ],
  policy,
);
const observations = [...observeAll(view, policy)];

const millionsASecond = (now: number): number => {
  let next = 0;
  const ms = timed(() => {
    for (let round = 0; round < ROUNDS; round += 1)
      for (const each of observations) if (decide(each, policy, now).nextTransition !== undefined) next += 1;
  });
  if (next === 0) throw new Error('no decision had a next transition');
  return (ROUNDS * WORKLOADS) / ms / 1000;
};

const sweepMs = Math.min(...[0, 1, 2, 3, 4].map((run) => timed(() => [...decideAll(view, policy, EVENING + run)])));
process.stdout.write(`${JSON.stringify({ sweepMs, up: millionsASecond(NOON), down: millionsASecond(EVENING) })}\n`);
