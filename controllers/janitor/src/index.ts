/** The decision side of the janitor: what is due, why, and what holds it back. Pure, and free of any wiring. */
export { compileExpression, type Expression, type Language } from './expression.ts';
export { isNamed, parseResourceName, type ResourceName } from './resource-name.ts';
export { NO_RULES, readRules, rulesOption, type Rule, type RuleSet, type RuleWarning, type Since } from './rules.ts';
export { formatAge, parseTtl, type Ttl } from './ttl.ts';
