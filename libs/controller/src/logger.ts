import type { Clock } from '@kube-steward/schedule';
import { pino } from 'pino';
import { redactAnnotations, redactValue } from './redact.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** pino's logger: `log.info({namespace, name, action, reason}, 'message')`. */
export type Logger = pino.Logger;

export interface LoggerOptions {
  /** The controller's name, a field of every line. */
  name: string;
  level: LogLevel;
  /** Where lines go: stderr where stdout carries a plan, stdout otherwise. */
  destination: { write(line: string): unknown };
  clock: Clock;
  /** Says in every line that nothing is written. */
  dryRun?: boolean;
}

/**
 * JSON lines with controller-runtime's field names: `level` in words, `time` in RFC 3339, `controller`, `namespace`, `name`,
 * `reconcileID`, `error`, beside `action`, `reason` and `dryRun`. Values under `annotations` and `value` that look like
 * secrets are replaced.
 */
export const createLogger = ({ name, level, destination, clock, dryRun = false }: LoggerOptions): Logger =>
  pino(
    {
      level,
      base: { controller: name, ...(dryRun && { dryRun }) },
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      errorKey: 'error',
      serializers: { error: pino.stdSerializers.err, annotations: redactAnnotations, value: redactValue },
    },
    { write: (line) => void destination.write(line) },
  );
