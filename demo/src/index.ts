/**
 * The demo: a week passes on a virtual clock, in a believable cluster in memory, with the real downscaler talking to it over
 * HTTP; and before it a day in a smaller one with the janitor. `npm run demo` tells both on a terminal.
 *
 * `stage.ts` builds the cluster and starts the controller, `settle.ts` keeps the clock from running ahead of them,
 * `journal.ts` writes down what happens, `story.ts` tells it, `checks.ts` says whether it may be believed.
 *
 * @example
 * const { totals, exitCode } = await runDemo({ terminal: createTerminal(process), days: 1 });
 */
export { runDemo, type Demo, type DemoOptions } from './demo.ts';
export { runJanitorDemo, type JanitorDemo } from './janitor/demo.ts';
