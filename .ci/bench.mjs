// Runs every benchmark in bench/, or those named: `npm run bench [-- NAME ...]`.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const names = process.argv.slice(2);
const files = readdirSync('bench').filter(
  (file) => file.endsWith('.ts') && (names.length === 0 || names.some((name) => file.startsWith(name))),
);
for (const file of files.toSorted()) {
  console.log(`\n${file}`);
  if (spawnSync(process.execPath, ['.ci/ts.mjs', `bench/${file}`], { stdio: 'inherit' }).status !== 0)
    process.exitCode = 1;
}
