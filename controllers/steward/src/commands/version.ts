import { EXIT, defineCommand } from '@kube-steward/cli';
import { VERSION } from '../version.ts';

/** The version of this command. */
export const versionCommand = defineCommand({
  name: 'version',
  summary: 'Print the version.',
  run({ terminal }) {
    terminal.out(`steward ${VERSION} (node ${process.versions.node})`);
    return EXIT.ok;
  },
});
