// The size budget of the built page, in kilobytes of gzip.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** First load: what index.html names. Lazy: everything else, the worker included. */
const BUDGET = { first: 220, lazy: 1900 };
const html = readFileSync('dist/index.html', 'utf8');
const size = { first: 0, lazy: 0 };
for (const name of readdirSync('dist/assets')) {
  const kilobytes = gzipSync(readFileSync(`dist/assets/${name}`)).length / 1000;
  size[html.includes(name) ? 'first' : 'lazy'] += kilobytes;
}
console.log(
  `  first load ${size.first.toFixed(0)} kB of ${BUDGET.first}, lazy ${size.lazy.toFixed(0)} kB of ${BUDGET.lazy} (gzip)`,
);
process.exit(size.first > BUDGET.first || size.lazy > BUDGET.lazy ? 1 : 0);
