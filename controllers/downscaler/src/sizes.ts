import type { FieldChange } from '@kube-steward/plan';
import type { JsonScalar, SizeForm } from './kinds.ts';
import {
  BEHAVIOURS,
  bound,
  count,
  currentReplicas,
  keyPaths,
  type DowntimeSize,
  type Fields,
  type FormBehaviour,
  type Standing,
} from './size-forms.ts';

/** What a form does, with the form filled in. */
const behaviour = (form: SizeForm): FormBehaviour<SizeForm> => BEHAVIOURS[form.form];

export const sizePaths = (form: SizeForm): readonly string[] => behaviour(form).paths(form);
export const downAction = (form: SizeForm): 'scaleDown' | 'suspend' => behaviour(form).actions[0];
export const upAction = (form: SizeForm): 'scaleUp' | 'resume' => behaviour(form).actions[1];
export const standingOf = (form: SizeForm, fields: Fields, wanted: DowntimeSize): Standing =>
  behaviour(form).standing(form, fields, wanted);
export const originalOf = (form: SizeForm, fields: Fields): string => behaviour(form).original(form, fields);
export const changeDown = (form: SizeForm, fields: Fields, wanted: DowntimeSize): FieldChange =>
  behaviour(form).down(form, fields, wanted);
export const changesUp = (form: SizeForm, fields: Fields, original: string): readonly FieldChange[] | undefined =>
  behaviour(form).up(form, fields, original);

const after = (fields: Fields, changes: readonly FieldChange[]): Fields => {
  const changed: Record<string, JsonScalar | undefined> = { ...fields };
  for (const { path, to } of changes) changed[path] = to as JsonScalar | undefined;
  return changed;
};

/** Nothing bounds the number, and it is written as one: by far the most objects, and nothing could be lost. */
const isPlainCount = (form: SizeForm, fields: Fields): boolean =>
  form.form === 'replicas' &&
  (form.max ?? form.least ?? form.autoscaledBy) === undefined &&
  Number.isInteger(fields[form.path]);

/** Whether what would be stored, read back by whoever wakes the object, gives exactly the fields it has now. */
export const comesBack = (form: SizeForm, fields: Fields, wanted: DowntimeSize): boolean => {
  if (isPlainCount(form, fields)) return true;
  const down = after(fields, [changeDown(form, fields, wanted)]);
  const way = changesUp(form, down, originalOf(form, fields));
  if (!way) return false;
  const back = after(down, way);
  return sizePaths(form).every((path) => back[path] === (fields[path] ?? countsAs(form, path)));
};

/** An absent field may come back as what it counts as. */
const countsAs = (form: SizeForm, path: string): number | undefined =>
  form.form === 'replicas' && path === form.path ? form.absent : undefined;

/** The field that holds the size of this very object. */
export const sizePath = (form: SizeForm, fields: Fields): string => {
  if (form.form === 'budget') return bound(form, fields).path;
  if (form.form !== 'selector') return form.path;
  const paths = keyPaths(form);
  return paths.find((path) => fields[path] !== undefined) ?? paths[0];
};

/** The size as it is written on the object. */
export const sizeText = (form: SizeForm, fields: Fields): string => {
  const value = fields[sizePath(form, fields)];
  if (Number.isNaN(value)) return 'an object or a list';
  return value === '' ? '""' : String(value ?? 'unset');
};

/** Which bound a budget uses; `undefined` for other forms. */
export const boundOf = (form: SizeForm, fields: Fields): string | undefined =>
  form.form === 'budget' ? lastKey(bound(form, fields).path) : undefined;

const lastKey = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Whether somebody wrote the other bound of a budget since its original was stored, which has no way back then. */
export const isSwitched = (form: SizeForm, fields: Fields, originalBound: string | undefined): boolean =>
  originalBound !== undefined && originalBound !== (boundOf(form, fields) ?? originalBound);

/** The raised downtime size of something that sleeps, never above its original; `undefined` where only one size is down. */
export const raisedTo = ({ form }: SizeForm, original: string, wanted: DowntimeSize): DowntimeSize | undefined => {
  if (form === 'pause' && original === '-1') return wanted;
  const most = count(original);
  if (most === undefined || (form !== 'replicas' && form !== 'pause')) return undefined;
  return { count: Math.min(most, wanted.count), percent: false };
};

/** The number of replicas an object runs, for savings and messages; `undefined` for kinds that do not count any. */
export const replicasOf = (form: SizeForm, fields: Fields): number | undefined =>
  form.form === 'replicas' ? currentReplicas(form, fields) : undefined;
