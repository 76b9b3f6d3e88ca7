import type { Unstructured } from '@kube-steward/kube';
import type { Caller, Tokens } from './auth.ts';
import { valueAt } from './json-path.ts';
import type { ServedKind } from './registry.ts';

const REVIEW_GROUPS = ['authentication.k8s.io', 'authorization.k8s.io'];

/** Whether objects of a kind are questions that are answered and not stored. */
export const isReview = (kind: ServedKind): boolean => REVIEW_GROUPS.includes(kind.group);

const ALL = ['*'];

/** The answered review: tokens are looked up, access is always allowed. */
export const answerReview = (kind: ServedKind, review: Unstructured, caller: Caller, tokens: Tokens): Unstructured => ({
  ...review,
  kind: kind.kind,
  apiVersion: `${kind.group}/${kind.version}`,
  metadata: {} as Unstructured['metadata'],
  status: statusOf(kind, review, caller, tokens),
});

const statusOf = (kind: ServedKind, review: Unstructured, caller: Caller, tokens: Tokens): unknown => {
  switch (kind.kind) {
    case 'TokenReview':
      return tokenStatus(String(valueAt(review, 'spec.token')), tokens);
    case 'SelfSubjectReview':
      return { userInfo: { username: caller.user, groups: caller.groups } };
    case 'SelfSubjectRulesReview':
      return {
        resourceRules: [{ verbs: ALL, apiGroups: ALL, resources: ALL }],
        nonResourceRules: [{ verbs: ALL, nonResourceURLs: ALL }],
        incomplete: false,
      };
    default:
      return { allowed: true };
  }
};

const tokenStatus = (token: string, tokens: Tokens): unknown => {
  const identity = tokens.identityOf(token);
  if (!identity) return { user: {}, error: 'invalid bearer token' };
  return {
    authenticated: true,
    user: { username: identity.user, groups: [...identity.groups, 'system:authenticated'] },
  };
};
