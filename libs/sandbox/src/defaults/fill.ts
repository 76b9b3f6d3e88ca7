export type Fields = Readonly<Record<string, unknown>>;

/** Completes a value of one type; the parts in it are complete already. */
export type Defaulter = (value: Fields) => Fields;

/** What is missing is filled in: the value itself when nothing is. */
export const fill = (value: Fields, defaults: Fields): Fields => {
  let filled: Record<string, unknown> | undefined;
  for (const field in defaults) {
    if (value[field] !== undefined || defaults[field] === undefined) continue;
    filled ??= { ...value };
    filled[field] = defaults[field];
  }
  return filled ?? value;
};

export const filled =
  (defaults: Fields): Defaulter =>
  (value) =>
    fill(value, defaults);

export const pipe =
  (...steps: readonly Defaulter[]): Defaulter =>
  (value) =>
    steps.reduce((result, step) => step(result), value);
