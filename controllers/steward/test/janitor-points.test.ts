import { join } from 'node:path';
import type { Decision } from '@kube-steward/plan';
import t from 'tap';
import { NOW } from '../../janitor/test/decisions.ts';
import { DANGERS, KUBE_JANITOR, isAsSaid, type Row } from '../../janitor/test/points/index.ts';
import { steward } from './steward.ts';

const ROWS = [...KUBE_JANITOR, ...DANGERS].flatMap(({ rows }) => rows);

/** A folder with the manifests of a row, and its config file beside it. */
const folderOf = ({ objects, config }: Row) => ({
  manifests: { 'all.yaml': objects.map((each) => JSON.stringify(each)).join('\n---\n') },
  'config.yaml': JSON.stringify({ janitor: config }),
});

t.test('the command decides as the controller does, on everything that the controller is held to', async (t) => {
  const root = t.testdir(Object.fromEntries(ROWS.map((row, index) => [index, folderOf(row)])));
  const at = new Date(NOW).toISOString();
  for (const [index, row] of ROWS.entries()) {
    const folder = join(root, String(index));
    const args = ['--from', join(folder, 'manifests'), '--config', join(folder, 'config.yaml'), '--at', at];
    const { code, out, err } = await steward(['plan', 'janitor', ...args, '-o', 'json', '--show', 'all']);
    t.equal(code, 0, `${row.about}: ${err}`);
    isAsSaid(t, row, (JSON.parse(out) as { decisions: Decision[] }).decisions);
  }
});
