import { loadConfigText, resolveOptions } from '@kube-steward/cli';
import type { Test } from 'tap';
import { policyOf } from '../../src/configure.ts';
import { JANITOR_OPTIONS } from '../../src/options.ts';
import type { Policy } from '../../src/policy.ts';
import { NO_RULES } from '../../src/rules.ts';
import { decisionsIn } from '../decisions.ts';
import { isAsSaid } from './compare.ts';
import type { Config, Point } from './point.ts';

/** The policy of a janitor's section of a config file. */
const policyIn = (config: Config): Policy => {
  const file = loadConfigText(JSON.stringify({ janitor: config }), { path: 'config.yaml' });
  const settings = resolveOptions(JANITOR_OPTIONS, { config: file.section('janitor') });
  return policyOf(settings, { rules: settings.values.rules ?? NO_RULES });
};

/** Each point, decided on by the controller's own `decide`. */
export const decidePoints = (t: Test, points: readonly Point[]): void => {
  for (const { name, rows } of points)
    t.test(name, async (t) => {
      for (const row of rows) isAsSaid(t, row, decisionsIn(row.objects, policyIn(row.config)));
    });
};
