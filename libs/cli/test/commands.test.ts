import { execFileSync } from 'node:child_process';

import t from 'tap';

import {
  COLOR_CHOICES,
  EXIT,
  boolean,
  choice,
  complete,
  completionReply,
  completionScript,
  defineCommand,
  duration,
  integer,
  list,
  loadConfigText,
  runCommand,
  text,
} from '../src/index.ts';
import { fakeTerminal } from './fake-terminal.ts';

const downscaler = {
  defaultUptime: { type: text, default: 'always', env: ['DEFAULT_UPTIME'], description: 'When up.' },
  gracePeriod: { type: duration, default: 900_000, description: 'Youth to be left alone.' },
  interval: { type: text, deprecated: 'nothing polls', description: '' },
};

const plan = defineCommand({
  name: 'plan',
  summary: 'What would change now.',
  options: {
    config: { type: text, description: 'Config file.', complete: 'files' },
    context: { type: text, description: 'Context.', complete: () => Promise.resolve(['prod-eu', 'prod-us', 'test']) },
    output: { type: choice(['table', 'json']), default: 'table', short: 'o', description: 'Format.' },
    kinds: { type: { ...list, choices: ['pods', 'jobs'] }, description: 'Kinds.' },
    color: { type: choice(COLOR_CHOICES), default: 'auto', description: 'Colour.' },
    showConfig: { type: boolean, description: 'Print all values.' },
  },
  sections: { downscaler },
  arguments: [{ name: 'CONTROLLER', variadic: true, choices: ['downscaler', 'janitor'] }],
  examples: [['steward plan -o json', 'for programs']],
  run: ({ options, sections, arguments: words, terminal }) => {
    const grace: number = sections.downscaler.gracePeriod;
    if (options.color === 'always') terminal.out(terminal.style('red', 'colour'));
    terminal.out(JSON.stringify([options.output, sections.downscaler.defaultUptime, grace, words]));
    return EXIT.ok;
  },
});

const root = defineCommand({
  name: 'steward',
  summary: 'Shows what the controllers would do.',
  commands: [
    plan,
    defineCommand({
      name: 'schedule',
      summary: 'Transitions.',
      arguments: [],
      run: () => EXIT.changes,
      commands: [
        defineCommand({
          name: 'test',
          summary: 'Checks a window.',
          options: { at: { type: text, description: 'Time.' }, retries: { type: integer(), description: 'Tries.' } },
          arguments: [{ name: 'SPEC', required: true }],
          run: ({ arguments: [spec], options, terminal }) => {
            terminal.out(`${spec ?? ''} at ${options.at ?? 'now'}`);
            return EXIT.ok;
          },
        }),
      ],
    }),
    defineCommand({
      name: 'crash',
      summary: 'Crashes.',
      hidden: true,
      run: () => {
        throw new TypeError('x is undefined');
      },
    }),
    defineCommand({
      name: 'fail',
      summary: 'Fails.',
      hidden: true,
      run: () => {
        throw new Error('no such cluster');
      },
    }),
  ],
});

const CONFIG = 'downscaler: {defaultUptime: file}';

const run = async (line: string, env: Record<string, string> = {}, yaml = CONFIG) => {
  const terminal = fakeTerminal();
  const code = await runCommand(root, {
    argv: line === '' ? [] : line.split(' '),
    env,
    terminal,
    onlyOwnEnv: true,
    readConfig: (path) => Promise.resolve(path).then(() => loadConfigText(yaml, { path })),
  });
  return { code, out: terminal.written.out, err: terminal.written.err };
};

t.test('runs the command that the words name, wherever its flags stand', async (t) => {
  t.match(await run('plan'), { code: 0, out: '["table","always",900000,[]]\n' });
  t.match(await run('-o json plan downscaler janitor'), { out: '["json","always",900000,["downscaler","janitor"]]\n' });
  t.match(await run('plan downscaler --grace-period=1m'), { out: '["table","always",60000,["downscaler"]]\n' });
  t.match(await run('schedule test --at x always'), { out: 'always at x\n' });
  t.match(await run('schedule --at x test always'), { out: 'always at x\n' }, 'a value in front is no command');
  t.match(await run('schedule'), { code: EXIT.changes }, 'a group with an action of its own');
});

t.test('sections of the config file, under flags and environment', async (t) => {
  t.match(await run('plan --config f.yaml'), { out: '["table","file",900000,[]]\n' });
  t.match(await run('plan --config f.yaml --default-uptime flag'), { out: '["table","flag",900000,[]]\n' });
  t.match(
    await run('plan', { DEFAULT_UPTIME: 'x' }),
    { out: '["table","always",900000,[]]\n' },
    'names of other tools',
  );
  t.match(await run('plan', { KUBE_STEWARD_DEFAULT_UPTIME: 'x' }), { out: '["table","x",900000,[]]\n' });
  t.match(await run('plan --interval 30'), { code: 0, err: 'notice: --interval has no effect: nothing polls\n' });
});

t.test('problems of all sources are printed at once, on standard error', async (t) => {
  const { code, out, err } = await run(
    'plan --config f.yaml --output xml',
    { KUBE_STEWARD_GRACE_PERIOD: 'x' },
    'downscaler: {a: 1}',
  );
  t.equal(code, EXIT.invalid);
  t.equal(out, '');
  t.match(err, /error: --output: "xml" is not allowed \(allowed: table, json\)\n/);
  t.match(err, /error: f.yaml:1:14 {2}unknown key "a" in section "downscaler"\n/);
  t.match(err, /error: KUBE_STEWARD_GRACE_PERIOD: "x" is no duration/);
  t.match(await run('plan --config f.yaml', {}, 'downscaller: {}'), { code: 3, err: /did you mean downscaler/ });
});

