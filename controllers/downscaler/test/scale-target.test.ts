import t from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import { customResourceDefinition } from '@kube-steward/sandbox';
import { custom, goesRound, type Cycle } from './cycle.ts';
import { decisionsOn, inShort } from './decisions.ts';

t.test('any kind is a row by --scale-target, found by the plural of its kind', (t) => {
  const target = (line: string): readonly string[] => [`--scale-target=example.org/v1/caches:${line}`];
  const resource = (spec: Record<string, unknown>, annotations?: Record<string, string>): KubeObject =>
    custom('example.org/v1', 'Cache', spec, annotations);
  const suspended = 'suspend OutsideUptime';
  const cycles: readonly Cycle[] = [
    {
      object: resource({ replicas: 3 }),
      argv: target('/spec/replicas=0'),
      down: 'scaleDown OutsideUptime 3→0',
      original: '3',
      up: 'scaleUp InsideUptime 0→3',
    },
    {
      object: resource({ shards: 3 }),
      argv: target('/spec/shards=1'),
      down: 'scaleDown OutsideUptime 3→1',
      original: '3',
      up: 'scaleUp InsideUptime 1→3',
    },
    {
      object: resource({ suspend: false }),
      argv: target('/spec/suspend=true'),
      down: `${suspended} false→true`,
      original: '1',
      up: 'resume InsideUptime true→false',
    },
    {
      object: resource({ mode: 'Running' }),
      argv: target('/spec/mode=Stopped'),
      down: `${suspended} Running→Stopped`,
      original: 'Running',
      up: 'resume InsideUptime Stopped→Running',
    },
    {
      object: resource({}, { 'example.org/state': 'on' }),
      argv: target('/metadata/annotations/example.org~1state=0'),
      down: `${suspended} on→0`,
      original: 'on',
      up: 'resume InsideUptime 0→on',
    },
    {
      object: resource({}),
      argv: target('/metadata/annotations/example.org~1paused=true'),
      down: `${suspended} -→true`,
      original: '1',
      up: 'resume InsideUptime true→-',
    },
  ];
  for (const cycle of cycles) goesRound(t, cycle);
  t.end();
});

t.test('/scale and the kind come from the custom resource definition', (t) => {
  const definition = customResourceDefinition({
    group: 'example.org',
    version: 'v1',
    plural: 'mice',
    kind: 'Mouse',
    scale: { specReplicasPath: '.spec.tail.length', statusReplicasPath: '.status.length' },
  });
  const mouse = custom('example.org/v1', 'Mouse', { tail: { length: 7 } });
  const argv = ['--scale-target=example.org/v1/mice:/scale=0', '--default-uptime=never'];
  const decision = decisionsOn([definition, mouse], { argv }).get('Mouse/api');
  t.equal(decision?.changes[0]?.path, '/spec/tail/length');
  t.equal(inShort(decision), 'scaleDown OutsideUptime 7→0');
  const unknown = custom('example.org/v1', 'Mice', { replicas: 7 });
  const guessed = ['--scale-target=example.org/v1/mices:/scale=0', '--default-uptime=never'];
  t.equal(inShort(decisionsOn([unknown], { argv: guessed }).get('Mice/api')), 'scaleDown OutsideUptime 7→0');
  t.end();
});
