/**
 * The laptop command: what the controllers would do, and why, with nothing but a kubeconfig that can read.
 *
 * @example
 * const code = await runCommand(rootCommand, { argv: ['plan', '--from', 'manifests/'], env: process.env, terminal });
 */
export { rootCommand } from './root.ts';
export { readManifests, type ManifestProblem, type Manifests } from './manifests.ts';
