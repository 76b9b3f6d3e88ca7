import { BadValue, didYouMean, messageOf } from '@kube-steward/cli';

/** Reads a value that YAML brought. @throws Error; BadValue, or an AggregateError of them, for a part of the value */
export type Shape<T> = (value: unknown) => T;

type Shapes = Readonly<Record<string, Shape<unknown>>>;
type Read<S extends Shapes, N extends keyof S> = { readonly [K in N]: ReturnType<S[K]> } & {
  readonly [K in Exclude<keyof S, N>]?: ReturnType<S[K]>;
};

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Everything wrong in the parts of a value, rather than the first of it. */
class Faults {
  readonly errors: BadValue[] = [];

  attempt<T>(step: string | number, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
      for (const each of errors)
        this.errors.push(new BadValue(messageOf(each), [step, ...(each instanceof BadValue ? each.path : [])]));
      return undefined;
    }
  }

  /** @throws AggregateError where there are any */
  throwAny(): void {
    if (this.errors.length > 0) throw new AggregateError(this.errors, 'bad values');
  }
}

/** A map with these keys and no others, of which some have to be there. */
export const mapOf =
  <S extends Shapes, N extends keyof S & string>(shapes: S, needed: readonly N[]): Shape<Read<S, N>> =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new BadValue(`${shown(value)} is no map (keys: ${Object.keys(shapes).join(', ')})`);
    const faults = new Faults();
    const read: Record<string, unknown> = {};
    for (const [key, part] of Object.entries(value as Readonly<Record<string, unknown>>)) {
      const shape = Object.hasOwn(shapes, key) ? shapes[key] : undefined;
      if (shape) read[key] = faults.attempt(key, () => shape(part));
      else
        faults.attempt(key, () => {
          const known = Object.keys(shapes);
          throw new Error(`unknown key "${key}"${didYouMean(key, known) || ` (known: ${known.join(', ')})`}`);
        });
    }
    for (const key of needed) if (!(key in value)) faults.errors.push(new BadValue(`${key} is missing`));
    faults.throwAny();
    return read as Read<S, N>;
  };

/** A list, each member of one shape. */
export const listOf =
  <T>(member: Shape<T>): Shape<readonly T[]> =>
  (value) => {
    if (!Array.isArray(value)) throw new Error(`${shown(value)} is no list`);
    const faults = new Faults();
    const read = value.map((item: unknown, index) => faults.attempt(index, () => member(item)));
    faults.throwAny();
    return read as T[];
  };

/** A text, read further by `parse`, which throws an Error that says what is allowed. */
export const textWith =
  <T>(parse: (text: string) => T): Shape<T> =>
  (value) => {
    if (typeof value !== 'string') throw new Error(`${shown(value)} is no text`);
    return parse(value);
  };

export const text: Shape<string> = textWith((written) => written);

/** One of a few words. */
export const oneOf = <const W extends string>(words: readonly W[]): Shape<W> =>
  textWith((written) => {
    const word = words.find((each) => each === written);
    if (word !== undefined) return word;
    throw new Error(`"${written}" is not allowed${didYouMean(written, words) || ` (allowed: ${words.join(', ')})`}`);
  });

/** Anything, to be looked at later. */
export const anything: Shape<unknown> = (value) => value;
