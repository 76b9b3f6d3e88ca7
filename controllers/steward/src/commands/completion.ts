import { EXIT, SHELLS, completionScript, defineCommand, type Shell } from '@kube-steward/cli';

/** The script that makes a shell complete this command. */
export const completionCommand = defineCommand({
  name: 'completion',
  summary: 'Print the completion script of a shell.',
  examples: [['source <(steward completion bash)', 'complete in this bash']],
  arguments: [{ name: 'SHELL', required: true, choices: SHELLS }],
  run({ terminal, arguments: [shell] }) {
    terminal.out(completionScript(shell as Shell, { command: 'steward' }));
    return EXIT.ok;
  },
});
