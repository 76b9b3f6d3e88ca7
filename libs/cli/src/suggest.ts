/**
 * The candidate that was probably meant by a mistyped word: the nearest by edit distance (insertions, deletions,
 * replacements and swaps of neighbours count one each; case does not count), if it is near enough for the length.
 *
 * @example suggest('--namspace', ['--namespace', '--name']); // '--namespace'
 */
export const suggest = (word: string, candidates: Iterable<string>): string | undefined => {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length * 0.4)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
};

/** ` (did you mean X?)`, or nothing when no candidate is near. To be appended to a message. */
export const didYouMean = (word: string, candidates: Iterable<string>): string => {
  const candidate = suggest(word, candidates);
  return candidate === undefined ? '' : ` (did you mean ${candidate}?)`;
};

/** Optimal string alignment distance. */
export const editDistance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, at(beforeLast, j - 2) + 1);
      }
      row.push(distance);
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
};

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity;
