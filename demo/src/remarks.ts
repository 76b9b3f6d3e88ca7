import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import type { Cluster } from '@kube-steward/sandbox';
import { EXCEPTION, isEndOfException } from './episodes.ts';
import { targetOf, type Move } from './journal.ts';
import { originalOf, titleOf } from './sleepers.ts';

/** What a move shows that is worth a sentence, the first time it shows. */
type Remark = (move: Move, world: World) => string | undefined;

interface World {
  readonly cluster: Cluster;
  /** The objects as people wrote them. */
  readonly manifests: ReadonlyMap<string, Unstructured>;
}

const nameOf = ({ object }: Move): string => object.metadata.name;

const leftover: Remark = (move, { manifests }) => {
  const before = originalOf(manifests.get(titleOf(move.object)));
  if (move.to !== 'awake' || before === undefined) return undefined;
  return `${nameOf(move)} was left suspended by another downscaler, removed before morning; what that one had noted on it ("${before}") is understood`;
};

const loweredAutoscaler: Remark = (move) => {
  if (move.object.kind !== 'HorizontalPodAutoscaler' || move.to !== 'asleep') return undefined;
  return `${targetOf(move.object)} keeps ${String(move.into)} at night: its autoscaler's minReplicas goes ${String(move.from)} → ${String(move.into)}, and the autoscaler does the rest`;
};

const autoscaledToZero: Remark = ({ object, to, into }, { cluster }) => {
  const { namespace = '', name } = object.metadata;
  if (object.kind !== 'Deployment' || to !== 'asleep' || into !== 0) return undefined;
  const autoscalers = cluster.list(RESOURCES.horizontalPodAutoscalers, { namespace });
  if (!autoscalers.some((autoscaler) => targetOf(autoscaler) === name)) return undefined;
  return `${name} has an autoscaler, which rests while its target is at 0: it is not touched`;
};

const shrunk: Remark = ({ object, to, from, into }) => {
  if (object.kind !== 'Deployment' || to !== 'asleep' || into === 0) return undefined;
  return `${object.metadata.name} goes ${String(from)} → ${String(into)}: downscaler/downtime-replicas asks for it`;
};

const suspended: Remark = ({ object, to }) =>
  object.kind === 'CronJob' && to === 'asleep' ? `${object.metadata.name} is suspended: no runs at night` : undefined;

const exceptionOver: Remark = (move) =>
  isEndOfException(move)
    ? `${nameOf(move)} was kept up until now by ${EXCEPTION.key}, as steward wake writes it; the patch that puts it to sleep removes it`
    : undefined;

const REMARKS: readonly Remark[] = [exceptionOver, leftover, loweredAutoscaler, autoscaledToZero, shrunk, suspended];

/** Makes each remark once, on the first move it fits. */
export class Remarks {
  readonly #world: World;
  readonly #made = new Set<Remark>();

  constructor(cluster: Cluster, manifests: readonly Unstructured[]) {
    this.#world = { cluster, manifests: new Map(manifests.map((object) => [titleOf(object), object])) };
  }

  on(moves: readonly Move[]): string[] {
    return moves.flatMap((move) => {
      for (const remark of REMARKS) {
        const text = this.#made.has(remark) ? undefined : remark(move, this.#world);
        if (text === undefined) continue;
        this.#made.add(remark);
        return [text];
      }
      return [];
    });
  }
}
