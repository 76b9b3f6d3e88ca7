import { notFound } from '../errors.ts';
import { checkReached, listPage } from '../list.ts';
import type { ServedKind } from '../registry.ts';
import { scaleOf } from '../scale.ts';
import { type Stored, storageKey } from '../stored.ts';
import type { State } from '../state.ts';
import { type ListFrame, type Representation, WHOLE } from '../texts.ts';
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
  const answer = accepted(exchange, 'object', kind);
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
  else sendText(exchange, 200, answer.as.object(state, kind, stored), answer);
};

/** GET of a collection: the items go out as the client takes them, from the texts that are there. */
export const sendList = async (
  state: State,
  kind: ServedKind,
  target: ResourceTarget,
  exchange: Exchange,
  options: { limitAtZero: boolean },
): Promise<void> => {
  const { as, mediaType } = accepted(exchange, 'list', kind);
  const virtual = virtualObjects(state, kind, target.namespace);
  if (virtual) {
    const { head, tail } = WHOLE.frame(kind, { resourceVersion: String(state.revision) });
    sendText(exchange, 200, `${head}${virtual.map((object) => JSON.stringify(object)).join()}${tail}`);
    return;
  }
  const { items, ...metadata } = listPage(state, kind, listQueryOf(exchange.query, target.namespace), options);
  const frame = as.frame(kind, metadata);
  if (mediaType === 'application/yaml') {
    const texts = items.map((stored) => as.item(state, kind, stored));
    sendText(exchange, 200, `${frame.head}${texts.join()}${frame.tail}`, { mediaType, as });
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
    text += (index === 0 ? '' : ',') + as.item(state, kind, stored);
    if (text.length < CHUNK_CHARACTERS) continue;
    if (!outlet.write(text)) await outlet.drained();
    text = '';
  }
  outlet.end(text + frame.tail);
};
