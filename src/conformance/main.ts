/** Command line of the conformance table: `[--golden DIR] [--only KIND] [--json] [--verbose] [--case TEXT]`. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RUNNERS } from './kinds/index.ts';
import type { GoldenFolder, Point } from './runner.ts';

function openFolder(root: string): GoldenFolder {
  return {
    list: (path) => (existsSync(join(root, path)) ? readdirSync(join(root, path)).toSorted() : []),
    exists: (path) => existsSync(join(root, path)),
    text: (path) => readFileSync(join(root, path), 'utf8'),
    octets: (path) => new Uint8Array(readFileSync(join(root, path))),
  };
}

const args = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
};
const root = option('--golden') ?? 'golden';
const only = option('--only');
const wanted = (kind: string): boolean => only === undefined || only.split(',').includes(kind);

const folder = openFolder(root);
const table = new Map<string, { pass: number; total: number }>();
const failures: { kind: string; id: string; why: string }[] = [];
const count = (point: Point): void => {
  const row = table.get(point.kind) ?? { pass: 0, total: 0 };
  row.total += 1;
  if (point.pass) row.pass += 1;
  else failures.push({ kind: point.kind, id: point.id, why: point.why ?? 'differs' });
  table.set(point.kind, row);
};
for (const runner of RUNNERS) {
  if (!runner.kinds.some(wanted)) continue;
  // A recording that cannot be read at all is a failure of its kind, not the end of the table.
  try {
    for (const point of runner.run(folder, wanted)) if (wanted(point.kind)) count(point);
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    for (const kind of runner.kinds.filter(wanted)) count({ kind, id: 'runner', pass: false, why });
  }
}

if (args.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ kinds: Object.fromEntries(table), failures })}\n`);
} else {
  for (const [kind, row] of table)
    console.log(
      `${kind.padEnd(16)} ${String(row.pass).padStart(7)} / ${String(row.total).padEnd(7)} ${((100 * row.pass) / Math.max(1, row.total)).toFixed(2)} %`,
    );
  const shown = args.includes('--verbose') ? failures : failures.slice(0, 10);
  for (const failure of shown) console.log(`  ${failure.kind} ${failure.id}: ${failure.why}`);
  if (shown.length < failures.length) console.log(`  and ${failures.length - shown.length} more (--verbose)`);
}
