import type { Budget } from './budget.ts';
import { JmespathError } from './error.ts';
import { compareText, isArray, isEqual, typeOf, type Json, type JsonMap, type TypeName } from './value.ts';

/** An `&expression`, ready to be applied. */
export type Evaluate = (value: Json) => Json;
export type Argument = Json | Evaluate;

/** What an argument has to be: one of some types, or an `&expression`. `numbers` and `strings`: lists of those alone. */
type Wanted = 'any' | 'expression' | readonly (TypeName | 'numbers' | 'strings')[];

/** A function of the language: its arguments, and what it makes of them once they are known to fit. */
interface Definition {
  readonly wants: readonly Wanted[];
  /** The last argument may be repeated. */
  readonly variadic?: boolean;
  call(args: readonly never[], budget: Budget): Json;
}

type Call<A extends readonly Argument[]> = (args: A, budget: Budget) => Json;

const define = <A extends readonly Argument[]>(
  wants: readonly Wanted[],
  call: Call<A>,
  variadic = false,
): Definition => ({ wants, variadic, call: call as unknown as Definition['call'] });

type Numbers = readonly number[];
type Strings = readonly string[];
type List = readonly Json[];

const NUMBER = ['number'] as const;
const STRING = ['string'] as const;
const ORDERED = ['numbers', 'strings'] as const;

const sum = (numbers: Numbers): number => numbers.reduce((total, number) => total + number, 0);

const order = (a: Json, b: Json): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : compareText(a as string, b as string);

/** The last of the biggest (sign 1) or the first of the smallest (sign -1); null where there is none. */
const extreme = (list: List, sign: 1 | -1, by: Evaluate = (element) => element): Json => {
  if (list.length === 0) return null;
  const keys = sortKeys(list, by);
  let best = 0;
  for (let at = 1; at < list.length; at++) if (sign * order(keys[at] ?? null, keys[best] ?? null) > 0) best = at;
  return list[best] ?? null;
};

/** What a list is sorted by: all numbers, or all strings. */
const sortKeys = (list: List, by: Evaluate): List => {
  const keys = list.map(by);
  const type = typeOf(keys[0] ?? null);
  if (keys.length > 0 && type !== 'number' && type !== 'string')
    throw new JmespathError('invalid-type', `a list is ordered by numbers or strings, not by ${type}`);
  const other = keys.find((key) => typeOf(key) !== type);
  if (other !== undefined)
    throw new JmespathError('invalid-type', `a list cannot be ordered by ${type} and ${typeOf(other)} at once`);
  return keys;
};

const sorted = (list: List, by: Evaluate): List => {
  const keys = sortKeys(list, by);
  return list
    .map((element, index) => ({ element, key: keys[index] ?? null }))
    .sort((a, b) => order(a.key, b.key))
    .map(({ element }) => element);
};

const toText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const NUMERAL = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/;

const toNumber = (value: Json): Json => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !NUMERAL.test(value)) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
};

const contains = (where: string | List, what: Json): boolean =>
  typeof where === 'string'
    ? typeof what === 'string' && where.includes(what)
    : where.some((element) => isEqual(element, what));

