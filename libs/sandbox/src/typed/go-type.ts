import API_TYPES from './api-types.json' with { type: 'json' };

/** A type of the API as Go has it, as far as it decides how JSON is read and written. */
export type GoType =
  | { readonly of: 'string' | 'bool' | 'int32' | 'int64' | 'bytes'; readonly name: string }
  | { readonly of: 'quantity' | 'intOrString' | 'time' | 'microTime' | 'duration' | 'any' }
  | { readonly of: 'pointer'; readonly to: GoType }
  | { readonly of: 'list'; readonly items: GoType; readonly name: string }
  | { readonly of: 'map'; readonly values: GoType; readonly name: string }
  | { readonly of: 'struct'; readonly fields: ReadonlyMap<string, GoField>; readonly name: string };

/** A field of a struct. */
export interface GoField {
  readonly name: string;
  /** The names of the structs it is embedded in, which messages show before it. */
  readonly embeddedIn: readonly string[];
  readonly type: GoType;
  /** Left out of the JSON when there is nothing in it: never, when empty (a struct is never empty), or when zero. */
  readonly omit: 'never' | 'empty' | 'zero';
}

const STRUCTS: Readonly<Record<string, readonly string[]>> = API_TYPES.structs;
const KINDS: Readonly<Record<string, string>> = API_TYPES.kinds;

const structs = new Map<string, GoType>();

/** The type of a built-in kind; `undefined` for one whose objects are taken as they come. */
export const typeOf = (apiVersion: string, kind: string): GoType | undefined => {
  const name = KINDS[`${apiVersion} ${kind}`];
  return name === undefined ? undefined : structType(name);
};

/** Types refer to each other in circles: a struct is in the table before its fields are read. */
const structType = (name: string): GoType => {
  const known = structs.get(name);
  if (known) return known;
  const fields = new Map<string, GoField>();
  const type: GoType = { of: 'struct', fields, name: name.split('#', 1)[0] ?? name };
  structs.set(name, type);
  for (const text of STRUCTS[name] ?? []) {
    const field = parseField(text);
    fields.set(field.name, field);
  }
  return type;
};

const OMISSIONS = { '': 'never', '?': 'empty', '??': 'zero' } as const;

/** `ProbeHandler.httpGet? *v1.HTTPGetAction` */
const parseField = (text: string): GoField => {
  const [, path = '', mark = '', type = ''] = /^(.+?)(\??\??) (.+)$/.exec(text) ?? [];
  const embeddedIn = path.split('.');
  const name = embeddedIn.pop() ?? '';
  return { name, embeddedIn, type: parseType(type), omit: OMISSIONS[mark as keyof typeof OMISSIONS] };
};

const parseType = (text: string): GoType => {
  if (text.startsWith('*')) return { of: 'pointer', to: parseType(text.slice(1)) };
  if (text.startsWith('[]')) {
    const items = parseType(text.slice(2));
    return { of: 'list', items, name: `[]${nameOf(items)}` };
  }
  const [, mapName, inner] = /^\{(.*?)\}(.+)$/.exec(text) ?? [];
  if (inner !== undefined) {
    const values = parseType(inner);
    return { of: 'map', values, name: mapName || `map[string]${nameOf(values)}` };
  }
  const [base = '', name = base === 'bytes' ? '[]uint8' : base] = text.split(':');
  switch (base) {
    case 'string':
    case 'bool':
    case 'int32':
    case 'int64':
    case 'bytes':
      return { of: base, name };
    case 'quantity':
    case 'intOrString':
    case 'time':
    case 'microTime':
    case 'duration':
    case 'any':
      return { of: base };
    default:
      return structType(text);
  }
};

/** As messages show it. */
const nameOf = (type: GoType): string => ('name' in type ? type.name : type.of);

/** The metadata of every object. */
export const OBJECT_META: GoType = structType('v1.ObjectMeta');

const field = (name: string, type: GoType): [string, GoField] => [name, { name, embeddedIn: [], type, omit: 'never' }];
const TEXT: GoType = { of: 'string', name: 'string' };

/** The operations of a JSON patch. */
export const JSON_PATCH: GoType = {
  of: 'list',
  name: '[]handlers.jsonPatchOp',
  items: {
    of: 'struct',
    name: 'handlers.jsonPatchOp',
    fields: new Map([field('op', TEXT), field('path', TEXT), field('from', TEXT), field('value', { of: 'any' })]),
  },
};
