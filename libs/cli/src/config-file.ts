import { readFile } from 'node:fs/promises';

import { LineCounter, isAlias, isMap, isNode, isScalar, parseDocument } from 'yaml';
import type { Document, YAMLMap } from 'yaml';

import { CliError } from './errors.ts';
import type { Problem } from './errors.ts';
import { fileFailure } from './file-failure.ts';
import { excerptOf } from './source-excerpt.ts';
import { didYouMean } from './suggest.ts';

/** A place in a config file: `file:line:column`, and the line with a caret. */
export interface SourcePlace {
  readonly where: string;
  readonly excerpt: string;
}

/** One key of a section. */
export interface ConfigValue extends SourcePlace {
  /** Plain data: maps are objects, lists are arrays. */
  readonly value: unknown;
  /** The place of the key, for problems that are not about the value. */
  readonly key: SourcePlace;
  /** The place of a part of the value: map keys and list indexes lead to it. */
  locate(path: readonly (string | number)[]): SourcePlace;
}

/** What a config file says for one controller. */
export interface ConfigSection {
  readonly name: string;
  readonly values: ReadonlyMap<string, ConfigValue>;
}

export interface ConfigFile {
  readonly path: string;
  /** The section of a controller; `undefined` when the file has none. */
  section(name: string): ConfigSection | undefined;
  readonly sections: readonly ConfigSection[];
}

/** The controllers that a config file may have a section for. */
export const SECTIONS: readonly string[] = ['downscaler', 'janitor', 'prioritizer', 'recommender'];

/**
 * Reads a config file: one section a controller, YAML or JSON. The values file of a chart is read as well, for its
 * `controllers.<name>.config`; and a file of janitor rules alone, as a janitor section that holds these `rules`.
 *
 * @throws CliError (exit code 3) with everything wrong in it, each with line, column and caret: bad YAML, a key given
 * twice, an unknown section, a section that is no map.
 */
export const loadConfigText = (text: string, { path }: { readonly path: string }): ConfigFile => {
  const source = new Source(text, path);
  const { contents } = source.document;
  const sections = contents === null || isNullScalar(contents) ? [] : source.sectionsOf(contents);
  if (source.problems.length > 0) throw new CliError(source.problems);
  return { path, sections, section: (name) => sections.find((section) => section.name === name) };
};

/** Reads the config file at `path`. @throws CliError when it cannot be read, and as `loadConfigText` does. */
export const readConfigFile = async (path: string): Promise<ConfigFile> => loadConfigText(await textOf(path), { path });

/**
 * Reads a file that is one map, as if it were one section: for files that go with a configuration.
 *
 * @throws CliError when it cannot be read, for bad YAML, a key given twice, and what is no map
 */
export const readSectionFile = async (path: string, name: string): Promise<ConfigSection> => {
  const source = new Source(await textOf(path), path);
  const section = source.sectionOf(name);
  if (!section) throw new CliError(source.problems);
  return section;
};

const textOf = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CliError([{ kind: 'invalid', where: path, message: `cannot be read: ${fileFailure(cause)}` }], { cause });
  }
};

const isNullScalar = (node: unknown): boolean => isScalar(node) && node.value === null;

/** In our words, where the parser's are for programmers. */
const FAULTS: { readonly [code: string]: string } = {
  DUPLICATE_KEY: 'this key is given twice',
  MULTIPLE_DOCS:
    'another document begins here: a file has one (leave out what follows, or put it into a file of its own)',
};

/** The parsed file, and the problems found in it so far. */
class Source {
  readonly document: Document.Parsed;
  readonly problems: Problem[] = [];
  readonly #text: string;
  readonly #path: string;
  readonly #lines = new LineCounter();

  constructor(text: string, path: string) {
    this.#text = text;
    this.#path = path;
    this.document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const { message, pos, code } of this.document.errors) {
      this.#report(pos, FAULTS[code] ?? `bad YAML: ${message}`);
    }
  }

  sectionsOf(contents: unknown): ConfigSection[] {
    if (this.problems.length > 0) return [];
    if (!isMap(contents)) {
      this.#report(rangeOf(contents), `the file is no map (allowed: a section each for ${SECTIONS.join(', ')})`);
      return [];
    }
    const controllers: unknown = contents.get('controllers');
    if (isMap(controllers)) return this.#chartSections(controllers);
    if (contents.items.length === 1 && contents.has('rules')) return [this.#section('janitor', contents)];
    return this.#mapEntries(contents).flatMap(([name, key, node]) =>
      this.#isSectionName(name, key) ? this.#sectionIn(name, node) : [],
    );
  }

  /** The whole file as one section; `undefined` where there are problems. */
  sectionOf(name: string): ConfigSection | undefined {
    const { contents } = this.document;
    if (isMap(contents)) return this.problems.length > 0 ? undefined : this.#section(name, contents);
    if (this.problems.length === 0) this.#report(rangeOf(contents), 'the file is no map');
    return undefined;
  }

  #chartSections(controllers: YAMLMap): ConfigSection[] {
    return this.#mapEntries(controllers).flatMap(([name, key, node]) => {
      if (!this.#isSectionName(name, key) || !isMap(node)) return [];
      return this.#sectionIn(name, node.get('config', true));
    });
  }

  #isSectionName(name: string, key: unknown): boolean {
    if (SECTIONS.includes(name)) return true;
    const allowed = didYouMean(name, SECTIONS) || ` (allowed: ${SECTIONS.join(', ')})`;
    this.#report(rangeOf(key), `unknown section "${name}"${allowed}`);
    return false;
  }

  #sectionIn(name: string, node: unknown): ConfigSection[] {
    if (node === undefined || isNullScalar(node)) return [];
    if (isMap(node)) return [this.#section(name, node)];
    this.#report(rangeOf(node), `section "${name}" is no map of options`);
    return [];
  }

  #section(name: string, map: YAMLMap): ConfigSection {
    const entries = this.#mapEntries(map).filter(([, , node]) => !isNullScalar(node));
    return { name, values: new Map(entries.map(([key, keyNode, node]) => [key, this.#value(keyNode, node)])) };
  }

  #value(key: unknown, node: unknown): ConfigValue {
    return {
      value: isNode(node) ? node.toJS(this.document) : node,
      key: this.#place(rangeOf(key)),
      ...this.#place(rangeOf(node)),
      locate: (path) => this.#place(rangeOf(descend(node, path))),
    };
  }

  #mapEntries(map: YAMLMap): [name: string, key: unknown, node: unknown][] {
    return map.items.map(({ key, value }) => [
      String(isScalar(key) ? key.value : key),
      key,
      isAlias(value) ? value.resolve(this.document) : value,
    ]);
  }

  #report(range: readonly [number, number], message: string): void {
    this.problems.push({ kind: 'invalid', ...this.#place(range), message });
  }

  #place([start, end]: readonly [number, number]): SourcePlace {
    const { line, col } = this.#lines.linePos(start);
    return {
      where: `${this.#path}:${line}:${col}`,
      excerpt: excerptOf(this.#text, { line, column: col, length: end - start }),
    };
  }
}

const rangeOf = (node: unknown): readonly [number, number] => {
  const range = isNode(node) ? node.range : undefined;
  return range ? [range[0], range[1]] : [0, 1];
};

const descend = (node: unknown, path: readonly (string | number)[]): unknown => {
  let deepest = node;
  for (const step of path) {
    const next: unknown = isNode(deepest) && 'get' in deepest ? deepest.get(step, true) : undefined;
    if (!isNode(next)) break;
    deepest = next;
  }
  return deepest;
};
