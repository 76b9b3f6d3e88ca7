import { findZone } from '@kube-steward/schedule';
import fc from 'fast-check';
import t from 'tap';
import { parse } from 'yaml';

import { OUTPUT_FORMATS, RENDERERS, createPlan, createPlanList, renderExplain } from '../src/index.ts';
import type { Decision, RenderOptions } from '../src/index.ts';
import { formatCsv } from '../src/render-csv.ts';
import { matchesGolden } from './golden.ts';
import { AT, SAMPLE, TRACE, decision } from './sample-plan.ts';

const plan = createPlan(SAMPLE, { context: 'prod-eu', at: AT });
const zone = findZone('Europe/Berlin')!;
const options: RenderOptions = {
  zone,
  serverVersion: () => 'v1.34',
  prices: { currency: 'EUR', perVcpuHour: 0.03, perGibHour: 0.0018 },
  savings: () => ({
    requests: { cpuCores: 2.25, memoryBytes: 6 * 1024 ** 3 },
    cpuCoreHours: 132.3,
    memoryGibHours: 353,
    until: Date.parse('2026-11-23T06:30:00Z'),
  }),
};

t.test('every format shows the changes, in the same order', (t) => {
  for (const format of OUTPUT_FORMATS) {
    const text = RENDERERS[format](plan, options);
    matchesGolden(t, `plan.${format}`, text);
    t.notMatch(text, /warehouse/, `${format} hides what stays as it is`);
    t.match(RENDERERS[format](plan, { ...options, show: 'all' }), /warehouse/);
    t.ok(text.endsWith('\n'));
  }
  t.strictSame(new Set(OUTPUT_FORMATS), new Set(Object.keys(RENDERERS)));
  t.end();
});

t.test('JSON, YAML and JSON lines hold the same document', (t) => {
  const document: unknown = JSON.parse(RENDERERS.json(plan));
  t.strictSame(parse(RENDERERS.yaml(plan)), document);
  const lines = RENDERERS.jsonl(plan)
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  t.strictSame({ ...(document as object), decisions: lines }, document);
  t.end();
});

t.test('YAML is read the same by parsers of the older version', (t) => {
  const text = RENDERERS.yaml(createPlan([decision({ message: 'on', reason: '12:30:45' })], { at: AT }));
  t.match(text, /message: "on"/);
  t.match(text, /reason: "12:30:45"/);
  t.match(text, /at: "2026-11-20T19:41:00Z"/);
  t.end();
});

t.test('plans of many clusters stand below each other, the ones that failed at the end', (t) => {
  const list = createPlanList(
    [createPlan([decision()], { context: 'prod-us', at: AT }), createPlan([], { context: 'prod-eu', at: AT })],
    [{ context: 'test', message: 'connection refused' }],
  );
  for (const format of ['table', 'json', 'csv', 'wide', 'markdown', 'html', 'jsonl'] as const) {
    matchesGolden(t, `plan-list.${format}`, RENDERERS[format](list, { zone }));
  }
  t.end();
});

