import { quoted, text } from './option-types.ts';
import type { OptionType } from './option-types.ts';
import { splitList } from './split-list.ts';

const listItems = (value: unknown): string[] => {
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item: unknown) => {
    if (typeof item === 'string') return Array.isArray(value) ? [item] : splitList(item);
    if (typeof item === 'number' || typeof item === 'boolean') return [String(item)];
    throw new Error(`${quoted(item)} is no list of texts`);
  });
};

const joinLists = <T>(earlier: unknown, later: unknown): T[] => [...(earlier as T[]), ...(later as T[])];

/** A list whose members are read by another type: separated by commas, or the flag repeated, or a list in YAML. */
export const listOf = <T>(member: OptionType<T>): OptionType<readonly T[]> => ({
  parse: (written) => splitList(written).map((item) => member.parse(item)),
  fromConfig: (value) => listItems(value).map((item) => member.parse(item)),
  toConfig: (value) => (value as T[]).map((item) => member.toConfig?.(item) ?? item),
  combine: joinLists,
  schema: { type: ['array', 'string'], items: member.schema },
  placeholder: `${member.placeholder},...`,
  ...(member.choices && { choices: member.choices }),
});

/** A list of texts: separated by commas, or the flag repeated, or a list in YAML. Blanks around a member do not count. */
export const list: OptionType<readonly string[]> = { ...listOf(text), placeholder: 'a,b,...' };

const INLINE_FLAGS = /^\(\?([ims]+)\)/;

const wholeRegex: OptionType<RegExp> = {
  parse: (written) => {
    const flags = INLINE_FLAGS.exec(written)?.[1] ?? '';
    try {
      return new RegExp(`^(?:${written.replace(INLINE_FLAGS, '')})$`, flags);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.replace(/^.*: /, '') : '';
      throw new Error(`${quoted(written)} is no regular expression: ${reason}`, { cause });
    }
  },
  toConfig: (value) => regexText(value as RegExp),
  schema: { type: 'string', format: 'regex' },
  placeholder: 'regex',
};

const regexText = ({ source, flags }: RegExp): string => (flags ? `(?${flags})` : '') + source.slice(4, -2);

/**
 * A list of regular expressions, each of which has to match the whole string. Commas inside brackets do not separate. A
 * leading `(?i)` makes one ignore case.
 */
export const regexList: OptionType<readonly RegExp[]> = listOf(wholeRegex);

/** Pairs written `key=value,key=value`, or as a map in YAML. Of the same key twice, the last counts. */
export const keyValueMap: OptionType<ReadonlyMap<string, string>> = {
  parse: (written) => new Map(splitList(written).map(pairOf)),
  fromConfig: (value) => {
    if (typeof value === 'string') return keyValueMap.parse(value);
    if (typeof value !== 'object' || value === null) throw new Error(`${quoted(value)} is no map`);
    if (Array.isArray(value)) return new Map(listItems(value).map(pairOf));
    return new Map(Object.entries(value).map(([key, item]) => [key, String(item)]));
  },
  toConfig: (value) => Object.fromEntries(value as ReadonlyMap<string, string>),
  combine: (earlier, later) => new Map([...(earlier as Map<string, string>), ...(later as Map<string, string>)]),
  schema: { type: 'object', additionalProperties: { type: 'string' } },
  placeholder: 'key=value,...',
};

const pairOf = (written: string): [string, string] => {
  const equals = written.indexOf('=');
  if (equals < 1) throw new Error(`${quoted(written)} is no key=value`);
  return [written.slice(0, equals).trim(), written.slice(equals + 1).trim()];
};
