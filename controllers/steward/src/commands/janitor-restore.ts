import {
  CliError,
  EXIT,
  confirm,
  defineCommand,
  defineOptions,
  renderTable,
  type CommandContext,
  type Terminal,
} from '@kube-steward/cli';
import { ARCHIVE_LABEL, JANITOR_OPTIONS, openArchive, restorable, type Archived } from '@kube-steward/janitor';
import {
  discover,
  findResource,
  isAlreadyExists,
  isNotFound,
  type Client,
  type DiscoveredResource,
} from '@kube-steward/kube';
import { describeObject, type ObjectReference } from '@kube-steward/plan';
import { dump } from 'js-yaml';
import { apiFailure } from '../api-failure.ts';
import { StewardError } from '../errors.ts';
import { splitName } from '../find-object.ts';
import { ownMaps } from '../janitor-home.ts';
import { CLUSTER_OPTIONS, JANITOR_NAMESPACE, SCOPE_OPTIONS, WRITING_OPTIONS } from '../options.ts';
import { openWriter } from '../reader.ts';
import { FIELD_MANAGER } from '../writer.ts';

const { namespace, allNamespaces, config, showConfig } = SCOPE_OPTIONS;
const { archive, annotationPrefix } = JANITOR_OPTIONS;

const OPTIONS = defineOptions({
  ...JANITOR_NAMESPACE,
  ...WRITING_OPTIONS,
  ...CLUSTER_OPTIONS,
  ...{ namespace, allNamespaces, config, showConfig },
});

/** Of the janitor's options, those that tell where its archive is and what it left out are flags here. */
const SECTION = {
  ...Object.fromEntries(
    Object.entries(JANITOR_OPTIONS).map(([name, spec]) => [name, { ...spec, configOnly: true, hidden: true }]),
  ),
  archive: { ...archive, default: 'configmap' },
  annotationPrefix,
} as unknown as Omit<typeof JANITOR_OPTIONS, 'archive'> & {
  readonly archive: typeof archive & { readonly default: string };
};
const SECTIONS = { janitor: SECTION };
type Context = CommandContext<typeof OPTIONS, typeof SECTIONS>;

/** Makes an object that the janitor deleted again, out of its archive. */
export const janitorRestoreCommand = defineCommand({
  name: 'restore',
  summary: 'Bring back an object that the janitor deleted, from its archive. Shows it, and asks first.',
  description:
    'Makes an object again as it was when the janitor deleted it, without what made it due. Needs --archive where the janitor runs. Without KIND/NAME everything that is kept is listed, and nothing is written.',
  examples: [
    ['steward janitor restore', 'what is kept in ConfigMaps'],
    ['steward janitor restore deploy/web -n shop', 'makes it again'],
    ['steward janitor restore pvc/data --archive /var/lib/janitor --dry-run', 'from a folder; only shows the manifest'],
  ],
  arguments: [{ name: 'KIND/NAME' }],
  options: OPTIONS,
  sections: SECTIONS,
  async run(context) {
    const { options, env, terminal } = context;
    const writer = await openWriter({ cluster: options, env, onNotice: (notice) => terminal.err(notice) }, options);
    try {
      const kept = await keptIn(context, writer.client);
      const [asked] = context.arguments;
      return asked === undefined
        ? list(kept, terminal)
        : await restore(asked, kept, { context, client: writer.client });
    } catch (error) {
      throw apiFailure(error, writer.context);
    } finally {
      writer.close();
    }
  },
});

/** What the archive holds of the namespace asked for, the newest first. */
const keptIn = async ({ options, sections }: Context, client: Client): Promise<readonly Archived[]> => {
  const { archive: target } = sections.janitor;
  let home = options.janitorNamespace ?? '';
  if (target === 'configmap') {
    const [map] = await ownMaps(client, { labelSelector: `${ARCHIVE_LABEL}=janitor` }, options.janitorNamespace);
    if (!map) return [];
    home = map.metadata.namespace ?? '';
  }
  const kept = await openArchive({ target, client, namespace: home }).list();
  const only = options.allNamespaces ? undefined : options.namespace;
  return only === undefined ? kept : kept.filter(({ manifest: { metadata } }) => metadata.namespace === only);
};

