import { EXIT, type ExitCode, type Terminal } from '@kube-steward/cli';
import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import { HOUR_MS } from '@kube-steward/schedule';
import { failureOf, type Check } from '../checks.ts';
import { HOME, dayOf, momentOf, timeIn } from '../places.ts';
import { ARGUMENTS, CONFIG, DUE, END, HAPPENINGS, HELD_AT, KINDS, START, playHappenings } from './day.ts';
import { JANITOR_USER, buildJanitorStage, type JanitorStage } from './stage.ts';

/** What the story was told from. */
export interface JanitorDemo {
  readonly deleted: readonly Deleted[];
  readonly checks: readonly Check[];
  /** 1 when a check failed. */
  readonly exitCode: ExitCode;
}

export interface Deleted {
  readonly title: string;
  readonly at: number;
}

/** One thing that happened, and when. */
interface Entry {
  readonly at: number;
  readonly text: string;
}

interface Event extends Unstructured {
  readonly reason: string;
  readonly note: string;
  readonly regarding: { readonly kind: string; readonly namespace?: string; readonly name: string };
}

/** How late a delete may be. */
const LATENESS_MS = 1000;
const MOST_FAULTS = 10;

/** A day passes in a small cluster with the janitor; what happens is told. */
export const runJanitorDemo = async ({ terminal }: { readonly terminal: Terminal }): Promise<JanitorDemo> => {
  const stage = await buildJanitorStage();
  const told: Entry[] = [];
  const deleted: Deleted[] = [];
  follow(stage, told, deleted);
  beginning(terminal);
  let exitCode: number | undefined;
  try {
    await stage.start();
    await stage.passUntil(END);
    const checks = checkDay(stage, deleted);
    tell(terminal, stage, told, checks);
    exitCode = await stage.close();
    const failure = failureOf(checks, exitCode);
    if (failure !== undefined) terminal.err(failure);
    return { deleted, checks, exitCode: failure === undefined ? EXIT.ok : EXIT.error };
  } finally {
    if (exitCode === undefined) await stage.close();
  }
};

const titleOf = ({ kind = '', metadata: { namespace, name } }: Pick<Unstructured, 'kind' | 'metadata'>): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/** Writes down what goes, what is said of it, and what people do. */
const follow = ({ cluster, clock }: JanitorStage, told: Entry[], deleted: Deleted[]): void => {
  const gone = new Set<string | undefined>();
  for (const kind of KINDS)
    cluster.subscribe(kind, ({ type, object }) => {
      const { namespace, name } = object.metadata;
      if (kind === RESOURCES.namespaces && object.metadata.deletionTimestamp) gone.add(name);
      if (type === 'DELETED' && !gone.has(namespace)) deleted.push({ title: titleOf(object), at: clock.now() });
    });
  cluster.subscribe(RESOURCES.events, ({ type, object }) => {
    const { reason, note, regarding } = object as Event;
    const where = regarding.namespace === undefined ? '' : `${regarding.namespace}: `;
    if (type === 'ADDED') told.push({ at: clock.now(), text: `${where}${note} (${reason})` });
  });
  playHappenings(cluster, clock, (happening) => told.push({ at: happening.at, text: happening.told }));
};

const beginning = (terminal: Terminal): void => {
  say(
    terminal,
    terminal.style('bold', 'kube-steward: a day in a cluster with the janitor'),
    '',
    'Another small cluster: three preview namespaces with a time to live, somebody’s experiment without a team label, two volume',
    'claims, and sixty ConfigMaps of the payments team that a careless rule is about to delete.',
    '',
    `It was started with  ${ARGUMENTS.join(' ')}  and these rules:`,
    '',
    ...CONFIG.trimEnd().split('\n'),
    '',
    `It is ${momentOf(START)}.`,
  );
};

