// Fails when agreement with recorded outputs falls below the recorded floor: `node .ci/floor.mjs FOLDER [--raise]`.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const FLOORS = '.ci/floors.json';
const [folder, flag] = process.argv.slice(2);
const key = folder === 'golden' ? 'golden' : 'full';
const run = spawnSync(
  process.execPath,
  ['.ci/ts.mjs', 'src/conformance/main.ts', '--golden', folder, '--json'],
  {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
if (run.status !== 0) process.exit(1);
const { kinds, failures } = JSON.parse(run.stdout);
const floors = JSON.parse(readFileSync(FLOORS, 'utf8'));
const floor = floors[key] ?? {};
let below = 0;
for (const [kind, { pass, total }] of Object.entries(kinds)) {
  const least = floor[kind] ?? 0;
  console.log(
    `  ${kind.padEnd(16)} ${String(Math.round(pass * 100) / 100).padStart(9)} / ${String(total).padEnd(7)} floor ${least}`,
  );
  if (pass < least) {
    below += 1;
    for (const failure of failures.filter((one) => one.kind === kind).slice(0, 5))
      console.log(`    ${failure.id}: ${failure.why}`);
  }
}
for (const kind of Object.keys(floor)) if (!(kind in kinds)) below += 1;
if (flag === '--raise') {
  for (const [kind, { pass }] of Object.entries(kinds)) floor[kind] = Math.max(floor[kind] ?? 0, pass);
  writeFileSync(FLOORS, `${JSON.stringify({ ...floors, [key]: floor }, null, 2)}\n`);
}
process.exit(below > 0 ? 1 : 0);
