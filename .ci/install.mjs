// Installs what is missing: packages when the lock file or Node changed, and with --browser Debian's chromium and tcpdump.
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

/** What the browser journeys need beside the packages: where it is, and Debian's package of it. */
const PROGRAMS = [
  { path: CHROMIUM, name: 'chromium', hint: ' or set HOPSCOPE_CHROMIUM to its path' },
  { path: '/usr/bin/tcpdump', name: 'tcpdump', hint: '' },
];
const missing = process.argv.includes('--browser') ? PROGRAMS.filter(({ path }) => !existsSync(path)) : [];
if (missing.length > 0) {
  const names = missing.map(({ name }) => name);
  console.log(`Installing ${names.join(', ')} ...`);
  if (process.getuid?.() === 0 && run('apt-get', ['update', '-qq']))
    run('apt-get', ['install', '-y', '-qq', ...names]);
  for (const { path, name, hint } of missing.filter((program) => !existsSync(program.path)))
    console.error(
      `The browser tests need ${name} at ${path}. Install it (Debian: apt-get install ${name}, as root)${hint}.`,
    );
  if (missing.some(({ path }) => !existsSync(path))) process.exit(1);
}
