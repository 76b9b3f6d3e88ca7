import { ANNOTATION_POINTS } from './annotations.ts';
import { CLAIM_POINTS } from './claims.ts';
import type { Point } from './point.ts';
import { RULE_POINTS } from './rules.ts';

export { isAsSaid } from './compare.ts';
export { DANGERS } from './dangers.ts';
export type { Point, Row } from './point.ts';

/** What kube-janitor 20.10 does, point by point, as far as manifests show it: kept as it is, or changed on purpose. */
export const KUBE_JANITOR: readonly Point[] = [...ANNOTATION_POINTS, ...RULE_POINTS, ...CLAIM_POINTS];
