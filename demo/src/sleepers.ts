import { KINDS, type KindRow } from '@kube-steward/downscaler';
import { getPointer, type Unstructured } from '@kube-steward/kube';
import { podRequests, type PodSpecRequests, type Requests } from '@kube-steward/plan';
import { INCLUDED } from './stage.ts';

/** The rows of the downscaler's table of kinds that the demo includes. */
export const ROWS: readonly KindRow[] = KINDS.filter(({ resource }) =>
  (INCLUDED as readonly string[]).includes(resource.plural),
);

/** How an object is named in the story and in maps: `Deployment shop-dev/cart`. */
export const titleOf = ({ kind = '', metadata: { namespace = '', name } }: Unstructured): string =>
  `${kind} ${namespace}/${name}`;

/** The size as it is written on the object: a number of replicas, or whether it is suspended. */
export type Size = number | boolean;

export const sizeOf = ({ size }: KindRow, object: Unstructured): Size => {
  if (size.form !== 'replicas' && size.form !== 'switch') throw new RangeError(`no size of form ${size.form}`);
  const value = getPointer(object, size.path);
  if (size.form === 'switch') return value === size.down;
  return typeof value === 'number' ? value : (size.absent ?? 0);
};

/** What is there of the size before the downscaler's first change; absent on everything that is awake. */
export const originalOf = (object: Unstructured | undefined): string | undefined =>
  object?.metadata.annotations?.['downscaler/original-replicas'];

/** What one pod of the workload asks for; `undefined` for kinds without pods that last. */
export const requestsOf = ({ podTemplate, size }: KindRow, object: Unstructured): Requests | undefined => {
  if (podTemplate === undefined || size.form !== 'replicas') return undefined;
  return podRequests(getPointer(object, `${podTemplate}/spec`) as PodSpecRequests);
};
