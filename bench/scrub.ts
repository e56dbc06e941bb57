/**
 * What moving the playhead costs in a run of 100,000 steps: processor time of the page's main thread (the listeners, React,
 * the paintings of diagram and timeline), in headless chromium. For each move over the three or four frames until it is
 * drawn, and, as the pointer is dragged on, for each frame.
 */
import { chromium, type CDPSession, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { frameTimes } from './frames/frame-times.ts';

/** Steps that the run has at least. */
const STEPS = 100_000;
const MOVES = 100;
/** A frame of a screen at 60 Hz, in milliseconds. */
const FRAME = 1000 / 60;
const PORT = 4189;

await build({ logLevel: 'error' });
const server = await preview({ preview: { port: PORT, strictPort: true }, logLevel: 'error' });
const browser = await chromium.launch({
  executablePath: process.env['HOPSCOPE_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`http://localhost:${PORT}/#/s/multinode-ovn`);
const dock = page.getByRole('region', { name: 'Dock' });
await dock.getByRole('tab', { name: /^Terminal/ }).click();
await dock.getByRole('tab', { name: 'worker1', exact: true }).click();
const terminal = page.getByRole('textbox', { name: 'Terminal of worker1' });

const ping = async (count: number): Promise<number> => {
  const before = await newestRun(page);
  await terminal.focus();
  await terminal.pressSequentially(`ip netns exec vm1 ping 192.168.0.12 -q -i 0.01 -c ${count}\n`);
  const status = page.getByRole('status', { name: /^Step \d+ of \d+$/ });
  let steps = 0;
  let still = 0;
  for (let tries = 0; tries < 600 && still < 8; tries += 1) {
    await page.waitForTimeout(500);
    const name = (await status.count()) === 0 ? null : await status.first().getAttribute('aria-label');
    const now = Number(/of (\d+)/.exec(name ?? '')?.[1] ?? 0);
    still = now === steps && now !== before ? still + 1 : 0;
    steps = now;
  }
  return steps;
};
const probe = await ping(10);
const started = performance.now();
const steps = await ping(Math.ceil((STEPS / probe) * 10 * 1.12));
console.log(`  ${steps} steps, there after ${((performance.now() - started) / 1000).toFixed(1)} s`);
if (steps < STEPS) throw new Error(`only ${steps} steps were recorded`);

await dock.getByRole('tab', { name: /^Trace/ }).click();
const client = await page.context().newCDPSession(page);
await client.send('Performance.enable');
const box = await page.locator('canvas.timeline-canvas').boundingBox();
if (!box) throw new Error('no timeline');

const idle: number[] = [];
for (let move = 0; move < MOVES; move += 1) {
  const before = await threadTime(client);
  await page.mouse.move(box.x + 4 + (move % 40), box.y + box.height / 2);
  await settle(page);
  idle.push(((await threadTime(client)) - before) * 1000);
}
report('the pointer alone', idle);

for (const level of ['Hop', 'Stage', 'Action'] as const) {
  await page.getByRole('button', { name: level, exact: true }).click();
  for (const [name, pixels] of [
    ['scrub slowly', 1],
    ['scrub quickly', 37],
  ] as const) {
    const times: number[] = [];
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + 4, y);
    await page.mouse.down();
    await settle(page);
    for (let move = 1; move <= MOVES; move += 1) {
      const before = await threadTime(client);
      await page.mouse.move(box.x + 4 + ((move * pixels) % (box.width - 8)), y);
      await settle(page);
      times.push(((await threadTime(client)) - before) * 1000);
    }
    report(`${level}, ${name}`, times);
    const frames = await frameTimes(browser, async () => {
      for (let move = 1; move <= MOVES; move += 1) {
        await page.mouse.move(box.x + 4 + ((move * pixels) % (box.width - 8)), y);
        await settle(page);
      }
    });
    await page.mouse.up();
    report('  each frame', frames);
  }
  const slider = page.getByRole('slider', { name: 'Timeline' });
  await slider.focus();
  const times: number[] = [];
  for (let key = 0; key < MOVES; key += 1) {
    const before = await threadTime(client);
    await page.keyboard.press(key % 3 === 2 ? 'PageUp' : 'ArrowRight');
    await settle(page);
    times.push(((await threadTime(client)) - before) * 1000);
  }
  report(`${level}, by key`, times);
  const frames = await frameTimes(browser, async () => {
    for (let key = 0; key < MOVES; key += 1) {
      await page.keyboard.press(key % 3 === 2 ? 'PageUp' : 'ArrowRight');
      await settle(page);
    }
  });
  report('  each frame', frames);
}
await browser.close();
await server.close();

async function newestRun(on: Page): Promise<number> {
  const status = on.getByRole('status', { name: /^Step \d+ of \d+$/ });
  if ((await status.count()) === 0) return 0;
  return Number(/of (\d+)/.exec((await status.first().getAttribute('aria-label')) ?? '')?.[1] ?? 0);
}

/** Until the page has drawn a frame. */
async function settle(on: Page): Promise<void> {
  await on.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(null))));
}

/** Seconds of the processor that the main thread took so far. */
async function threadTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ThreadTime')?.value ?? 0;
}

function report(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(1);
  const late = sorted.filter((time) => time > FRAME).length;
  console.log(
    `  ${name.padEnd(24)}${at(0.5)} ms median, ${at(0.95)} ms of 95 %, ${at(1)} at most; ${late} of ${sorted.length} over a frame`,
  );
}
