/** dnsmasq's DHCP server asked by udhcpc; the logs, packets and files are those of dnsmasq 2.90. */
import { beforeEach, expect, it } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { Kernel } from '../../../linux/index.ts';
import { createClock, type SimClock } from '../../../sim/clock.ts';
import { ProcessTable } from '../../../sim/process-table.ts';
import { TcpdumpSession } from '../../../wire/index.ts';
import { ip } from '../../ip/program.ts';
import { ownProcess } from '../../own-process.ts';
import type { Exit, Output, RunningProgram } from '../../program.ts';
import { udhcpc } from '../../udhcpc/udhcpc.ts';
import { dnsmasq } from '../dnsmasq.ts';

let clock: SimClock;
let kernel: Kernel;
let files: Map<string, string>;
let frames: string[];

interface Running {
  readonly text: () => string;
  readonly program: Exit | RunningProgram;
}

function start(namespace: string, command: string): Running {
  const argv = command.split(' ');
  let text = '';
  const output: Output = { out: (part) => void (text += part), err: (part) => void (text += part) };
  const context = { clock, random: createRandom(7), recorder: { active: false, record: () => 0 } };
  const common = { argv, stdin: '', output, context, namespace };
  const run = (words: readonly string[], where: string, to: Output) =>
    ip({ ...common, argv: words, namespace: where, output: to, host: { kernel } });
  const process = ownProcess({ table: new ProcessTable(), now: clock.now(), argv, namespace });
  const host = {
    kernel,
    run,
    process,
    readFile: (path: string): string | undefined => files.get(path),
    writeFile: (path: string, content: string): void => void files.set(path, content),
  };
  const programs = { ip, dnsmasq, udhcpc };
  const program = programs[argv[0] as keyof typeof programs]({ ...common, host });
  return { text: () => text, program };
}

/** Lets time pass; transaction numbers become X. */
function said(running: Running, seconds: number): string {
  const end = clock.now() + seconds * 1e9;
  while ((clock.next() ?? Infinity) <= end) clock.step();
  clock.run(end);
  return running.text().replaceAll(/(dnsmasq-dhcp: )\d{5,} /g, '$1X ');
}

function client(mac: string): void {
  for (const what of ['down', `address ${mac}`, 'up']) start('c', `ip link set eth0 ${what}`);
}

beforeEach(() => {
  clock = createClock(Date.UTC(2026, 10, 23, 6, 33, 2));
  const context = { clock, random: createRandom(1), recorder: { active: false, record: () => 0 } };
  kernel = new Kernel('host', context);
  files = new Map();
  frames = [];
  for (const command of [
    'ip netns add c',
    'ip netns add s',
    'ip link add eth0 address 02:00:00:00:01:01 netns c type veth peer name tap0 address 02:00:00:00:01:02 netns s',
  ])
    expect(start('', command).text()).toBe('');
  for (const command of ['ip link set lo up', 'ip link set tap0 up', 'ip addr add 10.0.0.2/24 dev tap0'])
    expect(start('s', command).text()).toBe('');
  start('c', 'ip link set eth0 up');
  kernel.tap('s', kernel.findLink('s', 'tap0') ?? null, ({ octets }) => {
    const printer = new TcpdumpSession({ numeric: true, timestamp: 1, verbose: 2 });
    const time = { seconds: 0, nanoseconds: 0 };
    frames.push(printer.print({ octets, length: octets.length, time }).text);
  });
});

const NEUTRON =
  'dnsmasq -d --no-hosts --no-resolv --pid-file=/pid --dhcp-hostsfile=/host --addn-hosts=/addn --dhcp-optsfile=/opts --dhcp-leasefile=/leases --dhcp-match=set:ipxe,175 --dhcp-userclass=set:ipxe6,iPXE --local-service --bind-dynamic --dhcp-range=set:subnet-1,10.0.0.0,static,255.255.255.0,86400s --dhcp-option-force=option:mtu,1450 --dhcp-lease-max=256 --conf-file= --domain=openstacklocal --log-dhcp';

