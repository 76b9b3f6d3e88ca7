import { asRecord } from '../json-path.ts';
import { listAt, textOf } from './column.ts';

/** `a=1,b=2`, sorted; `<none>` without any. */
export const labelsText = (labels: unknown): string =>
  Object.entries(asRecord(labels))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${textOf(value)}`)
    .join() || '<none>';

/** A label selector object as text: `app=web,tier in (a,b),!legacy`, sorted by key; empty when it selects all. */
export const selectorText = (selector: unknown): string => {
  const labels = Object.entries(asRecord(asRecord(selector)['matchLabels']));
  const requirements = [
    ...labels.map(([key, value]) => [key, `${key}=${textOf(value)}`] as const),
    ...listAt(selector, 'matchExpressions').map(asRecord).map(expressionText),
  ];
  return requirements
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, requirement]) => requirement)
    .join();
};

const expressionText = (expression: Readonly<Record<string, unknown>>): readonly [key: string, text: string] => {
  const key = textOf(expression['key']);
  const values = `(${listAt(expression, 'values').map(String).sort().join()})`;
  switch (expression['operator']) {
    case 'Exists':
      return [key, key];
    case 'DoesNotExist':
      return [key, `!${key}`];
    case 'NotIn':
      return [key, `${key} notin ${values}`];
    default:
      return [key, `${key} in ${values}`];
  }
};
