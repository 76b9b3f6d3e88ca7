import { invalidConfig } from './config-files.ts';
import type { ClusterConfig, KubeconfigContent, Located, UserConfig } from './types.ts';

/** The context to use with what it names. */
export interface ChosenContext {
  readonly name: string;
  readonly namespace: string;
  readonly cluster: Located<ClusterConfig>;
  /** A context without a user is anonymous. */
  readonly user: Located<UserConfig>;
  readonly userName: string;
}

/**
 * The context asked for, else the current one. Throws KubeApiError `InvalidConfig` that lists what there is when the context,
 * or the cluster or user it names, is not there.
 */
export const chooseContext = (content: KubeconfigContent, asked: string | undefined): ChosenContext => {
  const where = content.files.join(', ');
  const name = asked ?? content.currentContext;
  if (name === '') {
    throw invalidConfig(
      `no current-context is set in ${where}: choose one with --context (${listOf(content.contexts)})`,
    );
  }
  const context = content.contexts.get(name);
  if (!context) throw invalidConfig(`there is no context "${name}" in ${where} (${listOf(content.contexts)})`);
  const { cluster: clusterName = '', user: userName = '', namespace } = context.value;
  const cluster = content.clusters.get(clusterName);
  if (!cluster) {
    throw invalidConfig(
      `context "${name}" is of cluster "${clusterName}", which is not in ${where} (${listOf(content.clusters)})`,
    );
  }
  const user = userName === '' ? { value: {}, folder: context.folder } : content.users.get(userName);
  if (!user) {
    throw invalidConfig(
      `context "${name}" is of user "${userName}", which is not in ${where} (${listOf(content.users)})`,
    );
  }
  return {
    name,
    namespace: namespace === undefined || namespace === '' ? 'default' : namespace,
    cluster,
    user,
    userName,
  };
};

const listOf = (entries: ReadonlyMap<string, unknown>): string =>
  entries.size === 0 ? 'there are none' : `there are: ${[...entries.keys()].sort().join(', ')}`;
