import { readFileSync } from 'node:fs';
import { CliError, defineOptions, fileFailure, messageOf } from '@kube-steward/cli';
import {
  JANITOR_OPTIONS,
  NO_RULES,
  createSurvey,
  decideAll,
  explain,
  isSilentOn,
  kindsOfManifests,
  parseRulesFile,
  policyOf,
  slipIn,
  tripMessage,
  tripsOf,
  type JanitorSettings,
  type Policy,
  type RuleSet,
  type Survey,
  type SurveyedKind,
} from '@kube-steward/janitor';
import type { KubeObject } from '@kube-steward/kube';
import type { Decision, ObjectReference } from '@kube-steward/plan';
import { StewardError } from './errors.ts';
import type { Manifests } from './manifests.ts';
import type { Planned, PlannedKind, PlannedWarning, Planner, Settings } from './planners.ts';
import { runningOn } from './remembered.ts';
import { surveyCluster } from './survey-cluster.ts';

const { annotationPrefix, ...others } = JANITOR_OPTIONS;

/**
 * The janitor's options as this command takes them. On its command line the prefix of annotations is the downscaler's; the
 * janitor's own is said by the config file alone.
 */
export const JANITOR_SECTION = defineOptions({
  ...others,
  ownPrefix: {
    type: annotationPrefix.type,
    default: annotationPrefix.default,
    aliases: ['annotation-prefix'],
    description: annotationPrefix.description,
    configOnly: true,
    hidden: true,
  },
});

/** The controller's own policy. @throws CliError with everything wrong in its settings, or in its rules */
export const janitorPolicy = ({ values, sources }: Settings): Policy => {
  const { ownPrefix, ...rest } = values;
  const settings = {
    values: { ...rest, annotationPrefix: ownPrefix },
    sources: { ...sources, annotationPrefix: sources['ownPrefix'] },
  } as unknown as JanitorSettings;
  return policyOf(settings, { rules: rulesFor(settings) });
};

const rulesFor = ({ values: { rules, rulesFile }, sources }: JanitorSettings): RuleSet =>
  rulesFile === undefined ? (rules ?? NO_RULES) : parseRulesFile(read(rulesFile, sources), rulesFile);

const read = (path: string, sources: JanitorSettings['sources']): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const where = `${sources['rulesFile']?.detail ?? '--rules-file'} ${path}`;
    throw new CliError([{ kind: 'invalid', where, message: `cannot be read: ${fileFailure(cause)}` }], { cause });
  }
};

/** The janitor, for the laptop: its decisions, and nothing of its wiring. */
export const janitorPlanner: Planner<typeof JANITOR_SECTION> = {
  name: 'janitor',
  options: JANITOR_SECTION,
  fromManifests(manifests, settings) {
    const policy = janitorPolicy(settings);
    const unreadable: PlannedWarning[] = [];
    const survey = surveyManifests(manifests, policy, unreadable);
    return { ...planned(survey, policy), warnings: () => unreadable };
  },
  async fromCluster(context, settings) {
    const asked = janitorPolicy(settings);
    const { ownNamespace, remembered } = await runningOn(context, asked);
    const policy = { ...asked, ...(ownNamespace !== undefined && { ownNamespace }) };
    return planned(await surveyCluster(context, policy, remembered), policy);
  },
};

/** The files are all there is. What could not be read may be anything: an owner, somebody who uses a claim, or protected. */
const surveyManifests = ({ objects, problems }: Manifests, policy: Policy, unreadable: PlannedWarning[]): Survey => {
  const [problem] = problems;
  const unread = problem && `${problem.where} cannot be read`;
  const survey = createSurvey({
    policy,
    unread: () => unread,
    unreadInside: () => unread,
    missing: () => (unread === undefined ? 'gone' : 'unknown'),
  });
  const kindOf = kindsOfManifests(objects);
  for (const object of objects) {
    const resource = kindOf(object);
    try {
      survey.add(resource, resource.namespaced ? object : withoutNamespace(object));
    } catch (error) {
      unreadable.push({ object: referenceOf(object), message: `cannot be read (${messageOf(error)})` });
    }
  }
  return survey;
};

/** Whatever names no namespace was put into `default`. */
const withoutNamespace = ({ metadata: { namespace: _, ...metadata }, ...object }: KubeObject): KubeObject => ({
  ...object,
  metadata,
});

