import type { JsonObject } from '../patch/json.ts';
import { type Discovered, type DiscoveredResource, type GroupVersion, problemOf } from './discovered.ts';
import { objectIn, objectsIn, textIn, textsIn } from './json-fields.ts';

/** Reads an `APIGroupDiscoveryList`: groups, their versions with the preferred one first, their resources. */
export const readAggregated = (list: JsonObject): Discovered => {
  const versions = objectsIn(list, 'items').flatMap((group) =>
    objectsIn(group, 'versions').map((version, index) => ({
      version,
      name: {
        group: textIn(objectIn(group, 'metadata'), 'name'),
        version: textIn(version, 'version'),
        isPreferred: index === 0,
      },
    })),
  );
  return {
    resources: versions.flatMap(({ version, name }) =>
      objectsIn(version, 'resources').map((resource) => readResource(resource, name)),
    ),
    problems: versions
      .filter(({ version }) => textIn(version, 'freshness') === 'Stale')
      .map(({ name }) => problemOf(name.group, name.version, 'stale: the server behind this API does not answer')),
  };
};

const readResource = (resource: JsonObject, { group, version, isPreferred }: GroupVersion): DiscoveredResource => ({
  group,
  version,
  plural: textIn(resource, 'resource'),
  kind: textIn(objectIn(resource, 'responseKind'), 'kind'),
  namespaced: textIn(resource, 'scope') === 'Namespaced',
  singular: textIn(resource, 'singularResource'),
  shortNames: textsIn(resource, 'shortNames'),
  categories: textsIn(resource, 'categories'),
  verbs: textsIn(resource, 'verbs'),
  subresources: objectsIn(resource, 'subresources').map((each) => textIn(each, 'subresource')),
  preferred: isPreferred,
});