/** Every function of the specification, and no other. */
export const FUNCTIONS: ReadonlyMap<string, Definition> = new Map([
  ['abs', define([NUMBER], ([x]: [number]) => Math.abs(x))],
  ['avg', define([['numbers']], ([list]: [Numbers]) => (list.length === 0 ? null : sum(list) / list.length))],
  ['ceil', define([NUMBER], ([x]: [number]) => Math.ceil(x))],
  ['contains', define([['array', 'string'], 'any'], ([where, what]: [string | List, Json]) => contains(where, what))],
  ['ends_with', define([STRING, STRING], ([text, end]: [string, string]) => text.endsWith(end))],
  ['floor', define([NUMBER], ([x]: [number]) => Math.floor(x))],
  ['join', define([STRING, ['strings']], ([glue, list]: [string, Strings]) => list.join(glue))],
  ['keys', define([['object']], ([map]: [JsonMap]) => Object.keys(map))],
  [
    'length',
    define([['string', 'array', 'object']], ([of]: [string | List | JsonMap]) =>
      typeof of === 'string' ? Array.from(of).length : Object.keys(of).length,
    ),
  ],
  ['map', define(['expression', ['array']], ([by, list]: [Evaluate, List]) => list.map(by))],
  ['max', define([ORDERED], ([list]: [List]) => extreme(list, 1))],
  ['max_by', define([['array'], 'expression'], ([list, by]: [List, Evaluate]) => extreme(list, 1, by))],
  [
    'merge',
    define(
      [['object']],
      (maps: readonly JsonMap[]) => Object.fromEntries(maps.flatMap((map) => Object.entries(map))),
      true,
    ),
  ],
  ['min', define([ORDERED], ([list]: [List]) => extreme(list, -1))],
  ['min_by', define([['array'], 'expression'], ([list, by]: [List, Evaluate]) => extreme(list, -1, by))],
  ['not_null', define(['any'], (values: List) => values.find((value) => value !== null) ?? null, true)],
  [
    'reverse',
    define([['string', 'array']], ([of]: [string | List]) =>
      typeof of === 'string' ? Array.from(of).reverse().join('') : [...of].reverse(),
    ),
  ],
  ['sort', define([ORDERED], ([list]: [List]) => sorted(list, (element) => element))],
  ['sort_by', define([['array'], 'expression'], ([list, by]: [List, Evaluate]) => sorted(list, by))],
  ['starts_with', define([STRING, STRING], ([text, start]: [string, string]) => text.startsWith(start))],
  ['sum', define([['numbers']], ([list]: [Numbers]) => sum(list))],
  ['to_array', define(['any'], ([value]: [Json]) => (isArray(value) ? value : [value]))],
  ['to_number', define(['any'], ([value]: [Json]) => toNumber(value))],
  ['to_string', define(['any'], ([value]: [Json]) => toText(value))],
  ['type', define(['any'], ([value]: [Json]) => typeOf(value))],
  ['values', define([['object']], ([map]: [JsonMap]) => Object.values(map))],
]);

/** How many arguments a function takes, when it does not take so many. */
export const arityProblem = (name: string, { wants, variadic }: Definition, count: number): string | undefined => {
  const fits = variadic ? count >= wants.length : count === wants.length;
  if (fits) return undefined;
  const wanted = `${variadic ? 'at least ' : ''}${wants.length} argument${wants.length === 1 ? '' : 's'}`;
  return `${name}() takes ${wanted}, not ${count}`;
};

/** @throws JmespathError `invalid-arity`, `invalid-type`, `limit` */
export const callFunction = (name: string, definition: Definition, args: readonly Argument[], budget: Budget): Json => {
  const problem = arityProblem(name, definition, args.length);
  if (problem !== undefined) throw new JmespathError('invalid-arity', problem);
  for (const [index, argument] of args.entries()) {
    const wanted = definition.wants[Math.min(index, definition.wants.length - 1)] ?? 'any';
    if (!fits(argument, wanted)) throw new JmespathError('invalid-type', misfit(name, index, argument, wanted));
    budget.spend(sizeOf(argument));
  }
  return definition.call(args as readonly never[], budget);
};

const fits = (argument: Argument, wanted: Wanted): boolean => {
  if (typeof argument === 'function') return wanted === 'expression';
  if (wanted === 'any') return true;
  if (wanted === 'expression') return false;
  return wanted.some((type) => {
    if (type !== 'numbers' && type !== 'strings') return typeOf(argument) === type;
    const element = type === 'numbers' ? 'number' : 'string';
    return isArray(argument) && argument.every((each) => typeof each === element);
  });
};

const misfit = (name: string, index: number, argument: Argument, wanted: Wanted): string => {
  const found = typeof argument === 'function' ? 'an &expression' : described(argument);
  const allowed =
    typeof wanted === 'string'
      ? `an ${wanted === 'any' ? 'ordinary value' : '&expression'}`
      : wanted.map(nameOfWanted).join(' or ');
  return `argument ${index + 1} of ${name}() is ${found}, and has to be ${allowed}`;
};

const described = (value: Json): string => {
  if (!isArray(value)) return typeOf(value);
  const types = [...new Set(value.map(typeOf))];
  return types.length === 0 ? 'an empty array' : `an array of ${types.join(' and ')}`;
};

const nameOfWanted = (type: TypeName | 'numbers' | 'strings'): string =>
  type === 'numbers' || type === 'strings' ? `an array of ${type}` : type;

/** What handling an argument costs. */
const sizeOf = (argument: Argument): number =>
  typeof argument === 'string' || isArray(argument as Json) ? (argument as string | List).length : 1;
