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

/**
 * What the janitors that run on the cluster remember of its objects: what they have announced, and since when a rule matches.
 * What cannot be read is said in a notice, and counts as not remembered: the plan is then later than what will be, never earlier.
 */
export const rememberedBy = async (context: ReadContext, policy: Policy): Promise<View['remembered']> => {
  const objects = needsMemory(policy) ? await savedObjects(context) : new Map<string, never>();
  return ({ metadata: { uid } }) => objects.get(uid) ?? NOTHING;
};

const needsMemory = ({ noticeMs, rules }: Policy): boolean =>
  noticeMs > 0 || rules.some(({ since }) => since.from === 'firstMatched');

const savedObjects = async ({ client, onNotice }: ReadContext): Promise<State['objects']> => {
  const unknown = (why: string): void =>
    onNotice(`what a running janitor has announced, and since when its rules match, is not known: ${why}`);
  let saved: State['objects'] = new Map();
  try {
    const { items } = await client.list<OwnMap>(RESOURCES.configMaps, {
      fieldSelector: `metadata.name=${STATE_NAME}`,
    });
    for (const { metadata, data } of items)
      try {
        saved = mergeObjects(saved, decodeState(data?.[STATE_KEY] ?? '').objects);
      } catch (error) {
        unknown(`ConfigMap/${STATE_NAME} in ${metadata.namespace ?? ''} cannot be read (${messageOf(error)})`);
      }
  } catch (error) {
    if (!isForbidden(error)) throw error;
    unknown(`it is in a ConfigMap ${STATE_NAME}, and ConfigMaps of all namespaces may not be read`);
  }
  return saved;
};
