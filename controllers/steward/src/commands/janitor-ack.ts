import { CliError, EXIT, confirm, defineCommand, defineOptions, didYouMean, type Terminal } from '@kube-steward/cli';
import {
  STATE_KEY,
  STATE_NAME,
  acknowledgementOf,
  decodeState,
  scopeNamed,
  tripMessage,
  type Trip,
} from '@kube-steward/janitor';
import { RESOURCES } from '@kube-steward/kube';
import { apiFailure } from '../api-failure.ts';
import { ownMaps, type OwnMap } from '../janitor-home.ts';
import { CLUSTER_OPTIONS, JANITOR_NAMESPACE, WRITING_OPTIONS } from '../options.ts';
import { openWriter, type Reader } from '../reader.ts';
import { FIELD_MANAGER, type Consent } from '../writer.ts';

const OPTIONS = defineOptions({ ...JANITOR_NAMESPACE, ...WRITING_OPTIONS, ...CLUSTER_OPTIONS });

/** Lets the janitor go on where its breaker holds deletions back. */
export const ackCommand = defineCommand({
  name: 'ack',
  summary: 'Let the janitor delete what it holds back as too much at once. Shows it, and asks first.',
  description:
    'Where more than 50 objects, and more than half of a kind, would be deleted within 10 minutes, the janitor stops and waits for a person. Without RULE everything that is held is listed, and nothing is written.',
  examples: [
    ['steward janitor ack', 'what is held'],
    ['steward janitor ack preview', 'what the rule preview deletes is meant'],
    [
      'steward janitor ack namespace/team-shop',
      'so is what is deleted in a namespace; kind/deployments.apps: of a kind',
    ],
  ],
  arguments: [{ name: 'RULE' }],
  options: OPTIONS,
  async run({ arguments: [asked], options, env, terminal }) {
    const writer = await openWriter({ cluster: options, env, onNotice: (notice) => terminal.err(notice) }, options);
    try {
      const [map] = await ownMaps(writer.client, STATE, options.janitorNamespace);
      const trips = map ? tripsIn(map) : [];
      if (asked === undefined) return list(trips, terminal);
      if (!map) throw new CliError([{ kind: 'invalid', where: 'RULE', message: notHeld(asked, trips) }]);
      return await acknowledge(asked, trips, { map, writer, consent: options, terminal });
    } catch (error) {
      throw apiFailure(error, writer.context);
    } finally {
      writer.close();
    }
  },
});

const STATE = { fieldSelector: `metadata.name=${STATE_NAME}` };

/** What is held and has not been acknowledged. */
const tripsIn = ({ data = {} }: OwnMap): readonly Trip[] => {
  const text = data[STATE_KEY];
  if (text === undefined) return [];
  const { trips, acknowledged } = decodeState(text).breaker;
  return trips.filter(({ scope }) => !acknowledged.some((each) => each.scope === scope));
};

const list = (trips: readonly Trip[], terminal: Terminal): number => {
  terminal.out(trips.length === 0 ? 'nothing is held' : trips.map(tripMessage).join('\n'));
  return EXIT.ok;
};

interface Place {
  readonly map: OwnMap;
  readonly writer: Reader;
  readonly consent: Consent;
  readonly terminal: Terminal;
}

const acknowledge = async (asked: string, trips: readonly Trip[], place: Place): Promise<number> => {
  const { map, writer, consent, terminal } = place;
  const scope = scopeNamed(asked);
  const held = trips.filter((trip) => trip.scope === scope);
  if (held.length === 0) throw new CliError([{ kind: 'invalid', where: 'RULE', message: notHeld(asked, trips) }]);
  terminal.out(held.map(tripMessage).join('\n'));
  if (consent.dryRun) return EXIT.ok;
  if (!(await confirm(terminal, 'Are these deletions meant?', consent))) {
    terminal.err('nothing was written');
    return EXIT.error;
  }
  const { namespace, name } = map.metadata;
  for (const trip of held)
    await writer.client.patch(
      RESOURCES.configMaps,
      { namespace, name },
      { type: 'merge', body: acknowledgementOf(trip), fieldManager: FIELD_MANAGER },
    );
  terminal.out('acknowledged: the janitor goes on');
  return EXIT.ok;
};

const notHeld = (asked: string, trips: readonly Trip[]): string => {
  if (trips.length === 0) return `${asked} is not held: nothing is`;
  const names = trips.map(({ scope }) => scope.replace(/^rule\//, ''));
  return `${asked} is not held${didYouMean(asked, names) || ` (held: ${names.join(', ')})`}`;
};
