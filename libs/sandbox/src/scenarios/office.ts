import { dataScience } from './office/data-science.ts';
import { mobile } from './office/mobile.ts';
import { payments } from './office/payments.ts';
import { platform } from './office/platform.ts';
import { shop } from './office/shop.ts';
import { support } from './office/support.ts';
import type { Scenario } from './scenario.ts';

/**
 * A company's test cluster: six teams in three time zones, their workloads, and the mistakes people make. The story begins
 * on a Monday, 06:00 in Berlin.
 */
export const office = (): Scenario => ({
  name: 'office',
  description: 'Six teams in Berlin, New York and Bengaluru, with autoscalers, cron jobs, rollouts and a few mistakes',
  startAt: '2026-11-16T05:00:00Z',
  objects: [...platform(), ...shop(), ...payments(), ...mobile(), ...dataScience(), ...support()],
});
