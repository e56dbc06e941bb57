/**
 * Opening a deployment's southbound database in the page: how long until it is there, how long the page was ever busy
 * meanwhile, and whether it told how far it was. `[FOLDER [PORTS]]` as for `scale`. The real ovn-trace's load time is the measure.
 */
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';

/** Seconds in which the real ovn-trace has read the same file. */
const REAL: Readonly<Record<string, number>> = { 1000: 0.3, 5000: 1.8 };

const [folder = '../shared/golden/scale', ports = '5000'] = process.argv.slice(2);
const file = `${folder}/ovnsb_db-${ports}.db.gz`;
if (!existsSync(file)) {
  console.log(`  ${file} is not there: nothing measured`);
  process.exit();
}
await build({ logLevel: 'error' });
const server = await preview({ preview: { port: 4189, strictPort: true }, logLevel: 'error' });
const browser = await chromium.launch({
  executablePath: process.env['HOPSCOPE_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto('http://localhost:4189/');
await page.getByLabel('Files to open').waitFor({ state: 'attached' });
await page.evaluate(() => {
  const seen = { tasks: [] as number[], texts: new Set<string>(), last: performance.now() };
  Object.assign(globalThis, { seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.tasks.push(entry.duration);
    seen.last = performance.now();
  }).observe({ type: 'longtask', buffered: false });
  setInterval(() => {
    for (const bar of document.querySelectorAll('progress'))
      seen.texts.add(bar.getAttribute('aria-label') ?? '');
  }, 50);
});
const start = performance.now();
await page.getByLabel('Files to open').setInputFiles(file);
await page.getByRole('tree', { name: 'Network' }).waitFor();
const opened = (performance.now() - start) / 1000;
// Until the page has been quiet for a second.
await page.waitForFunction(
  () => performance.now() - (globalThis as unknown as { seen: { last: number } }).seen.last > 1000,
);
const seen = await page.evaluate(() => {
  const { tasks, texts } = (globalThis as unknown as { seen: { tasks: number[]; texts: Set<string> } }).seen;
  return { tasks, texts: [...texts] };
});
const real = REAL[ports];
console.log(
  `  ${ports} ports open         ${opened.toFixed(2)} s${real === undefined ? '' : `, ${(opened / real).toFixed(2)} of the real ovn-trace's load time`}`,
);
console.log(
  `  page busy at a stretch  ${Math.max(0, ...seen.tasks).toFixed(0)} ms at most, ${seen.tasks.length} stretches over 50 ms`,
);
console.log(`  progress shown          ${seen.texts.join('; ') || 'no'}`);
await browser.close();
await server.close();
