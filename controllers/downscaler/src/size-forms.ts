import type { FieldChange } from '@kube-steward/plan';
import { escapePointer } from '@kube-steward/kube';
import type { JsonScalar, SizeForm } from './kinds.ts';

/** The values an observation carries, by JSON pointer. A missing key is a field the object lacks. */
export type Fields = Readonly<Record<string, JsonScalar | undefined>>;

/**
 * Stands for a value that is no scalar: there is something, and nothing that could be stored equals it. (No number is its
 * equal, not even itself, and JSON has none like it.)
 */
export const NO_SCALAR = Number.NaN;

/** The size while down: a count, or a share for disruption budgets. */
export interface DowntimeSize {
  readonly count: number;
  readonly percent: boolean;
}

/** Nothing at all: the downtime size unless another is asked for. */
export const NO_SIZE: DowntimeSize = { count: 0, percent: false };

/**
 * How the size stands to the downtime size.
 *
 * - `above`: bigger than it should be while down
 * - `at`: exactly the downtime size
 * - `below`: smaller than it; nothing the downscaler did
 * - `unknown`: the field is absent or in another unit
 * - `refused`: going there would make the object stricter, not cheaper
 */
export type Standing = 'above' | 'at' | 'below' | 'unknown' | 'refused';

/** What can be done with one form of size. */
export interface FormBehaviour<F extends SizeForm> {
  readonly actions: readonly [down: 'scaleDown' | 'suspend', up: 'scaleUp' | 'resume'];
  /** The fields the form reads and writes. */
  paths(form: F): readonly string[];
  standing(form: F, fields: Fields, wanted: DowntimeSize): Standing;
  /** What is stored in `original-replicas` when the object goes down. */
  original(form: F, fields: Fields): string;
  down(form: F, fields: Fields, wanted: DowntimeSize): FieldChange;
  /** The way back; empty when the object is back already, `undefined` when `original` cannot be read. */
  up(form: F, fields: Fields, original: string): readonly FieldChange[] | undefined;
}

export type FormOf<Name extends SizeForm['form']> = Extract<SizeForm, { form: Name }>;

/** A change of one field; an absent side is left out. */
export const change = (path: string, from: JsonScalar | undefined, to: JsonScalar | undefined): FieldChange => {
  if (from === undefined) return to === undefined ? { path } : { path, to };
  return to === undefined ? { path, from } : { path, from, to };
};

const compare = (current: number, wanted: number): Standing =>
  current > wanted ? 'above' : current === wanted ? 'at' : 'below';

/** `true`/`false`/`0`/`1`: what the suspending kinds were stored as by any of the tools. `true` means: was suspended before. */
const wasOn = (original: string): boolean | undefined =>
  /^(false|\d+|-1)$/i.test(original) ? true : /^true$/i.test(original) ? false : undefined;

/** A whole number, also where it is written as a text. */
export const count = (value: JsonScalar | undefined): number | undefined => {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
};

export const currentReplicas = (form: FormOf<'replicas'>, fields: Fields): number | undefined =>
  count(fields[form.path]) ?? (form.autoscaledBy ? count(fields[form.autoscaledBy]) : undefined) ?? form.absent;

/** A number, in the type in which the field holds one already. */
const written = (before: JsonScalar | undefined, count: number): JsonScalar =>
  typeof before === 'string' ? String(count) : count;

/** A number the API accepts: never below the least, never above the bound beside it. */
const allowedReplicas = (form: FormOf<'replicas'>, fields: Fields, wished: number): number => {
  const bound = form.max ? count(fields[form.max]) : undefined;
  return Math.max(form.least ?? 0, Math.min(wished, bound ?? wished));
};

