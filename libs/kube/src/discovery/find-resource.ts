import type { DiscoveredResource } from './discovered.ts';

/** What a user wrote, taken apart. What is `undefined` may be anything. */
interface Wanted {
  readonly name: string;
  readonly group?: string | undefined;
  readonly version?: string | undefined;
}

/**
 * The resource type a user means, as kubectl would understand it; `undefined` when there is none.
 *
 * | written | means |
 * | --- | --- |
 * | `deployments`, `deployment`, `Deployment`, `deploy` | by plural, singular, kind or short name |
 * | `deployments.apps`, `deployments.v1.apps` | in that group, in that version |
 * | `apps/deployments`, `apps/v1/deployments`, `v1/pods` | the same, with slashes |
 *
 * Case does not count. Of several, a match by plural or singular goes before one by kind, that before one by short name; then the
 * version the server prefers, then the server's order, in which its own groups come first.
 */
export const findResource = (
  resources: readonly DiscoveredResource[],
  text: string,
): DiscoveredResource | undefined => {
  const readings = text.includes('/') ? [bySlashes(text)] : byDots(text);
  for (const wanted of readings) {
    const found = resources
      .filter((resource) => isWanted(resource, wanted))
      .map((resource) => ({ resource, rank: nameRank(resource, wanted.name) }))
      .filter(({ rank }) => rank < NO_MATCH)
      .sort((a, b) => a.rank - b.rank || Number(b.resource.preferred) - Number(a.resource.preferred));
    if (found[0]) return found[0].resource;
  }
  return undefined;
};

const VERSION = /^v\d+((alpha|beta)\d+)?$/;

const bySlashes = (text: string): Wanted => {
  const parts = text.toLowerCase().split('/');
  const name = parts.at(-1) ?? '';
  const [first = '', second] = parts;
  if (parts.length === 3) return { name, group: first, version: second };
  return VERSION.test(first) ? { name, group: '', version: first } : { name, group: first };
};

/** `name.group`, `name.version.group` and `name.version`: which one it is shows what there is. */
const byDots = (text: string): Wanted[] => {
  const [name = '', ...rest] = text.toLowerCase().split('.');
  if (rest.length === 0) return [{ name }];
  const [version = '', ...group] = rest;
  const asGroup = { name, group: rest.join('.') };
  return VERSION.test(version) ? [{ name, group: group.join('.'), version }, asGroup] : [asGroup];
};

const isWanted = ({ group, version }: DiscoveredResource, wanted: Wanted): boolean =>
  (wanted.group === undefined || wanted.group === group) &&
  (wanted.version === undefined || wanted.version === version);

const NO_MATCH = 3;

const nameRank = ({ plural, singular, kind, shortNames }: DiscoveredResource, name: string): number => {
  if (name === '') return NO_MATCH;
  if (plural === name || singular === name) return 0;
  if (kind.toLowerCase() === name) return 1;
  return shortNames.includes(name) ? 2 : NO_MATCH;
};
