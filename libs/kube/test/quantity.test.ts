import fc from 'fast-check';
import t from 'tap';
import {
  addQuantities,
  compareQuantities,
  cpuCores,
  formatQuantity,
  formatQuantityExact,
  memoryBytes,
  parseQuantity,
  parseQuantityExact,
} from '../src/quantity.ts';

t.test('quantities as the API server reads and writes them', (t) => {
  const rows: [text: string, units: number, canonical: string][] = [
    ['0', 0, '0'],
    ['0Ki', 0, '0'],
    ['-0', 0, '0'],
    ['1', 1, '1'],
    ['+1', 1, '1'],
    ['100m', 0.1, '100m'],
    ['1000m', 1, '1'],
    ['0.5', 0.5, '500m'],
    ['.5', 0.5, '500m'],
    ['5.', 5, '5'],
    ['1.5k', 1500, '1500'],
    ['1500k', 1.5e6, '1500k'],
    ['12e6', 12e6, '12e6'],
    ['12E6', 12e6, '12e6'],
    ['1e-3', 0.001, '1e-3'],
    ['1E', 1e18, '1E'],
    ['1000E', 1e21, '1000E'],
    ['100n', 1e-7, '100n'],
    ['1u', 1e-6, '1u'],
    ['0.1n', 1e-9, '1n'],
    ['-0.1n', -1e-9, '-1n'],
    ['1.0000000001', 1.000000001, '1000000001n'],
    ['1024', 1024, '1024'],
    ['1Ki', 1024, '1Ki'],
    ['1024Ki', 1024 ** 2, '1Mi'],
    ['1.5Gi', 1.5 * 1024 ** 3, '1536Mi'],
    ['0.5Ki', 512, '512'],
    ['0.5Mi', 512 * 1024, '512Ki'],
    ['1.0001Ki', 1024.1024, '1024102400u'],
    ['1025Ki', 1025 * 1024, '1025Ki'],
    ['-2Gi', -2 * 1024 ** 3, '-2Gi'],
    ['1Ei', 2 ** 60, '1Ei'],
    ['9007199254740993', 9007199254740992, '9007199254740993'],
  ];
  for (const [text, units, canonical] of rows) {
    t.equal(parseQuantity(text) + 0, units, text);
    t.equal(formatQuantityExact(parseQuantityExact(text)), canonical, text);
  }
  t.end();
});

t.test('what is no quantity is refused', (t) => {
  for (const text of [
    '',
    ' 1',
    '1 ',
    'm',
    '1K',
    '1ki',
    '1mi',
    '1e',
    '1e3k',
    '1.2.3',
    '--1',
    '1_000',
    '0x1',
    'NaN',
    'Infinity',
    '.',
    '1e1.5',
    '1e9999',
  ]) {
    t.throws(() => parseQuantity(text), { code: 'InvalidQuantity', message: /is not a quantity/ }, text);
  }
  t.end();
});

t.test('cores and bytes', (t) => {
  t.equal(cpuCores('250m'), 0.25);
  t.equal(cpuCores('2'), 2);
  t.equal(memoryBytes('128Mi'), 134217728);
  t.equal(memoryBytes('128974848000m'), 128974848);
  t.equal(memoryBytes('0.5'), 1);
  t.equal(formatQuantity(0.25, 'decimal'), '250m');
  t.equal(formatQuantity(134217728, 'binary'), '128Mi');
  t.equal(formatQuantity(1e-7, 'decimal'), '100n');
  t.equal(formatQuantity(1e21, 'decimal'), '1000E');
  t.throws(() => formatQuantity(NaN, 'decimal'), { code: 'InvalidQuantity' });
  t.end();
});

t.test('amounts compare whatever their suffix', (t) => {
  t.equal(compareQuantities('1', '1000m'), 0);
  t.equal(compareQuantities('1Gi', '1G'), 1);
  t.equal(compareQuantities('-1', '1n'), -1);
  t.equal(compareQuantities('9007199254740993', '9007199254740992'), 1, 'beyond what numbers can tell apart');
  t.end();
});

const suffix = fc.constantFrom(
  'n',
  'u',
  'm',
  '',
  'k',
  'M',
  'G',
  'T',
  'P',
  'E',
  'Ki',
  'Mi',
  'Gi',
  'Ti',
  'Pi',
  'Ei',
  'e3',
  'E-3',
  'e+6',
  'e7',
);
const quantity = fc
  .tuple(fc.constantFrom('', '-', '+'), fc.nat(), fc.option(fc.nat(99_999)), suffix)
  .map(([sign, whole, fraction, unit]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${unit}`);

t.test('the canonical form is the same amount, is canonical itself, and keeps its kind of suffix', (t) => {
  fc.assert(
    fc.property(quantity, (text) => {
      const exact = parseQuantityExact(text);
      const canonical = formatQuantityExact(exact);
      t.equal(parseQuantityExact(canonical).nano, exact.nano, text);
      t.equal(formatQuantityExact(parseQuantityExact(canonical)), canonical);
      t.notOk(canonical.includes('.'));
      if (exact.format === 'decimal') t.notMatch(canonical, /i$|e/);
    }),
  );
  t.end();
});

t.test('comparing is an order that adding keeps', (t) => {
  fc.assert(
    fc.property(quantity, quantity, quantity, (a, b, c) => {
      t.equal(compareQuantities(a, b) + compareQuantities(b, a), 0);
      const plusC = (text: string): string =>
        formatQuantityExact(addQuantities(parseQuantityExact(text), parseQuantityExact(c)));
      t.equal(compareQuantities(plusC(a), plusC(b)), compareQuantities(a, b));
    }),
  );
  t.end();
});

t.test('whole numbers of nano units go through numbers unharmed', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e12, max: 1e12 }),
      fc.constantFrom('decimal' as const, 'binary' as const),
      (units, format) => {
        t.equal(parseQuantity(formatQuantity(units, format)) + 0, units + 0);
      },
    ),
  );
  t.end();
});