const replicas: FormBehaviour<FormOf<'replicas'>> = {
  actions: ['scaleDown', 'scaleUp'],
  paths: (form) => [form.path, form.max, form.autoscaledBy].filter((path) => path !== undefined),
  standing(form, fields, wanted) {
    const current = currentReplicas(form, fields);
    return current === undefined ? 'unknown' : compare(current, allowedReplicas(form, fields, wanted.count));
  },
  original: (form, fields) => String(currentReplicas(form, fields)),
  down(form, fields, wanted) {
    const before = fields[form.path];
    return change(form.path, before, written(before, allowedReplicas(form, fields, wanted.count)));
  },
  up(form, fields, original) {
    const stored = count(original);
    if (stored === undefined) return undefined;
    const before = fields[form.path];
    if (form.autoscaledBy && fields[form.autoscaledBy] !== undefined)
      return before === undefined ? [] : [change(form.path, before, undefined)];
    const target = allowedReplicas(form, fields, stored);
    const current = currentReplicas(form, fields);
    return current !== undefined && current >= target ? [] : [change(form.path, before, written(before, target))];
  },
};

const toggle: FormBehaviour<FormOf<'switch'>> = {
  actions: ['suspend', 'resume'],
  paths: (form) => [form.path],
  standing: (form, fields) => (fields[form.path] === form.down ? 'at' : 'above'),
  original(form, fields) {
    const value = fields[form.path];
    if (typeof form.down === 'string') return value === undefined ? ABSENT : String(value);
    return value === undefined ? UNSET : ON;
  },
  down: (form, fields) => change(form.path, fields[form.path], form.down),
  up(form, fields, original) {
    const to = typeof form.down === 'string' ? formerText(form, original) : formerSwitch(form, original);
    if (!to) return undefined;
    return fields[form.path] === form.down && to.value !== form.down ? [change(form.path, form.down, to.value)] : [];
  },
};

/** What is stored of a boolean that was on, in every tool, and of one that was not there. */
const ON = '1';
const UNSET = 'unset';

/** A boolean comes back to its other side, unless it was down before, and goes where it was absent; `undefined`: unreadable. */
const formerSwitch = (form: FormOf<'switch'>, original: string): { value: JsonScalar | undefined } | undefined => {
  if (original === UNSET) return { value: undefined };
  const on = wasOn(original);
  return on === undefined ? undefined : { value: on ? form.up : form.down };
};

/** What is stored where a text was absent, in every tool. */
const ABSENT = '1';

/** A text that is told apart from every other when it is read back as the original. */
const isFormerText = (form: FormOf<'switch'>, value: JsonScalar): boolean =>
  form.up === undefined ? typeof value === 'string' && value !== ABSENT && value !== '' : value === form.up;

/** A text comes back to what it was, and goes where it was absent; `undefined`: unreadable. */
const formerText = (form: FormOf<'switch'>, original: string): { value: JsonScalar | undefined } | undefined => {
  if (original === ABSENT) return { value: undefined };
  return isFormerText(form, original) ? { value: original } : undefined;
};

/** Where a selector may keep an object off every node, the one we write first. */
export const keyPaths = (form: FormOf<'selector'>): readonly [string, ...string[]] => [
  `${form.path}/${escapePointer(form.keys[0])}`,
  ...form.keys.slice(1).map((key) => `${form.path}/${escapePointer(key)}`),
];

const selector: FormBehaviour<FormOf<'selector'>> = {
  actions: ['suspend', 'resume'],
  paths: keyPaths,
  standing: (form, fields) => (keyPaths(form).some((path) => fields[path] !== undefined) ? 'at' : 'above'),
  original: () => '1',
  down: (form) => change(keyPaths(form)[0], undefined, 'true'),
  up: (form, fields, original) =>
    wasOn(original) === undefined
      ? undefined
      : keyPaths(form)
          .filter((path) => fields[path] !== undefined)
          .map((path) => change(path, fields[path], undefined)),
};

