/** Signals and searches over a table of processes; texts of bash 5.2 and procps 4.0. */
import { beforeEach, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { createClock } from '../../sim/clock.ts';
import type { Exit, Invocation } from '../program.ts';
import type { SeenProcess } from './all-processes.ts';
import { kill, type ProcessHost } from './kill.ts';
import { pgrep, pidof } from './pgrep.ts';

let signals: string[];
let table: SeenProcess[];

beforeEach(() => {
  signals = [];
  const named = (pid: number, ...argv: string[]): SeenProcess => ({
    pid,
    argv,
    signal: (signal) => void signals.push(`${pid} ${signal}`),
  });
  table = [
    { pid: 601, argv: ['ovs-vswitchd'], signal: null },
    named(1001, 'dnsmasq', '--port=0'),
    named(1005, '/usr/sbin/dnsmasq', '--dhcp-range=10.0.0.1,10.0.0.9'),
    named(1007, 'dhclient', 'eth0'),
  ];
});

function run(command: string): { text: string; status: number } {
  const argv = command.split(' ');
  let text = '';
  const add = (part: string): void => void (text += part);
  const invocation: Invocation<ProcessHost> = {
    argv,
    stdin: '',
    output: { out: add, err: add },
    context: { clock: createClock(), random: createRandom(1), recorder: { active: false, record: () => 0 } },
    host: { processes: () => table },
    namespace: '',
  };
  const programs: Record<string, (one: Invocation<ProcessHost>) => Exit> = {
    kill,
    pgrep,
    pkill: pgrep,
    pidof,
  };
  const ended = programs[argv[0] ?? '']?.(invocation);
  return { text, status: ended?.status ?? -1 };
}

const USAGE =
  'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n';

it.each<[string, string, number, readonly string[]]>([
  ['kill', USAGE, 2, []],
  ['kill foo', 'bash: kill: foo: arguments must be process or job IDs\n', 1, []],
  ['kill -FOO 1', 'bash: kill: FOO: invalid signal specification\n', 1, []],
  ['kill -99 1001', 'bash: kill: 99: invalid signal specification\n', 1, []],
  ['kill 999999', 'bash: kill: (999999) - No such process\n', 1, []],
  ['kill -s TERM', USAGE, 2, []],
  ['kill -l TERM', '15\n', 0, []],
  ['kill -l 9', 'KILL\n', 0, []],
  ['kill -0 1001', '', 0, []],
  ['kill 1001 1007', '', 0, ['1001 TERM', '1007 TERM']],
  ['kill -9 1001', '', 0, ['1001 KILL']],
  ['kill -s SIGHUP 1001', '', 0, ['1001 HUP']],
  ['kill 601', 'bash: kill: (601) - SIGTERM to ovs-vswitchd is not modelled\n', 1, []],
  ['pgrep', "pgrep: no matching criteria specified\nTry `pgrep --help' for more information.\n", 2, []],
  ['pgrep a b', "pgrep: only one pattern can be provided\nTry `pgrep --help' for more information.\n", 2, []],
  ['pgrep nosuch', '', 1, []],
  ['pgrep -c nosuch', '0\n', 1, []],
  ['pgrep dnsmasq', '1001\n1005\n', 0, []],
  ['pgrep -n dnsmasq', '1005\n', 0, []],
  ['pgrep -d, dnsmasq', '1001,1005\n', 0, []],
  ['pgrep -l dns', '1001 dnsmasq\n1005 dnsmasq\n', 0, []],
  ['pgrep -a -f range', '1005 /usr/sbin/dnsmasq --dhcp-range=10.0.0.1,10.0.0.9\n', 0, []],
  ['pgrep -x dhclien', '', 1, []],
  ['pkill -HUP -f range', '', 0, ['1005 HUP']],
  ['pkill -e dhclient', 'dhclient killed (pid 1007)\n', 0, ['1007 TERM']],
  ['pidof dnsmasq', '1005 1001\n', 0, []],
  ['pidof nosuch', '', 1, []],
])('%s', (command, text, status, sent) => {
  expect(run(command)).toEqual({ text, status });
  expect(signals).toEqual(sent);
});
