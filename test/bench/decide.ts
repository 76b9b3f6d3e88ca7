import { bundleScript, figure, startScript, withFolder, type Bench } from './bench.ts';

/** Decisions on 10,000 workloads: a whole sweep once, and many on end. */
export const decideBench: Bench = {
  name: 'decide',
  run: () =>
    withFolder(async (folder) => {
      const { sweepMs, up, down } = await startScript(await bundleScript('decide-client', folder), []).next();
      return [
        figure('10,000 workloads crossing a transition, decided', Number(sweepMs), 100, 'ms'),
        figure('decide() a second, next transition included, all up', Number(up), 1, 'M/s', true),
        figure('decide() a second, next transition included, all going down', Number(down), 1, 'M/s', true),
      ];
    }),
};
