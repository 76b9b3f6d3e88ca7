import { PassThrough } from 'node:stream';
import t from 'tap';
import { confirm } from '../src/confirm.ts';
import { createTerminal, type Terminal } from '../src/terminal.ts';

const at = (input: string | undefined, isTTY = true): { terminal: Terminal; asked: () => string } => {
  let written = '';
  const stdin = Object.assign(new PassThrough(), { isTTY });
  if (input === undefined) stdin.end();
  else stdin.write(input);
  const stderr = { write: (text: string) => (written += text) };
  return { terminal: createTerminal({ stdout: stderr, stderr, stdin, env: {} }), asked: () => written };
};

t.test('goes on when somebody says yes, and with nothing else', async (t) => {
  for (const [answer, expected] of [
    ['y\n', true],
    ['Yes\n', true],
    [' y \r\n', true],
    ['n\n', false],
    ['\n', false],
    ['yet\n', false],
    [undefined, false],
  ] as const) {
    const { terminal, asked } = at(answer);
    t.equal(await confirm(terminal, 'Go on?', { yes: false }), expected, JSON.stringify(answer));
    t.equal(asked(), 'Go on? [y/N] ');
  }
});

t.test('asks nobody with --yes, and refuses where nobody can be asked', async (t) => {
  const { terminal, asked } = at('n\n', false);
  t.equal(await confirm(terminal, 'Go on?', { yes: true }), true);
  await t.rejects(confirm(terminal, 'Go on?', { yes: false }), {
    exitCode: 64,
    message: /--yes goes on without asking/,
  });
  t.equal(await terminal.ask('What?'), undefined);
  t.equal(asked(), '');
});

t.test('two questions one after the other', async (t) => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const out = { write: () => true };
  const terminal = createTerminal({ stdout: out, stderr: out, stdin, env: {} });
  stdin.write('y\n');
  t.equal(await confirm(terminal, 'One?', { yes: false }), true);
  stdin.write('n\n');
  t.equal(await confirm(terminal, 'Two?', { yes: false }), false);
});
