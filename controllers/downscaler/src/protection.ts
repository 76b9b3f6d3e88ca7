import { RESOURCES, getPointer, type KubeObject, type Store, type Resource } from '@kube-steward/kube';

/** A configuration object of the API server, and the services it calls. */
export interface ServiceCaller {
  readonly metadata: KubeObject['metadata'];
  readonly kind: string;
  /** `namespace/name` of each service. */
  readonly services: readonly string[];
}

/** What is kept of a service: which pods stand behind it. */
export interface ServiceView {
  readonly metadata: KubeObject['metadata'];
  readonly selector: Readonly<Record<string, string>>;
}

interface ServiceReference {
  readonly namespace?: string;
  readonly name?: string;
}

/** Where each kind names the services it calls: webhooks by list, aggregated APIs and conversions once. */
const CALLERS: readonly { readonly resource: Resource; readonly references: (object: KubeObject) => unknown[] }[] = [
  ...[RESOURCES.mutatingWebhookConfigurations, RESOURCES.validatingWebhookConfigurations].map((resource) => ({
    resource,
    references: (object: KubeObject) =>
      ((getPointer(object, '/webhooks') as unknown[] | undefined) ?? []).map((hook) =>
        getPointer(hook, '/clientConfig/service'),
      ),
  })),
  { resource: RESOURCES.apiServices, references: (object) => [getPointer(object, '/spec/service')] },
  {
    resource: RESOURCES.customResourceDefinitions,
    references: (object) => [getPointer(object, '/spec/conversion/webhook/clientConfig/service')],
  },
];

export const CALLER_RESOURCES: readonly Resource[] = CALLERS.map(({ resource }) => resource);

/** Keeps the objects that call a service; drops the rest on arrival. */
export const callerProjection =
  (resource: Resource) =>
  (object: KubeObject): ServiceCaller | undefined => {
    const caller = CALLERS.find((candidate) => candidate.resource.plural === resource.plural);
    const services = (caller?.references(object) ?? []).flatMap((reference) => {
      const { namespace, name } = (reference ?? {}) as ServiceReference;
      return namespace !== undefined && name !== undefined ? [`${namespace}/${name}`] : [];
    });
    const { name, uid, resourceVersion } = object.metadata;
    return services.length === 0
      ? undefined
      : {
          metadata: { name, ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) },
          kind: resource.kind,
          services,
        };
  };

/** The namespaces whose services an object calls: an index, so that a workload looks only at callers into its own. */
export const namespacesCalled = (caller: ServiceCaller): string[] => [
  ...new Set(caller.services.map((service) => service.slice(0, service.indexOf('/')))),
];

export const serviceProjection = (object: KubeObject): ServiceView | undefined => {
  const selector = getPointer(object, '/spec/selector') as Record<string, string> | undefined;
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return selector && Object.keys(selector).length > 0
    ? {
        metadata: {
          name,
          ...(namespace && { namespace }),
          ...(uid && { uid }),
          ...(resourceVersion && { resourceVersion }),
        },
        selector,
      }
    : undefined;
};

const selects = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

/**
 * What of the API server depends on the pods with these labels: `ValidatingWebhookConfiguration/policy`, say. Asleep, it
 * would fail requests of everybody.
 */
export const servedTo = (
  callers: readonly Store<ServiceCaller>[],
  services: Store<ServiceView>,
  namespace: string,
  podLabels: Readonly<Record<string, string>> | undefined,
): string | undefined => {
  if (!podLabels) return undefined;
  for (const store of callers)
    for (const caller of store.byIndex('namespace', namespace))
      for (const service of caller.services) {
        const view = services.get(service);
        if (view && view.metadata.namespace === namespace && selects(view.selector, podLabels))
          return `${caller.kind}/${caller.metadata.name}`;
      }
  return undefined;
};
