import { aggregatedDiscovery, coreVersions, groupList, oneGroup, resourceList } from '../discovery.ts';
import { noSuchPath } from '../errors.ts';
import { openapiDocument, openapiIndex } from '../openapi.ts';
import type { ServedKind } from '../registry.ts';
import type { State } from '../state.ts';
import { type Exchange, sendJson, sendPlain } from './exchange.ts';
import { accepted, takesAggregated } from './negotiation.ts';
import type { Target } from './target.ts';

/** Where the server is and what it says it is. */
export interface ServerFacts {
  readonly address: string;
  readonly version: { readonly major: number; readonly minor: number };
}

const NOT_FOUND_PAGE = '404 page not found\n';
const OPENAPI = '/openapi/v3';
const HEALTH = /^\/(healthz|readyz|livez)(\/|$)/;

/** What the web server says to paths no API group serves. */
export const sendNotFoundPage = (exchange: Exchange): void => sendPlain(exchange, 404, NOT_FOUND_PAGE);

/** Answers everything that is not about objects: discovery, version, health. */
export const sendPage = (
  state: State,
  facts: ServerFacts,
  target: Exclude<Target, { type: 'resource' }>,
  exchange: Exchange,
): void => {
  const kinds = state.registry.kinds();
  switch (target.type) {
    case 'versions':
    case 'groups': {
      const isCore = target.type === 'versions';
      if (takesAggregated(exchange)) {
        sendAggregated(exchange, aggregatedDiscovery(kinds, isCore));
        return;
      }
      accepted(exchange, 'discovery');
      sendJson(exchange, 200, isCore ? coreVersions(facts.address) : groupList(kinds));
      return;
    }
    case 'group':
      sendFound(exchange, oneGroup(kinds, target.group));
      return;
    case 'resources':
      sendResources(kinds, target, exchange);
      return;
    case 'other':
      if (target.path.startsWith(OPENAPI)) sendOpenapi(kinds, target.path.slice(OPENAPI.length + 1), exchange);
      else sendOther(facts, target.path, exchange);
  }
};

const sendAggregated = (exchange: Exchange, page: object): void => {
  const text = JSON.stringify(page);
  exchange.answered(200);
  exchange.outlet.head(200, {
    ...exchange.headers,
    'Content-Type': 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    'Content-Length': Buffer.byteLength(text),
  });
  exchange.outlet.end(text);
};

const sendFound = (exchange: Exchange, page: object | undefined): void => {
  if (page) sendJson(exchange, 200, page);
  else sendPlain(exchange, 404, NOT_FOUND_PAGE);
};

/** An unknown version of a known group is answered by the API, an unknown group by the web server. */
const sendResources = (
  kinds: readonly ServedKind[],
  { group, version }: { group: string; version: string },
  exchange: Exchange,
): void => {
  const page = resourceList(kinds, group, version);
  if (!page && kinds.some((kind) => kind.group === group)) throw noSuchPath();
  sendFound(exchange, page);
};

const sendOpenapi = (kinds: readonly ServedKind[], path: string, exchange: Exchange): void =>
  sendFound(exchange, path === '' ? openapiIndex(kinds) : openapiDocument(kinds, path));

const sendOther = ({ version: { major, minor } }: ServerFacts, path: string, exchange: Exchange): void => {
  if (HEALTH.test(path)) sendPlain(exchange, 200, 'ok');
  else if (path === '/version') sendJson(exchange, 200, versionOf(major, minor));
  else if (path === '/')
    sendJson(exchange, 200, { paths: ['/api', '/apis', '/healthz', '/livez', '/readyz', '/version'] });
  else sendPlain(exchange, 404, NOT_FOUND_PAGE);
};

const versionOf = (major: number, minor: number): object => ({
  major: String(major),
  minor: String(minor),
  gitVersion: `v${major}.${minor}.0+kube-steward-sandbox`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
});