const referenceOf = ({ apiVersion = '', kind = '', metadata: { name, namespace } }: KubeObject): ObjectReference => ({
  apiVersion,
  kind,
  name,
  ...(namespace !== undefined && { namespace }),
});

const planned = (survey: Survey, policy: Policy): Planned => ({
  decisions: (now) => decideAll(survey, policy, now),
  warnings: () => [],
  held: (now, decisions) =>
    tripsOf(survey, policy, now, decisions).map(
      (trip) => `Too much at once for a janitor that is running. ${tripMessage(trip)}`,
    ),
  notices: (decisions) => [...slipsIn(policy, survey), ...ofUnknownAge(decisions), ...ofNothingSaid(decisions, policy)],
  advice: () => [],
  freed: () => undefined,
  isSilentOn(object) {
    const candidate = survey.find(object);
    return candidate === undefined || isSilentOn(candidate, policy);
  },
  followsNamespaces: false,
  kinds: Array.from(survey.kinds.values(), kindOf),
  labels: (object) => survey.labels(object),
  explain(object, now) {
    const explained = explain(survey, policy, object, now);
    if (!explained) throw new StewardError('NotFound', `${object.kind}/${object.name} is gone`);
    return explained;
  },
  transitions: () => [],
});

/** Kinds of the rules that are neither here nor Kubernetes' own, and are probably one of these. */
const slipsIn = ({ rules }: Policy, { kinds }: Survey): string[] => {
  const seen = new Set(Array.from(kinds.values(), ({ resource }) => resource.plural));
  return rules.flatMap(({ id, resources }) =>
    resources.flatMap((name) => {
      const slip = seen.has(name.plural) ? undefined : slipIn(name);
      return slip === undefined ? [] : [`rule ${id}: ${slip}`];
    }),
  );
};

/** What would be deleted, were its age known: manifests as they are written have none. */
const ofUnknownAge = (decisions: readonly Decision[]): string[] => {
  const count = decisions.filter(({ reason }) => reason === 'AgeUnknown').length;
  return count === 0
    ? []
    : [
        `${count === 1 ? '1 object is' : `${count} objects are`} of unknown age (no creationTimestamp) and kept for that: --show all names them`,
      ];
};

const OF_NOTHING: ReadonlySet<string> = new Set(['NoDeadline', 'SystemObject', 'Excluded']);

/** Whoever tries it on a cluster that knows nothing of it sees what to say to it. */
const ofNothingSaid = (decisions: readonly Decision[], { rules, prefix }: Policy): string[] => {
  const isSilent =
    decisions.length > 0 && rules.length === 0 && decisions.every(({ reason }) => OF_NOTHING.has(reason));
  return isSilent
    ? [`nothing that is looked at has ${prefix}/ttl or ${prefix}/expires, and there are no rules (--rules-file)`]
    : [];
};

const kindOf = ({ resource: { kind, plural, group }, store }: SurveyedKind): PlannedKind => {
  const names = [kind.toLowerCase(), plural, ...(SHORT_NAMES[`${plural}.${group}`] ?? [])];
  return {
    kind,
    plural,
    names: [...names, ...(group === '' ? [] : names.map((name) => `${name}.${group}`))],
    objects: () => Array.from(store.list(), ({ reference }) => reference),
  };
};

/** As kubectl has them. */
const SHORT_NAMES: Readonly<Record<string, readonly string[]>> = {
  'namespaces.': ['ns'],
  'pods.': ['po'],
  'services.': ['svc'],
  'configmaps.': ['cm'],
  'serviceaccounts.': ['sa'],
  'persistentvolumeclaims.': ['pvc'],
  'persistentvolumes.': ['pv'],
  'replicationcontrollers.': ['rc'],
  'deployments.apps': ['deploy'],
  'replicasets.apps': ['rs'],
  'statefulsets.apps': ['sts'],
  'daemonsets.apps': ['ds'],
  'cronjobs.batch': ['cj'],
  'ingresses.networking.k8s.io': ['ing'],
  'networkpolicies.networking.k8s.io': ['netpol'],
  'horizontalpodautoscalers.autoscaling': ['hpa'],
  'poddisruptionbudgets.policy': ['pdb'],
  'customresourcedefinitions.apiextensions.k8s.io': ['crd', 'crds'],
};
