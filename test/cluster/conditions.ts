import type { Unstructured } from '@kube-steward/kube';

/** An object that says in conditions what holds for it. */
export interface Conditioned extends Unstructured {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

export const hasCondition = ({ status }: Conditioned, type: string): boolean =>
  status?.conditions?.some((each) => each.type === type && each.status === 'True') ?? false;