t.test('wrong shapes end with 64, a suggestion and the usage', async (t) => {
  const rows: [line: string, message: string][] = [
    ['pln', 'error: unknown command "pln" (did you mean plan?)\nsee steward --help\n'],
    ['xyzzy', 'error: unknown command "xyzzy" (commands: plan, schedule)\nsee steward --help\n'],
    [
      'plan --ouput json',
      'error: unknown flag --ouput (did you mean --output?)\nusage: steward plan [CONTROLLER...] [flags]; see steward plan --help\n',
    ],
    ['plan downscalr', 'error: "downscalr" is not allowed (allowed: downscaler, janitor) (did you mean downscaler?)\n'],
    ['schedule test', 'error: SPEC is missing\n'],
    ['schedule test a b', 'error: unexpected argument "b"\n'],
  ];
  for (const [line, message] of rows) {
    const { code, err, out } = await run(line);
    t.equal(code, EXIT.usage, line);
    t.equal(out, '');
    t.ok(err.startsWith(message), `${line}: ${err}`);
  }
});

t.test('help is data on standard output, wherever it is asked for', async (t) => {
  for (const line of ['plan --help', 'plan -h -o json', '--help plan', 'help plan', 'plan --nonsense -h']) {
    const { code, out } = await run(line);
    t.equal(code, EXIT.ok, line);
    t.match(out, /^Usage: steward plan \[CONTROLLER\.\.\.\] \[flags\]\n\nWhat would change now\.\n/, line);
  }
  const { out } = await run('plan --help');
  t.match(out, /Options of the downscaler:\n {6}--default-uptime <text> +When up\. \(default: always\)\n/);
  t.match(out, /Examples:\n {2}# for programs\n {2}steward plan -o json\n$/);
  const group = await run('--help');
  t.match(group.out, /Commands:\n {2}plan +What would change now\.\n {2}schedule +Transitions\.\n/);
  t.notMatch(group.out, /fail/, 'a hidden command');
  t.match(await run('schedule test -- --help'), { code: 0, out: '--help at now\n' }, 'behind -- it is an argument');
  t.match(await run(''), { code: EXIT.usage, out: '', err: /^Usage: steward COMMAND/ });
});

t.test('--color overrides what the terminal decided', async (t) => {
  t.ok((await run('plan --color=always')).out.startsWith('\u001b[31mcolour\u001b[39m\n'));
});

t.test('whatever a command throws is one line and exit code 1', async (t) => {
  t.match(await run('fail'), { code: EXIT.error, out: '', err: 'error: no such cluster\n' });
  t.match(
    await run('crash'),
    { code: EXIT.error, err: /^error: TypeError: x is undefined\n +at / },
    'but for our own faults',
  );
});

t.test('shows every value and where it came from', async (t) => {
  const { out } = await run('plan --show-config --config f.yaml -o json');
  t.match(out, /--output +json +flag\n/);
  t.match(out, /\ndownscaler\n/);
  t.match(out, /--default-uptime +file +config f\.yaml:1:29\n/);
});

t.test('completes commands, flags, values, arguments and live names', async (t) => {
  const rows: [words: string[], values: string[], files?: boolean][] = [
    [[''], ['plan', 'schedule']],
    [['sch'], ['schedule']],
    [['schedule', ''], ['test']],
    [['plan', '--o'], ['--output']],
    [
      ['plan', '-o', ''],
      ['table', 'json'],
    ],
    [['plan', '--output=j'], ['--output=json']],
    [['plan', '--kinds', 'pods,j'], ['pods,jobs']],
    [
      ['plan', '--context', 'prod'],
      ['prod-eu', 'prod-us'],
    ],
    [['plan', '--config', ''], [], true],
    [['plan', 'downscaler', ''], ['janitor']],
    [['plan', '--default'], ['--default-uptime']],
    [['nonsense', ''], []],
    [['schedule', 'test', 'always', ''], []],
  ];
  for (const [words, values, files = false] of rows) {
    const { candidates, files: offersFiles } = await complete(root, words);
    t.strictSame(
      candidates.map(({ value }) => value),
      values,
      words.join(' '),
    );
    t.equal(offersFiles, files);
  }
  t.equal(await completionReply(root, ['sch']), 'schedule\tTransitions.\n:4\n');
  t.match(await run('__complete plan --config x'), { code: 0, out: ':0\n' });
});

t.test('the bash script asks the command and offers what bash replaces', (t) => {
  const script = `${completionScript('bash', { command: 'steward' })}
    steward() { printf '[%s]' "$@" >&2; printf -- "$ANSWER"; }
    COMP_LINE="$1" COMP_POINT=\${#1}
    _steward_complete
    printf '%s\n' "\${COMPREPLY[@]}"`;
  const completeLine = (line: string, answer: string): string[] =>
    execFileSync('bash', ['--norc', '-c', script, 'bash', line], { encoding: 'utf8', env: { ANSWER: answer } })
      .trimEnd()
      .split('\n');
  t.strictSame(completeLine('steward sch', 'schedule\tTransitions.\n:4\n'), ['schedule']);
  t.strictSame(completeLine('steward plan --output=', '--output=json\n--output=yaml\n:4\n'), ['json', 'yaml']);
  t.ok(completeLine('steward plan --config=/etc/host', ':0\n').includes('/etc/hosts'), 'files');
  t.strictSame(completeLine('steward plan ', 'janitor\n:4\n'), ['janitor']);
  t.end();
});

t.test('scripts call the command itself', (t) => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    t.match(completionScript(shell, { command: 'kubectl-steward' }), /kubectl-steward __complete/);
  }
  t.end();
});