const tell = (terminal: Terminal, stage: JanitorStage, told: readonly Entry[], checks: readonly Check[]): void => {
  say(terminal, '', terminal.style('bold', dayOf(START)));
  for (const { at, text } of inShort(told)) say(terminal, `  ${timeIn(HOME, at)}   ${text}`);
  say(terminal, '', terminal.style('bold', 'Kept although it is due, and why'));
  for (const line of keptIn(stage)) say(terminal, `  ${line}`);
  say(terminal, '', terminal.style('bold', 'Checked'));
  for (const { claim, faults } of checks) {
    const mark = faults.length === 0 ? terminal.style('green', 'ok    ') : terminal.style('red', 'FAILED');
    say(terminal, `  ${mark}   ${claim}`, ...faults.slice(0, MOST_FAULTS).map((fault) => `             ${fault}`));
  }
};

/** In the order of time; of what is said many times over at one moment, the first, and how often. */
const inShort = (told: readonly Entry[]): Entry[] => {
  const groups = new Map<string, Entry[]>();
  for (const entry of told) {
    const kind = `${entry.at} ${entry.text.replace(/settings-\d+/, '')}`;
    groups.set(kind, [...(groups.get(kind) ?? []), entry]);
  }
  const shown = Array.from(groups.values(), ([first, ...others]) => ({
    at: first?.at ?? 0,
    text: `${first?.text ?? ''}${others.length > 0 ? `; and ${others.length} more like it` : ''}`,
  }));
  return shown.sort((a, b) => a.at - b.at);
};

/** What its log says of what it has not deleted. */
const keptIn = ({ log }: JanitorStage): string[] => {
  const lines = log.flatMap(({ reason, resource = '', name = '', scope, msg }) => {
    if (reason === 'HoldsProtected') return [`${resource} ${name}: ${msg}`];
    return reason === 'MassDeleteHeld' && scope !== undefined ? [msg] : [];
  });
  return [...new Set(lines)];
};

const checkDay = (stage: JanitorStage, deleted: readonly Deleted[]): Check[] => [
  {
    claim: `${DUE.length} objects went within a second of their deadline, and nothing else`,
    faults: [
      ...DUE.filter(({ title, at }) => !deleted.some((each) => each.title === title && isInTime(each.at, at))).map(
        ({ title }) => `${title} did not go in time`,
      ),
      ...deleted.filter(({ title }) => !DUE.some((each) => each.title === title)).map(({ title }) => `${title} went`),
    ],
  },
  { claim: 'each of them was announced an hour before, and told of once when it went', faults: untold(stage) },
  {
    claim: 'the rule that would have deleted sixty of sixty ConfigMaps deleted none, and says how to go on',
    faults: stage.log.some(({ msg }) => msg.includes('steward janitor ack orphans')) ? [] : ['nobody was told'],
  },
  { claim: 'while nothing was due and nobody changed anything, it asked for nothing', faults: idleFaults(stage) },
];

const isInTime = (at: number, due: number): boolean => at >= due && at - due <= LATENESS_MS;

const untold = ({ cluster }: JanitorStage): string[] => {
  const events = cluster.list(RESOURCES.events) as readonly Event[];
  return DUE.filter(({ title }) => {
    const reasons = events
      .filter(
        ({ regarding: { kind, namespace, name } }) =>
          titleOf({ kind, metadata: { name, ...(namespace && { namespace }) } }) === title,
      )
      .map(({ reason }) => reason);
    return String(reasons) !== 'DeleteNotification,TimeToLiveExpired';
  }).map(({ title }) => `${title} was not`);
};

/** Requests beyond those of a delete, of a notice, and of what was looked up for them. */
const idleFaults = ({ sandbox }: JanitorStage): string[] => {
  const quiet = sandbox.requests
    .all({ user: JANITOR_USER })
    .filter(({ verb, at }) => verb !== 'watch' && isQuietTime(at));
  return quiet.map(({ method, path }) => `${method} ${path}`);
};

/** Far from the start, from every deadline and from every notice. */
const isQuietTime = (at: number): boolean => {
  const dues = [...DUE.map((due) => due.at), ...HELD_AT];
  const moments = [START, ...HAPPENINGS.map((each) => each.at), ...dues.flatMap((due) => [due, due - HOUR_MS])];
  return moments.every((moment) => Math.abs(at - moment) > 60_000);
};

const say = (terminal: Terminal, ...lines: readonly string[]): void => terminal.out(lines.join('\n') + '\n');
