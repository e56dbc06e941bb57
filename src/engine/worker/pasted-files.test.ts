import { expect, it } from 'vitest';
import { encodeUtf8 } from '../../core/base/utf8.ts';
import { replay } from '../../core/shell/transcript.ts';
import { World } from '../../core/sim/index.ts';
import { TRIPLEO_LAYOUT } from '../../scenarios/tripleo/layout.ts';
import { openPaste } from './pasted-files.ts';

const CONTEXT = {
  signal: new AbortController().signal,
  output: () => undefined,
  progress: () => undefined,
};

const open = (text: string) => openPaste([{ name: 'paste', octets: encodeUtf8(text) }], CONTEXT);

const GUESTS = ['controller-0', 'controller-1', 'compute-0'];
const LINES: readonly (readonly [machine: string, line: string])[] = [
  ['hypervisor', 'brctl show'],
  ['hypervisor', `for i in ${GUESTS.join(' ')}; do virsh domiflist $i; done`],
  ['hypervisor', 'virsh list --all'],
  ['hypervisor', 'bridge link'],
  ...GUESTS.flatMap((name) => [
    [name, 'ip -d addr'] as const,
    [name, 'ip route'] as const,
    [name, 'ovs-vsctl show'] as const,
  ]),
  ['controller-0', 'ovn-nbctl show'],
];

/** A loop over guests is the shell's; each round of it is a line of its own. */
function shown(world: World, machine: string, line: string): string {
  const loop = /^for i in (.*); do (.*) \$i; done$/.exec(line);
  const lines = loop ? (loop[1] ?? '').split(' ').map((name) => `${loop[2]} ${name}`) : [line];
  return lines.map((one) => replay(world, machine, one).out).join('');
}

/** Without what a daemon writes from moment to moment, uuids and the order of rows. */
const comparable = (text: string): readonly string[] =>
  text
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'UUID')
    .replaceAll(/(?<=gateway chassis: \[).*(?=\])/g, (names) => names.split(' ').toSorted().join(' '))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('bfd_status'))
    .toSorted();

it('gives back what was printed: bridges, cabling, addresses, switches, the logical network', () => {
  const world = new World(TRIPLEO_LAYOUT, 1);
  for (const { machine, line } of TRIPLEO_LAYOUT.transcript) replay(world, machine, line);
  const paste = LINES.map(
    ([machine, line]) => `\u001b[32m[root@${machine} ~]#\u001b[0m ${line}\n${shown(world, machine, line)}`,
  )
    .join('\n')
    .replaceAll('\n', '\r\n');
  const opened = open(paste);
  if (!opened) throw new Error('nothing was read');
  expect(opened.problems).toEqual([]);
  for (const [machine, line] of LINES) {
    // Of a guest that no list of NICs has, only the name is known; what a tap's index is differs.
    if (/^ip -d|^virsh list|^bridge/.test(line)) continue;
    expect([machine, line, comparable(shown(opened.world, machine, line))]).toEqual([
      machine,
      line,
      comparable(shown(world, machine, line)),
    ]);
  }
  for (const name of GUESTS) {
    const addresses = (from: World): readonly string[] =>
      replay(from, name, 'ip -4 -o addr')
        .out.split('\n')
        .map((row) => /^\d+: (\S+)\s+inet (\S+)/.exec(row)?.slice(1).join(' ') ?? '')
        .filter((row) => row !== '' && !row.startsWith('tap'))
        .toSorted();
    expect([name, addresses(opened.world)]).toEqual([name, addresses(world)]);
  }
  expect(opened.unknown.map(({ text }) => text)).toContain('the addresses of hypervisor');
  expect(opened.unknown.map(({ text }) => text)).not.toContain('the NICs of compute-0');
}, 60_000);

it('draws what one output alone says, and marks the rest', () => {
  const opened = open('[root@a ~]# ip a | grep 10.0.0.5\n    inet 10.0.0.5/24 scope global eth0\n');
  expect(opened?.unknown.map(({ text }) => text)).toEqual([
    'the NICs of a',
    'the other devices and addresses of a',
    'whether eth0 of a is up, its kind, its MTU',
    'the Open vSwitch bridges of a',
    'where eth0 of a leads',
    'the MAC of eth0 of a',
  ]);
  expect([...(opened?.world.hosts.keys() ?? [])]).toEqual(['a']);
});

it('leaves alone what is no output', () => {
  expect(open('hello\n')).toBeNull();
  expect(openPaste([{ name: 'x', octets: new Uint8Array([0, 1, 2]) }], CONTEXT)).toBeNull();
});
