/** The decision side of the janitor: what is due, why, and what holds it back. Pure, and free of any wiring. */
export { ANNOTATION_KEYS } from './annotations.ts';
export { ackCommand, createBreaker, deleteOf, scopeNamed, tripMessage, tripsIn, type Trip } from './breaker.ts';
export { candidateOf, candidateProjection, type Candidate } from './candidate.ts';
export { decide } from './decide.ts';
export { compileExpression, type Expression, type Language } from './expression.ts';
export { FIELD_MANAGER, NAME, PREFIX } from './names.ts';
export { CANDIDATE_INDEXES, observe, type Observation, type Owner, type Remembered, type View } from './observe.ts';
export { DEFAULT_EXCLUDED, isIncluded, isKindIncluded, isNamespaceIncluded, type Policy } from './policy.ts';
export { REASONS, type Reason } from './reasons.ts';
export { CLAIM_USER_INDEXES, claimUserProjection, isClaimUser, type ClaimUser } from './references.ts';
export { isNamed, parseResourceName, type ResourceName } from './resource-name.ts';
export { NO_RULES, readRules, rulesOption, type Rule, type RuleSet, type RuleWarning, type Since } from './rules.ts';
export { formatAge, parseTtl, type Ttl } from './ttl.ts';
