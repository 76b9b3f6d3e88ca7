import type { Advice, Decision } from '@kube-steward/plan';
import { directionOf } from './direction.ts';
import type { GitOpsTool } from './gitops.ts';
import type { KindRow } from './kinds.ts';
import { observeReference, type View } from './observe.ts';
import type { Policy } from './policy.ts';
import { sizePath } from './sizes.ts';
import type { Workload } from './workload.ts';

/** What of a workload matters to the tool that brings it. */
type Brought = Pick<Workload, 'row' | 'fields' | 'gitOps' | 'sizeOwners'>;

/** A field of a kind that must be left alone. */
interface Size {
  readonly row: KindRow;
  readonly path: string;
}

interface ToolAdvice {
  readonly message: (count: number, by: string) => string;
  readonly snippet: (sizes: readonly Size[], fieldManager: string) => readonly string[];
}

const workloads = (count: number): string => (count === 1 ? 'one of these workloads' : `${count} of these workloads`);

const argo = ({ resource: { group, kind } }: KindRow, fieldManager: string): string[] => [
  `    - group: ${group || '""'}`,
  `      kind: ${kind}`,
  '      managedFieldsManagers:',
  `        - ${fieldManager}`,
];

const flux = ({ row: { resource }, path }: Size, indent: string): string[] =>
  [
    `- paths: ["${path}"]`,
    '  target:',
    ...(resource.group ? [`    group: ${resource.group}`] : []),
    `    kind: ${resource.kind}`,
  ].map((line) => `${indent}${line}`);

/**
 * What works with each tool.
 *
 * - Argo CD takes the live value of every field that a trusted manager owns; the sync option makes syncs do so too.
 * - Flux applies server-side, and leaves alone what neither Git nor a rule makes its own. A field that Flux alone owns is
 *   removed, and gets its default, once Flux lets go of it: by then we must own it too, as we do after the first night.
 * - Helm releases are corrected where drift detection is on, and set anew by each upgrade.
 */
const TOOLS: { readonly [T in GitOpsTool]: ToolAdvice } = {
  argocd: {
    message: (count, by) =>
      `Argo CD would set ${workloads(count)} back up, where it heals what differs from Git. In the Application (${by}):`,
    snippet: (sizes, fieldManager) => [
      'spec:',
      '  ignoreDifferences:',
      ...[...new Set(sizes.map(({ row }) => row))].flatMap((row) => argo(row, fieldManager)),
      '  syncPolicy:',
      '    syncOptions:',
      '      - RespectIgnoreDifferences=true',
    ],
  },
  fluxKustomization: {
    message: (count, by) =>
      `Flux would set ${workloads(count)} back up at each reconciliation, as Git names their size. Once they have slept and been woken for the first time (until then Flux alone owns the field, and taking it away makes it 1), take it out of Git; or, from Flux 2.9 on, in the Kustomization (${by}):`,
    snippet: (sizes) => ['spec:', '  ignore:', ...sizes.flatMap((size) => flux(size, '    '))],
  },
  fluxHelmRelease: {
    message: (count, by) =>
      `Flux would set ${workloads(count)} back up, where drift detection is enabled; an upgrade at night does in any case, and they are put to sleep again. In the HelmRelease (${by}):`,
    snippet: (sizes) => [
      'spec:',
      '  driftDetection:',
      '    mode: enabled',
      '    ignore:',
      ...sizes.flatMap((size) => flux(size, '      ')),
    ],
  },
};

/** For each tool that brings some of these workloads: what has to be said to it, so that they may sleep. */
export const adviceFor = (sleeping: Iterable<Brought>, { fieldManager }: Pick<Policy, 'fieldManager'>): Advice[] => {
  const fought = new Map<GitOpsTool, Brought[]>();
  for (const workload of sleeping) {
    if (!workload.gitOps || !isFoughtFor(workload)) continue;
    const { tool } = workload.gitOps;
    const known = fought.get(tool);
    if (known) known.push(workload);
    else fought.set(tool, [workload]);
  }
  return (Object.keys(TOOLS) as GitOpsTool[]).flatMap((tool) => {
    const all = fought.get(tool);
    if (!all) return [];
    const { message, snippet } = TOOLS[tool];
    return [
      {
        topic: tool,
        message: message(all.length, namesOf(all)),
        snippet: `${snippet(sizesOf(all), fieldManager).join('\n')}\n`,
      },
    ];
  });
};

/** The same for whatever these decisions put to sleep. */
export const adviceOn = (view: View, policy: Policy, decisions: Iterable<Decision>): Advice[] => {
  const sleeping: Workload[] = [];
  for (const decision of decisions) {
    const o = directionOf(decision) === 'sleep' ? observeReference(view, policy, decision.object) : undefined;
    if (o) sleeping.push(o.workload);
  }
  return adviceFor(sleeping, policy);
};

/** An annotation or a node selector that Git does not name is left alone; so is a size that it does not name. */
const isFoughtFor = ({ row, fields, gitOps, sizeOwners }: Brought): boolean => {
  if (row.size.form === 'selector' || sizePath(row.size, fields).startsWith('/metadata/')) return false;
  return (
    gitOps?.tool !== 'fluxKustomization' ||
    sizeOwners.length === 0 ||
    sizeOwners.some(({ manager }) => manager === 'kustomize-controller')
  );
};

const sizesOf = (all: readonly Brought[]): Size[] => {
  const sizes = new Map(
    all.map(({ row, fields }) => {
      const path = sizePath(row.size, fields);
      return [`${row.resource.plural}.${row.resource.group} ${path}`, { row, path }] as const;
    }),
  );
  return [...sizes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, size]) => size);
};

/** So many are named; the others are counted. */
const MOST_NAMES = 5;

const namesOf = (all: readonly Brought[]): string => {
  const names = [...new Set(all.map(({ gitOps }) => gitOps?.by ?? ''))].sort();
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};
