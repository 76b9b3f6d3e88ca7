import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployment, namespace } from '@kube-steward/sandbox';
import { STEWARD_BUNDLE, bundleScript, figure, startScript, withFolder, type Bench } from './bench.ts';

const WORKLOADS = 10_000;

/** `steward plan` on 10,000 manifests, and on a cluster of 10,000 workloads and 50,000 pods. */
export const planBench: Bench = {
  name: 'plan',
  run: () =>
    withFolder(async (folder) => {
      const manifests = join(folder, 'manifests.yaml');
      writeFileSync(manifests, yamlOf());
      const offline = await measured(['plan', '--from', manifests, '--default-uptime=never', '-o', 'json']);
      const server = startScript(await bundleScript('sandbox-server', folder), ['50000', String(WORKLOADS)]);
      const { kubeconfig } = await server.next();
      const path = join(folder, 'config');
      writeFileSync(path, String(kubeconfig));
      const live = await measured(['plan', '--kubeconfig', path, '--default-uptime=never', '-o', 'json']);
      server.send('requests');
      const verbs = Object.keys(await server.next()).map((line) => line.split(' ')[0] ?? '');
      await server.stop();
      const writes = verbs.filter((verb) => !['get', 'list', 'other'].includes(verb));
      return [
        figure('steward plan --from, 10,000 workloads', offline.seconds, 3, 's'),
        figure('… resident at its peak', offline.peakMb, 300, 'MB'),
        figure('steward plan, 10,000 workloads and 50,000 pods', live.seconds, 10, 's'),
        {
          what: '… requests other than get and list',
          bar: 'none',
          reached: writes.join(', ') || 'none',
          met: writes.length === 0,
        },
      ];
    }),
};

const yamlOf = (): string => {
  const objects = [
    ...Array.from({ length: 200 }, (_, i) => namespace({ name: `team-${i}` })),
    ...Array.from({ length: WORKLOADS }, (_, i) =>
      deployment({ name: `api-${i}`, namespace: `team-${i % 200}`, replicas: 3 }),
    ),
  ];
  return objects.map((object) => `---\n${toYaml(object, '')}`).join('');
};

/** Block style, as tools write it: flow style would be read as JSON. */
const toYaml = (value: unknown, indent: string): string => {
  if (Array.isArray(value))
    return value.map((item) => `${indent}-\n${toYaml(item, `${indent}  `)}`).join('') || `${indent}[]\n`;
  if (typeof value === 'object' && value !== null)
    return (
      Object.entries(value)
        .map(([key, item]) =>
          typeof item === 'object' && item !== null
            ? `${indent}${JSON.stringify(key)}:\n${toYaml(item, `${indent}  `)}`
            : `${indent}${JSON.stringify(key)}: ${JSON.stringify(item)}\n`,
        )
        .join('') || `${indent}{}\n`
    );
  return `${indent}${JSON.stringify(value)}\n`;
};

/** Wall time and peak resident memory of one run of the bundle. */
const measured = (args: readonly string[]): Promise<{ seconds: number; peakMb: number }> =>
  new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(process.execPath, [STEWARD_BUNDLE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let peak = 0;
    const sample = setInterval(() => (peak = Math.max(peak, peakOf(child.pid))), 20);
    child.stdout.resume();
    child.once('close', (code) => {
      clearInterval(sample);
      if (code === 0) resolve({ seconds: (performance.now() - begun) / 1000, peakMb: peak });
      else reject(new Error(`steward ${args.join(' ')} ended with ${String(code)}`));
    });
  });

const peakOf = (pid: number | undefined): number => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
};
