import type { Unstructured } from '@kube-steward/kube';
import { asRecord, valueAt } from '../json-path.ts';
import { age, humanDuration } from './age.ts';
import { AGE, type Cell, column, type Column, count, flag, listAt, NAME, size, text, textOf, wide } from './column.ts';
import { quantity } from './quantity.ts';
import { selectorText } from './selectors.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';

const nodeStatus = (node: Unstructured): string => {
  const ready = listAt(node, 'status.conditions')
    .map(asRecord)
    .find((condition) => condition['type'] === 'Ready');
  const condition = !ready ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady';
  return valueAt(node, 'spec.unschedulable') === true ? `${condition},SchedulingDisabled` : condition;
};

const nodeRoles = ({ metadata }: Unstructured): string => {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return [key.slice(ROLE_PREFIX.length)];
    return key === 'kubernetes.io/role' ? [value] : [];
  });
  return [...new Set(roles.filter((role) => role !== ''))].sort().join() || '<none>';
};

const nodeAddress =
  (type: string): Cell =>
  (node) =>
    listAt(node, 'status.addresses')
      .map(asRecord)
      .find((address) => address['type'] === type)?.['address'] ?? '<none>';

const known =
  (path: string): Cell =>
  (object) =>
    valueAt(object, path) || '<unknown>';

const target = (event: Unstructured): string => {
  const { kind, name } = asRecord(event['involvedObject']);
  const what = typeof kind === 'string' ? kind.toLowerCase() : '';
  return typeof name === 'string' && name !== '' ? `${what}/${name}` : what;
};

const firstSeen: Cell = (event, now) => age(event['firstTimestamp'] ?? event['eventTime'] ?? undefined, now);

const lastSeen: Cell = (event, now) => {
  const series = valueAt(event, 'series.lastObservedTime');
  if (event['series'] !== undefined) return age(series, now);
  return event['lastTimestamp'] ? age(event['lastTimestamp'], now) : firstSeen(event, now);
};

const eventSource = (event: Unstructured): string => {
  const component = textOf(valueAt(event, 'source.component') || event['reportingComponent']);
  const instance = textOf(valueAt(event, 'source.host') || event['reportingInstance']);
  return instance === '' ? component : `${component}, ${instance}`;
};

const subjects =
  (kind: string): Cell =>
  (binding) =>
    listAt(binding, 'subjects')
      .map(asRecord)
      .filter((subject) => subject['kind'] === kind)
      .map(({ namespace, name }) => (kind === 'ServiceAccount' ? `${textOf(namespace)}/${textOf(name)}` : textOf(name)))
      .join(', ');

const BINDING: readonly Column[] = [
  NAME,
  column(
    'Role',
    (binding) => `${textOf(valueAt(binding, 'roleRef.kind'))}/${textOf(valueAt(binding, 'roleRef.name'))}`,
  ),
  AGE,
  wide(column('Users', subjects('User'))),
  wide(column('Groups', subjects('Group'))),
  wide(column('ServiceAccounts', subjects('ServiceAccount'))),
];

const isLimit = (resource: string): boolean => resource.startsWith('limits.');

const quota =
  (shown: (resource: string) => boolean): Cell =>
  (object) => {
    const used = asRecord(valueAt(object, 'status.used'));
    return Object.entries(asRecord(valueAt(object, 'status.hard')))
      .filter(([resource]) => shown(resource))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([resource, hard]) => `${resource}: ${quantity(used[resource])}/${quantity(hard)}`)
      .join(', ');
  };

const requestCondition = (request: Unstructured): string => {
  const types = listAt(request, 'status.conditions').map((condition) => asRecord(condition)['type']);
  const answer = ['Denied', 'Approved'].find((type) => types.includes(type)) ?? 'Pending';
  const failed = types.includes('Failed') ? ',Failed' : '';
  return `${answer}${failed}${valueAt(request, 'status.certificate') ? ',Issued' : ''}`;
};

const requestedDuration = (request: Unstructured): string => {
  const seconds = valueAt(request, 'spec.expirationSeconds');
  return typeof seconds === 'number' ? humanDuration(seconds * 1000) : '<none>';
};

const apiServiceTarget = (service: Unstructured): string => {
  const { namespace, name } = asRecord(valueAt(service, 'spec.service'));
  return name === undefined ? 'Local' : `${textOf(namespace)}/${textOf(name)}`;
};

const availability = (service: Unstructured): string => {
  const condition = listAt(service, 'status.conditions')
    .map(asRecord)
    .find(({ type }) => type === 'Available');
  if (!condition) return 'Unknown';
  const { status, reason } = condition;
  return status === 'True' || !reason ? textOf(status) : `${textOf(status)} (${textOf(reason)})`;
};

const paramKind = (policy: Unstructured): string => {
  const { apiVersion, kind } = asRecord(valueAt(policy, 'spec.paramKind'));
  return kind === undefined ? '<unset>' : `${textOf(apiVersion)}/${textOf(kind)}`;
};

