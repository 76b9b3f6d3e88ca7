// Bundles the package in the current folder: src/main.ts -> dist/main.mjs, one file that runs with nothing beside it.
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

/** What a controller's bundle may weigh. A heavier one has pulled in something nobody meant to ship. */
const LARGEST_BUNDLE_BYTES = 1.5e6;

/** CommonJS dependencies inside an ES module need a `require`. */
const BANNER = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const { metafile } = await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minify: true,
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
  metafile: true,
  banner: { js: BANNER },
  define: { 'process.env.KUBE_STEWARD_VERSION': JSON.stringify(version) },
  logLevel: 'warning',
});
writeFileSync('dist/meta.json', JSON.stringify(metafile));

const { bytes } = metafile.outputs['dist/main.mjs'];
process.stdout.write(`${name} ${(bytes / 1e6).toFixed(2)} MB\n`);
if (bytes > LARGEST_BUNDLE_BYTES) {
  process.stderr.write(`${name}: the bundle is ${bytes} bytes, more than ${LARGEST_BUNDLE_BYTES}\n`);
  process.exit(1);
}
