import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleScript, figure, percentile, startScript, withFolder, type Bench, type Script } from './bench.ts';

/** Watch events over TLS, at a steady rate and in a burst. */
export const watchBench: Bench = {
  name: 'watch',
  run: () =>
    withFolder(async (folder) => {
      const server = startScript(await bundleScript('sandbox-server', folder), ['0', '2000', '100', 'small']);
      const { kubeconfig } = await server.next();
      const path = join(folder, 'config');
      writeFileSync(path, String(kubeconfig));
      const client = startScript(await bundleScript('watch-client', folder), [path]);
      await client.next();
      const steady = await churned(server, client, 2000, 10);
      const burst = await churned(server, client, 8000, 5);
      await client.stop();
      await server.stop();
      return [
        figure(`2,000 small events a second (${steady.perSecond} reached), of one core`, steady.share * 100, 35, '%'),
        figure(
          `8,000 events a second for 5 s (${burst.perSecond} reached), p99 behind`,
          percentile(burst.lags, 0.99),
          100,
          'ms',
        ),
        figure('… of one core', burst.share * 100, 90, '%'),
        {
          what: '… the store equals the server',
          bar: 'equal',
          reached: burst.equal ? 'equal' : 'behind',
          met: burst.equal,
        },
      ];
    }),
};

interface Churned {
  readonly lags: number[];
  readonly share: number;
  readonly equal: boolean;
  readonly perSecond: number;
}

const churned = async (server: Script, client: Script, perSecond: number, seconds: number): Promise<Churned> => {
  client.send('begin');
  await client.next();
  const begun = performance.now();
  server.send(`churn ${perSecond} ${seconds}`);
  const { revision, done } = await server.next();
  const took = (performance.now() - begun) / 1000;
  await new Promise((resolve) => setTimeout(resolve, 500));
  client.send('end');
  const { lags, share, newest } = (await client.next()) as { lags: number[]; share: number; newest: number };
  return { lags, share, equal: String(newest) === revision, perSecond: Math.round(Number(done) / took) };
};
