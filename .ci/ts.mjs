// Bundles a TypeScript entry and runs it with Node: `node .ci/ts.mjs FILE [ARGUMENTS]`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { build } from 'vite';

const [file, ...args] = process.argv.slice(2);
if (!file) {
  console.error('usage: node .ci/ts.mjs FILE [ARGUMENTS]');
  process.exit(2);
}
const name = createHash('sha256').update(resolve(file)).digest('hex').slice(0, 12);
const outDir = resolve('node_modules/.cache/hopscope', `${name}-${process.pid}`);
await build({
  configFile: false,
  logLevel: 'error',
  build: {
    ssr: resolve(file),
    outDir,
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    sourcemap: 'inline',
    rolldownOptions: { output: { entryFileNames: 'main.mjs', codeSplitting: false } },
  },
});
const { rmSync } = await import('node:fs');
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', '--expose-gc', '--max-old-space-size=6000', `${outDir}/main.mjs`, ...args],
  { stdio: 'inherit' },
);
rmSync(outDir, { recursive: true, force: true });
process.exit(status ?? 1);
