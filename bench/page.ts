/** What the page costs: octets to load, time from opening a scenario until it can be used, time from a key to a drawn step. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';

/** A frame of a screen at 60 Hz, in milliseconds. */
const FRAME = 1000 / 60;

if (!existsSync('dist/index.html')) await build({ logLevel: 'error' });
const html = readFileSync('dist/index.html', 'utf8');
const kilobytes = (names: readonly string[]): string =>
  (names.reduce((sum, name) => sum + gzipSync(readFileSync(`dist/assets/${name}`)).length, 0) / 1000).toFixed(
    0,
  );
const assets = readdirSync('dist/assets');
console.log(`  first load          ${kilobytes(assets.filter((name) => html.includes(name)))} kB gzip`);
console.log(
  `  on demand           ${kilobytes(assets.filter((name) => !html.includes(name)))} kB gzip, worker and shell included`,
);

const server = await preview({ preview: { port: 4188, strictPort: true }, logLevel: 'error' });
const browser = await chromium.launch({
  executablePath: process.env['HOPSCOPE_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const opened = performance.now();
await page.goto('http://localhost:4188/#/s/multinode-ovn');
await page.getByRole('button', { name: 'Ping' }).first().waitFor();
console.log(`  open to interactive ${(performance.now() - opened).toFixed(0)} ms`);

await page.getByRole('button', { name: 'Ping' }).first().click();
await page.getByRole('dialog').getByRole('button', { name: 'Ping' }).click();
await page.getByRole('status', { name: /^Step 1 of/ }).waitFor();
// From each key's event to the end of the task in which the page has drawn its answer.
await page.evaluate(() => {
  const drawn: number[] = [];
  Object.assign(globalThis, { drawn });
  const measure = (): void => {
    const start = performance.now();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', () => drawn.push(performance.now() - start));
      port1.start();
      port2.postMessage(null);
    });
  };
  addEventListener('keydown', measure, { capture: true });
});
const KEYS = 60;
for (let i = 0; i < KEYS; i += 1) {
  await page.keyboard.press('F11');
  await page.waitForFunction(
    (least) => (globalThis as unknown as { drawn: number[] }).drawn.length > least,
    i,
  );
}
const latencies = await page.evaluate(() => (globalThis as unknown as { drawn: number[] }).drawn);
latencies.sort((a, b) => a - b);
const at = (part: number): number => latencies[Math.floor(part * (latencies.length - 1))] ?? 0;
console.log(
  `  step, key to drawn  ${at(0.5).toFixed(1)} ms median, ${at(0.95).toFixed(1)} ms of 95 %; ${(at(0.5) / FRAME).toFixed(2)} of a frame`,
);
await browser.close();
await server.close();
