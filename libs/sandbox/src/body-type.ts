import { type Resource, type Unstructured } from '@kube-steward/kube';
import { BUILTIN_KINDS } from './builtin-kinds.ts';
import { badRequest, invalid, invalidField } from './errors.ts';
import type { ServedKind } from './registry.ts';
import type { StatusError } from './status-error.ts';

type Type = Pick<Resource, 'group' | 'version' | 'kind'>;

const versionOf = ({ group, version }: Type): string => (group === '' ? version : `${group}/${version}`);

/** Versions that are no longer served and that the server still reads. */
const FORMER_VERSIONS: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['apps/v1beta1', 'apps/v1beta2', 'extensions/v1beta1'],
  StatefulSet: ['apps/v1beta1', 'apps/v1beta2'],
  DaemonSet: ['apps/v1beta2', 'extensions/v1beta1'],
  ReplicaSet: ['apps/v1beta2', 'extensions/v1beta1'],
  CronJob: ['batch/v1beta1'],
  HorizontalPodAutoscaler: ['autoscaling/v2beta1', 'autoscaling/v2beta2'],
  PodDisruptionBudget: ['policy/v1beta1'],
  Ingress: ['extensions/v1beta1', 'networking.k8s.io/v1beta1'],
  Lease: ['coordination.k8s.io/v1beta1'],
  Event: ['events.k8s.io/v1beta1'],
};

/** Where the server found that nobody knows a kind. */
const SCHEME = 'pkg/runtime/scheme.go:111';

/** What is said of a version of a kind that nobody knows. */
export const notRegistered = (apiVersion: string, kind: string): string =>
  `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(SCHEME)}`;

const isRegistered = (apiVersion: string, kind: string): boolean =>
  BUILTIN_KINDS.some((one) => one.kind === kind && versionOf(one) === apiVersion) ||
  (FORMER_VERSIONS[kind]?.includes(apiVersion) ?? false);

/** Refuses an object that says it is something else than what the request is about. What it leaves out is no matter. */
export const checkBodyType = (kind: Type & Pick<ServedKind, 'custom'>, body: Unstructured): void => {
  const expected = versionOf(kind);
  const { apiVersion = expected, kind: name = kind.kind } = body;
  if (apiVersion === expected && name === kind.kind) return;
  const otherVersion = `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`;
  if (kind.custom) {
    if (apiVersion !== expected) throw badRequest(otherVersion);
    const error = invalidField('kind', name, `must be ${kind.kind}`);
    throw invalid({ group: kind.group, kind: name }, body.metadata.name, [error]);
  }
  const version = apiVersion.split('/').at(-1) ?? '';
  const unreadable = (fault: string): StatusError =>
    badRequest(`${name} in version ${JSON.stringify(version)} cannot be handled as a ${kind.kind}: ${fault}`);
  if (!isRegistered(apiVersion, name)) throw unreadable(notRegistered(apiVersion, name));
  if (name === kind.kind) throw badRequest(otherVersion);
  throw unreadable(`converting (${version}.${name}) to (${internalType(kind)}): unknown conversion`);
};

/** Custom resources say what they are: 400 for one that does not. `text` is the body as it came. */
export const checkHasType = ({ kind }: Type, body: Partial<Unstructured>, text: string): void => {
  const missing = body.kind ? (body.apiVersion ? undefined : 'apiVersion') : 'Kind';
  if (missing === undefined) return;
  const start = text.length > SHOWN ? `${text.slice(0, SHOWN)} ...` : text;
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kind}): Object '${missing}' is missing in '${text}' (${start})`,
  );
};
const SHOWN = 30;

/** What the server calls its own form of a kind: `core.ConfigMap`, `apps.Deployment`. */
export const internalType = ({ group, kind }: Type): string => {
  const [name = ''] = group.split('.');
  return `${name === '' || name === 'events' ? 'core' : name}.${kind}`;
};
