import { VirtualClock } from '@kube-steward/schedule';
import fc from 'fast-check';
import t from 'tap';

import { createProgress, didYouMean, displayWidth, printable, renderTable, suggest, truncate } from '../src/index.ts';
import { editDistance } from '../src/suggest.ts';
import { fakeTerminal } from './fake-terminal.ts';

t.test('colour follows --color, then FORCE_COLOR, then NO_COLOR, then the terminal', (t) => {
  const rows: [options: Parameters<typeof fakeTerminal>[0], isColored: boolean][] = [
    [{ isTTY: true }, true],
    [{ isTTY: false }, false],
    [{ isTTY: true, env: { TERM: 'dumb' } }, false],
    [{ isTTY: true, env: { NO_COLOR: '1' } }, false],
    [{ isTTY: true, env: { NO_COLOR: '' } }, true],
    [{ isTTY: false, env: { FORCE_COLOR: '1' } }, true],
    [{ isTTY: true, env: { FORCE_COLOR: '0' } }, false],
    [{ isTTY: true, env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, true],
    [{ isTTY: true, color: 'never', env: { FORCE_COLOR: '1' } }, false],
    [{ isTTY: false, color: 'always', env: { NO_COLOR: '1' } }, true],
  ];
  for (const [options, isColored] of rows) {
    const { style, errStyle } = fakeTerminal(options);
    t.equal(style('red', 'x'), isColored ? '\u001b[31mx\u001b[39m' : 'x', JSON.stringify(options));
    t.equal(errStyle('red', 'x'), style('red', 'x'));
  }
  t.end();
});

t.test('text ends in one newline, and goes where it should', (t) => {
  const terminal = fakeTerminal();
  terminal.out('a');
  terminal.out('b\n');
  terminal.out('');
  terminal.err('c');
  t.strictSame(terminal.written, { out: 'a\nb\n', err: 'c\n' });
  t.equal(terminal.width, undefined, 'nothing is cut in a pipe');
  t.equal(fakeTerminal({ isTTY: true }).width, 80);
  t.end();
});

t.test('progress is one line of a terminal, not too often, taken away at the end', (t) => {
  const clock = new VirtualClock(0);
  const terminal = fakeTerminal({ isTTY: true });
  const progress = createProgress(terminal, clock, { label: 'reading pods', total: 3000 });
  progress.add(500);
  t.equal(terminal.written.err, '', 'short work shows nothing');
  clock.advance(500);
  progress.add(500);
  progress.add(500);
  t.equal(terminal.written.err, 'reading pods: 1000 of 3000');
  clock.advance(100);
  progress.add(500);
  terminal.err('warning');
  progress.done();
  t.equal(terminal.written.err, 'reading pods: 1000 of 3000\r\u001b[Kreading pods: 2000 of 3000\r\u001b[Kwarning\n');
  t.end();
});

t.test('progress writes nothing where there is no terminal', (t) => {
  const clock = new VirtualClock(0);
  const terminal = fakeTerminal();
  const progress = createProgress(terminal, clock, { label: 'reading pods' });
  clock.advance(10_000);
  progress.add(1);
  progress.done();
  t.equal(terminal.written.err, '');
  t.end();
});

t.test('tables have headings in capitals, three blanks between, none at the end', (t) => {
  const rows = [
    ['a', 'long name', '1'],
    ['日本', 'b', '22'],
    ['\u001b[31mred\u001b[39m', '', ''],
  ];
  t.equal(
    renderTable(['x', 'name', { header: 'n', align: 'right' }], rows),
    ['X      NAME         N', 'a      long name    1', '日本   b           22', '\u001b[31mred\u001b[39m', ''].join(
      '\n',
    ),
  );
  t.equal(renderTable(['x'], [['1']], { noHeaders: true }), '1\n');
  t.equal(renderTable(['x'], [], { noHeaders: true }), '');
  t.end();
});

t.test('the last column is cut to a given width, and only then', (t) => {
  const row = ['name', 'a sentence that is quite long'];
  t.equal(renderTable(['a', 'b'], [row], { width: 22, noHeaders: true }), 'name   a sentence tha…\n');
  t.equal(renderTable(['a', 'b'], [row], { noHeaders: true }), 'name   a sentence that is quite long\n');
  t.end();
});

t.test('width counts cells: wide characters two, marks and colours none', (t) => {
  const rows: [text: string, width: number][] = [
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['\u001b[1mx\u001b[22m', 1],
    ['🚀', 2],
    ['', 0],
  ];
  for (const [text, width] of rows) t.equal(displayWidth(text), width, JSON.stringify(text));
  t.equal(truncate('日本語', 4), '日…');
  t.equal(printable('a\u001b[31m\nb\u202e'), 'a [31m b ');
  t.end();
});

t.test('a cut text is never wider than asked', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
      const plain = printable(text);
      return displayWidth(truncate(plain, width)) <= Math.max(width, 1);
    }),
  );
  t.end();
});

t.test('suggestions', (t) => {
  const names = ['downscaler', 'janitor', 'prioritizer', 'recommender'];
  t.equal(suggest('downscaller', names), 'downscaler');
  t.equal(suggest('JANTIOR', names), 'janitor');
  t.equal(suggest('sandbox', names), undefined);
  t.equal(suggest('Fry', ['Mon', 'Fri']), 'Fri');
  t.equal(didYouMean('xyz', names), '');
  t.end();
});

t.test('edit distance is a metric-like count: zero for the same, symmetric, one for one slip', (t) => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      const distance = editDistance(a, b);
      return (
        distance === editDistance(b, a) && (distance === 0) === (a === b) && distance <= Math.max(a.length, b.length)
      );
    }),
  );
  fc.assert(
    fc.property(fc.string(), fc.nat(), (text, at) => {
      const index = at % (text.length + 1);
      return editDistance(text, `${text.slice(0, index)}x${text.slice(index)}`) === 1;
    }),
  );
  t.end();
});
