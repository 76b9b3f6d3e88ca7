import { RESOURCES, perResource, type Amounts, type Resource } from '../amounts.ts';
import type { Estimate } from './estimate.ts';

/** What a VerticalPodAutoscaler says of one container: `spec.resourcePolicy.containerPolicies[]`, quantities read. */
export interface ContainerPolicy {
  /** A container's name, or `*` for all that have no policy of their own. */
  readonly containerName: string;
  /** `Off`: no recommendation, and no share of the pod's minimum. */
  readonly mode?: 'Auto' | 'Off';
  readonly minAllowed?: Partial<Amounts>;
  readonly maxAllowed?: Partial<Amounts>;
  /** Absent: both. */
  readonly controlledResources?: readonly Resource[];
}

/** What is done to an estimate before it is written, for one container. */
export interface PostProcessing {
  readonly policy?: ContainerPolicy | undefined;
  /** The most for any container, where its policy says nothing. */
  readonly maxAllowed?: Partial<Amounts>;
  /** Whole cores, as an annotation of the VPA asks for. */
  readonly integerCpu?: boolean;
  /** Rounded up to multiples of it; 1: not at all. */
  readonly roundTo?: Amounts;
}

type Part = Partial<Amounts>;

/** `containerRecommendations[]` of a status, in amounts. */
export interface ContainerRecommendation {
  readonly target: Part;
  readonly lowerBound: Part;
  readonly upperBound: Part;
  /** What the target would be without the policy. */
  readonly uncappedTarget: Part;
}

/** The policy of a container: the one with its name, else the one for all. */
export const policyOf = (policies: readonly ContainerPolicy[], container: string): ContainerPolicy | undefined =>
  policies.find(({ containerName }) => containerName === container) ??
  policies.find(({ containerName }) => containerName === '*');

/** The annotation of a VPA that asks for whole cores. */
export const integerCpuKey = (container: string): string => `vpa-post-processor.kubernetes.io/${container}_integerCPU`;

/** In the VPA's order: only what is controlled, rounded up, whole cores, at least the minimum, at most the maximum. */
export const postProcess = (estimate: Estimate, processing: PostProcessing): ContainerRecommendation => {
  const rounded = (amounts: Amounts): Part => onlyControlled(roundUp(amounts, processing), processing.policy);
  const capped = (amounts: Amounts): Part => cap(rounded(amounts), processing);
  return {
    target: capped(estimate.target),
    lowerBound: capped(estimate.lowerBound),
    upperBound: capped(estimate.upperBound),
    uncappedTarget: rounded(estimate.target),
  };
};

const onlyControlled = (amounts: Amounts, policy: ContainerPolicy | undefined): Part => {
  const controlled = policy?.controlledResources ?? RESOURCES;
  return Object.fromEntries(controlled.map((resource) => [resource, amounts[resource]]));
};

const roundUp = (amounts: Amounts, { roundTo, integerCpu }: PostProcessing): Amounts => {
  const rounded = perResource((resource) => upTo(amounts[resource], roundTo?.[resource] ?? 1));
  return integerCpu ? { ...rounded, cpu: upTo(rounded.cpu, 1000) } : rounded;
};

const upTo = (amount: number, step: number): number => Math.ceil(amount / step) * step;

const cap = (amounts: Part, { policy, maxAllowed }: PostProcessing): Part =>
  Object.fromEntries(
    RESOURCES.flatMap((resource) => {
      const amount = amounts[resource];
      if (amount === undefined) return [];
      const least = policy?.minAllowed?.[resource] ?? 0;
      const most = policy?.maxAllowed?.[resource] ?? maxAllowed?.[resource] ?? 0;
      return [[resource, Math.min(Math.max(amount, least), most > 0 ? most : Infinity)]];
    }),
  );
