import type { Style } from '@kube-steward/cli';
import type { Zone } from '@kube-steward/schedule';

import type { PlanDocument, Show } from './plan.ts';
import type { PriceTable } from './prices.ts';
import { renderCsv } from './render-csv.ts';
import { renderHtml } from './render-html.ts';
import { renderJson, renderJsonLines } from './render-json.ts';
import { renderMarkdown } from './render-markdown.ts';
import { renderName } from './render-name.ts';
import { renderTable } from './render-table.ts';
import { renderWide } from './render-wide.ts';
import { renderYaml } from './render-yaml.ts';
import type { Savings } from './savings.ts';

export interface RenderOptions {
  /** `changes` (the default) hides decisions with the action `none`, and those alone. */
  readonly show?: Show;
  /** Whose wall time moments are told in. UTC when left out. */
  readonly zone?: Zone;
  /** No colour when left out. */
  readonly style?: Style;
  /** The terminal's width; nothing is cut when left out. */
  readonly width?: number | undefined;
  readonly noHeaders?: boolean;
  /** The API server's version, by context. */
  readonly serverVersion?: (context: string | undefined) => string | undefined;
  /** What the plan of a context frees. */
  readonly savings?: (context: string | undefined) => Savings | undefined;
  readonly prices?: PriceTable | undefined;
}

/** Plain text of a document, ending in a newline; empty when there is nothing to show. */
export type Renderer = (document: PlanDocument, options?: RenderOptions) => string;

/** Every output format by the name that `-o` takes. */
export const RENDERERS = {
  table: renderTable,
  wide: renderWide,
  json: renderJson,
  jsonl: renderJsonLines,
  yaml: renderYaml,
  name: renderName,
  html: renderHtml,
  markdown: renderMarkdown,
  csv: renderCsv,
} as const satisfies Record<string, Renderer>;

export type OutputFormat = keyof typeof RENDERERS;

/** The names of all output formats. */
export const OUTPUT_FORMATS = [
  'table',
  'wide',
  'json',
  'jsonl',
  'yaml',
  'name',
  'html',
  'markdown',
  'csv',
] as const satisfies readonly OutputFormat[];
