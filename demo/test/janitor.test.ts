import { createTerminal } from '@kube-steward/cli';
import t from 'tap';
import { runJanitorDemo } from '../src/index.ts';
import { DUE } from '../src/janitor/day.ts';

const lines: string[] = [];
const stream = { write: (text: string) => lines.push(text) };
const demo = await runJanitorDemo({ terminal: createTerminal({ stdout: stream, stderr: stream, env: {} }) });
const text = lines.join('');

t.test('what is due goes, and nothing else', (t) => {
  t.same(
    demo.deleted.map(({ title }) => title),
    DUE.map(({ title }) => title),
  );
  t.equal(demo.exitCode, 0, text);
  t.end();
});

t.test('the story tells what happened, and why', (t) => {
  for (const part of [
    '08:00   payments: ConfigMap settings-0 will be deleted',
    'and 59 more like it',
    '09:00   kube-steward: rule orphans: 51 of 62 configmaps would be deleted',
    'steward janitor ack orphans',
    '16:00   Namespace pr-41 with 8h TTL is 8h old and will be deleted',
    'namespaces pr-43: it holds what is protected: ConfigMap/recordings',
  ])
    t.ok(text.includes(part), part);
  t.end();
});
