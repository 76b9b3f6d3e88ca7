#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';

const bundle = new URL('../dist/main.mjs', import.meta.url);
if (existsSync(bundle)) {
  module.enableCompileCache?.();
  await import(bundle.href);
} else {
  process.stderr.write('steward is not built yet: run `npm run build` in the checkout first\n');
  process.exitCode = 1;
}
