import type { DecidedBy } from '@kube-steward/plan';
import type { Layer } from './annotations.ts';
import type { Reason } from './reasons.ts';
import { mistaken, type Verdict } from './verdict.ts';

interface Fault {
  readonly reason: Reason;
  readonly message: string;
  readonly decidedBy: DecidedBy;
}

/** Everything in the annotations of an object that cannot be read, in one verdict: whoever corrects one corrects them all. */
export const misread = (layer: Layer): Verdict => {
  const faults = faultsIn(layer);
  const [first] = faults;
  const message = faults.map((fault) => fault.message).join('; ');
  return mistaken(first?.reason ?? 'InvalidAnnotation', message, { decidedBy: first?.decidedBy });
};

/** The verdict, where nothing else would delete it meanwhile. */
export const keptMeanwhile = (verdict: Verdict): Verdict => ({
  ...verdict,
  message: `${verdict.message}; it is kept until that is corrected`,
});

const faultsIn = ({ unknown, entries }: Layer): readonly Fault[] => [
  ...unknown.map(({ source, key, value, suggestion }): Fault => {
    const hint = suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
    return { reason: 'UnknownAnnotation', message: `${key} means nothing${hint}`, decidedBy: { source, key, value } };
  }),
  ...[entries.protect, entries.quarantined, entries.ttl, entries.expires].flatMap((entry): readonly Fault[] =>
    entry?.problem === undefined
      ? []
      : [
          {
            reason: 'InvalidAnnotation',
            message: `${entry.writtenAs.key}: ${entry.problem}`,
            decidedBy: entry.writtenAs,
          },
        ],
  ),
];
