import { formatAge } from '@kube-steward/janitor';
import type { KubeObject } from '@kube-steward/kube';
import { BadOldValue } from '../old-rules.ts';
import { claimsIn, type ClaimContext } from './claims.ts';
import type { Fields, OldRule } from './rules.ts';
import type { JanitorSettings } from './settings.ts';
import { LONGEST_TTL_MS, oldDeployTime, oldExpiry, oldTtl } from './values.ts';

/** An object as kube-janitor lists it. */
export interface Listed {
  readonly object: KubeObject;
  /** Empty for the core group. */
  readonly group: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Which of kube-janitor's rules decided. */
export type OldJanitorRule =
  | 'NotIncluded'
  | 'ExcludedNamespace'
  | 'Hidden'
  | 'AgeUnknown'
  | 'NoDeadline'
  | 'Forever'
  | 'BadValue'
  | 'TimeToLive'
  | 'Rule'
  | 'Expiry'
  | 'RunEnds'
  | 'RefusesToStart';

/** What becomes of an object, for as long as nothing about it changes. */
export interface OldFate {
  /** Deleted after this moment, in milliseconds since the epoch; absent: kept. */
  readonly at?: number;
  readonly rule: OldJanitorRule;
  /** In words, for a person. */
  readonly reason: string;
  /** `object`, `rule/ID`, `flag`; its key and text. */
  readonly source?: string;
  readonly key?: string;
  readonly value?: string;
}

/** kube-janitor with its settings, about to go through a cluster. */
export interface OldJanitor {
  /** `RunEnds`: its run ends at the object with an error, and whatever it would list behind it is never looked at. */
  fate(listed: Listed): OldFate;
}

/** What it is asked with. */
interface Asked {
  readonly values: JanitorSettings['values'];
  readonly rules: readonly OldRule[];
  readonly contextOf: (claim: KubeObject) => ClaimContext;
  readonly isHidden: (listed: Listed) => boolean;
  /** The names of all namespaces; empty: nobody knows them. */
  readonly namespaces: ReadonlySet<string>;
}
type Step = (listed: Listed, asked: Asked) => OldFate | undefined;

/**
 * The rules of kube-janitor, in the order in which they are asked.
 *
 * | | fate |
 * | --- | --- |
 * | a namespace that it is limited to is not there | its run ends before it begins |
 * | kind or namespace left out, by exact names; a kind without namespaces, but for Namespace itself | kept |
 * | another object of this kind and name, in a group that is listed before | kept |
 * | `janitor/ttl`, whatever it holds, else the first rule that matches: the age is more than that | deleted |
 * | `janitor/expires`, apart from all of that: it is past | deleted |
 * | an expression that fails, a time to live that Python cannot add | its run ends here |
 *
 * Each of the two handlers decides by itself, so the earlier deadline counts. What cannot be read is passed over, and still keeps
 * rules away; neither owners, finalizers, deletions under way nor anybody's wish to keep an object are looked at.
 */
const FILTERS: readonly Step[] = [standstill, notIncluded, excludedNamespace, hidden];
const HANDLERS: readonly Step[] = [byTtl, byExpiry];

const NOTHING: OldFate = { rule: 'NoDeadline', reason: 'neither annotations nor rules' };

/** kube-janitor with these settings and rules, on these objects. */
export const kubeJanitor = (
  { values }: JanitorSettings,
  rules: readonly OldRule[],
  all: readonly Listed[],
): OldJanitor => {
  const asked: Asked = {
    values,
    rules,
    contextOf: claimsIn(all.map(({ object }) => object)),
    isHidden: hiddenIn(all),
    namespaces: namespacesIn(all),
  };
  return {
    fate(listed) {
      try {
        for (const filter of FILTERS) {
          const left = filter(listed, asked);
          if (left) return left;
        }
        return firstOf(HANDLERS.flatMap((handler) => handler(listed, asked) ?? []));
      } catch (error) {
        if (error instanceof BadOldValue) return { rule: 'RunEnds', reason: `its run ends here: ${error.message}` };
        throw error;
      }
    },
  };
};

const firstOf = (fates: readonly OldFate[]): OldFate =>
  fates.reduce((first, next) => ((next.at ?? Infinity) < (first.at ?? Infinity) ? next : first), fates[0] ?? NOTHING);

/** Exact names, and nothing cut off them. */
const listOf = (text = ''): readonly string[] => text.split(',');

const isChosen = (name: string, include: string | undefined, exclude: string | undefined): boolean => {
  const included = listOf(include);
  return (included.includes('all') || included.includes(name)) && !listOf(exclude).includes(name);
};

const isNamespace = ({ group, plural }: Listed): boolean => group === '' && plural === 'namespaces';

const namespacesIn = (all: readonly Listed[]): ReadonlySet<string> =>
  new Set(all.filter(isNamespace).map(({ object }) => object.metadata.name));

/** Each namespace that is named is asked for by its name. */
function standstill(_listed: Listed, { values, namespaces }: Asked): OldFate | undefined {
  const only = listOf(values['include-namespaces']);
  if (only.includes('all') || namespaces.size === 0) return undefined;
  const missing = only.find((name) => !namespaces.has(name));
  return missing === undefined
    ? undefined
    : { rule: 'RunEnds', reason: `its run ends before it begins: there is no namespace "${missing}"` };
}

function notIncluded(listed: Listed, { values }: Asked): OldFate | undefined {
  const { plural, namespaced } = listed;
  const kept = (reason: string): OldFate => ({ rule: 'NotIncluded', reason });
  if (!namespaced && !isNamespace(listed) && values['include-cluster-resources'] !== 'true')
    return kept(`${plural} are in no namespace`);
  return isChosen(plural, values['include-resources'], values['exclude-resources'])
    ? undefined
    : kept(`${plural} are left out by its flags`);
}

function excludedNamespace(listed: Listed, { values }: Asked): OldFate | undefined {
  const { name, namespace = 'default' } = listed.object.metadata;
  if (!listed.namespaced && !isNamespace(listed)) return undefined;
  const home = isNamespace(listed) ? name : namespace;
  return isChosen(home, values['include-namespaces'], values['exclude-namespaces'])
    ? undefined
    : { rule: 'ExcludedNamespace', reason: `namespace ${home} is left out by its flags` };
}

function hidden(listed: Listed, { isHidden }: Asked): OldFate | undefined {
  if (!isHidden(listed)) return undefined;
  return { rule: 'Hidden', reason: 'taken for the object of the same kind and name in another group' };
}

/** Of several groups with a kind of one name, the first in the alphabet is listed first, the core group before all. */
const hiddenIn = (all: readonly Listed[]): Asked['isHidden'] => {
  const first = new Map<string, string>();
  for (const { object, group } of all) {
    const known = first.get(idOf(object));
    if (known === undefined || group < known) first.set(idOf(object), group);
  }
  return ({ object, group }) => (first.get(idOf(object)) ?? group) < group;
};

const idOf = ({ kind = '', metadata: { namespace = '', name } }: KubeObject): string => `${kind} ${namespace}/${name}`;

const TTL = 'janitor/ttl';
const EXPIRES = 'janitor/expires';

function byTtl(listed: Listed, asked: Asked): OldFate | undefined {
  const value = listed.object.metadata.annotations?.[TTL];
  if (!value) return byRule(listed, asked);
  const said = { source: 'object', key: TTL, value };
  const ttl = oldTtl(value);
  if (ttl === undefined) return { rule: 'BadValue', reason: `${TTL} cannot be read, and keeps rules away`, ...said };
  return afterTtl(listed, asked, ttl, { rule: 'TimeToLive', reason: TTL, ...said });
}

function byRule(listed: Listed, asked: Asked): OldFate | undefined {
  const rule = asked.rules.find(({ resources, matches }) => {
    if (!resources.has(listed.plural) && !resources.has('*')) return false;
    const isClaim = listed.group === '' && listed.plural === 'persistentvolumeclaims';
    return matches(shown(listed), isClaim ? asked.contextOf(listed.object) : {});
  });
  if (rule?.ttl === undefined) return undefined;
  const { id, ttl, ttlText: value } = rule;
  return afterTtl(listed, asked, ttl, { rule: 'Rule', reason: `rule ${id}`, source: `rule/${id}`, key: 'ttl', value });
}

/** The groups with a dot that are the API server's own. */
const OWN_GROUPS: ReadonlySet<string> = new Set(
  [
    ...['admissionregistration', 'apiextensions', 'apiregistration', 'certificates', 'coordination', 'discovery'],
    ...[
      'events',
      'flowcontrol.apiserver',
      'networking',
      'node',
      'rbac.authorization',
      'resource',
      'scheduling',
      'storage',
    ],
  ].map((name) => `${name}.k8s.io`),
);

/** Items of a list have neither kind nor version, unless they are of a custom kind; annotations there always are. */
const shown = ({ object, group }: Listed): Fields => {
  const { kind, apiVersion, metadata, ...rest } = object;
  const isCustom = group.includes('.') && !OWN_GROUPS.has(group);
  return {
    ...(isCustom && { kind, apiVersion }),
    ...rest,
    metadata: { ...metadata, annotations: metadata.annotations ?? {} },
  };
};

const afterTtl = ({ object }: Listed, { values }: Asked, ttl: number | 'forever', said: OldFate): OldFate => {
  if (ttl === 'forever') return { ...said, rule: 'Forever', reason: `${said.reason} says forever` };
  if (ttl === 0) return { ...said, rule: 'Forever', reason: `${said.reason} of 0s never deletes` };
  const created = Date.parse(object.metadata.creationTimestamp ?? '');
  if (Number.isNaN(created)) return { ...said, rule: 'AgeUnknown', reason: 'nobody knows how old it is' };
  const deployed = oldDeployTime(object.metadata.annotations?.[values['deployment-time-annotation'] ?? ''] ?? '');
  const at = Math.max(created, deployed ?? created) + ttl;
  // Beyond what is counted here; and, where a notification is planned, beyond what is counted there.
  if (ttl > LONGEST_TTL_MS && Number(values['delete-notification'] ?? 0) > 0)
    throw new BadOldValue(`${said.value ?? ''} is more than it can add`);
  if (!(at <= LATEST_MS)) return { ...said, reason: `${said.reason}: in more than 100,000 years` };
  return { ...said, at, reason: `${said.reason}: a time to live of ${formatAge(ttl)}` };
};

/** The last moment there is in JavaScript. */
const LATEST_MS = 8.64e15;

function byExpiry({ object }: Listed): OldFate | undefined {
  const value = object.metadata.annotations?.[EXPIRES];
  if (!value) return undefined;
  const said = { source: 'object', key: EXPIRES, value };
  const at = oldExpiry(value);
  if (at === undefined) return { rule: 'BadValue', reason: `${EXPIRES} cannot be read`, ...said };
  return { rule: 'Expiry', reason: `${EXPIRES}: ${value}`, at, ...said };
}
