import t from 'tap';
import { runCases } from './run.ts';
import { serversToRun, startServer } from './servers.ts';
import { TOPICS } from './topics/index.ts';

for (const name of serversToRun()) {
  t.test(`${name} server`, async (t) => {
    await using server = await startServer(name);
    const outcomes = runCases(
      server,
      TOPICS.flatMap(({ cases }) => cases),
    );
    for (const topic of TOPICS)
      await t.test(topic.name, async (t) => {
        for (const each of topic.cases) await t.test(each.rule, async () => outcomes.get(each));
      });
  });
}
