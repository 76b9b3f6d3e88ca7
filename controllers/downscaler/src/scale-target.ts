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
 * A number as the down value makes a kind with replicas; anything else a switch that is taken away again when waking (a
 * boolean is turned over instead).
 *
 * @throws Error that says what came and what is allowed
 */
export const parseScaleTarget = (written: string): KindRow => {
  const match = SHAPE.exec(written.trim());
  const [, group = '', version, plural, path, down] = match ?? [];
  if (version === undefined || plural === undefined || path === undefined || down === undefined || down === '')
    throw new Error(`"${written}" is no scale target (${ALLOWED})`);
  const size = sizeForm(path, scalar(down));
  return {
    // The kind is not named on the command line; discovery or the manifests bring it, and until then the plural stands for it.
    resource: { group: group.replace('/', ''), version, plural, kind: plural, namespaced: true },
    size,
  };
};

const sizeForm = (path: string, down: JsonScalar): SizeForm => {
  if (typeof down === 'boolean') return { form: 'switch', path, down, up: !down };
  if (typeof down === 'string') return { form: 'switch', path, down };
  if (!Number.isInteger(down) || down < 0)
    throw new Error(`${down} is no size to go down to (allowed: a whole number from 0)`);
  return { form: 'replicas', path: path === SCALE_SUBRESOURCE ? '/spec/replicas' : path, least: down };
};
