import fc from 'fast-check';
import { RESOURCES, resourcePath } from '@kube-steward/kube';
import { type Both, NAMESPACE } from './both.ts';
import { ask, type Difference } from './perform.ts';

const digits = fc.stringMatching(/^[0-9]{0,4}$/);
const written = fc
  .tuple(
    fc.constantFrom('', '', '', '+', '-'),
    digits,
    fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: digits.map((text) => `.${text}`) }),
    fc.constantFrom('', 'm', 'u', 'n', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'E2', 'e-3', 'K', 'ki', 'x', ' '),
  )
  .map((parts) => parts.join(''));

/** Texts that are quantities, and some that are almost. */
export const quantityTexts: fc.Arbitrary<string> = written;

let count = 0;

/** A claim for so much storage, and an autoscaler for so much on average: the one is rounded to thousandths. */
export const quantityDifference = async (both: Both, text: string): Promise<Difference | undefined> => {
  // Admission would add it, for a controller that neither server has.
  const finalizers = ['kubernetes.io/pvc-protection'];
  const metadata = { name: `quantity-${(count += 1)}`, finalizers };
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: text } } };
  const target = { type: 'AverageValue', averageValue: text };
  const autoscaler = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    maxReplicas: 3,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
  };
  const at = { namespace: NAMESPACE };
  const create = (path: string, spec: object) => ask(both, { method: 'POST', path, body: { metadata, spec } });
  return (
    (await create(resourcePath(RESOURCES.persistentVolumeClaims, at), claim)) ??
    (await create(resourcePath(RESOURCES.horizontalPodAutoscalers, at), autoscaler))
  );
};
