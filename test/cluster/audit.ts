import { readFileSync } from 'node:fs';

/** Every request, without bodies; a watch has a line at its start and one at its end. */
export const AUDIT_POLICY = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
});

/** One request, as the API server saw it. */
export interface AuditEntry {
  readonly stage: 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  /** RFC 3339 with microseconds: when it came in, and when this stage of it was reached. */
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

/** What the clients asked: an answer each, watches counted when they begin. */
export const readAudit = (file: string): AuditEntry[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as AuditEntry] : []))
    .filter(({ verb, stage }) => (verb === 'watch' ? stage === 'ResponseStarted' : stage === 'ResponseComplete'));

/** How often each request was made: `patch deployments`, `update leases`, `get nodes/status`. */
export const countsOf = (entries: readonly AuditEntry[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { verb, objectRef, requestURI } of entries) {
    const { resource = requestURI.split('?')[0] ?? '', subresource } = objectRef ?? {};
    const what = `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
};
