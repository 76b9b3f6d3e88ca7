import type { KubeObject } from '@kube-steward/kube';
import { isChange, type Decision } from '@kube-steward/plan';
import fc from 'fast-check';
import t from 'tap';
import { candidateOf, candidateProjection } from '../src/candidate.ts';
import { decide } from '../src/decide.ts';
import type { Observation, Owner } from '../src/observe.ts';
import type { Policy } from '../src/policy.ts';
import { REASONS } from '../src/reasons.ts';
import { claimUserProjection, type References } from '../src/references.ts';
import { NO_RULES, readRules, type RuleSet } from '../src/rules.ts';
import { DAY, HOUR, KINDS, NOW, policy, type KindName } from './decisions.ts';

/** Each decides on every object by every list of rules: 100 times. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1000);
const OBJECTS = 25;
const LISTS = 4;

const noise = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\n',
    'null',
    'NaN',
    '-1',
    '1e9',
    '\u0000',
    '١h',
    '__proto__',
    'constructor',
    '[object Object]',
  ),
  fc.string({ maxLength: 12 }),
);
const ttl = fc.oneof(
  fc.constantFrom('1s', '30m', '1h', '2h', '1d12h', '52w', '0s', '0m0s', 'forever', 'FOREVER', '1h\n'),
  fc.constantFrom('1', '1x', '-1h', '1.5h', ' 1h', '1h ', '1H', '1h-', 'h1', '99999999999999w', 'for ever', 'soon'),
  noise,
);
const moment = fc.oneof(
  fc.constantFrom('2026-11-20', '2026-11-20T11:59', '2026-11-20T11:59:59Z', '2026-11-20T14:00:00+01:00', '2027-01-01'),
  fc.constantFrom(
    '2026-11-31',
    '2026-13-01',
    '20.11.2026',
    '2026-11-20 11:00',
    '1700000000',
    'yesterday',
    '2026-11-20T25:00',
  ),
  noise,
);
const mark = fc.oneof(
  fc.constantFrom('2026-11-18T12:00:00Z replicas=3', '2026-11-20T11:00:00Z', 'replicas=3', 'x suspend=y'),
  noise,
);
const key = fc.oneof(
  fc.constantFrom('janitor/ttl', 'janitor/expires', 'janitor/protect', 'janitor/notified', 'janitor/quarantined'),
  fc.constantFrom(
    'janitor/tll',
    'janitor/Expires',
    'janitor/',
    'janitor',
    'example.org/ttl',
    '__proto__',
    'deployed-at',
  ),
);
const annotations = fc.option(
  fc.oneof(
    fc.dictionary(key, fc.oneof(ttl, moment, mark, fc.constantFrom('true', 'false', 'yes'))),
    fc.record({ 'janitor/ttl': ttl, 'janitor/expires': moment }, { requiredKeys: [] }),
  ),
  { nil: null },
);
const owners = fc.option(
  fc.array(
    fc.record(
      { apiVersion: fc.constant('apps/v1'), kind: noise, name: noise, uid: noise, controller: fc.boolean() },
      { requiredKeys: ['kind', 'name'] },
    ),
    { maxLength: 2 },
  ),
  { nil: null },
);
const creation = fc.oneof(
  fc.constantFrom('2026-11-20T11:00:00Z', '2026-11-19T12:00:00Z', '2030-01-01T00:00:00Z', '0001-01-01T00:00:00Z'),
  fc.constantFrom(undefined, null, 'never', '', 5),
);
const kinds = Object.keys(KINDS) as KindName[];
const anything = fc.jsonValue({ maxDepth: 3 });
const seen = fc.record({
  of: fc.constantFrom(...kinds),
  metadata: fc.record({
    name: fc.constantFrom('web', 'default', 'kube-root-ca.crt', 'sh.helm.release.v1.x', 'system:x', 'data'),
    namespace: fc.constantFrom('shop', 'kube-system', 'default'),
    creationTimestamp: creation,
    deletionTimestamp: fc.constantFrom(undefined, undefined, undefined, null, '2026-11-20T11:00:00Z'),
    annotations,
    labels: fc.option(fc.dictionary(fc.constantFrom('preview', 'team', 'owner', 'constructor'), noise), { nil: null }),
    ownerReferences: owners,
  }),
  spec: fc.oneof(anything, fc.record({ replicas: anything, template: fc.record({ spec: anything }) })),
  status: fc.oneof(anything, fc.record({ phase: anything, conditions: anything })),
  owner: fc.constantFrom<Owner>('alive', 'gone', 'unknown'),
  references: fc.constantFrom<References>(
    { state: 'unused' },
    { state: 'unknown', why: 'x' },
    { state: 'used', by: 'Pod/x', isMounted: true },
    { state: 'used', by: 'Job/x', isMounted: false },
  ),
  notice: fc.option(fc.record({ deadline: fc.constantFrom(0, NOW - HOUR), at: fc.constantFrom(0, NOW - DAY) }), {
    nil: undefined,
  }),
});

const expression = fc.constantFrom(
  ...[
    '`true`',
    'metadata.labels.preview',
    '!(spec.replicas)',
    'spec.replicas == `0`',
    "starts_with(metadata.labels.team, 'x')",
  ],
  ...[
    'spec.template.spec.x.y[0]',
    'spec[?a > `1`] | [0]',
    '_context.pvc_is_not_mounted',
    '!(_context.pvc_is_not_mounted)',
    'status',
  ],
  ...['length(spec)', 'sum(spec)', 'metadata.constructor', 'a b', 'lower(a)', '(', '`'],
);
const rule = fc.record(
  {
    id: fc.oneof(fc.constantFrom('one', 'two'), noise),
    resources: fc.oneof(
      fc.constant(['*']),
      fc.array(fc.constantFrom('deployments', 'jobs', 'pods', 'namespaces', 'persistentvolumeclaims', 'x/y/z/a'), {
        minLength: 1,
      }),
      anything,
    ),
    jmespath: expression,
    cel: fc.constantFrom(
      'true',
      'object.metadata.name == "web"',
      'has(object.spec.replicas)',
      'object.spec.replicas > 0',
      '1 +',
    ),
    ttl,
    since: fc.constantFrom('created', 'firstMatched', 'status.completionTime', 'metadata.labels.team', '('),
    mode: fc.constantFrom('enforce', 'enforce', 'dryRun', 'x'),
    quarantine: fc.constantFrom('2d', '1h', 'x'),
    allowWildcard: fc.constantFrom(true, false, 'x'),
    propagation: fc.constantFrom('Background', 'Orphan', 'x'),
  },
  { requiredKeys: ['id', 'resources', 'jmespath', 'ttl'] },
);
/** Mostly good ones, so that many get as far as deciding. */
const goodRule = fc.record(
  {
    id: fc.constantFrom('one', 'two', 'three'),
    resources: fc.constantFrom(
      ['*'],
      ['deployments', 'jobs', 'pods'],
      ['persistentvolumeclaims', 'namespaces', 'secrets'],
    ),
    jmespath: expression,
    ttl: fc.constantFrom('1s', '30m', '2h', 'forever', '0s'),
    since: fc.constantFrom('created', 'firstMatched', 'status.completionTime', 'spec'),
    mode: fc.constantFrom('enforce', 'dryRun'),
    quarantine: fc.constant('1h'),
    allowWildcard: fc.boolean(),
  },
  { requiredKeys: ['id', 'resources', 'jmespath', 'ttl'] },
);