t.test('explain tells decision, schedule, what was considered, checks and what comes next', (t) => {
  const one = createPlan([decision()], { context: 'prod-eu', at: AT, trace: TRACE });
  matchesGolden(t, 'explain.txt', renderExplain(one, { zone }));
  t.match(RENDERERS.json(one), /"trace": \[\n {4}\{\n {6}"kind": "considered"/);
  t.end();
});

t.test('explain says when nothing will happen by itself', (t) => {
  const absent = { nextTransition: undefined, decidedBy: undefined } as unknown as Partial<Decision>;
  const one = decision({ ...absent, action: 'blocked', changes: [] });
  const text = renderExplain(createPlan([one], { at: AT }));
  t.match(text, /Decision {4}Blocked +Reason OutsideUptime\n/);
  t.match(text, /Next {8}nothing, until an object or the configuration changes\n/);
  t.notMatch(text, /Considered|Checks|Schedule/);
  const gone = renderExplain(createPlan([decision({ ...absent, action: 'delete', changes: [] })], { at: AT }));
  t.match(gone, /Next {8}nothing more: it is gone then\n/);
  const bad = renderExplain(createPlan([decision({ action: 'invalid', changes: [] })], { at: AT }));
  t.match(bad, /\nValue /, 'what cannot be read is no schedule');
  t.end();
});

t.test('a breaker that would stop the plan is said in the summary', (t) => {
  const text = RENDERERS.table(
    createPlan([decision()], { at: AT, source: 'dir', held: ['More at *once* than', 'all \u001b[2Jof it'] }),
  );
  t.match(text, /^Manifests dir {2}at /);
  t.match(text, /Plan: 1 scale down\nMore at \*once\* than\nall .*of it\n/);
  t.end();
});

t.test('advice stands below the plan, as it is to be copied', (t) => {
  const snippet = 'spec:\n  ignore:\n    - "<kind>"\n';
  const message = 'Argo CD would set it back. In *the* Application:';
  const plan = createPlan([decision()], {
    at: AT,
    held: ['More at *once*'],
    advice: [{ topic: 'argocd', message, snippet }],
  });
  t.match(RENDERERS.table(plan, { width: 40 }), /\n\nArgo CD would .*:\n\n {4}spec:\n {6}ignore:\n {8}- "<kind>"\n$/);
  const markdown = RENDERERS.markdown(plan);
  t.match(markdown, '\n**More at \\*once\\***\n');
  t.match(markdown, 'In \\*the\\* Application:\n\n```yaml\nspec:\n  ignore:\n    - "<kind>"\n```\n');
  const html = RENDERERS.html(plan);
  t.match(html, '<p class="delete">More at *once*</p>\n');
  t.match(html, '<pre>spec:\n  ignore:\n    - &quot;&lt;kind&gt;&quot;\n</pre>\n');
  t.strictSame(JSON.parse(RENDERERS.json(plan)).advice, [{ topic: 'argocd', message, snippet }]);
  t.notOk('advice' in createPlan([], { at: AT, advice: [] }));
  t.end();
});

t.test('a plan without changes says so', (t) => {
  const none = createPlan(
    SAMPLE.filter(({ action }) => action === 'none'),
    { context: 'c', at: AT },
  );
  t.match(RENDERERS.table(none), /\n\nPlan: no changes; 2 unchanged \(--show all\)\n$/);
  t.match(
    RENDERERS.table(none, { show: 'all' }),
    / {2}= {2}Deployment\/api .*\n.*\n\nPlan: no changes; 2 unchanged\n$/,
  );
  t.equal(RENDERERS.name(none), '');
  t.end();
});

t.test('lines are cut on a terminal alone', (t) => {
  const longest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));
  t.ok(longest(RENDERERS.table(plan, { zone, noHeaders: true, width: 80 })) <= 100);
  t.match(RENDERERS.table(plan, { zone, width: 80 }), /…\n/);
  t.notMatch(RENDERERS.table(plan, { zone }), /…/);
  t.end();
});

t.test('what users wrote into annotations is text in every format', (t) => {
  const message = '<script>alert(1)</script> | \u001b[31m`x`\n[a](javascript:b) & "q"';
  const evil = createPlan([decision({ message })], { at: AT });
  t.match(RENDERERS.html(evil), '&lt;script&gt;alert(1)&lt;/script&gt;');
  t.notMatch(RENDERERS.html(evil), '<script>');
  const line = RENDERERS.markdown(evil)
    .split('\n')
    .find((text) => text.includes('script'))!;
  t.match(line, '\\|  \\[31m');
  t.match(line, '\\[a\\](javascript:b)');
  for (const format of ['table', 'wide'] as const) {
    t.notMatch(RENDERERS[format](evil), '\u001b');
    t.match(RENDERERS[format](evil), /alert\(1\)<\/script> \| {1,2}\[31m`x` \[a\]/, 'on one line');
  }
  t.end();
});

t.test('names are those of kubectl, once an object', (t) => {
  const twice: Decision[] = [decision(), decision({ controller: 'janitor', action: 'delete', changes: [] })];
  t.equal(RENDERERS.name(createPlan(twice, { at: AT })), 'deployment.apps/checkout\n');
  const pod = decision({ object: { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: 'b' } });
  t.equal(RENDERERS.name(createPlan([pod], { at: AT })), 'pod/b\n');
  t.end();
});

/** A reader by the grammar of RFC 4180, as a check of the writer. */
const readCsv = (text: string): string[][] => {
  const records: string[][] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  let record: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(pattern)) {
    record.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
};

t.test('every CSV field comes back as it was', (t) => {
  const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'ä', '=') });
  const records = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 4 });
  fc.assert(
    fc.property(records, (rows) => {
      t.strictSame(readCsv(formatCsv(rows)), rows);
    }),
  );
  t.end();
});