const pause: FormBehaviour<FormOf<'pause'>> = {
  actions: ['suspend', 'resume'],
  paths: (form) => [form.path],
  standing(form, fields, wanted) {
    const paused = fields[form.path];
    if (paused === undefined) return 'above';
    const current = count(paused);
    return current === undefined ? 'unknown' : compare(current, wanted.count);
  },
  original: (form, fields) => String(fields[form.path] ?? -1),
  down: (form, fields, wanted) => change(form.path, fields[form.path], String(wanted.count)),
  up(form, fields, original) {
    const own = original === '-1' ? undefined : count(original);
    if (own === undefined && original !== '-1') return undefined;
    const paused = fields[form.path];
    const to = own === undefined ? undefined : String(own);
    return paused === to ? [] : [change(form.path, paused, to)];
  },
};

interface Share {
  readonly amount: number;
  readonly percent: boolean;
}

const share = (value: JsonScalar | undefined): Share | undefined => {
  const match = /^(\d+)(%?)$/.exec(String(value));
  return match ? { amount: Number(match[1]), percent: match[2] === '%' } : undefined;
};

/** The bound a budget uses: minAvailable where it is set, else maxUnavailable. */
export const bound = (
  form: FormOf<'budget'>,
  fields: Fields,
): { path: string; floor: boolean; share: Share | undefined } => {
  const floor = fields[form.paths.minAvailable] !== undefined;
  const path = floor ? form.paths.minAvailable : form.paths.maxUnavailable;
  return { path, floor, share: share(fields[path]) };
};

/** Whether a bound is as it is while down. In another unit, or as strict as before, somebody else wrote it meanwhile. */
const isEased = (current: Share, stored: Share, floor: boolean): boolean => {
  if (current.amount > 0 && stored.amount > 0 && current.percent !== stored.percent) return false;
  return floor ? current.amount < stored.amount : current.amount > stored.amount;
};

const budget: FormBehaviour<FormOf<'budget'>> = {
  actions: ['scaleDown', 'scaleUp'],
  paths: (form) => [form.paths.minAvailable, form.paths.maxUnavailable],
  standing(form, fields, wanted) {
    const current = bound(form, fields);
    if (!current.share) return 'unknown';
    if (!current.floor && wanted.count === 0) return 'refused';
    if (current.share.percent !== wanted.percent && wanted.count > 0 && current.share.amount > 0) return 'unknown';
    const standing = compare(current.share.amount, wanted.count);
    if (current.floor || standing === 'at') return standing;
    return standing === 'above' ? 'below' : 'above';
  },
  original: (form, fields) => String(fields[bound(form, fields).path]),
  down(form, fields, wanted) {
    const { path } = bound(form, fields);
    return change(path, fields[path], wanted.percent ? `${wanted.count}%` : wanted.count);
  },
  up(form, fields, original) {
    const stored = share(original);
    if (!stored) return undefined;
    const { path, floor, share: current } = bound(form, fields);
    if (!current || !isEased(current, stored, floor)) return [];
    return [change(path, fields[path], stored.percent ? original : stored.amount)];
  },
};

/** Class and type names, hyphens, digits and dots included. */
const NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

const name: FormBehaviour<FormOf<'name'>> = {
  actions: ['suspend', 'resume'],
  paths: (form) => [form.path],
  standing: (form, fields) => (fields[form.path] === form.down ? 'at' : 'unknown'),
  original: (form, fields) => String(fields[form.path] ?? ''),
  down: (form, fields) => change(form.path, fields[form.path], form.down),
  up: (form, fields, original) =>
    !NAME.test(original)
      ? undefined
      : fields[form.path] === form.down && original !== form.down
        ? [change(form.path, form.down, original)]
        : [],
};

/** Every form of size, as it is read and written. The ways to ask them are in sizes.ts. */
export const BEHAVIOURS: { readonly [Name in SizeForm['form']]: FormBehaviour<FormOf<Name>> } = {
  replicas,
  switch: toggle,
  selector,
  pause,
  budget,
  name,
};
