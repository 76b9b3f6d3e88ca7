/** How one transition went, as the downscaler's log tells it. */
export interface Morning {
  /** When it was told, and when the transition was; milliseconds since the epoch. */
  readonly at: number;
  readonly transition: number;
  readonly awake: number;
  readonly of: number;
  /** `namespace/name (cause)` */
  readonly incomplete: readonly string[];
  readonly message: string;
}

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly action?: string;
  readonly reason?: string;
  readonly transition?: string;
  readonly awake?: number;
  readonly of?: number;
  readonly incomplete?: readonly string[];
}

const WORSE_THAN_USUAL = ['warn', 'error', 'fatal'];

/** Listens to what the downscaler logs. */
export class Log {
  readonly mornings: Morning[] = [];
  /** Lines of level warn or worse, but for those about what users wrote and what became of their workloads. */
  readonly troubles: string[] = [];

  readonly write = (text: string): void => {
    const line = JSON.parse(text) as Line;
    const morning = morningOf(line);
    if (morning) this.mornings.push(morning);
    else if (WORSE_THAN_USUAL.includes(line.level) && !isOfUsers(line)) this.troubles.push(text.trim());
  };
}

const morningOf = ({ time, transition, awake, of, incomplete = [], msg: message }: Line): Morning | undefined =>
  transition === undefined || awake === undefined || of === undefined
    ? undefined
    : { at: Date.parse(time), transition: Date.parse(transition), awake, of, incomplete, message };

/** What is wrong with an annotation or an image is told in the story, and no trouble of the downscaler's. */
const isOfUsers = ({ action, reason }: Line): boolean => action === 'invalid' || reason === 'WakeIncomplete';