function neutron(): Running {
  files.set(
    '/host',
    'fa:16:3e:00:00:01,host-10-0-0-11.openstacklocal,10.0.0.11\n02:00:00:00:01:01,host-10-0-0-12.openstacklocal,10.0.0.12\n',
  );
  files.set(
    '/opts',
    'tag:subnet-1,option:dns-server,10.0.0.2\ntag:subnet-1,option:classless-static-route,169.254.169.254/32,10.0.0.2,0.0.0.0/0,10.0.0.1\ntag:subnet-1,249,169.254.169.254/32,10.0.0.2,0.0.0.0/0,10.0.0.1\ntag:subnet-1,option:router,10.0.0.1\n',
  );
  files.set('/addn', '10.0.0.11\thost-10-0-0-11.openstacklocal host-10-0-0-11\n');
  return start('s', NEUTRON);
}

it('says what it reads and does, as the DHCP agent of OpenStack runs it', () => {
  const server = neutron();
  const asking = start('c', 'udhcpc -i eth0 -n -q -f');
  expect(said(server, 2)).toBe(`dnsmasq: started, version 2.90 cachesize 150
dnsmasq: DNS service limited to local subnets
dnsmasq: compile time options: IPv6 GNU-getopt DBus no-UBus i18n IDN2 DHCP DHCPv6 no-Lua TFTP conntrack ipset nftset auth cryptohash DNSSEC loop-detect inotify dumpfile
dnsmasq: warning: no upstream servers configured
dnsmasq-dhcp: DHCP, static leases only on 10.0.0.0, lease time 1d
dnsmasq: read /addn - 2 names
dnsmasq-dhcp: read /host
dnsmasq-dhcp: read /opts
dnsmasq-dhcp: X available DHCP subnet: 10.0.0.0/255.255.255.0
dnsmasq-dhcp: X vendor class: udhcp 1.35.0
dnsmasq-dhcp: X DHCPDISCOVER(tap0) 02:00:00:00:01:01 
dnsmasq-dhcp: X tags: subnet-1, known, tap0
dnsmasq-dhcp: X DHCPOFFER(tap0) 10.0.0.12 02:00:00:00:01:01 
dnsmasq-dhcp: X requested options: 1:netmask, 3:router, 6:dns-server, 12:hostname, 
dnsmasq-dhcp: X requested options: 15:domain-name, 28:broadcast, 42:ntp-server
dnsmasq-dhcp: X next server: 10.0.0.2
dnsmasq-dhcp: X sent size:  1 option: 53 message-type  2
dnsmasq-dhcp: X sent size:  4 option: 54 server-identifier  10.0.0.2
dnsmasq-dhcp: X sent size:  4 option: 51 lease-time  1d
dnsmasq-dhcp: X sent size:  4 option: 58 T1  12h
dnsmasq-dhcp: X sent size:  4 option: 59 T2  21h
dnsmasq-dhcp: X sent size:  4 option:  1 netmask  255.255.255.0
dnsmasq-dhcp: X sent size:  4 option: 28 broadcast  10.0.0.255
dnsmasq-dhcp: X sent size: 14 option: 15 domain-name  openstacklocal
dnsmasq-dhcp: X sent size: 14 option: 12 hostname  host-10-0-0-12
dnsmasq-dhcp: X sent size:  4 option:  3 router  10.0.0.1
dnsmasq-dhcp: X sent size:  4 option:  6 dns-server  10.0.0.2
dnsmasq-dhcp: X sent size:  2 option: 26 mtu  1450
dnsmasq-dhcp: X available DHCP subnet: 10.0.0.0/255.255.255.0
dnsmasq-dhcp: X vendor class: udhcp 1.35.0
dnsmasq-dhcp: X DHCPREQUEST(tap0) 10.0.0.12 02:00:00:00:01:01 
dnsmasq-dhcp: X tags: subnet-1, known, tap0
dnsmasq-dhcp: X DHCPACK(tap0) 10.0.0.12 02:00:00:00:01:01 host-10-0-0-12
dnsmasq-dhcp: X requested options: 1:netmask, 3:router, 6:dns-server, 12:hostname, 
dnsmasq-dhcp: X requested options: 15:domain-name, 28:broadcast, 42:ntp-server
dnsmasq-dhcp: X next server: 10.0.0.2
dnsmasq-dhcp: X sent size:  1 option: 53 message-type  5
dnsmasq-dhcp: X sent size:  4 option: 54 server-identifier  10.0.0.2
dnsmasq-dhcp: X sent size:  4 option: 51 lease-time  1d
dnsmasq-dhcp: X sent size:  4 option: 58 T1  12h
dnsmasq-dhcp: X sent size:  4 option: 59 T2  21h
dnsmasq-dhcp: X sent size:  4 option:  1 netmask  255.255.255.0
dnsmasq-dhcp: X sent size:  4 option: 28 broadcast  10.0.0.255
dnsmasq-dhcp: X sent size: 14 option: 15 domain-name  openstacklocal
dnsmasq-dhcp: X sent size: 14 option: 12 hostname  host-10-0-0-12
dnsmasq-dhcp: X sent size:  4 option:  3 router  10.0.0.1
dnsmasq-dhcp: X sent size:  4 option:  6 dns-server  10.0.0.2
dnsmasq-dhcp: X sent size:  2 option: 26 mtu  1450
`);
  expect(asking.text()).toContain('lease of 10.0.0.12 obtained from 10.0.0.2, lease time 86400\n');
  expect(files.get('/leases')).toBe(
    '1795501982 02:00:00:00:01:01 10.0.0.12 host-10-0-0-12 01:02:00:00:00:01:01\n',
  );
  const offer = frames.find((one) => one.includes('Offer')) ?? '';
  expect(offer.replace(/\bx?id (?:0x[\da-f]+|\d+)/g, 'X'))
    .toBe(`IP (tos 0xc0, ttl 64, X, offset 0, flags [none], proto UDP (17), length 356)
    10.0.0.2.67 > 10.0.0.12.68: [udp sum ok] BOOTP/DHCP, Reply, length 328, X, Flags [none] (0x0000)
	  Your-IP 10.0.0.12
	  Server-IP 10.0.0.2
	  Client-Ethernet-Address 02:00:00:00:01:01
	  Vendor-rfc1048 Extensions
	    Magic Cookie 0x63825363
	    DHCP-Message (53), length 1: Offer
	    Server-ID (54), length 4: 10.0.0.2
	    Lease-Time (51), length 4: 86400
	    RN (58), length 4: 43200
	    RB (59), length 4: 75600
	    Subnet-Mask (1), length 4: 255.255.255.0
	    BR (28), length 4: 10.0.0.255
	    Domain-Name (15), length 14: "openstacklocal"
	    Hostname (12), length 14: "host-10-0-0-12"
	    Default-Gateway (3), length 4: 10.0.0.1
	    Domain-Name-Server (6), length 4: 10.0.0.2
	    MTU (26), length 2: 1450
`);
});

