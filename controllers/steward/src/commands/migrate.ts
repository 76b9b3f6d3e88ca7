import { defineCommand } from '@kube-steward/cli';
import { migrateCheckCommand } from './migrate-check.ts';

/** What to know before one of the tools that people come from is replaced. */
export const migrateCommand = defineCommand({
  name: 'migrate',
  summary: 'Compare a tool you come from with what takes its place. Changes nothing.',
  commands: [migrateCheckCommand],
});
