import { CliError, didYouMean } from '@kube-steward/cli';
import { describeObject, type ObjectReference } from '@kube-steward/plan';
import { KINDS } from '@kube-steward/downscaler';
import { StewardError } from './errors.ts';
import { askedNamespace, isAskedFor, type Loaded, type ScopeContext } from './load.ts';
import type { Planned, PlannedKind } from './planners.ts';

/** `KIND/NAME`, taken apart. */
export interface AskedName {
  readonly kind: string;
  readonly name: string;
}

/** The parts of `KIND/NAME`; `undefined` for anything else. */
export const splitName = (argument: string): AskedName | undefined => {
  const [kind, name, ...rest] = argument.split('/');
  return kind && name && rest.length === 0 ? { kind: kind.toLowerCase(), name } : undefined;
};

/** The beginnings of `KIND/NAME`, for the shell. */
export const kindNames = (): string[] => KINDS.map(({ resource }) => `${resource.kind.toLowerCase()}/`);

/** An object, and every controller that has something to say about it. */
export interface FoundObject {
  readonly reference: ObjectReference;
  readonly of: readonly Planned[];
}

/**
 * The one object that goes by a name, among those asked for.
 *
 * @throws CliError (exit code 3) for a kind nobody knows, or that the configuration leaves out
 * @throws StewardError `NotFound`, `Ambiguous`
 */
export const findObject = (context: ScopeContext, loaded: Loaded, asked: AskedName): FoundObject => {
  const kinds = kindsCalled(loaded, asked.kind);
  const found = new Map<string, { reference: ObjectReference; of: Planned[] }>();
  for (const [planned, kind] of kinds)
    for (const reference of kind.objects?.() ?? []) {
      if (reference.name !== asked.name || !isAskedFor(context, planned, reference)) continue;
      const id = `${reference.apiVersion} ${describeObject(reference)}`;
      const known = found.get(id);
      if (known) known.of.push(planned);
      else found.set(id, { reference, of: [planned] });
    }
  const [only, ...others] = found.values();
  if (!only) throw notFound(context, kinds, asked);
  const left = leftOut(loaded, asked.kind);
  if (left && only.of.every((planned) => planned.isSilentOn(only.reference))) throw leftOutError(left);
  if (others.length > 0) throw ambiguous([only, ...others], asked);
  return only;
};

/** The kinds that are read and go by a name; a core kind may be called as one of another group is. */
const kindsCalled = (loaded: Loaded, name: string): [Planned, PlannedKind][] => {
  const all = [...loaded.planned.values()].flatMap((planned) =>
    planned.kinds.map((kind): [Planned, PlannedKind] => [planned, kind]),
  );
  const called = all.filter(([, kind]) => kind.names.includes(name));
  const read = called.filter(([, kind]) => kind.objects);
  if (read.length > 0) return read;
  const left = leftOut(loaded, name);
  if (left) throw leftOutError(left);
  const names = all.flatMap(([, kind]) => kind.names);
  const allowed = [...new Set(all.map(([, kind]) => kind.plural))].join(', ');
  const message = `no controller decides on "${name}"${didYouMean(name, names) || ` (allowed: ${allowed})`}`;
  throw new CliError([{ kind: 'invalid', where: 'KIND/NAME', message }]);
};

/** A kind that a controller would decide on, and that the configuration leaves out. */
const leftOut = (loaded: Loaded, name: string): PlannedKind | undefined =>
  [...loaded.planned.values()].flatMap(({ kinds }) => kinds).find((kind) => kind.names.includes(name) && !kind.objects);

const leftOutError = ({ plural }: PlannedKind): CliError =>
  new CliError([
    {
      kind: 'invalid',
      where: 'KIND/NAME',
      message: `${plural} are not looked at: --include-resources ${plural} adds them`,
    },
  ]);

const notFound = (
  context: ScopeContext,
  kinds: readonly [Planned, PlannedKind][],
  { kind, name }: AskedName,
): StewardError => {
  const all = kinds.flatMap(([planned, { objects }]) => Array.from(objects?.() ?? [], (each) => ({ planned, each })));
  const elsewhere = [...new Set(all.filter(({ each }) => each.name === name).map(({ each }) => describeObject(each)))];
  const namespace = askedNamespace(context);
  const names = all.filter(({ planned, each }) => isAskedFor(context, planned, each)).map(({ each }) => each.name);
  const hint = elsewhere.length > 0 ? ` (there is ${elsewhere.join(', ')})` : didYouMean(name, names);
  const place = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return new StewardError('NotFound', `there is no ${kind}/${name}${place}${hint}`);
};

const ambiguous = (found: readonly FoundObject[], { kind, name }: AskedName): StewardError => {
  const all = found.map(({ reference }) => describeObject(reference)).sort();
  return new StewardError('Ambiguous', `${kind}/${name} can be ${all.join(' or ')}: choose one with -n`);
};
