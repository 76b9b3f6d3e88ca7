import t from 'tap';
import { roundedToMilli, storedQuantity } from '../../src/typed/quantity.ts';

t.test('a quantity comes back in canonical form', (t) => {
  const cases: [text: string, stored: string][] = [
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1.5Gi', '1536Mi'],
    ['1024Ki', '1Mi'],
    ['1e3', '1e3'],
    ['0', '0'],
    ['2000', '2k'],
    ['.', '0'],
    ['+Ki', '0'],
    ['m', '0'],
  ];
  for (const [text, stored] of cases) t.equal(storedQuantity(text), stored, text);
  t.end();
});

t.test('what the server takes for canonical comes back as it was written', (t) => {
  for (const text of ['+5', '005', '1.500', '5E0', '3Ki', '+3Ki', '12E3']) t.equal(storedQuantity(text), text);
  t.end();
});

t.test('what is no quantity is refused in the words of the server', (t) => {
  const shape = /^quantities must match the regular expression/;
  for (const text of ['', 'text', '1.2.3', '1 Gi', '0x1', '1KI'])
    t.throws(() => storedQuantity(text), { message: shape });
  for (const text of ['1ki', '--1', '1mm', '1e', '1iK']) {
    t.throws(() => storedQuantity(text), { message: "unable to parse quantity's suffix" }, text);
  }
  t.end();
});

t.test('amounts of resources are rounded away from zero to thousandths', (t) => {
  const cases: [text: string, stored: string][] = [
    ['1n', '1m'],
    ['-1n', '-1m'],
    ['1500u', '2m'],
    ['1.500', '1.500'],
    ['64Mi', '64Mi'],
  ];
  for (const [text, stored] of cases) t.equal(roundedToMilli(text), stored, text);
  t.end();
});
