import type { FaultEffect } from '../faults.ts';
import { expired } from '../errors.ts';
import type { ServedKind } from '../registry.ts';
import type { State } from '../state.ts';
import { Watch, type WatchSettings } from '../watch.ts';
import type { WatchHub } from '../watch-hub.ts';
import type { WatchLines } from '../watch-lines.ts';
import { type Exchange, sendHead } from './exchange.ts';
import { accepted } from './negotiation.ts';
import { watchQueryOf } from './parameters.ts';
import type { ResourceTarget } from './target.ts';

export interface WatchService {
  readonly hub: WatchHub;
  readonly lines: WatchLines;
  readonly settings: WatchSettings;
}

/** Opens a watch; it ends with the connection, at its timeout, or when it is too slow. */
export const openWatch = (
  state: State,
  { hub, lines, settings }: WatchService,
  kind: ServedKind,
  target: ResourceTarget,
  exchange: Exchange,
  effects: readonly FaultEffect[],
): void => {
  const { outlet } = exchange;
  const { as } = accepted(exchange, 'watch');
  const sink = {
    write: (line: string | Buffer) => outlet.write(line),
    drained: () => outlet.drained(),
    get waiting() {
      return outlet.waiting;
    },
    end: () => {
      hub.remove(watch);
      outlet.end();
    },
  };
  const watch = new Watch(state, kind, watchQueryOf(exchange.query, target.namespace), { as, sink, lines, settings });
  sendHead(exchange, 200, { 'Content-Type': 'application/json' });
  outlet.flush();
  const quiet = effects.some(({ kind: effect }) => effect === 'no-bookmarks');
  hub.add({ watch, outlet, user: exchange.caller.user, resource: kind.plural, quiet });
  outlet.onClose(() => watch.close());
  if (effects.some((effect) => effect.kind === 'expired' && effect.asEvent)) {
    watch.fail(expired(`too old resource version: ${exchange.query.get('resourceVersion') ?? ''} (${state.revision})`));
  } else watch.start();
};
