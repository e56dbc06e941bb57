// Everything: check, unit, property and golden tests, conformance floors, build and size, browser journeys.
// Ends with the totals on a line of their own.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';

const OUT = 'node_modules/.cache/hopscope';
mkdirSync(OUT, { recursive: true });
let passed = 0;
let failed = 0;
const npx = (tool, args, env = {}) =>
  spawnSync(process.execPath, [`node_modules/.bin/${tool}`, ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  }).status === 0;
const node = (args) => spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0;
const step = (name, good) => {
  if (good) passed += 1;
  else failed += 1;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${name}`);
};

step('check', node(['.ci/check.mjs']));

const unit = `${OUT}/unit.json`;
const unitGood = npx('vitest', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${unit}`]);
const report = JSON.parse(readFileSync(unit, 'utf8'));
passed += report.numPassedTests;
failed += report.numFailedTests;
if (!unitGood && report.numFailedTests === 0) failed += 1;
console.log(
  `${unitGood ? 'ok  ' : 'FAIL'} unit, property and golden tests: ${report.numPassedTests} passed, ${report.numFailedTests} failed`,
);

for (const folder of ['golden', '../shared/golden'])
  if (existsSync(folder))
    step(
      `conformance floor of ${folder === 'golden' ? 'golden' : 'the full golden data'}`,
      node(['.ci/floor.mjs', folder]),
    );

step('build', npx('vite', ['build', '--logLevel', 'warn']));
step('size budget', node(['.ci/size.mjs']));

const journeys = `${OUT}/journeys.json`;
const journeysGood = npx('playwright', ['test'], { PLAYWRIGHT_JSON_OUTPUT_NAME: journeys });
const stats = JSON.parse(readFileSync(journeys, 'utf8')).stats;
passed += stats.expected + stats.flaky;
failed += stats.unexpected;
if (!journeysGood && stats.unexpected === 0) failed += 1;
console.log(
  `${journeysGood ? 'ok  ' : 'FAIL'} browser journeys: ${stats.expected} passed, ${stats.unexpected} failed, ${stats.flaky} flaky`,
);

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
