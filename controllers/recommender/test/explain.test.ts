import t from 'tap';
import { decide } from '../src/decide.ts';
import { explain } from '../src/explain.ts';
import { RULES } from '../src/profiles/reading.ts';
import { readFileSync } from 'node:fs';
import { BALANCED, MIB, NOW, container, observation, steadyUsage } from './observations.ts';

t.test('every step of a number, to be checked by hand', async (t) => {
  const o = observation({
    containers: [container({ most: { memory: 450 * MIB } })],
    quotas: [{ name: 'all', hard: { memory: 600 * MIB }, used: { memory: 2048 * MIB } }],
  });
  t.strictSame(explain(decide(o, BALANCED, NOW)), [
    'web: 865 samples, 3.0 days seen',
    '  cpu 500m -> 321m (HighestSample)',
    '    LoadPercentile  303m  96 % of the load is at or below 303m',
    '    Margin          334m  10 % more',
    '    HighestSample   321m  7 % above the highest sample of the last 8 days, 300m',
    '  memory 1 GiB (1073741824) -> 450 MiB (471859200) (Annotation)',
    '    HighestPeak  400 MiB (419430400)  the highest of the last 8 days is 400 MiB',
    '    Margin       460 MiB (482344960)  15 % more',
    '    Annotation   450 MiB (471859200)  not above 450 MiB',
  ]);
});

t.test('verdicts and notes are told below', async (t) => {
  const o = observation({
    containers: [container({ usage: steadyUsage(300, 400, 0.2) })],
    largestNode: { cpu: 100, memory: 1e12 },
  });
  const lines = explain(decide(o, BALANCED, NOW));
  t.match(lines[0], /^web: 58 samples, 0\.2 days seen, too little: nothing is lowered$/);
  t.match(lines.at(-1), /^FitsNoNode: the pod's 500m of cpu is above the 100m of the largest node$/);
});

t.test('every rule is in the README', async (t) => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const rule of RULES) t.match(readme, `\`${rule}\``);
});
