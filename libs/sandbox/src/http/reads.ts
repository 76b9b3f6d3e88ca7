import { notFound } from '../errors.ts';
import { checkReached, listPage } from '../list.ts';
import type { ServedKind } from '../registry.ts';
import { scaleOf } from '../scale.ts';
import { type Stored, storageKey } from '../stored.ts';
import type { State } from '../state.ts';
import { itemTextOf, type ListFrame, listFrame, type Representation, textOf } from '../texts.ts';
import { fromStorage } from '../versions.ts';
import { virtualObjects } from '../virtual.ts';
import { type Exchange, sendHead, sendJson, sendPlain, sendText } from './exchange.ts';
import { accepted } from './negotiation.ts';
import { listQueryOf } from './parameters.ts';
import type { ResourceTarget } from './target.ts';

/** Text is gathered up to about this size before it goes to the socket. */
const CHUNK_CHARACTERS = 64 * 1024;

/** GET of one object or of its scale. */
export const sendObject = (state: State, kind: ServedKind, target: ResourceTarget, exchange: Exchange): void => {
  const name = target.name ?? '';
  const answer = accepted(exchange.request.headers.accept, 'object');
  const virtual = virtualObjects(state, kind, target.namespace);
  if (virtual) {
    const found = virtual.find((object) => object.metadata.name === name);
    if (!found) throw notFound(kind, name);
    sendJson(exchange, 200, found);
    return;
  }
  checkReached(state, exchange.query.get('resourceVersion') ?? '');
  const stored = state.table(kind).get(storageKey(target.namespace, name));
  if (!stored) throw notFound(kind, name);
  if (target.subresource === 'log') sendPlain(exchange, 200, `${name} has written nothing\n`);
  else if (target.subresource === 'scale')
    sendJson(exchange, 200, scaleOf(kind, fromStorage(state, kind, stored.object())));
  else sendText(exchange, 200, textOf(state, kind, stored, answer.as), answer);
};

/** GET of a collection: the items go out as the client takes them, from the texts that are there. */
export const sendList = async (
  state: State,
  kind: ServedKind,
  target: ResourceTarget,
  exchange: Exchange,
  options: { limitAtZero: boolean },
): Promise<void> => {
  const { as, mediaType } = accepted(exchange.request.headers.accept, 'list');
  const virtual = virtualObjects(state, kind, target.namespace);
  if (virtual) {
    const { head, tail } = listFrame(kind, { resourceVersion: String(state.revision) }, 'whole');
    sendText(exchange, 200, `${head}${virtual.map((object) => JSON.stringify(object)).join()}${tail}`);
    return;
  }
  const { items, ...metadata } = listPage(state, kind, listQueryOf(exchange.query, target.namespace), options);
  const frame = listFrame(kind, metadata, as);
  if (mediaType === 'application/yaml') {
    const texts = items.map((stored) => itemTextOf(state, kind, stored, as));
    sendText(exchange, 200, `${frame.head}${texts.join()}${frame.tail}`, { mediaType, as, aggregated: false });
    return;
  }
  sendHead(exchange, 200, { 'Content-Type': 'application/json' });
  await streamItems(state, kind, items, as, frame, exchange);
};

const streamItems = async (
  state: State,
  kind: ServedKind,
  items: readonly Stored[],
  as: Representation,
  frame: ListFrame,
  { outlet }: Exchange,
): Promise<void> => {
  let text = frame.head;
  for (const [index, stored] of items.entries()) {
    text += (index === 0 ? '' : ',') + itemTextOf(state, kind, stored, as);
    if (text.length < CHUNK_CHARACTERS) continue;
    if (!outlet.write(text)) await outlet.drained();
    text = '';
  }
  outlet.end(text + frame.tail);
};
