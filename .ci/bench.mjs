// Runs every benchmark in bench/, or those named, which get the numbers behind: `npm run bench [-- NAME ... [NUMBER ...]]`.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const words = process.argv.slice(2);
const numbers = words.filter((word) => /^\d+$/.test(word));
const names = words.filter((word) => !numbers.includes(word));
const files = readdirSync('bench').filter(
  (file) => file.endsWith('.ts') && (names.length === 0 || names.some((name) => file.startsWith(name))),
);
for (const file of files.toSorted()) {
  console.log(`\n${file}`);
  if (
    spawnSync(process.execPath, ['.ci/ts.mjs', `bench/${file}`, ...numbers], { stdio: 'inherit' }).status !==
    0
  )
    process.exitCode = 1;
}
