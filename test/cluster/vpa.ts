import type { Resource } from '@kube-steward/kube';
import { installDefinitions } from './definitions.ts';
import { freePorts } from './free-ports.ts';
import { isServing } from './probe.ts';
import type { Site } from './site.ts';
import { untilReady, type Supervised } from './supervised.ts';

export const VERTICAL_POD_AUTOSCALERS: Resource = {
  group: 'autoscaling.k8s.io',
  version: 'v1',
  plural: 'verticalpodautoscalers',
  kind: 'VerticalPodAutoscaler',
  namespaced: true,
};

export interface RecommenderOptions {
  /** How often it looks at the usage, and writes. 10 when left out; what it reads is no newer. */
  readonly intervalSeconds?: number;
  /** More of its flags: `--recommender-name=other`. */
  readonly flags?: readonly string[];
}

/** The kinds of the VPA. */
export const installVpa = ({ admin }: Site): Promise<void> => installDefinitions(admin, ['vpa-v1-crd-gen.yaml']);

/** The recommender of the VPA project. It fills the status of every VerticalPodAutoscaler that names no other one. */
export const startRecommender = async (
  { programs, kubeconfig }: Site,
  { intervalSeconds = 10, flags = [] }: RecommenderOptions = {},
): Promise<Supervised> => {
  const [port = 0] = await freePorts(1);
  const program = programs.run('vpa-recommender', [
    `--kubeconfig=${kubeconfig('vpa-recommender')}`,
    `--recommender-interval=${intervalSeconds}s`,
    `--address=127.0.0.1:${port}`,
    ...flags,
  ]);
  await untilReady(program, () => isServing(`http://127.0.0.1:${port}/metrics`));
  return program;
};
