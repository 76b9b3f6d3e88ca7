import { CORE_SCHEMA, Type, YAMLException, loadAll } from 'js-yaml';

/**
 * YAML as the API server's tools read it: the words of YAML 1.1 for true and false (an unquoted `yes` is no text), merge
 * keys, and times that stay texts.
 */
const KUBERNETES_SCHEMA = CORE_SCHEMA.extend({
  implicit: [
    new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (text: unknown) => text === '<<' }),
    new Type('tag:yaml.org,2002:bool', {
      kind: 'scalar',
      resolve: (text: unknown) => typeof text === 'string' && isBoolean(text),
      construct: (text: string) => /^[yto]/i.test(text) && !/^off$/i.test(text),
    }),
  ],
});

const BOOLEAN = /^(?:y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE|n|N|no|No|NO|off|Off|OFF|false|False|FALSE)$/;
/** Asked for every plain scalar of a file: most are longer. */
const isBoolean = (text: string): boolean => text.length <= 5 && BOOLEAN.test(text);

/** A text that is neither YAML nor JSON. */
export class UnparsableText extends Error {
  override readonly name = 'UnparsableText';
  /** Counts from 1. */
  readonly line: number | undefined;

  constructor(reason: string, cause: unknown) {
    super(`bad YAML: ${reason}`, { cause });
    const { mark } = cause as { readonly mark?: { readonly line: number } };
    this.line = mark && mark.line + 1;
  }
}

/** The documents of a text, YAML or JSON. @throws UnparsableText */
export const parseDocuments = (text: string): unknown[] => {
  if (/^\s*[{[]/.test(text)) {
    try {
      return [JSON.parse(text)];
    } catch {
      // JSON is YAML too, which tells the line of a mistake.
    }
  }
  try {
    return loadAll(text, undefined, { schema: KUBERNETES_SCHEMA });
  } catch (error) {
    if (error instanceof YAMLException) throw new UnparsableText(error.reason, error);
    if (error instanceof RangeError) throw new UnparsableText('nested too deeply', error);
    throw error;
  }
};
