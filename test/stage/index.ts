/**
 * A controller on the sandbox, over HTTP, with the time in the hands of the test: what it does is seen as a server sees it.
 *
 * @example
 * const stage = await createStage({ definition: JANITOR, at: '2026-11-20T19:00:00Z', objects: [namespace({ name: 'shop' })] });
 * await stage.start(['--delete-notification=1h']);
 * await stage.pass(60_000);
 * stage.writes({ verb: 'delete' });
 */
export { OWN_NAMESPACE, createStage, until, type Actor, type Stage, type StageOptions } from './stage.ts';
export { openWire, type Wire } from './wire.ts';
