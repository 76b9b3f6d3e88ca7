import { EXIT } from '@kube-steward/cli';
import {
  clockJumps,
  type Controller,
  type ControllerContext,
  type ControllerDefinition,
  type OnceResult,
} from '@kube-steward/controller';
import type { Discovered } from '@kube-steward/kube';
import { RENDERERS, createPlan, type Decision } from '@kube-steward/plan';
import { openArchive } from './archive/archive.ts';
import { createCurrentPolicy } from './current-policy.ts';
import { followKinds } from './follow-kinds.ts';
import { createForesight } from './foresight.ts';
import { judge, type Bench } from './judge.ts';
import { keyOfObject, type Key } from './keys.ts';
import { inertRules, readingsOf } from './kinds.ts';
import { createLearned } from './learned.ts';
import { fieldsOfKey } from './log-fields.ts';
import { createJanitorMetrics } from './metrics.ts';
import { NAME } from './names.ts';
import { canBeStopped } from './namespace-contents.ts';
import { JANITOR_OPTIONS } from './options.ts';
import { warnOfOurselves } from './own-events.ts';
import type { Policy } from './policy.ts';
import { createReconcile } from './reconcile.ts';
import { kindsInside, kindsUsingClaims } from './searched.ts';
import { settle } from './settle.ts';
import { VERSION } from './version.ts';
import { watchKinds, type WatchedKinds } from './watch.ts';

type Context = ControllerContext<typeof JANITOR_OPTIONS>;

/** How many objects are worked on at once: requests overlap, up to the limit of `--qps`. */
const CONCURRENCY = 16;
/** How long the beginning waits for a kind whose server does not answer. */
const SETTLE_LIMIT_MS = 30_000;

const setup = (context: Context): Controller => {
  const { options, optionSources, client, clock, log, informers, ownNamespace, ownState, events, signal } = context;
  const settings = { values: options, sources: optionSources };
  const policy = createCurrentPolicy({ settings, ownNamespace, clock, log });
  const metrics = createJanitorMetrics(context.metrics, clock, options.dryRun);
  const learned = createLearned(context, policy.get, metrics);
  const { memory, brakes } = learned;
  const archive =
    options.archive === undefined
      ? undefined
      : openArchive({ target: options.archive, client: ownState, namespace: ownNamespace });

  const kinds = watchKinds(informers, { onSeen: metrics.seen, onRead: (candidates) => foresight.expect(candidates) });
  let discovered: Discovered = { resources: [], problems: [] };
  let searched = searchedIn(discovered, policy.get());
  const bench: Bench = {
    view: viewOf(kinds, () => searched, memory.remembered),
    served: () => discovered.resources,
    searched: () => searched,
    policy: policy.get,
    clock,
    client,
    owners: new WeakMap(),
  };
  const foresight = createForesight({ bench, kinds, brakes, clock, onBegin: () => learned.lead() });

  const warnedOf = new Set<string>();
  const follow = (): void => {
    searched = searchedIn(discovered, policy.get());
    const readings = readingsOf(discovered, policy.get(), kinds.isFollowed);
    kinds.follow(readings, policy.get());
    for (const { id, resources } of inertRules(policy.get(), readings)) {
      const names = resources.map(({ plural }) => plural).join(', ');
      if (!warnedOf.has(id)) log.warn({ rule: id }, `rule ${id} waits: there is no such kind to look at: ${names}`);
      warnedOf.add(id);
    }
  };
  const served = followKinds({
    ...{ client, informers, clock, log, signal },
    onKinds(found) {
      discovered = found;
      for (const { groupVersion, message } of found.problems) log.warn({ groupVersion }, message);
      follow();
    },
  });
  const decisions: Decision[] = [];
  return {
    sources: [kinds.source, ...served.sources, learned.store.source, clockJumps(clock, () => keysOf(kinds))],
    reconcile: createReconcile({
      ...bench,
      ...{ kinds, memory, brakes, metrics, archive, recorder: events, dryRun: options.dryRun },
      notifyAnnotation: options.notifyAnnotation,
      stoppable: () => readingsOf(discovered, policy.get(), kinds.isFollowed).candidates.filter(canBeStopped),
      onDecided(decision) {
        if (options.once) decisions.push(decision);
      },
      foresight,
    }),
    describe: fieldsOfKey,
    isOptional: () => true,
    async onSynced() {
      await served.look();
      await learned.look();
      await settle(kinds.informers(), { clock, signal, limitMs: SETTLE_LIMIT_MS });
      if (kinds.unsettled() === undefined) memory.keepOnly(kinds.all());
      kinds.begin((candidate) => dueAt(judge(bench, candidate).decision));
      policy.follow(
        {
          onChange() {
            metrics.rulesRead(true);
            brakes.rulesChanged();
            follow();
          },
          onBad(note) {
            metrics.rulesRead(false);
            log.error(note);
            warnOfOurselves(events, ownNamespace, { reason: 'BadRules', note });
          },
        },
        signal,
      );
    },
    onStop: () => learned.store.save(),
    onOnce: (result) => report(context, decisions, metrics.summary(), result),
  };
};

const searchedIn = (discovered: Discovered, policy: Policy): ReturnType<Bench['searched']> => ({
  inside: kindsInside(discovered, policy),
  claimUsers: kindsUsingClaims(discovered, policy),
});

const viewOf = (
  { stores, unsettled }: WatchedKinds,
  searched: Bench['searched'],
  remembered: Bench['view']['remembered'],
): Bench['view'] => ({
  get candidates() {
    return stores.candidates;
  },
  get claimUsers() {
    return stores.claimUsers;
  },
  unread: () => searched().claimUsers.unknown ?? stores.unread(),
  unreadInside: () => searched().inside.unknown ?? unsettled(),
  owner: () => 'unknown',
  remembered,
});

const keysOf = function* (kinds: WatchedKinds): Generator<Key> {
  for (const candidate of kinds.all()) yield keyOfObject(candidate.resource, candidate);
};

/** What is overdue comes first, then whatever comes next. */
const dueAt = ({ deletion, nextTransition }: Decision): number =>
  Date.parse(deletion?.deadline ?? nextTransition ?? '9999-01-01T00:00:00Z');

/** kube-janitor's line at the end of a run; with `--dry-run` the plan is the output. */
const report = (
  { options, endpoint, clock, stdout, log }: Context,
  decisions: readonly Decision[],
  summary: Readonly<Record<string, number>>,
  { failures, unread }: OnceResult,
): number => {
  for (const each of unread) log.warn(`not read: ${each}`);
  const figures = Object.entries(summary).sort(([a], [b]) => (a < b ? -1 : 1));
  log.info(`Clean up run completed: ${figures.map(([name, count]) => `${name}=${count}`).join(', ')}`);
  if (options.dryRun)
    stdout.write(RENDERERS.json(createPlan(decisions, { context: endpoint.contextName, at: clock.now() })));
  return failures > 0 ? EXIT.error : EXIT.ok;
};

/** The janitor, as `runController` takes it. */
export const JANITOR: ControllerDefinition<typeof JANITOR_OPTIONS> = {
  name: NAME,
  version: VERSION,
  description: 'Deletes what has outlived its time: by annotation, or by rule.',
  options: JANITOR_OPTIONS,
  concurrency: CONCURRENCY,
  setup,
};
