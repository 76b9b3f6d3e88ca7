/** The official compliance suite, from the folder that JMESPATH_COMPLIANCE names: `npm run compliance`. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { compileJmespath, type Json } from '../../src/jmespath/index.ts';

interface Suite {
  readonly given: Json;
  readonly cases: readonly {
    readonly expression: string;
    readonly result?: Json;
    readonly error?: string;
    readonly bench?: string;
  }[];
}

const folder = process.env['JMESPATH_COMPLIANCE'];
if (folder === undefined)
  throw new Error('JMESPATH_COMPLIANCE has to name the folder with the suite, a JSON file a topic');

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')))
  t.test(file, async (t) => {
    for (const { given, cases } of JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly Suite[])
      for (const { expression, result, error, bench } of cases) {
        const run = (): Json => compileJmespath(expression).evaluate(given);
        if (error !== undefined) t.throws(run, { name: 'JmespathError', code: error }, expression);
        else if (bench !== undefined) t.doesNotThrow(run, expression);
        else t.strictSame(run(), result, expression);
      }
  });