it('has no address for who is not known in a static range', () => {
  const server = neutron();
  client('02:00:00:00:09:09');
  start('c', 'udhcpc -i eth0 -n -q -f -t 1 -T 1');
  expect(said(server, 2)).toMatch(
    /X vendor class: udhcp 1\.35\.0\ndnsmasq-dhcp: X DHCPDISCOVER\(tap0\) 02:00:00:00:09:09 no address available\n$/,
  );
});

const POOL =
  'dnsmasq -d --no-hosts --no-resolv --dhcp-leasefile=/leases --interface=tap0 --except-interface=lo --bind-interfaces --dhcp-range=10.0.0.100,10.0.0.120,2m --dhcp-host=02:00:00:00:02:02,set:red,fixed,10.0.0.50,infinite --dhcp-host=02:00:00:00:03:03,ignore --dhcp-host=id:01:02:00:00:00:04:04,10.0.0.51 --dhcp-option=tag:red,3,10.0.0.254 --dhcp-option=option:ntp-server,0.0.0.0,1.2.3.4 --dhcp-option=119,a.org,b.a.org --dhcp-option=121,10.9.0.0/16,10.0.0.9 --dhcp-option=43,01:02:03 --dhcp-option=224,text --dhcp-boot=pxelinux.0,boothost,10.0.0.7 --domain=ex.org --conf-file=';

