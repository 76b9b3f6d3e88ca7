import { defineCommand } from '@kube-steward/cli';
import { ackCommand } from './janitor-ack.ts';
import { janitorRestoreCommand } from './janitor-restore.ts';

/** What concerns a janitor that runs. */
export const janitorCommand = defineCommand({
  name: 'janitor',
  summary: 'Let the janitor go on where it holds back, and bring back what it deleted.',
  commands: [ackCommand, janitorRestoreCommand],
});
