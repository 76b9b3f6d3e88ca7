import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import { seededRandom } from '@kube-steward/schedule';
import t from 'tap';
import { FEW, openShop, preview, type Event, type Stage } from './controller-stage.ts';

const { deployments, events } = RESOURCES;
const LATER = '2026-11-20T21:00:00Z';
const HOUR = { 'janitor/ttl': '1h' };

/** What happens to an object between the decision to delete it and the delete; whether it is still to go then. */
const RACES: readonly {
  readonly name: string;
  readonly goes: boolean;
  readonly run: (stage: Stage, name: string) => void;
}[] = [
  { name: 'nothing', goes: true, run: () => undefined },
  { name: 'touched', goes: true, run: (stage, name) => annotate(stage, name, { touched: 'yes' }) },
  { name: 'extended', goes: false, run: (stage, name) => annotate(stage, name, { 'janitor/ttl': '9h' }) },
  { name: 'annotation removed', goes: false, run: (stage, name) => annotate(stage, name, { 'janitor/ttl': null }) },
  { name: 'protected', goes: false, run: (stage, name) => annotate(stage, name, { 'janitor/protect': 'true' }) },
  { name: 'made again, young', goes: false, run: (stage, name) => remake(stage, name, LATER) },
  { name: 'made again, without annotation', goes: false, run: (stage, name) => remake(stage, name, LATER, {}) },
];

const annotate = (stage: Stage, name: string, annotations: Record<string, string | null>): void =>
  stage.edit(deployments, name, { metadata: { annotations } });

/** Objects that the test itself has deleted, by their uids. */
const ours = new Set<string | undefined>();

const remake = ({ cluster }: Stage, name: string, creationTimestamp: string, annotations = HOUR as object): void => {
  const { metadata } = cluster.delete(deployments, name, { namespace: 'shop' });
  ours.add(metadata.uid);
  const made = preview(name);
  cluster.load([{ ...made, metadata: { ...made.metadata, creationTimestamp, annotations } }] as Unstructured[]);
};

/** One of each: what was done to it, when its end had been told of. */
const raceAll = async (stage: Stage, random: () => number, count: number) => {
  // The next cluster gives the same uids.
  ours.clear();
  const done = new Map<string, (typeof RACES)[number]>();
  const deleted = new Map<string, Unstructured>();
  stage.cluster.subscribe(events, ({ type, object }) => {
    const { regarding, reason } = object as unknown as Event;
    if (type !== 'ADDED' || reason !== 'TimeToLiveExpired' || done.has(regarding.name)) return;
    const race = RACES[Math.floor(random() * RACES.length)];
    if (!race) return;
    done.set(regarding.name, race);
    race.run(stage, regarding.name);
  });
  stage.cluster.subscribe(deployments, ({ type, object }) => {
    if (type === 'DELETED' && !ours.has(object.metadata.uid)) deleted.set(object.metadata.name, object);
  });
  await stage.start([FEW]);
  await stage.settle();
  t.equal(done.size, count, 'each was decided on');
  return { done, deleted };
};

for (const seed of [1, 2])
  t.test(`changed between decision and delete, nothing goes that should not (seed ${seed})`, async (t) => {
    const count = 600;
    const due = Array.from({ length: count }, (_, index) => preview(`due-${index}`, HOUR));
    const others = Array.from({ length: count + 20 }, (_, index) => preview(`other-${index}`));
    const stage = await openShop(t, [...due, ...others], LATER);
    const { done, deleted } = await raceAll(stage, seededRandom(seed), count);
    const wrong = [...done].filter(([name, { goes }]) => goes !== deleted.has(name));
    t.same(
      wrong.map(([name, race]) => `${name}: ${race.name}`),
      [],
    );
    const refused = stage.writes({ verb: 'delete' }).filter(({ code }) => code === 409);
    const changed = [...done.values()].filter(({ name }) => name !== 'nothing');
    t.equal(refused.length, changed.length, `${refused.length} deletes were refused by their preconditions`);
    for (const { name } of RACES)
      t.ok(
        [...done.values()].some((race) => race.name === name),
        name,
      );
    const told = stage.cluster.list(events) as unknown as Event[];
    t.equal(told.filter(({ reason }) => reason === 'TimeToLiveExpired').length, count, 'each end was told of once');
  });
