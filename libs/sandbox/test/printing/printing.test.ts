import t from 'tap';
import { humanDuration } from '../../src/printing/age.ts';
import { valuesAt } from '../../src/printing/json-path-query.ts';
import { labelsText, selectorText } from '../../src/printing/selectors.ts';

t.test('lengths of time in two or three digits', (t) => {
  const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
  const cases: readonly (readonly [ms: number, text: string])[] = [
    [-2 * SECOND, '<invalid>'],
    [-1 * SECOND, '0s'],
    [0, '0s'],
    [119 * SECOND + 999, '119s'],
    [2 * MINUTE, '2m'],
    [9 * MINUTE + 59 * SECOND, '9m59s'],
    [10 * MINUTE + 30 * SECOND, '10m'],
    [179 * MINUTE, '179m'],
    [3 * HOUR, '3h'],
    [7 * HOUR + 59 * MINUTE, '7h59m'],
    [8 * HOUR + 30 * MINUTE, '8h'],
    [47 * HOUR, '47h'],
    [2 * DAY, '2d'],
    [7 * DAY + 23 * HOUR, '7d23h'],
    [8 * DAY + 5 * HOUR, '8d'],
    [729 * DAY, '729d'],
    [730 * DAY, '2y'],
    [3 * 365 * DAY + 10 * DAY, '3y10d'],
    [9 * 365 * DAY, '9y'],
  ];
  for (const [ms, text] of cases) t.equal(humanDuration(ms), text);
  t.end();
});

t.test('paths as the columns of a definition name values', (t) => {
  const object = {
    metadata: { annotations: { 'example.com/note': 'big' } },
    spec: { replicas: 3, ports: [{ name: 'a', port: 80 }, { port: 81 }] },
    status: {
      conditions: [
        { type: 'Fuelled', status: 'True' },
        { type: 'Ready', status: 'False' },
      ],
    },
  };
  const cases: readonly (readonly [path: string, values: readonly unknown[]])[] = [
    ['.spec.replicas', [3]],
    ['spec.replicas', [3]],
    ['.metadata.annotations.example\\.com/note', ['big']],
    [".metadata.annotations['example.com/note']", ['big']],
    ['.spec.ports[0].port', [80]],
    ['.spec.ports[-1].port', [81]],
    ['.spec.ports[*].port', [80, 81]],
    ['.spec.ports[?(@.name)].port', [80]],
    ['.status.conditions[?(@.type=="Ready")].status', ['False']],
    [".status.conditions[?(@.type!='Ready')].status", ['True']],
    ['.status.conditions[?(@.type == "Other")].status', []],
    ['.spec.none.deeper', []],
    ['.spec.ports[9]', []],
    ['.spec[', []],
  ];
  for (const [path, values] of cases) t.same(valuesAt(object, path), values, path);
  t.end();
});

t.test('selectors and labels as text', (t) => {
  t.equal(labelsText({ b: '2', a: '1' }), 'a=1,b=2');
  t.equal(labelsText(undefined), '<none>');
  const matchExpressions = [
    { key: 'zone', operator: 'In', values: ['b', 'a'] },
    { key: 'legacy', operator: 'DoesNotExist' },
    { key: 'owner', operator: 'Exists' },
    { key: 'size', operator: 'NotIn', values: ['xl'] },
  ];
  t.equal(
    selectorText({ matchLabels: { app: 'web' }, matchExpressions }),
    'app=web,!legacy,owner,size notin (xl),zone in (a,b)',
  );
  t.equal(selectorText(undefined), '');
  t.end();
});
