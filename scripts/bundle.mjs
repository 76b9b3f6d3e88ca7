// Bundles the package in the current folder: src/main.ts -> dist/main.mjs, one file that runs with nothing beside it.
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

/**
 * What a bundle may weigh. A heavier one has pulled in something nobody meant to ship. The laptop command carries an in-memory
 * cluster (0.5 MB), which no controller does, and what every controller decides with: the janitor's expressions are 0.3 MB.
 */
const LARGEST_BUNDLE_BYTES = { controller: 1.5e6, '@kube-steward/steward': 2.4e6 };

/** CommonJS dependencies inside an ES module need a `require`. */
const BANNER = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/**
 * client-node serves for the auth providers of a kubeconfig alone. Of what it imports, they never touch its generated API
 * (0.4 MB) and only the `Headers` of its fetch (0.4 MB with what that brings along).
 */
const slimClientNode = {
  name: 'slim-client-node',
  setup(build) {
    const stub = (filter, namespace, contents) => {
      build.onResolve({ filter }, ({ importer }) =>
        importer.includes('client-node') ? { path: namespace, namespace } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace }, () => ({ contents, loader: 'js' }));
    };
    stub(/^node-fetch$/, 'no-node-fetch', 'export const { Headers } = globalThis;');
    stub(
      /gen\/index\.js$/,
      'no-generated-api',
      'export const createConfiguration = undefined, ServerConfiguration = undefined;',
    );
  },
};

const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const { metafile } = await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Names stay as they are, so that stack traces can be read. `keepNames` would set the name of every closure at run time.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
  metafile: true,
  plugins: [slimClientNode],
  banner: { js: BANNER },
  define: { 'process.env.KUBE_STEWARD_VERSION': JSON.stringify(version) },
  logLevel: 'warning',
});
writeFileSync('dist/meta.json', JSON.stringify(metafile));

const { bytes } = metafile.outputs['dist/main.mjs'];
process.stdout.write(`${name} ${(bytes / 1e6).toFixed(2)} MB\n`);
const largest = LARGEST_BUNDLE_BYTES[name] ?? LARGEST_BUNDLE_BYTES.controller;
if (bytes > largest) {
  process.stderr.write(`${name}: the bundle is ${bytes} bytes, more than ${largest}\n`);
  process.exit(1);
}
