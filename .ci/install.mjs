// Installs what is missing: packages when the lock file or Node changed, and with --browser Debian's chromium.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const STAMP = 'node_modules/.hopscope-install';
const CHROMIUM = process.env.HOPSCOPE_CHROMIUM ?? '/usr/bin/chromium';

const run = (command, args) => spawnSync(command, args, { stdio: 'inherit' }).status === 0;

const state = createHash('sha256')
  .update(readFileSync('package-lock.json'))
  .update(process.version)
  .update(process.arch)
  .digest('hex');
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== state) {
  console.log('Installing packages ...');
  if (!run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'])) process.exit(1);
  writeFileSync(STAMP, state);
}

if (process.argv.includes('--browser') && !existsSync(CHROMIUM)) {
  console.log('Installing chromium ...');
  const root = process.getuid?.() === 0;
  const installed =
    root && run('apt-get', ['update', '-qq']) && run('apt-get', ['install', '-y', '-qq', 'chromium']);
  if (!installed || !existsSync(CHROMIUM)) {
    console.error(
      `The browser tests need chromium at ${CHROMIUM}. Install it (Debian: apt-get install chromium, as root) or set HOPSCOPE_CHROMIUM to its path.`,
    );
    process.exit(1);
  }
}
