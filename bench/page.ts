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
// Two times a key: the page's own work (the event's listeners, and the frame from its first callback until it is drawn),
// and the whole time until then, which holds the wait for the screen's next frame as well.
interface Latencies {
  readonly own: number[];
  readonly drawn: number[];
}
await page.evaluate(() => {
  const latencies: Latencies = { own: [], drawn: [] };
  Object.assign(globalThis, { latencies });
  const next = (task: () => void): void => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', task, { once: true });
    port1.start();
    port2.postMessage(null);
  };
  let start = 0;
  let handled = 0;
  const first = (): void => {
    start = performance.now();
    requestAnimationFrame(() => {
      const frame = performance.now();
      next(() => {
        const end = performance.now();
        latencies.own.push(handled - start + (end - frame));
        latencies.drawn.push(end - start);
      });
    });
  };
  // The last listener: what the page's own have set off is done by then.
  const last = (): void => void (handled = performance.now());
  addEventListener('keydown', first, { capture: true });
  addEventListener('keydown', last);
});
const KEYS = 60;
const read = (): Promise<Latencies> =>
  page.evaluate(() => (globalThis as unknown as { latencies: Latencies }).latencies);
for (let i = 0; i < KEYS; i += 1) {
  await page.keyboard.press('F11');
  await page.waitForFunction(
    (least) => (globalThis as unknown as { latencies: Latencies }).latencies.drawn.length > least,
    i,
  );
}
const latencies = await read();
for (const [name, times] of [
  ["step, page's work   ", latencies.own],
  ['step, key to drawn  ', latencies.drawn],
] as const) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  console.log(
    `  ${name}${at(0.5).toFixed(1)} ms median, ${at(0.95).toFixed(1)} ms of 95 %; ${(at(0.5) / FRAME).toFixed(2)} of a frame`,
  );
}
await browser.close();
await server.close();
