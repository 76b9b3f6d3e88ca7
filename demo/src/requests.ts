import type { LoggedRequest } from '@kube-steward/sandbox';

/** What somebody asked of the API server, by kind of request. */
export interface RequestCounts {
  /** First lists, streamed or paged. */
  readonly lists: number;
  readonly watches: number;
  readonly patches: number;
  /** Of the patches: refused, because the object had changed in between. */
  readonly conflicts: number;
  readonly events: number;
  readonly leases: number;
  /** Anything else. */
  readonly others: number;
}

const kindOf = ({ verb, resource, query }: LoggedRequest): keyof RequestCounts => {
  if (resource === 'leases') return 'leases';
  if (resource === 'events') return 'events';
  if (verb === 'list' || (verb === 'watch' && query.includes('sendInitialEvents=true'))) return 'lists';
  if (verb === 'watch') return 'watches';
  return verb === 'patch' ? 'patches' : 'others';
};

export const countRequests = (requests: readonly LoggedRequest[]): RequestCounts => {
  const counts = { lists: 0, watches: 0, patches: 0, conflicts: 0, events: 0, leases: 0, others: 0 };
  for (const request of requests) {
    const kind = kindOf(request);
    counts[kind]++;
    if (kind === 'patches' && request.code === 409) counts.conflicts++;
  }
  return counts;
};
