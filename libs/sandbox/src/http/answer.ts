import { expired, methodNotAllowed, noSuchPath } from '../errors.ts';
import type { Tokens } from '../auth.ts';
import type { FaultEffect } from '../faults.ts';
import type { ServedKind } from '../registry.ts';
import type { State } from '../state.ts';
import { checkAllowed } from './allowed.ts';
import type { Exchange } from './exchange.ts';
import { sendNotFoundPage, type ServerFacts, sendPage } from './pages.ts';
import { sendList, sendObject } from './reads.ts';
import type { ResourceTarget } from './target.ts';
import { openWatch, type WatchService } from './watching.ts';
import { create, patch, remove, removeCollection, update } from './writes.ts';

/** What requests are answered from. */
export interface Service {
  readonly state: State;
  readonly tokens: Tokens;
  readonly watches: WatchService;
  readonly facts: ServerFacts;
  /** `limit` counts with resourceVersion 0 as well. */
  readonly limitAtZero: boolean;
}

/** Answers a request, or throws the StatusError it is to be answered with. */
export const answer = async (service: Service, exchange: Exchange, effects: readonly FaultEffect[]): Promise<void> => {
  const { target, verb } = exchange;
  if (target.type !== 'resource') {
    if (verb !== 'get') throw methodNotAllowed();
    sendPage(service.state, service.facts, target, exchange);
    return;
  }
  const kind = service.state.registry.find(target.group, target.version, target.plural);
  if (!kind) {
    if (target.group === '' || service.state.registry.kinds().some(({ group }) => group === target.group))
      throw noSuchPath();
    sendNotFoundPage(exchange);
    return;
  }
  const named = scoped(kind, target);
  checkAllowed(kind, named, verb);
  if (effects.some((effect) => effect.kind === 'expired' && !(verb === 'watch' && effect.asEvent))) {
    throw expired('The resourceVersion for the provided list is too old.');
  }
  await onResource(service, kind, named, exchange, effects);
};

const onResource = async (
  { state, tokens, watches, limitAtZero }: Service,
  kind: ServedKind,
  target: ResourceTarget,
  exchange: Exchange,
  effects: readonly FaultEffect[],
): Promise<void> => {
  switch (exchange.verb) {
    case 'get': {
      sendObject(state, kind, target, exchange);
      return;
    }
    case 'list':
      return sendList(state, kind, target, exchange, { limitAtZero });
    case 'watch': {
      openWatch(state, watches, kind, target, exchange, effects);
      return;
    }
    case 'create': {
      create(state, tokens, kind, target, exchange);
      return;
    }
    case 'update': {
      update(state, kind, target, exchange);
      return;
    }
    case 'patch': {
      patch(state, kind, target, exchange);
      return;
    }
    case 'delete': {
      remove(state, kind, target, exchange);
      return;
    }
    case 'deletecollection': {
      removeCollection(state, kind, target, exchange);
      return;
    }
    case 'other':
      throw methodNotAllowed();
  }
};

/** A namespaced object needs its namespace in the path, a cluster-scoped one must not have one. */
const scoped = (kind: ServedKind, target: ResourceTarget): ResourceTarget => {
  if (kind.namespaced && target.name !== undefined && target.namespace === undefined) throw noSuchPath();
  if (!kind.namespaced && target.namespace !== undefined) throw noSuchPath();
  return target;
};
