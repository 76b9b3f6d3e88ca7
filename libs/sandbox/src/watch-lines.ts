import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import { StoredObject } from './stored.ts';
import type { Change, ChangeType } from './table.ts';
import { eventLine, type Representation } from './texts.ts';

/**
 * Makes the line of a change once for all watchers that want the same. Only the change being told is remembered: watchers
 * hear of it one after the other.
 */
export class WatchLines {
  readonly #state: State;
  readonly #lines = new Map<string, Buffer>();
  #change: Change | undefined;

  constructor(state: State) {
    this.#state = state;
  }

  /** The line that tells `change` as an event of `type`, as bytes to write by reference. */
  lineOf(change: Change, type: ChangeType, kind: ServedKind, as: Representation): Buffer {
    if (this.#change !== change) {
      this.#lines.clear();
      this.#change = change;
    }
    const key = `${type} ${kind.group}/${kind.version} ${as.key}`;
    let line = this.#lines.get(key);
    if (!line) this.#lines.set(key, (line = this.#make(change, type, kind, as)));
    return line;
  }

  #make(change: Change, type: ChangeType, kind: ServedKind, as: Representation): Buffer {
    const leaves = type === 'DELETED' && change.type !== 'DELETED';
    const stored = leaves && change.previous ? atRevision(change, kind) : change.current;
    return Buffer.from(eventLine(type, as.object(this.#state, kind, stored)));
  }
}

/** An object that is no longer selected is told as it was before, under the revision of the change. */
const atRevision = (change: Change, kind: ServedKind): StoredObject => {
  const object = (change.previous ?? change.current).object();
  const metadata = { ...object.metadata, resourceVersion: String(change.revision) };
  return new StoredObject({ ...object, metadata }, change.revision, kind.custom);
};
