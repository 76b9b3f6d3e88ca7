import { dropManagedFields, METADATA_OF_EVENT, parseCutting } from './managed-fields.ts';

const NEWLINE = 0x0a;

export interface LineSplitter {
  /** Takes the next bytes; calls `onLine` for each line they complete. */
  write(chunk: Buffer): void;
  /** The stream is over. What came after the last newline was cut off in the middle and is dropped. */
  end(): void;
}

/**
 * Splits a watch into its lines, of any length. Empty lines are skipped. The line given to `onLine` is without its newline and
 * may be a view of the chunk: it is valid during the call.
 */
export const createLineSplitter = (options: { onLine: (line: Buffer) => void }): LineSplitter => {
  let beginning: Buffer[] = [];
  const lineEndingWith = (last: Buffer): Buffer => {
    if (beginning.length === 0) return last;
    const line = Buffer.concat([...beginning, last]);
    beginning = [];
    return line;
  };
  return {
    write(chunk) {
      let start = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
        const line = lineEndingWith(chunk.subarray(start, at));
        start = at + 1;
        if (line.length > 0) options.onLine(line);
      }
      if (start < chunk.length) beginning.push(Buffer.from(chunk.subarray(start)));
    },
    end() {
      beginning = [];
    },
  };
};

/** One line of a watch as sent: for BOOKMARK the object carries its metadata only, for ERROR it is a Status. */
export interface WatchLine {
  type: string;
  object: unknown;
}

/**
 * Parses a line of a watch without the `managedFields` of its object.
 *
 * @throws SyntaxError if the line is not JSON, or not an event
 */
export const parseWatchLine = (line: Buffer, options: { keepManagedFields?: boolean } = {}): WatchLine => {
  const event = (options.keepManagedFields
    ? JSON.parse(line.toString())
    : parseCutting(line, METADATA_OF_EVENT)) as unknown as Partial<WatchLine> | null;
  if (typeof event?.type !== 'string') throw new SyntaxError('a line of a watch is JSON, but not an event');
  if (!options.keepManagedFields) dropManagedFields(event.object);
  return event as WatchLine;
};
