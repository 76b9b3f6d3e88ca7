import type { OldTool } from '@kube-steward/downscaler';
import type { KubeObject } from '@kube-steward/kube';
import { APPLICATIONS, type OldWorld } from './old-world.ts';

/** A place in Argo CD's configuration that names the old tool's field manager. */
export interface NamedManager {
  /** `Application/argocd/shop`, `ConfigMap/argocd/argocd-cm`. */
  readonly where: string;
  readonly manager: string;
}

/** The names under which each tool has owned fields, over its versions. */
const MANAGERS: Readonly<Record<OldTool, RegExp>> = {
  py: /^(?:(?:py-)?kube-downscaler|pykube(?:-ng)?)$/,
  go: /^(?:go-?)?kube-?downscaler$/i,
  'kube-green': /^kube-green$/,
};

interface Application {
  readonly spec?: { readonly ignoreDifferences?: readonly { readonly managedFieldsManagers?: readonly string[] }[] };
}

/** Where Argo CD ignores what the old tool owns: there the downscaler's manager has to be named instead. */
export const namedManagers = async (
  tool: OldTool,
  objects: readonly KubeObject[],
  world: OldWorld,
): Promise<NamedManager[]> => {
  const applications = objects.filter(({ kind }) => kind === APPLICATIONS.kind);
  const named = applications.flatMap((object) =>
    ((object as Application).spec?.ignoreDifferences ?? [])
      .flatMap(({ managedFieldsManagers = [] }) => managedFieldsManagers)
      .filter((manager) => MANAGERS[tool].test(manager))
      .map((manager) => ({
        where: `Application/${object.metadata.namespace ?? 'default'}/${object.metadata.name}`,
        manager,
      })),
  );
  const homes = new Set(['argocd', ...applications.map(({ metadata }) => metadata.namespace ?? 'default')]);
  for (const home of homes) {
    const settings = (await world.configMap(home, 'argocd-cm')) as { data?: Record<string, string> } | undefined;
    for (const [key, text] of Object.entries(settings?.data ?? {}))
      if (key.startsWith('resource.customizations'))
        for (const manager of managersIn(text))
          if (MANAGERS[tool].test(manager)) named.push({ where: `ConfigMap/${home}/argocd-cm`, manager });
  }
  return named.filter(
    ({ where, manager }, index) =>
      named.findIndex((each) => each.where === where && each.manager === manager) === index,
  );
};

/** The list is YAML inside of a text: its words are enough. */
const managersIn = (text: string): string[] => text.match(/[\w.-]*[a-z][\w-]*/gi) ?? [];
