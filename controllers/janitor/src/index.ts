/** The decision side of the janitor: what is due, why, and what holds it back. Pure, and free of any wiring. */
export { acknowledgementOf } from './ack.ts';
export { ANNOTATION_KEYS } from './annotations.ts';
export { openArchive, type Archive } from './archive/archive.ts';
export { restorable, type Archived } from './archive/manifest.ts';
export { ackCommand, createBreaker, deleteOf, scopeNamed, tripMessage, type Trip } from './breaker.ts';
export { candidateOf, candidateProjection, type Candidate } from './candidate.ts';
export { policyOf, type JanitorSettings } from './configure.ts';
export { isReadForCost } from './cost.ts';
export { decide } from './decide.ts';
export { compileExpression, type Expression, type Language } from './expression.ts';
export { isReadWhole, readingsOf } from './kinds.ts';
export { kindsOfManifests } from './manifest-kinds.ts';
export { ARCHIVE_LABEL, FIELD_MANAGER, NAME, PREFIX } from './names.ts';
export { CANDIDATE_INDEXES, observe, type Observation, type Owner, type Remembered, type View } from './observe.ts';
export { JANITOR_OPTIONS } from './options.ts';
export { decideAll, explain, isSilentOn, tripsOf } from './plan.ts';
export { DEFAULT_EXCLUDED, isIncluded, isKindIncluded, isNamespaceIncluded, type Policy } from './policy.ts';
export { REASONS, type Reason } from './reasons.ts';
export { CLAIM_USER_INDEXES, claimUserProjection, isClaimUser, type ClaimUser } from './references.ts';
export { isNamed, parseResourceName, type ResourceName } from './resource-name.ts';
export {
  NO_RULES,
  readRules,
  rulesOption,
  slipIn,
  type Rule,
  type RuleSet,
  type RuleWarning,
  type Since,
} from './rules.ts';
export { parseRulesFile } from './rules-file.ts';
export { kindsInside, kindsUsingClaims, type Searched } from './searched.ts';
export { createSurvey, type Survey, type SurveyedKind, type Surveyor } from './survey.ts';
export { decodeState, mergeObjects, type State } from './state.ts';
export { STATE_KEY, STATE_NAME } from './state-store.ts';
export { formatAge, parseTtl, type Ttl } from './ttl.ts';
