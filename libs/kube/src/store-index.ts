/** What an object is found under in one index: any number of values. Has to be a pure function of the object. */
export type IndexFunction<P> = (object: P) => readonly string[] | string | undefined;

/** One index of a store: value → keys of the objects that have it. */
export class StoreIndex<P> {
  readonly of: IndexFunction<P>;
  readonly #keys = new Map<string, Set<string>>();

  constructor(of: IndexFunction<P>) {
    this.of = of;
  }

  keys(value: string): ReadonlySet<string> | undefined {
    return this.#keys.get(value);
  }

  values(): Iterable<string> {
    return this.#keys.keys();
  }

  add(key: string, object: P): void {
    for (const value of asList(this.of(object))) this.#add(value, key);
  }

  remove(key: string, object: P): void {
    for (const value of asList(this.of(object))) this.#remove(value, key);
  }

  update(key: string, old: P, object: P): void {
    const before = asList(this.of(old));
    const after = asList(this.of(object));
    if (before.length === after.length && before.every((value, i) => value === after[i])) return;
    for (const value of before) this.#remove(value, key);
    for (const value of after) this.#add(value, key);
  }

  #add(value: string, key: string): void {
    const keys = this.#keys.get(value);
    if (keys) keys.add(key);
    else this.#keys.set(value, new Set([key]));
  }

  #remove(value: string, key: string): void {
    const keys = this.#keys.get(value);
    if (keys?.delete(key) && keys.size === 0) this.#keys.delete(value);
  }
}

const asList = (values: readonly string[] | string | undefined): readonly string[] => {
  if (typeof values === 'string') return [values];
  return values ?? [];
};
