/**
 * The diagram next to cytoscape.js, sigma.js, AntV G6 and React Flow, on the same graphs in one run: time to the first
 * picture, frames while panning and zooming, memory; then the layouts that they bring. `[SIZE ...] [NAME ...]` for fewer.
 *
 * Frames are not held to a screen's rate here: a frame's time is what it costs, so that less than 16.7 ms can be told apart.
 * There is no graphics card: the browser draws in software, and sigma.js has WebGL from SwiftShader. What costs all of them
 * then is the number of pixels: an empty canvas of this size is the bound, and is measured as well.
 */
import { chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import type { Frames } from './peers/page.ts';
import type { Verdict } from './peers/judge.ts';

const PORT = 4190;
const LIMIT = 60_000;
const OUT = '../../node_modules/.cache/hopscope/peers';

interface Bench {
  readonly peers: readonly string[];
  readonly layouts: readonly string[];
  readonly frames: (name: string, count: number) => Promise<Frames>;
  readonly layout: (name: string, count: number) => Promise<Verdict>;
}

const given = process.argv.slice(2);
const sizes = given.map(Number).filter((size) => size > 0);
const names = given.filter((name) => !(Number(name) > 0));
const SIZES = sizes.length > 0 ? sizes : [300, 1000, 3000, 10_000];

await build({
  root: 'bench/peers',
  configFile: false,
  logLevel: 'error',
  build: { outDir: OUT, emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 9000 },
});
const server = await preview({
  root: 'bench/peers',
  configFile: false,
  build: { outDir: OUT },
  preview: { port: PORT, strictPort: true },
  logLevel: 'error',
});

/** A browser of its own for each measurement; null when it takes longer than the limit. */
async function inPage<T>(act: (page: Page) => Promise<T>): Promise<T | null> {
  const browser = await chromium.launch({
    executablePath: process.env['HOPSCOPE_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu-vsync',
      '--disable-frame-rate-limit',
      '--enable-unsafe-swiftshader',
      '--js-flags=--expose-gc',
    ],
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    await page.goto(`http://localhost:${PORT}/`);
    const late = new Promise<null>((done) => {
      timer = setTimeout(() => done(null), LIMIT);
    });
    return await Promise.race([act(page), late]);
  } finally {
    clearTimeout(timer);
    await browser.close();
  }
}

const heapOf = async (page: Page): Promise<number> => {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 1e6;
};

const at = (times: readonly number[], part: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(part * (times.length - 1))] ?? 0;
const pair = (times: readonly number[]): string =>
  `${at(times, 0.5).toFixed(1)} / ${at(times, 0.95).toFixed(1)}`.padStart(15);

const bench = await inPage((page) =>
  page.evaluate(() => {
    const { peers, layouts } = (globalThis as unknown as { bench: Bench }).bench;
    return { peers, layouts };
  }),
);
const chosen = (all: readonly string[]): readonly string[] =>
  all.filter(
    (name) => names.length === 0 || names.some((part) => name.toLowerCase().includes(part.toLowerCase())),
  );

console.log('  frames in ms, median / 95 %; canvas of 1200 x 800');
console.log(
  `  ${''.padEnd(14)}${'first picture'.padStart(15)}${'pan, whole'.padStart(15)}${'zoom'.padStart(15)}${'pan, near'.padStart(15)}${'all'.padStart(15)}${'heap'.padStart(9)}`,
);
for (const size of SIZES) {
  console.log(`  ${size} nodes, ${size} links`);
  for (const name of chosen(bench?.peers ?? [])) {
    const result = await inPage(async (page) => {
      const before = await heapOf(page);
      const measured = await page.evaluate(
        ([peer, count]) => (globalThis as unknown as { bench: Bench }).bench.frames(peer, count),
        [name, size] as const,
      );
      return { ...measured, heap: (await heapOf(page)) - before };
    });
    console.log(
      result === null
        ? `  ${name.padEnd(14)} not within ${LIMIT / 1000} s`
        : `  ${name.padEnd(14)}${`${result.first.toFixed(0)} ms`.padStart(15)}${pair(result.panWhole)}${pair(result.zoom)}${pair(result.panNear)}${pair([...result.panWhole, ...result.zoom, ...result.panNear])}${`${result.heap.toFixed(0)} MB`.padStart(9)}`,
    );
  }
}
console.log(
  '  layouts: time, overlapping boxes, crossing links, width through height, nodes moved by adding one port',
);
for (const size of SIZES) {
  console.log(`  ${size} nodes, ${size} links`);
  for (const name of chosen(bench?.layouts ?? [])) {
    const result = await inPage((page) =>
      page.evaluate(
        ([layout, count]) => (globalThis as unknown as { bench: Bench }).bench.layout(layout, count),
        [name, size] as const,
      ),
    );
    console.log(
      result === null
        ? `  ${name.padEnd(24)} not within ${LIMIT / 1000} s`
        : `  ${name.padEnd(24)}${`${result.milliseconds.toFixed(0)} ms`.padStart(11)}${String(result.overlaps).padStart(9)}${String(result.crossings).padStart(9)}${result.aspect.toFixed(2).padStart(8)}${String(result.moved).padStart(8)}`,
    );
  }
}
await server.close();
