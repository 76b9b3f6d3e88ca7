import t from 'tap';
import { nextLook } from '../src/late.ts';

const [WOKEN, LATE] = [Date.parse('2026-11-20T06:30:00Z'), Date.parse('2026-11-20T06:40:00Z')];
const late = { cause: 'image', at: LATE, version: '7' } as const;

t.test('when the cause of what is late is looked for again', (t) => {
  for (const [title, looked, version, expected] of [
    ['never looked for', undefined, '7', -Infinity],
    ['nothing of it has changed', late, '7', Date.parse('2026-11-20T06:50:00Z')],
    ['nor has it since', { ...late, at: Date.parse('2026-11-20T06:50:00Z') }, '7', Date.parse('2026-11-20T07:10:00Z')],
    ['it has changed', late, '8', Date.parse('2026-11-20T06:41:00Z')],
    ['it is gone', late, undefined, Date.parse('2026-11-20T06:41:00Z')],
  ] as const)
    t.equal(nextLook(WOKEN, looked, version), expected, title);
  t.end();
});
