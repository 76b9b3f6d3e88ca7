import { isRead, type KubeRequest, type Transport } from '@kube-steward/kube';

/**
 * The transport, with `guard` called before every request that may change something, and again right before it is sent, after
 * whatever it had to wait for: what it throws is the answer.
 */
export const fenced = (transport: Transport, guard: () => void): Transport => {
  const checked =
    <R>(pass: (request: KubeRequest) => Promise<R>) =>
    async (request: KubeRequest): Promise<R> => {
      if (isRead(request)) return pass(request);
      guard();
      return pass({ ...request, beforeTry: guard });
    };
  return {
    send: checked((request) => transport.send(request)),
    stream: checked((request) => transport.stream(request)),
    close: () => transport.close(),
  };
};
