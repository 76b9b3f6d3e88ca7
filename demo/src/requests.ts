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
  /** Of workloads that were late, and their pods. */
  readonly looks: number;
  /** Anything else. */
  readonly others: number;
}

const labelled = /labelSelector=/;

const kindOf = ({ verb, resource, query }: LoggedRequest): keyof RequestCounts => {
  if (resource === 'leases') return 'leases';
  if (resource === 'events') return 'events';
  if (verb === 'get' || labelled.test(query)) return 'looks';
  if (verb === 'list' || (verb === 'watch' && query.includes('sendInitialEvents=true'))) return 'lists';
  if (verb === 'watch') return 'watches';
  return verb === 'patch' ? 'patches' : 'others';
};

export const countRequests = (requests: readonly LoggedRequest[]): RequestCounts => {
  const counts = { lists: 0, watches: 0, patches: 0, conflicts: 0, events: 0, leases: 0, looks: 0, others: 0 };
  for (const request of requests) {
    const kind = kindOf(request);
    counts[kind]++;
    if (kind === 'patches' && request.code === 409) counts.conflicts++;
  }
  return counts;
};

/** Rows of what, how many, and a word about it. */
export const describeRequests = (counts: RequestCounts): string[][] => {
  const { lists, watches, patches, conflicts, events, leases, looks, others } = counts;
  const refused = conflicts > 0 ? `; ${conflicts} were refused, as the object had just changed, and decided anew` : '';
  const rows: [string, number, string][] = [
    ['lists', lists, 'one a resource, at the start'],
    ['watches', watches, 'each ends after 5 to 10 minutes, and the next goes on where it ended'],
    ['patches', patches, `one a change${refused}`],
    ['Events', events, 'what was done, and what a person has to mend'],
    ['Lease', leases, 'there is but one replica'],
    ['looks', looks, 'at what had not come back in the morning'],
    ['others', others, 'between changes it asks for nothing'],
  ];
  return rows.map(([what, count, remark]) => [what, count.toLocaleString('en'), remark]);
};
