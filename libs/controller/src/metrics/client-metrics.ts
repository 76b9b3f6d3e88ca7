import type { RequestObservation } from '@kube-steward/kube';
import { Counter, Histogram, type Registry } from 'prom-client';

/** client-go's bounds for requests, in seconds. */
const BOUNDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 45, 60];

/** The hook of a transport, published as client-go's `rest_client_*`. `code` is `<error>` when there was no answer. */
export const createClientMetrics = (registry: Registry): ((observation: RequestObservation) => void) => {
  const registers = [registry];
  const total = new Counter({
    name: 'rest_client_requests_total',
    help: 'Number of HTTP requests, partitioned by status code, method, and host.',
    labelNames: ['code', 'method', 'host'],
    registers,
  });
  const retries = new Counter({
    name: 'rest_client_request_retries_total',
    help: 'Number of request retries, partitioned by status code, verb, and host.',
    labelNames: ['code', 'verb', 'host'],
    registers,
  });
  const duration = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Request latency in seconds. Broken down by verb, and host.',
    labelNames: ['verb', 'host'],
    buckets: BOUNDS,
    registers,
  });
  const limited = new Histogram({
    name: 'rest_client_rate_limiter_duration_seconds',
    help: 'Client side rate limiter latency in seconds. Broken down by verb, and host.',
    labelNames: ['verb', 'host'],
    buckets: BOUNDS,
    registers,
  });

  return (observation) => {
    const { method, host } = observation;
    const verb = observation.verb.toUpperCase();
    const code = observation.code === 0 ? '<error>' : String(observation.code);
    total.inc({ code, method, host });
    if (observation.retries > 0) retries.inc({ code, verb, host }, observation.retries);
    duration.observe({ verb, host }, observation.durationMs / 1000);
    limited.observe({ verb, host }, observation.rateLimitedMs / 1000);
  };
};
