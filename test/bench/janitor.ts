import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { JANITOR_BUNDLE, bundleScript, figure, startScript, withFolder, type Bench } from './bench.ts';

const OBJECTS = 100_000;
const DUE = 50;
const IDLE_MS = 30_000;
const CALM_MS = 5000;

/** A large cluster of 40 kinds: what the janitor keeps of it, what it asks when nothing happens, and how punctual it is. */
export const janitorBench: Bench = {
  name: 'janitor',
  run: () =>
    withFolder(async (folder) => {
      const server = startScript(await bundleScript('janitor-server', folder), [String(OBJECTS)]);
      const { kubeconfig, kinds } = await server.next();
      const path = join(folder, 'config');
      writeFileSync(path, String(kubeconfig));
      const begun = performance.now();
      const janitor = spawn(
        process.execPath,
        [JANITOR_BUNDLE, `--kubeconfig=${path}`, '--health-port=0', '--qps=-1', '--no-leader-elect'],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await says(janitor, 'caches are filled');
      const seconds = (performance.now() - begun) / 1000;
      await sleep(CALM_MS);
      const residentMb = kilobytesOf(janitor, 'VmRSS') / 1024;
      const ask = async (command: string): Promise<Record<string, unknown>> => {
        server.send(command);
        return server.next();
      };
      await ask('requests');
      await sleep(IDLE_MS);
      const { asked } = (await ask('requests')) as { asked: string[] };
      await ask(`due ${DUE}`);
      await sleep(3 * CALM_MS);
      const { lateMs } = (await ask('late')) as { lateMs: number[] };
      janitor.kill('SIGTERM');
      await once(janitor, 'exit');
      await server.stop();
      if (lateMs.length !== DUE) throw new Error(`${lateMs.length} of ${DUE} were deleted`);
      return [
        figure(
          `${OBJECTS} objects of ${String(kinds)} kinds, 1 % with a deadline: resident after sync`,
          residentMb,
          150,
          'MB',
        ),
        { what: '… until everything was known', bar: '', reached: `${seconds.toFixed(1)} s`, met: true },
        figure('… requests in half an idle minute, beyond watches', asked.length, 0, ''),
        figure(`… the latest of ${DUE} deletes after its deadline`, Math.max(...lateMs), 1000, 'ms'),
      ];
    }),
};

/** Resolves when its log says so; goes on reading it. */
const says = (child: ChildProcess, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    if (!child.stdout) throw new Error('its output is not read');
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes(text)) resolve();
    });
    child.once('exit', () => reject(new Error(`it ended without saying "${text}"`)));
  });

const kilobytesOf = ({ pid = 0 }: ChildProcess, field: string): number =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
