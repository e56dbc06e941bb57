import { expect, it } from 'vitest';
import type { Clock } from '../../base/context.ts';
import { LogLevels } from '../../base/log-levels.ts';
import { ControllerLog } from '../../ovn/controller/index.ts';
import { commandTarget } from './reply.ts';
import { vlogCommands } from './vlog-commands.ts';

const MODULES = ['bfd', 'bridge', 'vswitchd'];
const clock: Clock = { now: () => 0, wallMs: () => 0, after: () => () => undefined };

function daemon(levels = new LogLevels()): (line: string) => string {
  const target = commandTarget(
    levels,
    '',
    vlogCommands<LogLevels>(MODULES, (own) => own),
  );
  return (line) => {
    const [name = '', ...args] = line.split(' ');
    const reply = target.call(name, args);
    return reply.ok ? reply.value : reply.error;
  };
}

// Answers of Open vSwitch 3.7.0.
it.each([
  ['foo', 'no destination, level, or module "foo"'],
  ['bridge:syslog:nope', 'no destination, level, or module "nope"'],
  ['bridge:vswitchd:dbg', 'cannot specify multiple modules'],
  ['console:syslog:dbg', 'cannot specify multiple destinations'],
  ['warn:err', 'cannot specify multiple levels'],
  ['PATTERN:file:x%m', 'vlog/set PATTERN is not modelled here'],
  ['ANY:ANY:info', ''],
])('vlog/set %s', (spec, expected) => {
  expect(daemon()(`vlog/set ${spec}`)).toBe(expected);
});

it('lists what was set, module by module', () => {
  const say = daemon();
  expect(say('vlog/set any:console:off Bridge:file:DBG')).toBe('');
  expect(say('vlog/disable-rate-limit vswitchd nix')).toBe('unknown module');
  expect(say('vlog/list')).toBe(`                 console    syslog    file
                 -------    ------    ------
bfd                OFF        ERR       INFO
bridge             OFF        ERR        DBG
vswitchd           OFF        ERR       INFO    (rate limiting disabled)
`);
  say('vlog/set err');
  expect(say('vlog/list')).toContain('bridge             ERR        ERR        ERR\n');
});

it('keeps out of the file what is below its level', () => {
  const log = new ControllerLog(clock);
  daemon(log.levels)('vlog/set bridge:file:warn');
  log.main.info('bridge', 'not seen');
  log.main.info('bfd', 'seen');
  log.main.warn('bridge', 'seen as well');
  expect(log.lines.map((line) => line.slice(25))).toEqual([
    '00001|bfd|INFO|seen',
    '00002|bridge|WARN|seen as well',
  ]);
});
