import { createProgress } from '@kube-steward/cli';
import { kindsOfManifests } from '@kube-steward/janitor';
import { RESOURCES, discover, preferredResources, type KubeObject, type Resource } from '@kube-steward/kube';
import { systemClock } from '@kube-steward/schedule';
import { apiFailure } from '../../api-failure.ts';
import { readSources, type AnySource } from '../../list-sources.ts';
import { askedNamespace, type ScopeContext } from '../../load.ts';
import { type Manifests } from '../../manifests.ts';
import { tellManifests } from '../../tell-manifests.ts';
import type { ReadContext } from '../../planners.ts';
import type { Listed } from './kube-janitor.ts';

/** Everything there is, as kube-janitor reads it: whole. */
export interface JanitorWorld {
  readonly manifests: Manifests;
  readonly listed: readonly Listed[];
  /** The kubeconfig context; absent for manifests. */
  readonly context?: string;
  readonly source: string;
}

/** Reads what `--manifests` names, or else the cluster. */
export const readWorld = (context: ScopeContext): Promise<JanitorWorld> =>
  context.options.from === undefined ? readCluster(context) : readFiles(context, context.options.from);

const readFiles = async ({ terminal }: ScopeContext, from: string): Promise<JanitorWorld> => {
  const { manifests, source } = await tellManifests(terminal, from);
  return { manifests, listed: listedIn(manifests.objects), source };
};

const listedIn = (objects: readonly KubeObject[]): Listed[] => {
  const kindOf = kindsOfManifests(objects);
  return objects.map((object) => {
    const { group, plural, namespaced } = kindOf(object);
    return { object, group, plural, namespaced };
  });
};

const readCluster = async (context: ScopeContext): Promise<JanitorWorld> => {
  const { terminal, options, env } = context;
  const { openReader } = await import('../../reader.ts');
  const reader = await openReader({ cluster: options, env, onNotice: (notice) => terminal.err(notice) });
  const progress = createProgress(terminal, systemClock, { label: `${reader.context}: objects read` });
  try {
    const read = await readAll(
      {
        client: reader.client,
        onNotice: (notice) => terminal.err(`notice: ${notice}`),
        onProgress: (count) => progress.add(count),
      },
      askedNamespace(context),
    );
    return { ...read, context: reader.context, source: 'cluster' };
  } catch (error) {
    throw apiFailure(error, reader.context);
  } finally {
    progress.done();
    reader.close();
  }
};

/** Kinds that nobody gives a time to live, of which there are very many. */
const PASSED_OVER = ['events', 'endpointslices', 'leases'];

const readAll = async (
  context: ReadContext,
  namespace: string | undefined,
): Promise<Pick<JanitorWorld, 'manifests' | 'listed'>> => {
  const listed: Listed[] = [];
  const { resources, problems } = await discover(context.client);
  const sources = preferredResources(resources)
    .filter(({ plural, verbs }) => verbs.includes('list') && verbs.includes('delete') && !PASSED_OVER.includes(plural))
    .map((resource): AnySource => ({
      resource,
      optional: true,
      project: (object) => {
        listed.push({ object: withoutSecrets(object, resource), ...resource });
        return undefined;
      },
    }));
  const only = namespace === undefined ? [] : [namespace];
  const forbidden = await readSources(context, sources, only, () => ({ apply: () => [] }));
  const unread = Array.from(forbidden, ({ resource }) => ({ where: resource.plural, message: 'may not be read' }));
  const unserved = problems.map(({ groupVersion, message }) => ({ where: groupVersion, message }));
  const objects = listed.map(({ object }) => object);
  return { listed, manifests: { objects, problems: [...unread, ...unserved], notices: [] } };
};

/** A rule may ask for the keys of a Secret; its values never stay in this process. */
const withoutSecrets = (object: KubeObject, { group, plural }: Resource): KubeObject => {
  if (group !== '' || plural !== 'secrets') return object;
  const { data } = object as { data?: Readonly<Record<string, string>> | null };
  return {
    ...object,
    ...(data && { data: Object.fromEntries(Object.keys(data).map((key) => [key, ''])) }),
  };
};

/** A ConfigMap, if it is there. */
export const configMapIn = ({ manifests }: JanitorWorld, namespace: string, name: string): KubeObject | undefined =>
  manifests.objects.find(
    ({ kind, metadata }) =>
      kind === RESOURCES.configMaps.kind && metadata.namespace === namespace && metadata.name === name,
  );
