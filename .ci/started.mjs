// What each scenario of the catalogue stands as once it is open, computed as the page is built: the page shows it while its worker
// still builds the same network. Kept between builds for as long as the programs are the same.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

const MODULE = 'virtual:started';
const KEPT = resolve('node_modules/.cache/hopscope/started');

/** Texts by scenario, from the programs as they are now. */
async function texts() {
  const outDir = join(KEPT, `build-${process.pid}`);
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: resolve('src/engine/worker/started-scenarios.ts'),
      outDir,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'main.mjs', codeSplitting: false } },
    },
  });
  const main = join(outDir, 'main.mjs');
  const of = createHash('sha256').update(readFileSync(main)).digest('hex').slice(0, 16);
  const file = join(KEPT, `${of}.json`);
  if (!existsSync(file)) {
    const { startedScenarios } = await import(pathToFileURL(main).href);
    const made = JSON.stringify([...(await startedScenarios())]);
    for (const name of readdirSync(KEPT)) if (name.endsWith('.json')) rmSync(join(KEPT, name));
    writeFileSync(file, made);
  }
  rmSync(outDir, { recursive: true, force: true });
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** A plugin of vite: the module `virtual:started` has the address of each scenario's file. None in development and tests. */
export function started() {
  let building = false;
  return {
    name: 'started',
    configResolved: ({ command }) => void (building = command === 'build'),
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    async load(id) {
      if (id !== `\0${MODULE}`) return null;
      if (!building) return 'export const STARTED = {};';
      mkdirSync(KEPT, { recursive: true });
      const entries = (await texts()).map(([name, source]) => {
        const file = this.emitFile({ type: 'asset', name: `${name}.json`, source });
        return `${JSON.stringify(name)}: import.meta.ROLLUP_FILE_URL_${file}`;
      });
      return `export const STARTED = { ${entries.join(', ')} };`;
    },
  };
}
