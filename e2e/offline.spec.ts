/** Without a network, and with a newer page on the server: what is open goes on. */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

test('can be installed, and works offline after the first visit', async ({ page, context }) => {
  const bench = new Workbench(page);
  await page.goto('');
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  const devtools = await context.newCDPSession(page);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // A window of tests counts as a private one.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'A debugger for packets' })).toBeVisible();
  await bench.open('multinode-ovn');
  expect(await bench.type('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1')).toContain('1 received');
  await page.getByRole('button', { name: 'Export' }).click();
  await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible();
});

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

test('a newer page is told; the one that is open keeps its parts, and what was typed', async ({ page }) => {
  let newer = false;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    const name = pathname === '/' ? '/index.html' : pathname;
    // The files of the next build have other names.
    const found =
      newer && name.startsWith('/assets/') ? Promise.reject(new Error('gone')) : readFile(join('dist', name));
    found.then(
      (octets) => {
        const next = newer && name === '/sw.js';
        response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' });
        response.end(
          next
            ? octets
                .toString()
                .replace(/'hopscope-\w+'/, "'hopscope-next'")
                .replace(/FILES = \[.*?\]/, "FILES = ['./icon.svg']")
            : octets,
        );
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => void server.listen(0, 'localhost', listening));
  try {
    const bench = new Workbench(page);
    const address = `http://localhost:${(server.address() as AddressInfo).port}/#/s/multinode-ovn`;
    await page.goto(address);
    await expect(bench.explorer).toBeVisible();
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await page.reload();
    await bench.type('central', 'ovn-nbctl ls-add kept');
    newer = true;
    await page.evaluate(async () => {
      await (await navigator.serviceWorker.getRegistration())?.update();
    });
    const notices = page.getByRole('status', { name: 'Notices' });
    await expect(notices).toContainText('A newer version of this page is here.');
    await page.getByRole('button', { name: 'Export' }).click();
    await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible();
    await page.keyboard.press('Escape');
    await notices.getByRole('button', { name: 'Reload' }).click();
    await expect(bench.thing('kept')).toBeVisible();
    await expect(notices).toBeEmpty();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
