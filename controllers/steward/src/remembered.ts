import { messageOf } from '@kube-steward/cli';
import {
  STATE_KEY,
  STATE_NAME,
  decodeState,
  mergeObjects,
  type Policy,
  type State,
  type View,
} from '@kube-steward/janitor';
import { RESOURCES, isForbidden } from '@kube-steward/kube';
import type { OwnMap } from './janitor-home.ts';
import type { ReadContext } from './planners.ts';

const NOTHING = {};

/** What the janitors that run on the cluster say of themselves. */
export interface Running {
  readonly remembered: View['remembered'];
  /** Where it runs, when there is one, and it is seen. */
  readonly ownNamespace: string | undefined;
}

/**
 * Where a janitor runs, and what it remembers of the cluster's objects: what it has announced, and since when a rule matches.
 * What cannot be read is said in a notice, and counts as not remembered: the plan is then later than what will be, never earlier.
 */
export const runningOn = async (context: ReadContext, policy: Policy): Promise<Running> => {
  const unknown = (why: string): void => {
    if (needsMemory(policy))
      context.onNotice(`what a running janitor has announced, and since when its rules match, is not known: ${why}`);
  };
  const maps = await stateMaps(context, unknown);
  const objects = savedObjects(maps, unknown);
  const [home, ...others] = new Set(maps.map(({ metadata }) => metadata.namespace));
  return {
    remembered: ({ metadata: { uid } }) => objects.get(uid) ?? NOTHING,
    ownNamespace: others.length === 0 ? home : undefined,
  };
};

const needsMemory = ({ noticeMs, rules }: Policy): boolean =>
  noticeMs > 0 || rules.some(({ since }) => since.from === 'firstMatched');

type OnUnknown = (why: string) => void;

const stateMaps = async ({ client }: ReadContext, unknown: OnUnknown): Promise<readonly OwnMap[]> => {
  try {
    return (await client.list<OwnMap>(RESOURCES.configMaps, { fieldSelector: `metadata.name=${STATE_NAME}` })).items;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    unknown(`it is in a ConfigMap ${STATE_NAME}, and ConfigMaps of all namespaces may not be read`);
    return [];
  }
};

const savedObjects = (maps: readonly OwnMap[], unknown: OnUnknown): State['objects'] => {
  let saved: State['objects'] = new Map();
  for (const { metadata, data } of maps)
    try {
      saved = mergeObjects(saved, decodeState(data?.[STATE_KEY] ?? '').objects);
    } catch (error) {
      unknown(`ConfigMap/${STATE_NAME} in ${metadata.namespace ?? ''} cannot be read (${messageOf(error)})`);
    }
  return saved;
};
