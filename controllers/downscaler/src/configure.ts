import { findZone, parseWeekframe, suggestZone } from '@kube-steward/schedule';
import {
  CliError,
  flagName,
  messageOf,
  suggest,
  type OptionValues,
  type Problem,
  type ValueSource,
} from '@kube-steward/cli';
import {
  NO_ENTRIES,
  createAnnotationReader,
  type AnnotationName,
  type AnnotationReader,
  type Calendars,
  type Entry,
  type Layer,
  ORIGINAL,
  ORIGINAL_BOUND,
  ORIGINAL_PAUSE,
  ORIGINAL_TEMPLATE,
  STATUS,
} from './annotations.ts';
import { loadCalendars } from './calendars.ts';
import { wakeManagerOf } from './field-manager.ts';
import type { KindDefinition } from './kind-definitions.ts';
import { KINDS, annotationPath, namesOfKind, type KindRow } from './kinds.ts';
import { FIELD_MANAGER } from './names.ts';
import type { DOWNSCALER_OPTIONS } from './options.ts';
import { ALWAYS_PROTECTED, type Policy } from './policy.ts';
import { parseScaleTarget } from './scale-target.ts';

/** The options as `resolveOptions` gives them. */
export interface DownscalerSettings {
  readonly values: OptionValues<typeof DOWNSCALER_OPTIONS>;
  readonly sources: Readonly<Record<string, ValueSource>>;
}

/** Which option gives which value of the layers below the namespace. */
const LAYERED = {
  uptime: 'defaultUptime',
  downtime: 'defaultDowntime',
  upscalePeriod: 'upscalePeriod',
  downscalePeriod: 'downscalePeriod',
  forceUptime: 'forceUptime',
  forceDowntime: 'forceDowntime',
  gracePeriod: 'gracePeriod',
  awakeAfterDeploy: 'awakeAfterDeploy',
  downtimeReplicas: 'downtimeReplicas',
  scaleChildren: 'scaleChildren',
  upscaleExcluded: 'upscaleExcluded',
} as const satisfies { readonly [Name in AnnotationName]?: keyof typeof DOWNSCALER_OPTIONS };

/** Given as numbers of milliseconds. */
const DURATIONS: ReadonlySet<AnnotationName> = new Set(['gracePeriod', 'awakeAfterDeploy']);

/**
 * The policy of these options.
 *
 * @param ownNamespace where the controller itself runs: always protected
 * @param definitions of the kinds that `--scale-target` may name, from discovery or manifests
 * @throws CliError with everything that is wrong with the values, at once
 */
export const policyOf = (
  { values, sources }: DownscalerSettings,
  ownNamespace?: string,
  definitions: readonly KindDefinition[] = [],
): Policy => {
  const problems: Problem[] = [];
  const complain = (option: string, message: string): void => {
    problems.push({ kind: 'invalid', where: sources[option]?.detail ?? `--${flagName(option)}`, message });
  };
  const { calendars, problems: unread } = loadCalendars(values.calendars ?? new Map());
  for (const message of unread) complain('calendars', message);
  const reader = readerOf(values, calendars, complain);
  const checked = calendars.revision === undefined ? reader : readerOf(values, calendars.names(), () => undefined);
  const layers = layersFrom({ values, sources }, reader, checked, complain);
  const named = namedRows(values.scaleTarget, definitions, complain);
  const known = knownRows(named);
  const included = includedRows(values.includeResources, named, known, complain);
  if (problems.length > 0) throw new CliError(problems);
  const fieldManagers = new Set([values.fieldManager, FIELD_MANAGER]);
  return {
    prefix: values.annotationPrefix,
    reader,
    calendars,
    stored: storedPaths(values.annotationPrefix),
    ...layers,
    known,
    included,
    namespaces: {
      only: values.namespace,
      protected: new Set([...ALWAYS_PROTECTED, ...(ownNamespace === undefined ? [] : [ownNamespace])]),
      include: values.includeNamespaces,
      exclude: values.excludeNamespaces,
      ...(values.namespaceSelector && { selector: values.namespaceSelector }),
    },
    workloads: {
      include: values.includeWorkloads,
      exclude: values.excludeWorkloads,
      matchingLabels: values.matchingLabels,
      ...(values.selector && { selector: values.selector }),
    },
    explicitInclude: values.explicitInclude,
    upscaleTargetOnly: values.upscaleTargetOnly,
    podsForceCluster: values.podsForceCluster,
    onManualChange: values.onManualChange,
    statusAnnotation: values.statusAnnotation,
    wakeTimeoutMs: values.wakeTimeout,
    sleepProtected: new Set(values.sleepProtected),
    ...(values.maxChangesPerMinute !== undefined && { maxChangesPerMinute: values.maxChangesPerMinute }),
    ...(values.maxWakePerMinute !== undefined && { maxWakePerMinute: values.maxWakePerMinute }),
    ...(values.deploymentTimeAnnotation !== undefined && { deploymentTimeAnnotation: values.deploymentTimeAnnotation }),
    fieldManager: values.fieldManager,
    fieldManagers,
    wakeManagers: new Set([...fieldManagers].map(wakeManagerOf)),
  };
};

