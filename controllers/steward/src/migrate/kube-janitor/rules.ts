import { compileExpression, type Expression } from '@kube-steward/janitor';
import { messageOf } from '@kube-steward/cli';
import { BadOldValue } from '../old-rules.ts';
import { oldTtl, type OldTtl } from './values.ts';

/** A rule as kube-janitor reads it. */
export interface OldRule {
  readonly id: string;
  readonly resources: ReadonlySet<string>;
  readonly ttl: OldTtl;
  readonly ttlText: string;
  /** @throws BadOldValue where kube-janitor's whole run ends */
  readonly matches: (object: Fields, context: Fields) => boolean;
}

export type Fields = Readonly<Record<string, unknown>>;

/** As much of a rule as is looked at; further keys go unnoticed. */
const KEYS = ['id', 'resources', 'jmespath', 'ttl'] as const;

/**
 * The rules of a file that was parsed as YAML, as kube-janitor loads it.
 *
 * @throws BadOldValue where it does not start with the file
 */
export const oldRulesOf = (file: unknown): readonly OldRule[] => {
  const list = (file as { rules?: unknown } | null | undefined)?.rules;
  if (!Array.isArray(list)) throw new BadOldValue('its file holds no list of rules');
  return list.map((fields: unknown, index) => {
    try {
      return ruleOf(fields as Fields);
    } catch (error) {
      throw new BadOldValue(`rule ${index} of its file: ${messageOf(error)}`);
    }
  });
};

const ruleOf = (fields: Fields): OldRule => {
  for (const key of KEYS) if (fields[key] === undefined) throw new Error(`${key} is missing`);
  const { id, resources, jmespath, ttl } = fields;
  if (typeof id !== 'string' || !/^[a-z][a-z0-9-]*\n?$/.test(id)) throw new Error(`${JSON.stringify(id)} is no id`);
  const read = typeof ttl === 'string' ? oldTtl(ttl) : undefined;
  if (read === undefined) throw new Error(`${JSON.stringify(ttl)} is no time to live it knows`);
  const matches = matcherOf(String(jmespath));
  // A text is taken letter by letter: of those, `*` alone means anything.
  const names = typeof resources === 'string' || Array.isArray(resources) ? [...(resources as Iterable<string>)] : [];
  return { id, resources: new Set(names), ttl: read, ttlText: String(ttl), matches };
};

/** Functions that do not exist, and too few arguments, are found when the expression meets an object. */
const LATE = ['unknown-function', 'invalid-arity'];

const matcherOf = (text: string): OldRule['matches'] => {
  let expression: Expression | undefined;
  let late = '';
  try {
    expression = compileExpression('jmespath', text);
  } catch (error) {
    if (!LATE.includes((error as { code?: string }).code ?? '')) throw error;
    late = messageOf(error);
  }
  return (object, context) => {
    if (!expression) throw new BadOldValue(late);
    try {
      // A field of that name, of the object itself, takes the place of the context.
      return expression.matches(object as Json, (object['_context'] ?? context) as Json);
    } catch (error) {
      throw new BadOldValue(messageOf(error));
    }
  };
};
type Json = Parameters<Expression['matches']>[0];
