import type { Store } from '@kube-steward/kube';

/** Several stores that share no key, read as one. */
export const unionOf = <P>(stores: readonly Store<P>[]): Store<P> => {
  const [only] = stores;
  if (only && stores.length === 1) return only;
  const all = function* <T>(of: (store: Store<P>) => Iterable<T>): Generator<T> {
    for (const store of stores) yield* of(store);
  };
  return {
    get size() {
      return stores.reduce((size, store) => size + store.size, 0);
    },
    get: (key) => stores.find((store) => store.has(key))?.get(key),
    has: (key) => stores.some((store) => store.has(key)),
    list: () => all((store) => store.list()),
    keys: () => all((store) => store.keys()),
    byIndex: (index, value) => stores.flatMap((store) => store.byIndex(index, value)),
    indexValues: (index) => new Set(all((store) => store.indexValues(index))),
  };
};