const paramRef = (binding: Unstructured): string => {
  const { name, namespace } = asRecord(valueAt(binding, 'spec.paramRef'));
  return name === undefined ? '<unset>' : `${namespace ? textOf(namespace) : '*'}/${textOf(name)}`;
};

const queuing = (field: string): Cell => text(`spec.limited.limitResponse.queuing.${field}`, '<none>');

const isDangling = (schema: Unstructured): unknown =>
  listAt(schema, 'status.conditions')
    .map(asRecord)
    .find(({ type }) => type === 'Dangling')?.['status'] ?? '?';

const WEBHOOKS: readonly Column[] = [
  NAME,
  column('Webhooks', (object) => listAt(object, 'webhooks').length, 'integer'),
  AGE,
];

/** The tables of the kinds that make up a cluster and say who may do what in it, by their storage. */
export const CLUSTER_TABLES: Readonly<Record<string, readonly Column[]>> = {
  '/namespaces': [NAME, column('Status', text('status.phase')), AGE],
  '/nodes': [
    NAME,
    column('Status', nodeStatus),
    column('Roles', nodeRoles),
    AGE,
    column('Version', text('status.nodeInfo.kubeletVersion')),
    wide(column('Internal-IP', nodeAddress('InternalIP'))),
    wide(column('External-IP', nodeAddress('ExternalIP'))),
    wide(column('OS-Image', known('status.nodeInfo.osImage'))),
    wide(column('Kernel-Version', known('status.nodeInfo.kernelVersion'))),
    wide(column('Container-Runtime', known('status.nodeInfo.containerRuntimeVersion'))),
  ],
  '/events': [
    column('Last Seen', lastSeen),
    column('Type', text('type')),
    column('Reason', text('reason')),
    column('Object', target),
    wide(column('Subobject', text('involvedObject.fieldPath'))),
    wide(column('Source', eventSource)),
    column('Message', (event) => textOf(event['message']).trim()),
    wide(column('First Seen', firstSeen)),
    wide(column('Count', (event) => valueAt(event, 'series.count') ?? (event['count'] || 1))),
    wide(NAME),
  ],
  '/configmaps': [
    NAME,
    column('Data', (object, now) => Number(size('data')(object, now)) + Number(size('binaryData')(object, now))),
    AGE,
  ],
  '/secrets': [NAME, column('Type', text('type')), column('Data', size('data')), AGE],
  '/serviceaccounts': [NAME, AGE],
  '/resourcequotas': [
    NAME,
    column(
      'Request',
      quota((resource) => !isLimit(resource)),
    ),
    column('Limit', quota(isLimit)),
    AGE,
  ],
  'rbac.authorization.k8s.io/rolebindings': BINDING,
  'rbac.authorization.k8s.io/clusterrolebindings': BINDING,
  'certificates.k8s.io/certificatesigningrequests': [
    NAME,
    AGE,
    column('SignerName', text('spec.signerName', '<none>')),
    column('Requestor', text('spec.username')),
    column('RequestedDuration', requestedDuration),
    column('Condition', requestCondition),
  ],
  'coordination.k8s.io/leases': [NAME, column('Holder', text('spec.holderIdentity')), AGE],
  'scheduling.k8s.io/priorityclasses': [
    NAME,
    column('Value', count('value'), 'integer'),
    column('Global-Default', flag('globalDefault'), 'boolean'),
    AGE,
    column('PreemptionPolicy', text('preemptionPolicy')),
  ],
  'node.k8s.io/runtimeclasses': [NAME, column('Handler', text('handler')), AGE],
  'apiregistration.k8s.io/apiservices': [
    NAME,
    column('Service', apiServiceTarget),
    column('Available', availability),
    AGE,
  ],
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': WEBHOOKS,
  'admissionregistration.k8s.io/validatingwebhookconfigurations': WEBHOOKS,
  'admissionregistration.k8s.io/validatingadmissionpolicies': [
    NAME,
    column('Validations', (policy) => listAt(policy, 'spec.validations').length, 'integer'),
    column('ParamKind', paramKind),
    AGE,
  ],
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': [
    NAME,
    column('PolicyName', text('spec.policyName')),
    column('ParamRef', paramRef),
    AGE,
  ],
  'flowcontrol.apiserver.k8s.io/flowschemas': [
    NAME,
    column('PriorityLevel', text('spec.priorityLevelConfiguration.name')),
    column('MatchingPrecedence', count('spec.matchingPrecedence')),
    column('DistinguisherMethod', text('spec.distinguisherMethod.type', '<none>')),
    AGE,
    column('MissingPL', isDangling),
  ],
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': [
    NAME,
    column('Type', text('spec.type')),
    column('NominalConcurrencyShares', text('spec.limited.nominalConcurrencyShares', '<none>')),
    column('Queues', queuing('queues')),
    column('HandSize', queuing('handSize')),
    column('QueueLengthLimit', queuing('queueLengthLimit')),
    AGE,
  ],
  'networking.k8s.io/networkpolicies': [
    NAME,
    column('Pod-Selector', (policy) => selectorText(valueAt(policy, 'spec.podSelector')) || '<none>'),
    AGE,
  ],
};
