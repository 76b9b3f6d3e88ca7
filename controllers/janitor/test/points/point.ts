import type { KubeObject } from '@kube-steward/kube';
import type { Decision } from '@kube-steward/plan';
import { annotated, object, type KindName } from '../decisions.ts';

/** One point of behaviour, and the clusters that show it. */
export interface Point {
  readonly name: string;
  readonly rows: readonly Row[];
}

/** Manifests, the janitor's section of a config file, and what is decided at `NOW`: whoever decides has to say the same. */
export interface Row {
  readonly about: string;
  readonly objects: readonly KubeObject[];
  readonly config: Config;
  /** Of these objects, as `inShort` has it: `{'Deployment/web': 'delete TimeToLiveExpired'}`. */
  readonly said: Readonly<Record<string, string>>;
  /** What else the decision on the first of them has to have. */
  readonly decision: Partial<Decision>;
}

export type Config = Readonly<Record<string, unknown>>;
type Annotations = Readonly<Record<string, string>>;

export interface More {
  readonly about?: string;
  readonly config?: Config;
  readonly decision?: Partial<Decision>;
}

export const DELETED = 'delete TimeToLiveExpired';
export const EXPIRED = 'delete ExpiryTimeReached';
export const INVALID = 'invalid InvalidAnnotation';

/** One object by itself. */
export const alone = (seen: KubeObject, said: string, more: More = {}): Row =>
  among([seen], { [nameOf(seen)]: said }, more);

/** What is decided on some of these objects. */
export const among = (
  objects: readonly KubeObject[],
  said: Row['said'],
  { about, config = {}, decision = {} }: More = {},
): Row => ({
  about: about ?? [...objects.map(summaryOf), JSON.stringify(config)].join(', '),
  objects,
  config,
  said,
  decision,
});

/** A Deployment with annotations of the janitor's: `{ttl: '1h'}`. */
export const says = (annotations: Annotations, said: string, more: More & { readonly metadata?: Config } = {}): Row =>
  alone(annotated('Deployment', annotations, more.metadata), said, more);

/** A rule for everything, due after half an hour, unless it says otherwise. */
export const rule = (more: Config = {}): Config => ({
  id: 'rule',
  resources: ['*'],
  jmespath: '`true`',
  ttl: '30m',
  ...more,
});
export const byRule = (more: Config = {}, config: Config = {}): Config => ({ rules: [rule(more)], ...config });

/** What says who owns an object. */
export const ownedBy = (kind: string, name: string, apiVersion = 'apps/v1'): Config => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${name}`, controller: true }],
});

export const labelled = (of: KindName, labels: Annotations, metadata: Config = {}): KubeObject =>
  object(of, { labels, ...metadata });

const nameOf = ({ kind = '', metadata: { name } }: KubeObject): string => `${kind}/${name}`;
const summaryOf = (seen: KubeObject): string => `${nameOf(seen)} ${JSON.stringify(seen.metadata.annotations ?? {})}`;
