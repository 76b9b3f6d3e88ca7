import { findZone } from '@kube-steward/schedule';
import t from 'tap';
import { Morning, type Progress } from '../src/morning.ts';

const BEGIN = Date.parse('2026-11-20T06:00:00Z');
const UNDERWAY: Progress = { state: 'underway' };
const after = (minutes: number): number => BEGIN + minutes * 60_000;
const back = (minutes?: number): Progress => ({ state: 'back', tookMs: minutes && minutes * 60_000 });
const incomplete = (cause: string): Progress => ({ state: 'incomplete', cause });

/** What each of these noted, one after the other at these minutes, comes to. */
const lineOf = (...notes: readonly (readonly [key: string, progress: Progress, minute: number])[]) => {
  const morning = new Morning(findZone('Europe/Berlin'));
  for (const [name, progress, minute] of notes) morning.note(`deployments.apps/shop/${name}`, progress, after(minute));
  return morning.outcome(after(60))?.message;
};

t.test('one line tells how a morning went', (t) => {
  const many = Array.from({ length: 7 }, (_, i) => [`job-${i}`, incomplete('quota'), 10] as const);
  for (const [title, line, expected] of [
    [
      'all back, with the slowest',
      lineOf(['a', UNDERWAY, 0], ['b', UNDERWAY, 0], ['a', back(1), 1], ['b', back(4), 4]),
      '2 of 2 awake at 07:04, slowest shop/b 4m',
    ],
    ['all back at once', lineOf(['a', UNDERWAY, 0], ['a', back(0), 0]), '1 of 1 awake at 07:00'],
    [
      'one is missing',
      lineOf(['a', UNDERWAY, 0], ['b', UNDERWAY, 0], ['a', back(1), 1], ['b', incomplete('image'), 10]),
      '1 of 2 awake at 07:10, slowest shop/a 1m; 1 incomplete: shop/b (image)',
    ],
    [
      'it comes back before the line is told',
      lineOf(['a', UNDERWAY, 0], ['a', incomplete('image'), 10], ['a', back(10), 10]),
      '1 of 1 awake at 07:10, slowest shop/a 10m',
    ],
    [
      'many are missing',
      lineOf(...many),
      '0 of 7 awake at 07:10; 7 incomplete: shop/job-0 (quota), shop/job-1 (quota), shop/job-2 (quota), shop/job-3 (quota), shop/job-4 (quota) and 2 more',
    ],
    [
      'what was back already when somebody looked again counts',
      lineOf(['a', back(), 2], ['b', UNDERWAY, 2], ['b', back(3), 3]),
      '2 of 2 awake at 07:03, slowest shop/b 3m',
    ],
    ['but makes no morning by itself', lineOf(['a', back(), 2], ['b', back(), 2]), undefined],
  ] as const)
    t.equal(line, expected, title);
  t.end();
});

t.test('it is over when nothing is underway', (t) => {
  const morning = new Morning();
  morning.note('a', UNDERWAY, 1);
  morning.note('b', UNDERWAY, 2);
  t.equal(morning.overSince, undefined);
  morning.note('a', back(1), 3);
  t.equal(morning.overSince, undefined);
  morning.note('b', incomplete('crash'), 4);
  t.equal(morning.overSince, 4);
  morning.note('b', UNDERWAY, 5);
  morning.note('b', UNDERWAY, 6);
  t.equal(morning.overSince, undefined);
  morning.drop('b');
  morning.drop('b');
  t.equal(morning.overSince, 6, 'what is gone is waited for no more');
  t.end();
});
