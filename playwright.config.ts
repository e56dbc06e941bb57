/** Journeys in a real browser, against the build as it is served. */
import { defineConfig } from '@playwright/test';

const PORT = Number(process.env['HOPSCOPE_PORT'] ?? 4173);

export default defineConfig({
  testDir: 'e2e',
  timeout: 300_000,
  expect: { timeout: 20_000 },
  workers: 1,
  forbidOnly: true,
  // A second try is reported as flaky, not as passed.
  retries: 1,
  outputDir: `node_modules/.cache/hopscope/journeys-${PORT}`,
  // The file is named by PLAYWRIGHT_JSON_OUTPUT_NAME where totals are wanted.
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ? [['list'], ['json']] : [['list']],
  use: {
    baseURL: `http://localhost:${PORT}/`,
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['HOPSCOPE_CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `npx vite build --logLevel warn && npx vite preview --port ${PORT} --strictPort`,
    url: `http://localhost:${PORT}/`,
    reuseExistingServer: false,
    timeout: 300_000,
  },
});
