import { textOf } from './column.ts';

/** One step of a path: into a field, an item, every item, or the items a condition holds for. */
type Step =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'all' }
  | {
      readonly type: 'filter';
      readonly path: string;
      readonly operator: '==' | '!=' | 'exists';
      readonly value: string;
    };

const FIELD = /^\.((?:\\.|[^.[\]\\])+)/;
const QUOTED = /^\[\s*(?:'([^']*)'|"([^"]*)")\s*\]/;
const INDEX = /^\[\s*(-?\d+)\s*\]/;
const ALL = /^(?:\[\s*\*\s*\]|\.\*)/;
const FILTER = /^\[\?\(\s*@([^=!)\s]*)\s*(?:(==|!=)\s*(?:'([^']*)'|"([^"]*)"|([^)\s]+))\s*)?\)\]/;

const stepsOf = (path: string): readonly Step[] | undefined => {
  const steps: Step[] = [];
  let rest = path.startsWith('.') || path.startsWith('[') ? path : `.${path}`;
  while (rest !== '') {
    const read = readStep(rest);
    if (!read) return undefined;
    steps.push(read[0]);
    rest = rest.slice(read[1]);
  }
  return steps;
};

const readStep = (rest: string): readonly [step: Step, length: number] | undefined => {
  const all = ALL.exec(rest);
  if (all) return [{ type: 'all' }, all[0].length];
  const field = FIELD.exec(rest);
  if (field) return [{ type: 'field', name: (field[1] ?? '').replaceAll(/\\(.)/g, '$1') }, field[0].length];
  const quoted = QUOTED.exec(rest);
  if (quoted) return [{ type: 'field', name: quoted[1] ?? quoted[2] ?? '' }, quoted[0].length];
  const index = INDEX.exec(rest);
  if (index) return [{ type: 'index', index: Number(index[1]) }, index[0].length];
  const filter = FILTER.exec(rest);
  if (!filter) return undefined;
  const [whole, inner = '', operator, single, double, bare] = filter;
  const condition = operator === '==' || operator === '!=' ? operator : 'exists';
  return [{ type: 'filter', path: inner, operator: condition, value: single ?? double ?? bare ?? '' }, whole.length];
};

/**
 * The values at a JSONPath as the columns of a definition name them: `.spec.replicas`, `.metadata.annotations.a\.b`,
 * `.spec.ports[0].port`, `.status.conditions[?(@.type=="Ready")].status`. None for a path that cannot be read.
 */
export const valuesAt = (object: unknown, path: string): readonly unknown[] =>
  stepsOf(path)?.reduce<readonly unknown[]>((values, step) => values.flatMap((value) => into(value, step)), [object]) ??
  [];

const into = (value: unknown, step: Step): readonly unknown[] => {
  if (typeof value !== 'object' || value === null) return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  switch (step.type) {
    case 'field':
      return Object.hasOwn(value, step.name) ? [(value as Record<string, unknown>)[step.name]] : [];
    case 'index': {
      const item = items.at(step.index);
      return Array.isArray(value) && item !== undefined ? [item] : [];
    }
    case 'all':
      return items;
    case 'filter':
      return items.filter((item) => holds(item, step));
  }
};

const holds = (item: unknown, { path, operator, value }: Extract<Step, { type: 'filter' }>): boolean => {
  const [found] = path === '' ? [item] : valuesAt(item, path);
  switch (operator) {
    case 'exists':
      return found !== undefined;
    case '==':
      return found !== undefined && textOf(found) === value;
    case '!=':
      return found !== undefined && textOf(found) !== value;
  }
};
