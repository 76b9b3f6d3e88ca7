/** A row of a table of what can be different between an old tool and ours. */
export interface DifferenceRow<Parting, Id extends string = string> {
  readonly id: Id;
  readonly applies: (parting: Parting) => boolean;
  /** What is different, in one sentence. */
  readonly what: string;
  /** The setting, annotation or rule that makes it equal. */
  readonly remedy: (parting: Parting) => string;
}

/** A row, filled in for one object. */
export interface FoundDifference<Id extends string = string> {
  readonly id: Id;
  readonly what: string;
  readonly remedy: string;
}

/** The first row that applies; the last of a table applies always. */
export const differenceIn = <Parting, Id extends string>(
  rows: readonly DifferenceRow<Parting, Id>[],
  parting: Parting,
): FoundDifference<Id> => {
  const row = rows.find(({ applies }) => applies(parting));
  if (!row) throw new Error('the last row applies always');
  return { id: row.id, what: row.what, remedy: row.remedy(parting) };
};
