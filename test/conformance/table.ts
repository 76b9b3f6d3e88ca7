/** Runs the suite on the real servers and on the sandbox, and writes what came out into the README. */
import { readFileSync, writeFileSync } from 'node:fs';
import { KUBERNETES_VERSIONS } from '../cluster/groups.ts';
import { runCases } from './run.ts';
import { startServer, type ServerName } from './servers.ts';
import { README, tableText, withTable, type Column } from './readme-table.ts';
import { TOPICS } from './topics/index.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const runOn = async (name: ServerName, title: string): Promise<Column> => {
  await using server = await startServer(name);
  const outcomes = runCases(
    server,
    TOPICS.flatMap(({ cases }) => cases),
  );
  const broken = new Set<string>();
  for (const [{ rule }, outcome] of outcomes)
    await outcome.catch((error: unknown) => {
      broken.add(rule);
      say(`${title}: ${rule}\n${String(error)}`);
    });
  say(`${title}: ${outcomes.size - broken.size} of ${outcomes.size} hold`);
  return { title, minor: server.minor, broken };
};

const columns: Column[] = [];
for (const [minor, version] of Object.entries(KUBERNETES_VERSIONS)) {
  process.env['KUBERNETES_VERSION'] = minor;
  columns.push(await runOn('real', version));
}
columns.push(await runOn('sandbox', 'sandbox'));
writeFileSync(README, withTable(readFileSync(README, 'utf8'), tableText(TOPICS, columns)));
process.exitCode = columns.some(({ broken }) => broken.size > 0) ? 1 : 0;
