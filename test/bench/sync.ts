import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bestOf, bundleScript, figure, startScript, withFolder, type Bench } from './bench.ts';

const PODS = 100_000;
const DEPLOYMENTS = 10_000;

interface Synced {
  readonly seconds: number;
  readonly peakMb: number;
  readonly stallMs: number;
}

/** The first sync of a large cluster over TLS, by a process that does nothing else. Best of three. */
export const syncBench: Bench = {
  name: 'sync',
  run: () =>
    withFolder(async (folder) => {
      const server = startScript(await bundleScript('sandbox-server', folder), [String(PODS), String(DEPLOYMENTS)]);
      const { kubeconfig } = await server.next();
      const path = join(folder, 'config');
      writeFileSync(path, String(kubeconfig));
      const client = await bundleScript('sync-client', folder);
      const best = await bestOf<Synced>(
        3,
        ({ seconds }) => seconds,
        async () => {
          const result = await startScript(client, [path]).next();
          if (result['objects'] !== PODS + DEPLOYMENTS) throw new Error(`synced ${String(result['objects'])} objects`);
          return result as unknown as Synced;
        },
      );
      await server.stop();
      const what = 'first sync of 100,000 pods and 10,000 deployments over TLS';
      return [
        figure(what, best.seconds, 14, 's'),
        figure('… resident at its peak', best.peakMb, 250, 'MB'),
        figure('… longest stall of the event loop', best.stallMs, 60, 'ms'),
      ];
    }),
};
