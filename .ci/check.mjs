// Types, lint (layering and cycles included), format and unused code. Prints only what is wrong.
import { spawn } from 'node:child_process';

const CHECKS = [
  ['types of the core, without DOM', ['tsc', '-p', 'tsconfig.core.json']],
  ['types of the page', ['tsc', '-p', 'tsconfig.app.json']],
  ['types of tests and tools', ['tsc', '-p', 'tsconfig.node.json']],
  ['lint and layering', ['oxlint', '--type-aware', '--quiet']],
  ['format', ['oxfmt', '--check', 'src', 'e2e', 'bench', '.ci', '--no-error-on-unmatched-pattern']],
  ['unused code', ['knip', '--no-progress']],
];

let failed = 0;
const runOne = ([name, [tool, ...args]]) =>
  new Promise((done) => {
    const child = spawn(process.execPath, [`node_modules/.bin/${tool}`, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stdout.on('data', (part) => (text += part));
    child.stderr.on('data', (part) => (text += part));
    child.on('close', (code) => {
      if (code !== 0) {
        failed += 1;
        console.log(`${name}: failed\n${text}`);
      }
      done();
    });
  });
const queue = [...CHECKS];
await Promise.all(
  [0, 1].map(async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await runOne(next);
  }),
);
if (failed > 0) process.exit(1);
console.log(`check: ${CHECKS.length} of ${CHECKS.length} clean`);
