import { internalType } from '../body-type.ts';
import { badRequest } from '../errors.ts';
import { tableRepresentation } from '../printing/table-representation.ts';
import type { ServedKind } from '../registry.ts';
import { StatusError } from '../status-error.ts';
import type { Exchange } from './exchange.ts';
import { METADATA, type Representation, WHOLE } from '../texts.ts';

const SERVED = ['application/json', 'application/yaml'] as const;
/** What a real server can send; this one sends no protobuf, which every client that asks for it offers to do without. */
const REPRESENTATIONS = [...SERVED, 'application/vnd.kubernetes.protobuf'].join(', ');

/** What an answer is to look like. */
export interface Accepted {
  readonly mediaType: (typeof SERVED)[number];
  readonly as: Representation;
}

interface Clause {
  readonly mediaType: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The clauses of an Accept header, the most wanted first. */
const clausesOf = (header: string): Clause[] =>
  header
    .split(',')
    .map((clause) => {
      const [mediaType = '', ...parameters] = clause.split(';').map((part) => part.trim());
      const pairs = parameters.map((one) => one.split('=').map((side) => side.trim()) as [string, string]);
      return { mediaType: mediaType.toLowerCase(), parameters: new Map(pairs) };
    })
    .sort((a, b) => weightOf(b) - weightOf(a));

const weightOf = ({ mediaType, parameters }: Clause): number =>
  Number(parameters.get('q') ?? 1) - (mediaType === '*/*' ? Number.EPSILON : 0);

const PLAIN: Accepted = { mediaType: 'application/json', as: WHOLE };

/** The first clause of a request's Accept header this server can serve: JSON or YAML; whole, metadata alone, a table. */
export const accepted = (
  { request, query }: Pick<Exchange, 'request' | 'query'>,
  subject: 'object' | 'list' | 'watch' | 'discovery',
  kind?: ServedKind,
): Accepted => {
  const header = request.headers.accept;
  if (!header || header === 'application/json') return PLAIN;
  let isTransformUnknown = false;
  for (const { mediaType, parameters } of clausesOf(header)) {
    const type = SERVED.find((one) => mediaType === one || mediaType === '*/*');
    if (!type) continue;
    const as = parameters.get('as');
    if (as === undefined) return { mediaType: type, as: WHOLE };
    if (isOfMeta(parameters) && as === 'Table') return { mediaType: type, as: table(query) };
    if (isOfMeta(parameters) && as.startsWith('PartialObjectMetadata')) {
      return { mediaType: type, as: partial(as, subject, kind) };
    }
    isTransformUnknown = true;
  }
  throw notAcceptable(isTransformUnknown);
};

/** Whether aggregated discovery (`apidiscovery.k8s.io/v2`) is taken: it is given then, whatever else is taken before it. */
export const takesAggregated = ({ request }: Pick<Exchange, 'request'>): boolean =>
  clausesOf(request.headers.accept ?? '').some(
    ({ parameters }) => parameters.get('as') === 'APIGroupDiscoveryList' && parameters.get('v') === 'v2',
  );

const isOfMeta = (parameters: ReadonlyMap<string, string>): boolean =>
  parameters.get('g') === 'meta.k8s.io' && parameters.get('v') === 'v1';

const table = (query: URLSearchParams): Representation => {
  const include = query.get('includeObject') || 'Metadata';
  if (include === 'None' || include === 'Metadata' || include === 'Object') return tableRepresentation(include);
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: "${include}": must be 'Metadata', 'Object', 'None', or empty`,
  );
};

const partial = (as: string, subject: string, kind: ServedKind | undefined): Representation => {
  const type = kind === undefined ? '' : kind.custom ? 'unstructured.Unstructured' : internalType(kind);
  if (as === 'PartialObjectMetadata' && subject === 'list') throw wrongForm(as, `a list (*${type}List)`);
  if (as === 'PartialObjectMetadataList' && subject === 'object') throw wrongForm(as, `not a list (*${type})`);
  return METADATA;
};

const wrongForm = (as: string, what: string): StatusError =>
  new StatusError({
    message: `you requested ${as}, but the requested object is ${what}`,
    reason: 'NotAcceptable',
    code: 406,
  });

const notAcceptable = (isTransformUnknown: boolean): StatusError =>
  new StatusError({
    message: isTransformUnknown
      ? `only the following media types are accepted: ${REPRESENTATIONS}`
      : `406: Not Acceptable\n\nAvailable representations: ${REPRESENTATIONS}`,
    reason: 'NotAcceptable',
    ...(isTransformUnknown ? {} : { details: {} }),
    code: 406,
  });
