/** dhclient against dnsmasq over a cable; texts, files and frames are those of ISC's 4.4.3. */
import { beforeEach, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { Kernel } from '../../linux/index.ts';
import { createClock, type SimClock } from '../../sim/clock.ts';
import { ProcessTable, type Signal } from '../../sim/process-table.ts';
import { TcpdumpSession } from '../../wire/index.ts';
import { dnsmasq } from '../dnsmasq/dnsmasq.ts';
import { ip } from '../ip/program.ts';
import { ownProcess } from '../own-process.ts';
import type { Output } from '../program.ts';
import { dhclient } from './dhclient.ts';

let clock: SimClock;
let kernel: Kernel;
let processes: ProcessTable;
let files: Map<string, string>;
let frames: string[];

function run(
  namespace: string,
  command: string,
  seconds = 120,
): { text: string; status: number | undefined } {
  const argv = command.split(' ');
  let text = '';
  let status: number | undefined;
  const output: Output = { out: (part) => void (text += part), err: (part) => void (text += part) };
  const context = { clock, random: createRandom(7), recorder: { active: false, record: () => 0 } };
  const common = { argv, stdin: '', output, context, namespace };
  const host = {
    kernel,
    hostName: 'vm',
    process: ownProcess({ table: processes, now: clock.now(), argv, namespace }),
    run: (words: readonly string[], where: string, to: Output) =>
      ip({ ...common, argv: words, namespace: where, output: to, host: { kernel } }),
    readFile: (path: string): string | undefined => files.get(path),
    writeFile: (path: string, content: string): void => void files.set(path, content),
    kill: (pid: number, signal: Signal): boolean => {
      const found = processes.find(pid);
      found?.signal(signal);
      return found !== undefined;
    },
  };
  const programs = { ip, dnsmasq, dhclient };
  const program = programs[argv[0] as keyof typeof programs]({ ...common, host });
  if ('status' in program) ({ status } = program);
  else program.onDone((exit) => ({ status } = exit));
  const end = clock.now() + seconds * 1e9;
  while (status === undefined && (clock.next() ?? end) < end) clock.step();
  return { text, status };
}

const SERVER =
  'dnsmasq -k --no-hosts --no-resolv --pid-file= --dhcp-leasefile=/server --interface=tap0 --bind-interfaces --dhcp-range=10.0.0.100,10.0.0.120,2m --no-ping --conf-file= --domain=ex.org';

const BANNER = `Internet Systems Consortium DHCP Client 4.4.3-P1
Copyright 2004-2022 Internet Systems Consortium.
All rights reserved.
For info, please visit https://www.isc.org/software/dhcp/

Listening on LPF/eth0/02:00:00:00:01:01
Sending on   LPF/eth0/02:00:00:00:01:01
Sending on   Socket/fallback
`;

beforeEach(() => {
  clock = createClock(Date.UTC(2026, 10, 23, 7, 10, 29));
  const context = { clock, random: createRandom(1), recorder: { active: false, record: () => 0 } };
  kernel = new Kernel('host', context);
  processes = new ProcessTable();
  files = new Map();
  frames = [];
  for (const command of [
    'ip netns add c',
    'ip netns add s',
    'ip link add eth0 address 02:00:00:00:01:01 netns c type veth peer name tap0 address 02:00:00:00:01:02 netns s',
  ])
    expect(run('', command).text).toBe('');
  for (const what of ['link set lo up', 'link set tap0 up', 'addr add 10.0.0.2/24 dev tap0'])
    expect(run('s', `ip ${what}`).text).toBe('');
  kernel.tap('s', kernel.findLink('s', 'tap0') ?? null, ({ octets }) => {
    const printer = new TcpdumpSession({ numeric: true, timestamp: 1, verbose: 2 });
    const time = { seconds: 0, nanoseconds: 0 };
    frames.push(printer.print({ octets, length: octets.length, time }).text);
  });
});

it('gets a lease, sets the device up with it, and writes it down', () => {
  run('s', SERVER, 0);
  const { text, status } = run('c', 'dhclient -v eth0');
  expect(text.replace(/interval \d+|in \d+ seconds/g, 'N'))
    .toBe(`${BANNER}DHCPDISCOVER on eth0 to 255.255.255.255 port 67 N
DHCPOFFER of 10.0.0.119 from 10.0.0.2
DHCPREQUEST for 10.0.0.119 on eth0 to 255.255.255.255 port 67
DHCPACK of 10.0.0.119 from 10.0.0.2
bound to 10.0.0.119 -- renewal N.
`);
  expect(status).toBe(0);
  expect(files.get('/var/lib/dhcp/dhclient.leases')?.replace(/renew 1 .*/, 'renew T')).toBe(`lease {
  interface "eth0";
  fixed-address 10.0.0.119;
  option subnet-mask 255.255.255.0;
  option routers 10.0.0.2;
  option dhcp-lease-time 120;
  option dhcp-message-type 5;
  option domain-name-servers 10.0.0.2;
  option dhcp-server-identifier 10.0.0.2;
  option dhcp-renewal-time 60;
  option broadcast-address 10.0.0.255;
  option dhcp-rebinding-time 105;
  option host-name "vm";
  option domain-name "ex.org";
  renew T
  rebind 1 2026/11/23 07:12:14;
  expire 1 2026/11/23 07:12:29;
}
`);
  expect(files.get('/etc/resolv.conf')).toBe('domain ex.org\nsearch ex.org\nnameserver 10.0.0.2\n');
  expect(run('c', 'ip -4 addr show eth0').text).toMatch(
    / {4}inet 10\.0\.0\.119\/24 brd 10\.0\.0\.255 scope global dynamic eth0\n {7}valid_lft 120sec preferred_lft 120sec\n/,
  );
  expect(run('c', 'ip route').text).toBe(
    'default via 10.0.0.2 dev eth0 \n10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.119 \n',
  );
  const discover = frames.find((one) => one.includes('Discover')) ?? '';
  expect(discover).toMatch(
    /^IP \(tos 0x10, ttl 128, id 0, offset 0, flags \[none\], proto UDP \(17\), length 328\)/,
  );
  expect(discover.slice(discover.indexOf('\t    DHCP-Message')))
    .toBe(`	    DHCP-Message (53), length 1: Discover
	    Hostname (12), length 2: "vm"
	    Parameter-Request (55), length 13: 
	      Subnet-Mask (1), BR (28), Time-Zone (2), Default-Gateway (3)
	      Domain-Name (15), Domain-Name-Server (6), Unknown (119), Hostname (12)
	      Netbios-Name-Server (44), Netbios-Scope (47), MTU (26), Classless-Static-Route (121)
	      NTP (42)
`);
});

it('asks for the lease that it had, renews in the background, and gives it back', () => {
  run('s', SERVER, 0);
  run('c', 'dhclient eth0');
  processes.all().at(-1)?.signal('TERM');
  const again = run('c', 'dhclient -v eth0');
  expect(again.text).toContain(
    `${BANNER}DHCPREQUEST for 10.0.0.119 on eth0 to 255.255.255.255 port 67\nDHCPACK of`,
  );
  frames = [];
  clock.run(65e9);
  expect(frames.filter((one) => one.includes('BOOTP')).map((one) => /\d\S+ > \S+/.exec(one)?.[0])).toEqual([
    '10.0.0.119.68 > 10.0.0.2.67:',
    '10.0.0.2.67 > 10.0.0.119.68:',
  ]);
  expect(run('c', 'dhclient -v -r eth0')).toEqual({
    text: `Killed old client process\n${BANNER}DHCPRELEASE of 10.0.0.119 on eth0 to 10.0.0.2 port 67\n`,
    status: 0,
  });
  clock.run(clock.now() + 1e9);
  expect(files.get('/server')).toBe('');
  expect(run('c', 'ip -4 addr show eth0').text).toBe('');
  const written = files.get('/var/lib/dhcp/dhclient.leases')?.match(/option \S+/g) ?? [];
  // What is read back from the file comes in the other order where two share a place in the table.
  expect(written.slice(0, 3)).toEqual(['option subnet-mask', 'option dhcp-lease-time', 'option routers']);
});

it('gives up after a minute', () => {
  const { text, status } = run('c', 'dhclient -v -1 eth0');
  expect(text).toMatch(
    /interval \d+\nNo DHCPOFFERS received\.\nUnable to obtain a lease on first try\. {2}Exiting\.\n$/,
  );
  expect(status).toBe(2);
});

it.each([
  [
    'dhclient -v nosuch',
    /Cannot find device "nosuch"\nFailed to get interface index: No such device\n\nIf you think/,
  ],
  ['dhclient -bogus', /^Internet Systems[^]*\nUnknown command: -bogus\nUsage: dhclient \[-4\|-6\]/],
])('%s', (command, expected) => {
  const { text, status } = run('c', command);
  expect(text).toMatch(expected);
  expect(status).toBe(1);
});