const read = (rules: unknown): RuleSet => {
  try {
    return readRules(rules);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) throw error;
    return NO_RULES;
  }
};

const configured = (rules: RuleSet, noticeMs: number): Policy => ({
  ...policy({ noticeMs, deploymentTimeAnnotation: 'deployed-at', includeClusterResources: true }),
  rules: rules.rules,
});

const SIZES = { s: 1000, m: 60_000, h: HOUR, d: DAY, w: 7 * DAY } as const;

/** By other means than the janitor's own: how long a text says, if it says anything. */
const lengthOf = (text: string): number => {
  if (!/^([0-9]{1,9}[smhdw])+\n?$/.test(text)) return NaN;
  return [...text.matchAll(/([0-9]+)([smhdw])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * SIZES[unit as keyof typeof SIZES],
    0,
  );
};

/** Why a delete is wrong, if it is: a value in it that says nothing of the kind. */
const objection = (decision: Decision, object: KubeObject, o: Observation, rules: RuleSet): string | undefined => {
  const { source, value = '' } = decision.decidedBy ?? { source: '' };
  const own: Readonly<Record<string, string>> = object.metadata.annotations ?? {};
  const born = Date.parse(String(object.metadata.creationTimestamp));
  if (o.owner === 'alive' && !source.startsWith('rule/')) return 'a copy of its owner’s annotation';
  if (own['janitor/protect'] !== undefined && own['janitor/protect'] !== '' && own['janitor/protect'] !== 'false')
    return 'protected';
  if (object.metadata.deletionTimestamp != null) return 'terminating';
  if (object.metadata.namespace === 'kube-system') return 'excluded';
  if (
    o.owner !== 'alive' &&
    Object.keys(own).some((name) => /^janitor\/(?!ttl$|expires$|protect$|notified$|quarantined$)/.test(name))
  )
    return 'an unknown key';
  if (decision.reason === 'ExpiryTimeReached')
    return /^\d{4}-\d\d?-[ \d]?\d/.test(value) &&
      value === own['janitor/expires'] &&
      Date.parse('2026-11-20T13:00:01Z') > Date.parse(value.slice(0, 10))
      ? undefined
      : 'no past expiry';
  if (source === 'object')
    return value === own['janitor/ttl'] && lengthOf(value) > 0 && born + lengthOf(value) < NOW
      ? undefined
      : 'no past time to live';
  const decider = rules.rules.find(({ id, ttlText }) => source === `rule/${id}` && ttlText === value);
  if (!decider || !(lengthOf(value) > 0)) return 'no such rule';
  if (decider.mode === 'dryRun') return 'a dry run';
  if (decider.since.from === 'created' && !(born + lengthOf(value) < NOW)) return 'too young for its rule';
  if (
    decider.expression.needsContext &&
    o.references.state !== 'unused' &&
    object.kind === 'PersistentVolumeClaim' &&
    o.references.state === 'unknown'
  )
    return 'not known to be unused';
  return undefined;
};

const lists = fc.oneof(
  { weight: 4, arbitrary: fc.array(goodRule, { minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.array(rule, { maxLength: 3 }) },
  { weight: 1, arbitrary: anything },
);

type Seen = typeof seen extends fc.Arbitrary<infer T> ? T : never;

const objectOf = ({ of, metadata, spec, status }: Seen): KubeObject =>
  ({
    kind: KINDS[of].kind,
    metadata: { ...metadata, uid: 'u', resourceVersion: '1' },
    spec,
    status,
  }) as unknown as KubeObject;

/** Decides on one object. @throws Error for a delete that should not be */
const decided = (each: Seen, object: KubeObject, rules: RuleSet, by: Policy): Decision => {
  const resource = KINDS[each.of];
  const candidate = candidateOf(resource, by)(object);
  const owner = candidate.owner ? each.owner : 'none';
  const o: Observation = { candidate, owner, references: each.references, protectedInside: [], notice: each.notice };
  const decision = decide(o, by, NOW);
  const isKept = candidateProjection(resource, by)(object) !== undefined;
  const wrong = decision.action === 'delete' ? objection(decision, object, o, rules) : undefined;
  const told = (): string => JSON.stringify({ decision, object, owner });
  if (!(decision.reason in REASONS)) throw new Error(`an unknown reason: ${told()}`);
  if (!isKept && isChange(decision)) throw new Error(`dropped on arrival, and yet to be changed: ${told()}`);
  if (wrong !== undefined) throw new Error(`${wrong}: ${told()}`);
  return decision;
};

t.test('whatever is written, there is a decision, and no delete from a value that cannot be read', async (t) => {
  const actions = new Map<string, number>();
  const count = ({ action }: Decision): void => void actions.set(action, (actions.get(action) ?? 0) + 1);
  fc.assert(
    fc.property(
      fc.array(lists, { minLength: LISTS, maxLength: LISTS }),
      fc.array(seen, { minLength: OBJECTS, maxLength: OBJECTS }),
      fc.constantFrom(0, 0, HOUR),
      (lists, all, noticeMs) => {
        const objects = all.map((each) => [each, objectOf(each)] as const);
        for (const [{ of }, object] of objects) claimUserProjection(KINDS[of])(object);
        for (const rules of lists.map(read))
          for (const [each, object] of objects) count(decided(each, object, rules, configured(rules, noticeMs)));
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
  const all = [...actions.values()].reduce((sum, each) => sum + each, 0);
  t.equal(all, RUNS * OBJECTS * LISTS, `${all} decisions`);
  for (const action of ['none', 'invalid', 'blocked', 'notify', 'delete', 'quarantine', 'scaleUp'])
    t.ok((actions.get(action) ?? 0) > 0, `${action}: ${actions.get(action) ?? 0}`);
});
