import { RESOURCES, isNotFound, type Resource, type Unstructured } from '@kube-steward/kube';
import { namespace as namespaceObject } from '@kube-steward/sandbox';
import { startBundle, type Program } from '../e2e/programs.ts';
import type { AuditEntry } from './audit.ts';
import type { RealCluster } from './cluster.ts';
import { JANITOR_RULES, type Rule } from './rights.ts';
import { usernameOf, type ServiceAccount } from './service-account.ts';

interface Owner {
  teardown(end: () => unknown): void;
}

/** A namespace, and a janitor with an account of its own that looks at it alone. */
export interface Yard {
  readonly cluster: RealCluster;
  readonly namespace: string;
  readonly account: ServiceAccount;
  /** Starts the built janitor; killed at the end of the test. */
  run(t: Owner, flags?: readonly string[]): Program;
  create(resource: Resource, object: Unstructured): Promise<Unstructured>;
  /** `undefined`: it is not there. */
  find(resource: Resource, name: string): Promise<Unstructured | undefined>;
  annotate(resource: Resource, name: string, annotations: Readonly<Record<string, string | null>>): Promise<unknown>;
  /** The deletes it has asked for of a kind, oldest first. */
  deletes(plural: string): AuditEntry[];
  /** The reasons of its Events about objects of a name. */
  told(name: string): Promise<string[]>;
}

export interface YardOptions {
  readonly rules?: readonly Rule[];
}

interface Event extends Unstructured {
  readonly reason: string;
  readonly reportingController: string;
  readonly eventTime: string;
  readonly regarding: { readonly name: string; readonly namespace?: string };
}

export const openYard = async (
  cluster: RealCluster,
  namespace: string,
  { rules = JANITOR_RULES }: YardOptions = {},
): Promise<Yard> => {
  const { admin } = cluster;
  const account = { namespace: `${namespace}-steward`, name: namespace };
  await cluster.addServiceAccount(account, rules);
  await admin.create(RESOURCES.namespaces, namespaceObject({ name: namespace }));
  const at = ({ namespaced }: Resource) => (namespaced ? { namespace } : {});
  return {
    ...{ cluster, namespace, account },
    run: (t, flags = []) =>
      startBundle(
        t,
        'janitor',
        [
          `--kubeconfig=${cluster.kubeconfig(usernameOf(account))}`,
          ...[`--include-namespaces=${namespace}`, '--health-port=0', '--qps=-1'],
          ...flags,
        ],
        { env: { POD_NAMESPACE: account.namespace, POD_NAME: account.name } },
      ),
    create: (resource, object) =>
      admin.create(resource, { ...object, metadata: { ...object.metadata, ...at(resource) } }),
    async find(resource, name) {
      try {
        return await admin.get<Unstructured>(resource, { ...at(resource), name });
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    annotate: (resource, name, annotations) =>
      admin.patch(resource, { ...at(resource), name }, { type: 'merge', body: { metadata: { annotations } } }),
    deletes: (plural) =>
      cluster
        .audit(usernameOf(account))
        .filter(({ verb, objectRef }) => verb === 'delete' && objectRef?.resource === plural),
    async told(name) {
      const { items } = await admin.list<Event>(RESOURCES.events, {});
      return items
        .filter(
          ({ regarding, reportingController }) =>
            reportingController === 'kube-steward.io/janitor' &&
            regarding.name === name &&
            (regarding.namespace ?? namespace) === namespace,
        )
        .sort((a, b) => (a.eventTime < b.eventTime ? -1 : 1))
        .map(({ reason }) => reason);
    },
  };
};

/** A ConfigMap with these annotations. */
export const settings = (name: string, annotations: Readonly<Record<string, string>> = {}): Unstructured => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, annotations: { ...annotations } },
});
