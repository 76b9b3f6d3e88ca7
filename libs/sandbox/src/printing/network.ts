import type { Unstructured } from '@kube-steward/kube';
import { asRecord, valueAt } from '../json-path.ts';
import { AGE, column, type Column, listAt, NAME, text, textOf, wide } from './column.ts';
import { labelsText } from './selectors.ts';

const SHOWN = 3;

const joined = (object: unknown, path: string): string => listAt(object, path).map(String).join();

/** The addresses a load balancer was given, in order. */
const balanced = (object: Unstructured): string => {
  const addresses = listAt(object, 'status.loadBalancer.ingress').map((one) => {
    const { ip, hostname } = asRecord(one);
    return textOf(ip || hostname);
  });
  return [...new Set(addresses.filter((address) => address !== ''))].sort().join();
};

const externalIp = (service: Unstructured): string => {
  const { type, externalName } = asRecord(service['spec']);
  const own = joined(service, 'spec.externalIPs');
  switch (type) {
    case 'ClusterIP':
    case 'NodePort':
      return own || '<none>';
    case 'LoadBalancer':
      return [balanced(service), own].filter((part) => part !== '').join() || '<pending>';
    case 'ExternalName':
      return textOf(externalName);
    default:
      return '<unknown>';
  }
};

const servicePorts = (service: Unstructured): string =>
  listAt(service, 'spec.ports')
    .map(asRecord)
    .map(
      ({ port, nodePort, protocol }) => `${textOf(port)}${nodePort ? `:${textOf(nodePort)}` : ''}/${textOf(protocol)}`,
    )
    .join() || '<none>';

const hosts = (ingress: Unstructured): string => {
  const rules = listAt(ingress, 'spec.rules').map((rule) => textOf(asRecord(rule)['host']));
  const named = rules.filter((host) => host !== '');
  if (named.length === 0) return '*';
  const more = named.length > SHOWN || rules.length > SHOWN ? ` + ${rules.length - SHOWN} more...` : '';
  return named.slice(0, SHOWN).join() + more;
};

const withMore = (items: readonly string[], none: string): string => {
  const more = items.length > SHOWN ? ` + ${items.length - SHOWN} more...` : '';
  return items.slice(0, SHOWN).join() + more || none;
};

const endpoints = (object: Unstructured): string =>
  withMore(
    listAt(object, 'subsets').flatMap((subset) => {
      const addresses = listAt(subset, 'addresses').map((address) => textOf(asRecord(address)['ip']));
      const ports = listAt(subset, 'ports').map((port) => textOf(asRecord(port)['port']));
      return ports.length === 0 ? addresses : ports.flatMap((port) => addresses.map((ip) => joinHostPort(ip, port)));
    }),
    object['subsets'] === undefined ? '<none>' : '',
  );

const joinHostPort = (ip: string, port: string): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

const slicePorts = (slice: Unstructured): string =>
  withMore(
    listAt(slice, 'ports')
      .map(asRecord)
      .map(({ port, name }) => textOf(port ?? name ?? '*')),
    '<unset>',
  );

const sliceEndpoints = (slice: Unstructured): string =>
  withMore(
    listAt(slice, 'endpoints').flatMap((endpoint) => listAt(endpoint, 'addresses').map(String)),
    '<unset>',
  );

const parameters = (ingressClass: Unstructured): string => {
  const { kind, apiGroup, name } = asRecord(valueAt(ingressClass, 'spec.parameters'));
  if (kind === undefined) return '<none>';
  return `${textOf(kind)}${apiGroup === undefined ? '' : `.${textOf(apiGroup)}`}/${textOf(name)}`;
};

/** The tables of the kinds that lead to pods, by their storage. */
export const NETWORK_TABLES: Readonly<Record<string, readonly Column[]>> = {
  '/services': [
    NAME,
    column('Type', text('spec.type')),
    column('Cluster-IP', text('spec.clusterIPs.0', '<none>')),
    column('External-IP', externalIp),
    column('Port(s)', servicePorts),
    AGE,
    wide(column('Selector', (service) => labelsText(valueAt(service, 'spec.selector')))),
  ],
  '/endpoints': [NAME, column('Endpoints', endpoints), AGE],
  'discovery.k8s.io/endpointslices': [
    NAME,
    column('AddressType', text('addressType')),
    column('Ports', slicePorts),
    column('Endpoints', sliceEndpoints),
    AGE,
  ],
  'networking.k8s.io/ingresses': [
    NAME,
    column('Class', text('spec.ingressClassName', '<none>')),
    column('Hosts', hosts),
    column('Address', balanced),
    column('Ports', (ingress) => (listAt(ingress, 'spec.tls').length > 0 ? '80, 443' : '80')),
    AGE,
  ],
  'networking.k8s.io/ingressclasses': [
    NAME,
    column('Controller', text('spec.controller')),
    column('Parameters', parameters),
    AGE,
  ],
};
