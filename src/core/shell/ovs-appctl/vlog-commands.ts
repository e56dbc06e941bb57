/** `vlog/...`: what a daemon logs, module by module. Patterns and syslog's facility are refused by name. */
import {
  LOG_DESTINATIONS,
  LOG_LEVELS,
  type LogDestination,
  type LogLevel,
  type LogLevels,
} from '../../base/log-levels.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { DaemonCommand } from './reply.ts';

const HEAD = '                 console    syslog    file\n                 -------    ------    ------\n';
const PATTERNS = `         prefix                            format
         ------                            ------
SYSLOG   <%B> %D{%h %e %T} %E %A:          ovs|%05N|%c%T|%p|%m
CONSOLE  none                              %D{%Y-%m-%dT%H:%M:%SZ}|%05N|%c%T|%p|%m
FILE     none                              %D{%Y-%m-%dT%H:%M:%S.###Z}|%05N|%c%T|%p|%m
`;

function list(modules: readonly string[], levels: LogLevels): string {
  const rows = modules.map((module) => {
    const own = levels.of(module);
    const columns = LOG_DESTINATIONS.map((destination) => own[destination].padStart(4)).join('       ');
    const limits = levels.unlimited.has(module) ? '    (rate limiting disabled)' : '';
    return `${module.padEnd(16)}  ${columns}${limits}\n`;
  });
  return `${HEAD}${rows.join('')}`;
}

interface Wanted {
  module: string | null;
  destination: LogDestination | null;
  level: LogLevel | null;
}

/** Reads a module, a destination and a level in any order; each may be left out, or be `any`. */
function readSpec(spec: string, modules: readonly string[]): Result<Wanted> {
  const wanted: Wanted = { module: null, destination: null, level: null };
  for (const word of spec.split(/[ ,:\t]+/)) {
    const name = word.toLowerCase();
    if (name === '' || name === 'any') continue;
    const destination = LOG_DESTINATIONS.find((one) => one === name);
    const level = LOG_LEVELS.find((one) => one.toLowerCase() === name);
    const module = modules.find((one) => one.toLowerCase() === name);
    if (destination) {
      if (wanted.destination) return err('cannot specify multiple destinations');
      wanted.destination = destination;
    } else if (level) {
      if (wanted.level) return err('cannot specify multiple levels');
      wanted.level = level;
    } else if (module !== undefined) {
      if (wanted.module !== null) return err('cannot specify multiple modules');
      wanted.module = module;
    } else return err(`no destination, level, or module "${word}"`);
  }
  return ok(wanted);
}

function set(specs: readonly string[], modules: readonly string[], levels: LogLevels): Result<string> {
  for (const spec of specs) {
    const kind = /^[ ,:\t]*(PATTERN|FACILITY)\b/i.exec(spec)?.[1];
    if (kind !== undefined) return err(`vlog/set ${kind.toUpperCase()} is not modelled here`);
    const read = readSpec(spec, modules);
    if (!read.ok) return read;
    levels.set(read.value.module, read.value.destination, read.value.level ?? 'DBG');
  }
  return ok('');
}

function limit(
  names: readonly string[],
  modules: readonly string[],
  levels: LogLevels,
  isOn: boolean,
): Result<string> {
  for (const name of names.length === 0 ? modules : names) {
    const module = modules.find((one) => one.toLowerCase() === name.toLowerCase());
    if (module === undefined) return err('unknown module');
    if (isOn) levels.unlimited.delete(module);
    else levels.unlimited.add(module);
  }
  return ok('');
}

/** The commands of a daemon with these modules. */
export function vlogCommands<D>(
  modules: readonly string[],
  levelsOf: (daemon: D) => LogLevels,
): readonly DaemonCommand<D>[] {
  const any = Number.MAX_SAFE_INTEGER;
  return [
    { name: 'vlog/list', usage: '', least: 0, most: 0, run: (daemon) => ok(list(modules, levelsOf(daemon))) },
    { name: 'vlog/list-pattern', usage: '', least: 0, most: 0, run: () => ok(PATTERNS) },
    {
      name: 'vlog/set',
      usage: '{spec | PATTERN:destination:pattern}',
      least: 0,
      most: any,
      run: (daemon, specs) => set(specs, modules, levelsOf(daemon)),
    },
    {
      name: 'vlog/enable-rate-limit',
      usage: '[module]...',
      least: 0,
      most: any,
      run: (daemon, names) => limit(names, modules, levelsOf(daemon), true),
    },
    {
      name: 'vlog/disable-rate-limit',
      usage: '[module]...',
      least: 0,
      most: any,
      run: (daemon, names) => limit(names, modules, levelsOf(daemon), false),
    },
    // The file is the machine's: it is there however often it is closed and opened.
    { name: 'vlog/close', usage: '', least: 0, most: 0, run: () => ok('') },
    { name: 'vlog/reopen', usage: '', least: 0, most: 0, run: () => ok('') },
  ];
}
