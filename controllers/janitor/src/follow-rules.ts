import { readFile } from 'node:fs/promises';
import { messageOf } from '@kube-steward/cli';
import type { Clock } from '@kube-steward/schedule';
import { parseRulesFile } from './rules-file.ts';
import type { RuleSet } from './rules.ts';

/** How often the file is looked at: a change is found by two looks. A mounted ConfigMap takes a minute to change anyway. */
const LOOK_MS = 5000;

export interface FollowRulesOptions {
  readonly path: string;
  /** What was in it when it was last read. */
  readonly text: string;
  readonly clock: Pick<Clock, 'setTimer'>;
  readonly signal: AbortSignal;
  readonly onRules: (rules: RuleSet) => void;
  /** It cannot be read, or something in it is wrong: told once for each content. What was in force stays so. */
  readonly onBad: (message: string) => void;
}

/**
 * Looks at a file of rules from now on. It is taken whole, or refused whole, and only when two looks have found the same: one that
 * is being written in its place may be cut off where what is there so far are rules too, for more than is meant.
 */
export const followRules = (options: FollowRulesOptions): void => {
  const { path, clock, signal, onRules, onBad } = options;
  let taken: string | undefined = options.text;
  let seen: string | undefined = options.text;
  const look = async (): Promise<void> => {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (seen !== undefined) onBad(`${path}: cannot be read: ${messageOf(error)}`);
      taken = undefined;
      return undefined;
    });
    if (text !== undefined && text === seen && text !== taken) {
      taken = text;
      try {
        onRules(parseRulesFile(text, path));
      } catch (error) {
        onBad(messageOf(error));
      }
    }
    seen = text;
    again();
  };
  const again = (): void => {
    if (signal.aborted) return;
    const cancel = clock.setTimer(LOOK_MS, () => {
      signal.removeEventListener('abort', cancel);
      void look();
    });
    signal.addEventListener('abort', cancel, { once: true });
  };
  again();
};
