import { messageOf } from '@kube-steward/cli';
import type { Resource } from '@kube-steward/kube';
import type { Json, JsonMap } from './jmespath/index.ts';
import { parseMoment } from './moment.ts';
import { isNamed } from './resource-name.ts';
import type { Rule } from './rules.ts';

/** A rule that reaches a kind: by its name, or by `*`. */
export interface Reach {
  readonly rule: Rule;
  readonly isNamed: boolean;
}

/** What a rule said of an object. */
export type Answer = { readonly rule: Rule; readonly isNamed: boolean } & (
  | { readonly kind: 'match'; readonly start: Start }
  | { readonly kind: 'error'; readonly problem: string }
  /** It cannot tell before it knows who uses the object. */
  | { readonly kind: 'asks' }
);

/** When the age that a rule counts begins, as far as the object itself tells. Absent: it does not tell, or not yet. */
export interface Start {
  readonly at?: number;
  readonly problem?: string;
}

/** Built-in kinds that are worth more than a `*`: a rule reaches them when it names them, or with `allowWildcard`. */
const BEYOND_WILDCARD: ReadonlySet<string> = new Set([
  'namespaces.',
  'persistentvolumeclaims.',
  'persistentvolumes.',
  'secrets.',
  'customresourcedefinitions.apiextensions.k8s.io',
]);

/** The kind whose context (who uses it) a rule can ask for. */
export const hasContext = ({ group, plural }: Resource): boolean => group === '' && plural === 'persistentvolumeclaims';

/** The rules that reach a kind, in their order. */
export const rulesReaching = (rules: readonly Rule[], resource: Resource): readonly Reach[] =>
  rules.flatMap((rule) => {
    const names = rule.resources.filter((name) => isNamed(name, resource));
    const byName = names.some(({ plural }) => plural !== '*');
    const isBeyond = !rule.allowWildcard && BEYOND_WILDCARD.has(`${resource.plural}.${resource.group}`);
    return names.length === 0 || (!byName && isBeyond) ? [] : [{ rule, isNamed: byName }];
  });

/**
 * What the rules say of an object, up to the first that decides: the first to match, or to make no sense of the object. Those
 * before it that have to know who uses the object come first.
 */
export const askRules = (reach: readonly Reach[], resource: Resource, object: JsonMap): readonly Answer[] => {
  const answers: Answer[] = [];
  for (const each of reach) {
    if (each.rule.expression.needsContext && hasContext(resource)) {
      answers.push({ ...each, kind: 'asks' });
      continue;
    }
    const answer = askRule(each, object, NO_CONTEXT);
    if (answer) return [...answers, each.rule.expression.needsContext ? withoutContext(each, answer) : answer];
  }
  return answers;
};

/** What matches because nobody says who uses it. */
const withoutContext = (each: Reach, answer: Answer): Answer =>
  answer.kind === 'match' ? { ...each, kind: 'error', problem: 'only volume claims have a context' } : answer;

const NO_CONTEXT: JsonMap = {};

/** What one rule says; `undefined`: it does not match. */
export const askRule = (reach: Reach, object: JsonMap, context: JsonMap): Answer | undefined => {
  const { expression } = reach.rule;
  try {
    const seen = expression.language === 'jmespath' ? asKubeJanitorSees(object) : object;
    return expression.matches(seen, context)
      ? { ...reach, kind: 'match', start: startOf(reach.rule, object) }
      : undefined;
  } catch (error) {
    return { ...reach, kind: 'error', problem: messageOf(error) };
  }
};

const startOf = ({ since }: Rule, object: JsonMap): Start => {
  if (since.from !== 'field') return {};
  const value: Json = since.expression.evaluate(object);
  if (value === null) return {};
  if (typeof value !== 'string') return { problem: `since: ${since.expression.text} is no text` };
  try {
    return { at: parseMoment(value) };
  } catch (error) {
    return { problem: `since: ${messageOf(error)}` };
  }
};

const BUILT_IN_GROUPS = /^(?:v1|(?:apps|batch|autoscaling|policy|extensions)\/\w+)$/;

/**
 * Rules were written against lists, whose items of the built-in kinds do not say what they are (custom resources do), and
 * have annotations where there are none: such rules go on meaning what they meant.
 */
const asKubeJanitorSees = (object: JsonMap): JsonMap => {
  const { apiVersion, kind, ...rest } = object;
  const metadata = (object['metadata'] ?? {}) as JsonMap;
  const seen = metadata['annotations'] == null ? { ...rest, metadata: { ...metadata, annotations: {} } } : rest;
  return isBuiltIn(apiVersion) ? seen : { ...seen, ...present({ apiVersion, kind }) };
};

const present = (fields: Readonly<Record<string, Json | undefined>>): JsonMap =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonMap;

const isBuiltIn = (apiVersion: Json | undefined): boolean =>
  typeof apiVersion === 'string' && (BUILT_IN_GROUPS.test(apiVersion) || BUILT_IN_DOMAIN.test(apiVersion));

/** Groups of the API server itself; `gateway.networking.k8s.io` and the like are custom resources. */
const BUILT_IN_DOMAIN =
  /^(?:networking|storage|rbac\.authorization|coordination|discovery|events|node|scheduling|certificates|admissionregistration|apiextensions|apiregistration|flowcontrol\.apiserver|resource)\.k8s\.io\//;
