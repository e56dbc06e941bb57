// Pictures of every lens of every scenario of the catalogue, at three sizes and in both themes, and of the catalogue itself:
// `npm run shots [-- FOLDER [SCENARIO ...]]`. They are for eyes: nothing compares them.
import { mkdirSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';

const [folder = 'node_modules/.cache/hopscope/shots', ...only] = process.argv.slice(2);
const PORT = Number(process.env.HOPSCOPE_PORT ?? 4173);
const SIZES = [
  [1440, 900],
  [1024, 768],
  [390, 844],
];

mkdirSync(folder, { recursive: true });
await build({ logLevel: 'error' });
const server = await preview({ preview: { port: PORT, strictPort: true }, logLevel: 'error' });
const browser = await chromium.launch({
  executablePath: process.env.HOPSCOPE_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});

/** Waits until two looks a little apart show the same. */
async function rest(page) {
  let before;
  for (let look = 0; look < 12; look += 1) {
    const now = (await page.screenshot()).toString('base64');
    if (now === before) return;
    before = now;
    await page.waitForTimeout(400);
  }
}

/** Shows the lens number `at`, by tab or, where there is no room for tabs, by the menu; its name, or null past the last. */
async function showLens(page, id, at) {
  const tabs = page.getByRole('tablist', { name: 'Lens' }).getByRole('tab');
  const menu = page.getByRole('button', { name: 'More' });
  await tabs.first().or(menu).first().waitFor({ timeout: 90_000 });
  if ((await tabs.count()) > 0) {
    if (at >= (await tabs.count())) return null;
    await tabs.nth(at).click();
    return slug((await tabs.nth(at).innerText()).replace(/\d+\s*$/, ''));
  }
  // The menu offers the others: first what is shown already, then each by its name.
  if (at === 0) return 'first';
  await menu.click();
  const items = page.getByRole('menuitem', { name: / lens$/ });
  await items.first().waitFor();
  const names = await items.allInnerTexts();
  const fresh = names.find((name) => !seenLenses.has(`${id} ${name}`));
  if (fresh === undefined) {
    await page.keyboard.press('Escape');
    return null;
  }
  seenLenses.add(`${id} ${fresh}`);
  await page.getByRole('menuitem', { name: fresh }).click();
  return slug(fresh.replace(/ lens$/, ''));
}
const slug = (text) => text.trim().toLowerCase().replaceAll(/\W+/g, '-');

const seenLenses = new Set();
let count = 0;
for (const [width, height] of SIZES)
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => console.log(`  ${page.url()}: ${error.message}`));
    const shot = async (name) => {
      await rest(page);
      await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png` });
      count += 1;
    };
    const url = `http://localhost:${PORT}/#/`;
    await page.goto(url);
    const links = page.locator('a[href^="#/s/"]');
    await links.first().waitFor();
    if (only.length === 0) await shot('catalogue');
    const found = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href').slice(4)));
    for (const id of [...new Set(found)].filter((name) => only.length === 0 || only.includes(name))) {
      seenLenses.clear();
      await page.goto(`${url}s/${id}`);
      for (let at = 0, more = true; more; at += 1) {
        const lens = await showLens(page, id, at);
        if (lens !== null) await shot(`${id}-${lens}`);
        more = lens !== null;
      }
    }
    await context.close();
  }
console.log(`${count} pictures in ${folder}`);
await browser.close();
await server.close();
