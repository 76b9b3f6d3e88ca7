import type { Scope, Trip } from './breaker.ts';

/** Where in the state's ConfigMap somebody acknowledges a breaker. */
const keyOf = (scope: Scope): string => `ack.${scope.replace('/', '_')}`;

/** A trip is named by its moment: to acknowledge it says nothing of the next one. */
const valueOf = ({ at }: Trip): string => String(at);

/** What `steward janitor ack` writes: a merge patch of the state's ConfigMap. */
export const acknowledgementOf = (trip: Trip): { readonly data: Readonly<Record<string, string>> } => ({
  data: { [keyOf(trip.scope)]: valueOf(trip) },
});

/** Those of the trips that the data of the state's ConfigMap acknowledges. */
export const acknowledgedIn = (data: Readonly<Record<string, string>>, trips: readonly Trip[]): readonly Scope[] =>
  trips.filter((trip) => data[keyOf(trip.scope)] === valueOf(trip)).map(({ scope }) => scope);
