import { isJsonObject, ownValue } from '../patch/json.ts';
import type { DiscoveredResource, GroupVersion } from './discovered.ts';
import { objectIn, objectsIn, textIn, textsIn } from './json-fields.ts';

/** The versions that `/api` (`APIVersions`) or `/apis` (`APIGroupList`) names. */
export const readLegacyGroups = (body: unknown): GroupVersion[] => {
  const core = isJsonObject(body) ? textsIn(body, 'versions') : [];
  return [
    ...core.map((version, index) => ({ group: '', version, isPreferred: index === 0 })),
    ...objectsIn(body, 'groups').flatMap((group) => {
      const preferred = textIn(objectIn(group, 'preferredVersion'), 'version');
      return objectsIn(group, 'versions').map((each) => {
        const version = textIn(each, 'version');
        return { group: textIn(group, 'name'), version, isPreferred: version === preferred };
      });
    }),
  ];
};

/** Reads the `APIResourceList` of one version. Its subresources are entries of their own, named `deployments/scale`. */
export const readGroupVersion = (
  body: unknown,
  { group, version, isPreferred }: GroupVersion,
): DiscoveredResource[] => {
  const entries = objectsIn(body, 'resources').map((entry) => ({ entry, name: textIn(entry, 'name') }));
  return entries
    .filter(({ name }) => !name.includes('/'))
    .map(({ entry, name }) => ({
      group,
      version,
      plural: name,
      kind: textIn(entry, 'kind'),
      namespaced: ownValue(entry, 'namespaced') === true,
      singular: textIn(entry, 'singularName'),
      shortNames: textsIn(entry, 'shortNames'),
      categories: textsIn(entry, 'categories'),
      verbs: textsIn(entry, 'verbs'),
      subresources: entries
        .filter((other) => other.name.startsWith(`${name}/`))
        .map((other) => other.name.slice(name.length + 1)),
      preferred: isPreferred,
    }));
};
