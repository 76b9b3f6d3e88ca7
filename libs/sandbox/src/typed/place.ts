import type { GoField } from './go-type.ts';

/** Where in an object a value is. */
export type Place = { readonly parent?: Place } & (
  | { readonly of: 'field'; readonly field: GoField; readonly struct: string }
  | { readonly of: 'key'; readonly key: string }
  | { readonly of: 'index'; readonly index: number }
  | { readonly of: 'root' }
);

export const ROOT: Place = { of: 'root' };

/** `spec.containers[0].image` */
export const pathOf = (place: Place): string => {
  const before = place.parent ? pathOf(place.parent) : '';
  const dot = before === '' ? '' : '.';
  switch (place.of) {
    case 'field':
      return `${before}${dot}${place.field.name}`;
    case 'key':
      return `${before}${dot}${place.key}`;
    case 'index':
      return `${before}[${place.index}]`;
    case 'root':
      return '';
  }
};

/** `DeploymentSpec.spec.replicas`: the type that holds the field, and the fields on the way to it. */
export const goPathOf = (place: Place): string | undefined => {
  const fields = fieldsTo(place);
  const last = fields.at(-1);
  if (!last) return undefined;
  const names = fields.flatMap(({ field }) => [...field.embeddedIn, field.name]);
  return `${last.struct.slice(last.struct.indexOf('.') + 1)}.${names.join('.')}`;
};

const fieldsTo = (place: Place): (Place & { of: 'field' })[] => {
  const before = place.parent ? fieldsTo(place.parent) : [];
  return place.of === 'field' ? [...before, place] : before;
};
