import { parseQuantity } from '@kube-steward/kube';
import { parseSchedule, type Schedule } from '@kube-steward/schedule';

/** CPU cores in use by all pods of a workload together, and until when (epoch milliseconds; absent: for ever). */
export interface Usage {
  readonly cores: number;
  readonly until?: number;
}

/** Usage over time. */
export type Load = (at: number) => Usage;

const loads = new Map<string, Load>();

/**
 * Reads a load: a quantity of CPU, then quantities that replace it while a schedule matches, the last one that does.
 * `200m; 2 Mon-Fri 08:00-18:00 Europe/Berlin; 3 Mon-Fri 10:00-12:00 Europe/Berlin`
 * Throws what `parseQuantity` and `parseSchedule` throw.
 */
export const parseLoad = (text: string): Load => {
  let load = loads.get(text);
  if (!load) loads.set(text, (load = stepsOf(text)));
  return load;
};

const stepsOf = (text: string): Load => {
  const [base = '0', ...rest] = text.split(';').map((part) => part.trim());
  const always = parseQuantity(base);
  const steps = rest.map((part): { cores: number; schedule: Schedule } => {
    const [amount = '0', ...schedule] = part.split(' ');
    return { cores: parseQuantity(amount), schedule: parseSchedule(schedule.join(' ')) };
  });
  return (at) => {
    let cores = always;
    let until = Infinity;
    for (const step of steps) {
      if (step.schedule.matches(at)) cores = step.cores;
      until = Math.min(until, step.schedule.nextChange(at) ?? Infinity);
    }
    return until === Infinity ? { cores } : { cores, until };
  };
};
