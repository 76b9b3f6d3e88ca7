import { parsePointer } from '@kube-steward/kube';
import type { KindDefinition } from './kind-definitions.ts';
import type { JsonScalar, KindRow, SizeForm } from './kinds.ts';

/** `/scale` instead of a path: the custom resource definition says where the size is. */
export const SCALE_SUBRESOURCE = '/scale';

const SHAPE = /^([^/]+\/)?([^/]+)\/([^/:]+):(\/[^=]*)=(.*)$/;
const ALLOWED =
  'allowed: group/version/plural:path=down, such as example.org/v1/caches:/spec/replicas=0 or example.org/v1/jobs:/spec/suspend=true';

const scalar = (written: string): JsonScalar => {
  try {
    const value: unknown = JSON.parse(written);
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  } catch {
    // Not JSON: a bare word.
  }
  return written;
};

/**
 * One `--scale-target` as a row of the table of kinds.
 *
 * | down value | makes |
 * | --- | --- |
 * | a number | a kind with replicas |
 * | a boolean | a switch that is turned over when waking |
 * | anything else, and any value of an annotation | a text that becomes what it was when waking |
 *
 * @param definitions brings the kind and the path behind `/scale`; without its definition a kind goes by its plural
 * @throws Error that says what came and what is allowed
 */
export const parseScaleTarget = (written: string, definitions: readonly KindDefinition[] = []): KindRow => {
  const match = SHAPE.exec(written.trim());
  const [, slashed = '', version, plural, path, down] = match ?? [];
  if (version === undefined || plural === undefined || path === undefined || down === undefined || down === '')
    throw new Error(`"${written}" is no scale target (${ALLOWED})`);
  const group = slashed.replace('/', '');
  const definition = definitions.find((known) => known.group === group && known.plural === plural);
  return {
    resource: { group, version, plural, kind: definition?.kind ?? plural, namespaced: true },
    size: path === SCALE_SUBRESOURCE ? scaleForm(down, definition, version) : sizeForm(checkedPath(path), down),
  };
};

const scaleForm = (down: string, definition: KindDefinition | undefined, version: string): SizeForm =>
  replicasForm(definition?.scalePaths.get(version) ?? '/spec/replicas', scalar(down));

const sizeForm = (path: string, written: string): SizeForm => {
  if (path.startsWith('/metadata/')) return { form: 'switch', path, down: written };
  const down = scalar(written);
  if (typeof down === 'boolean') return { form: 'switch', path, down, up: !down };
  return typeof down === 'string' ? { form: 'switch', path, down } : replicasForm(path, down);
};

const replicasForm = (path: string, down: JsonScalar): SizeForm => {
  if (typeof down !== 'number' || !Number.isInteger(down) || down < 0)
    throw new Error(`${JSON.stringify(down)} is no size to go down to (allowed: a whole number from 0)`);
  return { form: 'replicas', path, least: down };
};

/** Where a merge patch can write, and where it makes sense: the desired state, or an annotation. */
const checkedPath = (path: string): string => {
  const keys = parsePointer(path);
  const [top, map] = keys;
  const isAnnotation = top === 'metadata' && map === 'annotations' && keys.length === 3;
  if (isAnnotation) return path;
  if (top === 'metadata' || top === 'status' || keys.includes(''))
    throw new Error(
      `"${path}" holds no size (allowed: /scale, a field such as /spec/replicas, /metadata/annotations/NAME)`,
    );
  if (keys.some((key) => /^(\d+|-)$/.test(key)))
    throw new Error(`"${path}" leads into a list, whose items cannot be changed one by one`);
  return path;
};
