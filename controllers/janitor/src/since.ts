import { createHash } from 'node:crypto';
import type { Answer } from './answers.ts';
import { askRule } from './answers.ts';
import type { FirstMatched, Observation } from './observe.ts';
import { contextOf } from './references.ts';
import type { Rule } from './rules.ts';

const matchIds = new WeakMap<Rule, string>();

/** What a first match is remembered by: a rule that asks for something else now has not matched yet. */
export const matchIdOf = (rule: Rule): string => {
  const known = matchIds.get(rule);
  if (known !== undefined) return known;
  const { language, text } = rule.expression;
  const id = `${rule.id} ${createHash('sha256').update(`${language} ${text}`).digest('hex').slice(0, 8)}`;
  matchIds.set(rule, id);
  return id;
};

/**
 * Since when the rule that counts from its first match has matched, after a look at the object.
 *
 * | the rule that decides now | before | after |
 * | --- | --- | --- |
 * | counts from its first match | the same rule, with the same expression | as before |
 * | | nothing, or another rule | now |
 * | is not known (who uses the object is not, or a rule failed) | | as before: not to know is no break |
 * | counts otherwise, or there is none | | nothing |
 */
export const firstMatchedAfter = (o: Observation, now: number): FirstMatched | undefined => {
  const answer = decidingAnswer(o);
  if (answer === 'unknown') return o.firstMatched;
  if (answer?.rule.since.from !== 'firstMatched') return undefined;
  const id = matchIdOf(answer.rule);
  return o.firstMatched?.rule === id ? o.firstMatched : { rule: id, at: now };
};

const decidingAnswer = ({ candidate, references }: Observation): Answer | 'unknown' | undefined => {
  for (const answer of candidate.answers) {
    if (answer.kind === 'asks' && references.state === 'unknown') return 'unknown';
    const known =
      answer.kind === 'asks' && references.state !== 'unknown'
        ? askRule(answer, candidate.object ?? {}, contextOf(references))
        : answer;
    if (known) return known.kind === 'match' ? known : 'unknown';
  }
  return undefined;
};