const storedPaths = (prefix: string): Policy['stored'] => ({
  original: annotationPath(prefix, ORIGINAL),
  pause: annotationPath(prefix, ORIGINAL_PAUSE),
  bound: annotationPath(prefix, ORIGINAL_BOUND),
  template: annotationPath(prefix, ORIGINAL_TEMPLATE),
  status: annotationPath(prefix, STATUS),
});

type Values = DownscalerSettings['values'];
type Complain = (option: string, message: string) => void;

/** The reader of annotations; a bad default zone or weekframe is reported once, here, and not by every window. */
const readerOf = (values: Values, calendars: Calendars, complain: Complain): AnnotationReader => {
  const { annotationPrefix: prefix, defaultTimezone, defaultWeekframe } = values;
  if (defaultTimezone !== undefined && !findZone(defaultTimezone)) {
    const near = suggestZone(defaultTimezone);
    complain(
      'defaultTimezone',
      `"${defaultTimezone}" is no IANA zone${near === undefined ? '' : ` (did you mean ${near}?)`}`,
    );
  }
  try {
    if (defaultWeekframe !== undefined) parseWeekframe(defaultWeekframe);
  } catch (error) {
    complain('defaultWeekframe', messageOf(error));
  }
  return createAnnotationReader({ prefix, defaultTimezone, defaultWeekframe, calendars });
};

/**
 * What was set is the configuration's layer; what nobody set is the layer below it.
 *
 * @param checked the reader that complaints are made by: what it cannot read is wrong, whatever is in the calendars
 */
const layersFrom = (
  settings: DownscalerSettings,
  reader: AnnotationReader,
  checked: AnnotationReader,
  complain: Complain,
): { config: Layer; defaults: Layer } => {
  const config: Partial<Record<AnnotationName, Entry<unknown>>> = {};
  const defaults: Partial<Record<AnnotationName, Entry<unknown>>> = {};
  for (const [name, option] of Object.entries(LAYERED) as [keyof typeof LAYERED, keyof Values][]) {
    const value = settings.values[option] as string | number | boolean | undefined;
    if (value === undefined) continue;
    const text = DURATIONS.has(name) ? `${Number(value) / 1000}s` : String(value);
    const isDefault = settings.sources[option]?.from === 'default';
    const writtenAs = { source: isDefault ? 'default' : 'config', key: option, value: text };
    const entry = reader.entry(name, writtenAs);
    const { problem } = checked.entry(name, writtenAs);
    if (problem !== undefined) complain(option, problem);
    const layer = isDefault ? defaults : config;
    layer[name] = entry;
  }
  return {
    config: layerOf('config', config),
    defaults: layerOf('default', defaults),
  };
};

const layerOf = (source: string, entries: Partial<Record<AnnotationName, Entry<unknown>>>): Layer => ({
  source,
  entries: Object.keys(entries).length > 0 ? (entries as Layer['entries']) : NO_ENTRIES,
  unknown: [],
});

const namedRows = (
  targets: readonly string[],
  definitions: readonly KindDefinition[],
  complain: Complain,
): readonly KindRow[] => {
  const rows = new Map<string, KindRow>();
  for (const target of targets) {
    try {
      const row = parseScaleTarget(target, definitions);
      rows.set(idOf(row), row);
    } catch (error) {
      complain('scaleTarget', messageOf(error));
    }
  }
  return [...rows.values()];
};

/** A kind named by `--scale-target` takes the place of a built-in row. */
const knownRows = (named: readonly KindRow[]): readonly KindRow[] => {
  const replaced = new Set(named.map(idOf));
  return [...KINDS.filter((row) => !replaced.has(idOf(row))), ...named];
};

const idOf = ({ resource }: KindRow): string => `${resource.plural}.${resource.group}`;

/** A kind named by `--scale-target` is put to sleep without being named twice. */
const includedRows = (
  names: readonly string[],
  named: readonly KindRow[],
  known: readonly KindRow[],
  complain: Complain,
): readonly KindRow[] => {
  const included = new Set(named);
  for (const name of new Set(names)) {
    const row = known.find((candidate) => namesOfKind(candidate).includes(name.toLowerCase()));
    if (row) included.add(row);
    else complain('includeResources', unknownKind(name, known));
  }
  return known.filter((row) => included.has(row));
};

const unknownKind = (name: string, known: readonly KindRow[]): string => {
  const plurals = known.map((row) => row.resource.plural);
  const near = suggest(name, plurals);
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  return `"${name}" is no kind the downscaler knows${hint}; allowed: ${plurals.join(', ')}, or a further one by --scale-target`;
};