it('looks on the wire whether an address is free, then offers it', () => {
  const server = start('s', POOL);
  start('c', 'udhcpc -i eth0 -n -q -f -t 1 -T 9');
  const log = said(server, 2);
  expect(log).toMatch(/DHCP, IP range 10\.0\.0\.100 -- 10\.0\.0\.120, lease time 2m\n/);
  expect(log).toMatch(/sockets bound exclusively to interface tap0\ndnsmasq: cleared cache\n$/);
  expect(frames.filter((one) => one.includes('who-has')).length).toBeGreaterThan(0);
  expect(said(server, 2)).toMatch(/DHCPOFFER\(tap0\) 10\.0\.0\.119 02:00:00:00:01:01 \n/);
});

it.each<[string, string, string]>([
  [
    '02:00:00:00:02:02',
    'DHCPACK(tap0) 10.0.0.50 02:00:00:00:02:02 fixed\n',
    '0 02:00:00:00:02:02 10.0.0.50 fixed 01:02:00:00:00:02:02\n',
  ],
  ['02:00:00:00:03:03', 'DHCPDISCOVER(tap0) 02:00:00:00:03:03 ignored\n', ''],
  [
    '02:00:00:00:04:04',
    'DHCPACK(tap0) 10.0.0.51 02:00:00:00:04:04 \n',
    '1795415702 02:00:00:00:04:04 10.0.0.51 * 01:02:00:00:00:04:04\n',
  ],
])('serves %s by what is set down for it', (mac, line, leases) => {
  const server = start('s', POOL);
  client(mac);
  start('c', 'udhcpc -i eth0 -n -q -f -t 1 -T 9');
  expect(said(server, 2)).toContain(line);
  expect(files.get('/leases')).toBe(leases);
});

it('sends options for tags, boot files and names of search lists', () => {
  start('s', POOL);
  client('02:00:00:00:02:02');
  const asking = start('c', 'udhcpc -i eth0 -n -q -f -t 1 -T 9');
  said(asking, 2);
  const offer = frames.find((one) => one.includes('Offer')) ?? '';
  expect(offer).toContain('Server-IP 10.0.0.7\n');
  expect(offer).toContain('sname "boothost"\n\t  file "pxelinux.0"\n');
  expect(offer).toMatch(
    /NTP \(42\), length 8: 10\.0\.0\.2,1\.2\.3\.4\n\t {4}Default-Gateway \(3\), length 4: 10\.0\.0\.254\n/,
  );
});

it('renews by a message to itself alone, and gives its answer back there', () => {
  const server = start('s', POOL);
  client('02:00:00:00:04:04');
  start('c', 'udhcpc -i eth0 -f');
  said(server, 2);
  frames = [];
  expect(said(server, 70).match(/DHCPREQUEST/g)?.length).toBe(2);
  expect(frames.filter((one) => one.includes('BOOTP')).map((one) => /\d\S+ > \S+/.exec(one)?.[0])).toEqual([
    '10.0.0.51.68 > 10.0.0.2.67:',
    '10.0.0.2.67 > 10.0.0.51.68:',
  ]);
});
