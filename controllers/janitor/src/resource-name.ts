import type { Resource } from '@kube-steward/kube';

/** Kinds as users name them: a plural, which may be one of several groups; with a group, or group and version, exactly one. */
export interface ResourceName {
  /** `deployments`; `*` for all. */
  readonly plural: string;
  /** Empty for the core group; absent: any. */
  readonly group?: string;
  readonly version?: string;
}

const ALLOWED =
  'allowed: plural, plural.group or group/version/plural, such as deployments, deployments.apps, apps/v1/deployments; *, *.group';
const WORD = /^[A-Za-z0-9-]+$/;

/** @throws Error that says what is allowed */
export const parseResourceName = (text: string): ResourceName => {
  if (text === '*') return { plural: '*' };
  const path = text.split('/');
  const [plural = '', ...group] = (path.at(-1) ?? '').split('.');
  const isGrouped = group.length > 0;
  if (
    !(WORD.test(plural) || (plural === '*' && isGrouped)) ||
    path.length > 3 ||
    path.includes('') ||
    (isGrouped && path.length > 1)
  )
    throw new Error(`"${text}" names no kind (${ALLOWED})`);
  if (isGrouped) return { plural, group: group.join('.') };
  const version = path.at(-2);
  return version === undefined ? { plural } : { plural, group: path.length === 3 ? (path[0] ?? '') : '', version };
};

/** Plurals are compared as they are written: kube-janitor's users keep a rule quiet by writing `XXXdeployments`. */
export const isNamed = ({ plural, group, version }: ResourceName, resource: Resource): boolean =>
  (plural === '*' || plural === resource.plural) &&
  (group === undefined || group === resource.group) &&
  (version === undefined || version === resource.version);