const referenceOf = ({ manifest: { apiVersion = '', kind = '', metadata } }: Archived): ObjectReference => ({
  ...{ apiVersion, kind, name: metadata.name },
  ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
});

const list = (kept: readonly Archived[], terminal: Terminal): number => {
  const rows = kept.map((archived) => {
    const { kind, name, namespace: home = '' } = referenceOf(archived);
    return [home, `${kind}/${name}`, archived.deletedAt, archived.reason];
  });
  const text = renderTable(['namespace', 'object', 'deleted', 'reason'], rows, { width: terminal.width });
  terminal.out(rows.length === 0 ? 'nothing is kept' : text);
  return EXIT.ok;
};

interface Place {
  readonly context: Context;
  readonly client: Client;
}

const restore = async (asked: string, kept: readonly Archived[], { context, client }: Place): Promise<number> => {
  const { terminal, options, sections } = context;
  const { resource, name } = await askedFor(asked, client);
  const found = newest(kept.filter((each) => isOf(each, resource) && each.manifest.metadata.name === name));
  if (found.length === 0) throw new StewardError('NotFound', `no ${resource.kind}/${name} is kept in the archive`);
  const [archived, ...others] = found;
  if (!archived || others.length > 0) throw ambiguous(asked, found);
  const manifest = restorable(archived, sections.janitor.annotationPrefix);
  terminal.out(dump(manifest, { lineWidth: -1, noRefs: true }));
  terminal.err(`${describeObject(referenceOf(archived))} was deleted at ${archived.deletedAt} (${archived.reason})`);
  if (manifest.kind === 'Secret')
    terminal.err('warning: the values of a Secret are not kept: they have to be set again');
  if (manifest.kind === 'Namespace')
    terminal.err('warning: the namespace comes back empty: what was in it went with it, and was not kept');
  if (options.dryRun) return EXIT.ok;
  if (!(await confirm(terminal, 'Make it again?', options))) {
    terminal.err('nothing was written');
    return EXIT.error;
  }
  await make(client, resource, manifest);
  terminal.err('restored');
  return EXIT.ok;
};

const askedFor = async (asked: string, client: Client) => {
  const parts = splitName(asked);
  if (!parts)
    throw new CliError([
      { kind: 'usage', message: 'KIND/NAME names one object: deploy/web, persistentvolumeclaim/data' },
    ]);
  const resource = findResource((await discover(client)).resources, parts.kind);
  if (resource) return { resource, name: parts.name };
  throw new CliError([{ kind: 'invalid', where: 'KIND/NAME', message: `the server has no kind "${parts.kind}"` }]);
};

const isOf = ({ manifest: { apiVersion = '', kind } }: Archived, resource: DiscoveredResource): boolean =>
  kind === resource.kind && (apiVersion.includes('/') ? apiVersion.split('/')[0] : '') === resource.group;

/** Of an object that was deleted more than once, the last one. */
const newest = (kept: readonly Archived[]): readonly Archived[] => [
  ...new Map(kept.toReversed().map((each) => [each.manifest.metadata.namespace ?? '', each])).values(),
];

const ambiguous = (asked: string, found: readonly Archived[]): StewardError => {
  const all = found.map((each) => describeObject(referenceOf(each))).sort();
  return new StewardError('Ambiguous', `${asked} can be ${all.join(' or ')}: choose one with -n`);
};

const make = async (client: Client, resource: DiscoveredResource, manifest: Archived['manifest']): Promise<void> => {
  const { name, namespace: home } = manifest.metadata;
  try {
    await client.create(resource, manifest, { fieldManager: FIELD_MANAGER });
  } catch (error) {
    if (isAlreadyExists(error))
      throw new StewardError('Changed', `${resource.kind}/${name} is there again: nothing was written`, {
        cause: error,
      });
    if (isNotFound(error) && home !== undefined)
      throw new StewardError('NotFound', `namespace ${home} is not there: make it, or restore it, first`, {
        cause: error,
      });
    throw error;
  }
};
