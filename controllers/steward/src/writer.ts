import { CliError, EXIT, confirm, printable, type Terminal } from '@kube-steward/cli';
import { isConflict, type Client, type KubeObject, type Resource } from '@kube-steward/kube';
import { applyDecision, describeObject, isChange, type Decision, type ObjectReference } from '@kube-steward/plan';
import { StewardError } from './errors.ts';

/** The field manager of what people write with this command. */
export const FIELD_MANAGER = 'kube-steward-cli';

/** How the writing commands go about it. */
export interface Consent {
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** One object, and what is to be written on it, worked out anew from whatever it holds. */
export interface Writing {
  /** May write. */
  readonly client: Client;
  readonly resource: Resource;
  readonly object: ObjectReference;
  readonly decide: (object: KubeObject) => Decision;
  /** One sentence below the patch: what that does. */
  readonly effect: string;
}

const MOST_CONFLICTS = 10;

/**
 * Shows the patch, asks, and writes it. A conflict is read again: when the patch is still the same it is written, else nobody
 * has agreed to it.
 *
 * @returns the exit code: 1 when the answer was no
 */
export const write = async (writing: Writing, consent: Consent, terminal: Terminal): Promise<number> => {
  const { client, resource, object, decide, effect } = writing;
  const name = { name: object.name, namespace: object.namespace };
  let current = await client.get(resource, name);
  const agreed = decide(current);
  if (!isChange(agreed))
    throw new CliError([{ kind: 'invalid', where: describeObject(object), message: agreed.message }]);
  terminal.out(`${patchText(agreed)}\n${effect}`);
  if (consent.dryRun) return EXIT.ok;
  if (!(await confirm(terminal, 'Write it?', consent))) {
    terminal.err('nothing was written');
    return EXIT.error;
  }
  for (let conflicts = 0; ; conflicts += 1) {
    const { uid, resourceVersion = '' } = current.metadata;
    try {
      await applyDecision(client, resource, agreed, { uid, resourceVersion, fieldManager: FIELD_MANAGER });
      terminal.out('written');
      return EXIT.ok;
    } catch (error) {
      if (!isConflict(error) || conflicts === MOST_CONFLICTS) throw error;
    }
    current = await client.get(resource, name);
    if (JSON.stringify(decide(current).changes) !== JSON.stringify(agreed.changes))
      throw new StewardError('Changed', `${describeObject(object)} was changed by somebody else meanwhile: look again`);
  }
};

/** The annotations that change, one a line. */
const patchText = ({ object, changes }: Decision): string =>
  [describeObject(object), ...changes.flatMap(({ path, from, to }) => lines(keyOf(path), from, to))].join('\n');

const lines = (key: string, from: unknown, to: unknown): string[] => [
  ...(from === undefined ? [] : [`  - ${key}: ${textOf(from)}`]),
  ...(to === undefined ? [] : [`  + ${key}: ${textOf(to)}`]),
];

const textOf = (value: unknown): string => printable(typeof value === 'string' ? value : JSON.stringify(value));

const keyOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replaceAll('~1', '/');
