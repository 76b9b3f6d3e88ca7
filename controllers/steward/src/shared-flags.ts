import type { OptionSpecs } from '@kube-steward/cli';
import { settingsOf, type ScopeContext } from './load.ts';
import type { Planner } from './planners.ts';

/** What is odd about options that several of the asked controllers take, each in its own sense, or that one cannot mean. */
export const oddOptions = (context: ScopeContext, asked: readonly Planner[]): readonly string[] => [
  ...sharedOptions(context, asked),
  ...asked.filter(({ name }) => name === 'janitor').flatMap(({ name }) => patterns(context, name)),
];

/** One that the command line or the environment gives to all of them, though it means something else to each. */
const sharedOptions = (context: ScopeContext, [first, ...others]: readonly Planner[]): string[] => {
  if (!first) return [];
  const own: OptionSpecs = first.options;
  const { sources } = settingsOf(context, first.name);
  return Object.keys(own).flatMap((option) => {
    const source = sources[option];
    if (!source || (source.from !== 'flag' && source.from !== 'env')) return [];
    const sharing = others.filter(({ options }) => isAnother(own, options, option)).map(({ name }) => name);
    if (sharing.length === 0) return [];
    const all = [first.name, ...sharing].map((name) => `the ${name}`).join(' and ');
    return [
      `${source.detail} is taken by ${all}, each in its own sense: name the one that is meant (steward plan ${first.name})`,
    ];
  });
};

const isAnother = (own: OptionSpecs, others: OptionSpecs, option: string): boolean => {
  const [one, other] = [own[option], others[option]];
  return other !== undefined && one?.description !== other.description;
};

const NAMESPACE_OPTIONS = ['includeNamespaces', 'excludeNamespaces'] as const;

/** The janitor compares whole names, as kube-janitor does: a pattern is the name of no namespace. */
const patterns = (context: ScopeContext, name: Planner['name']): string[] => {
  const { values, sources } = settingsOf(context, name);
  return NAMESPACE_OPTIONS.flatMap((option) =>
    ((values[option] ?? []) as readonly string[])
      .filter((each) => !/^[a-z0-9-]+$/.test(each))
      .map(
        (each) =>
          `${sources[option]?.detail ?? option}: "${each}" can be the name of no namespace, and the janitor takes no patterns`,
      ),
  );
};
