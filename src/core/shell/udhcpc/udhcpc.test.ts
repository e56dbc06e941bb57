/** udhcpc against a server on the wire: its words, its frames, and what it leaves configured. */
import { beforeEach, expect, it } from 'vitest';
import { formatIpv4 } from '../../base/address.ts';
import { concatBytes } from '../../base/bytes.ts';
import { createRandom } from '../../base/random.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import { ETHERTYPE, frameOf } from '../../linux/ether.ts';
import { buildIpv4 } from '../../linux/ip4/packet.ts';
import { Kernel, type Link } from '../../linux/index.ts';
import { createClock, type SimClock } from '../../sim/clock.ts';
import {
  decode,
  encodeDhcp,
  encodeDhcpOption,
  encodeUdp,
  findLayer,
  TcpdumpSession,
} from '../../wire/index.ts';
import { ip } from '../ip/program.ts';
import type { Output } from '../program.ts';
import { udhcpc } from './udhcpc.ts';

const SERVER = 0xc0a80001;
const LEASED = 0xc0a80032;

let clock: SimClock;
let kernel: Kernel;
let client: Link;
let server: Link;
let seen: string[];
const files = new Map<string, string>();

const octets = (...addresses: readonly number[]): Uint8Array =>
  Uint8Array.from(addresses.flatMap((one) => [one >>> 24, (one >>> 16) & 255, (one >>> 8) & 255, one & 255]));

const link = (name: string): Link => {
  const found = kernel.findLink('', name);
  if (found === undefined) throw new Error(name);
  return found;
};

/** Answers every question, or refuses requests. */
function serve(lease: number, refuses = false): void {
  kernel.tap('', server, ({ direction, octets: frame }) => {
    const asked = direction === 'in' ? findLayer(decode(frame), 'dhcp') : undefined;
    if (asked === undefined) return;
    const printer = new TcpdumpSession({ verbose: 3, numeric: true, timestamp: 1, linkHeader: true });
    const { text } = printer.print({
      octets: frame,
      length: frame.length,
      time: { seconds: 0, nanoseconds: 0 },
    });
    seen.push(text.replace(/xid 0x[0-9a-f]+/, 'xid X'));
    const isRequest = asked.options.find(({ code }) => code === 53)?.value[0] === 3;
    const type = isRequest ? (refuses ? 6 : 5) : 2;
    const message = encodeDhcp({ ...asked, operation: 'reply', yourAddress: LEASED }, [
      encodeDhcpOption(53, Uint8Array.of(type)),
      encodeDhcpOption(54, octets(SERVER)),
      encodeDhcpOption(51, octets(lease)),
      encodeDhcpOption(1, octets(0xffffff00)),
      encodeDhcpOption(28, octets(0xc0a800ff)),
      encodeDhcpOption(3, octets(SERVER)),
      encodeDhcpOption(6, octets(SERVER, 0x08080808)),
      encodeDhcpOption(15, encodeUtf8('lab')),
      encodeDhcpOption(26, Uint8Array.of(5, 120)),
    ]);
    const pseudo = { family: 4, source: SERVER, destination: LEASED } as const;
    const segment = encodeUdp({ sourcePort: 67, destinationPort: 68 }, message, pseudo);
    const datagram = buildIpv4(
      { source: SERVER, destination: LEASED, protocol: 17, id: 1, dontFragment: false, ttl: 64 },
      segment,
    );
    kernel.transmit(server, frameOf(client.mac, server.mac, ETHERTYPE.ipv4, concatBytes([datagram])), null);
  });
}

function type(...words: readonly string[]): {
  readonly text: () => string;
  readonly status: () => number | null;
} {
  let text = '';
  let status: number | null = null;
  const output: Output = { out: (part) => void (text += part), err: (part) => void (text += part) };
  const run = (argv: readonly string[], namespace: string, to: Output) =>
    ip({ argv, stdin: '', output: to, context: kernel.context, host: { kernel }, namespace });
  const host = { kernel, run, writeFile: (path: string, content: string) => void files.set(path, content) };
  const started = udhcpc({
    argv: ['udhcpc', ...words],
    stdin: '',
    output,
    context: kernel.context,
    host,
    namespace: '',
  });
  if ('status' in started) ({ status } = started);
  else started.onDone((exit) => ({ status } = exit));
  return { text: () => text, status: () => status };
}

beforeEach(() => {
  clock = createClock();
  const context = { clock, random: createRandom(1), recorder: { active: false, record: () => 0 } };
  kernel = new Kernel('host', context);
  seen = [];
  kernel.addLink('', { kind: 'veth', name: 'eth0', mac: 0x020000000101n, peer: { name: 'peer' } });
  client = link('eth0');
  server = link('peer');
  const run = (...argv: string[]) =>
    ip({
      argv: ['ip', ...argv],
      stdin: '',
      output: { out: () => 0, err: () => 0 },
      context,
      host: { kernel },
      namespace: '',
    });
  run('link', 'set', 'peer', 'up');
  run('link', 'set', 'eth0', 'up');
});

it('gets a lease and gives it to the device', () => {
  serve(3600);
  const typed = type('-i', 'eth0', '-n', '-q');
  clock.run(2e9);
  expect(typed.text()).toBe(`udhcpc: started, v1.35.0
udhcpc: broadcasting discover
udhcpc: broadcasting select for 192.168.0.50, server 192.168.0.1
udhcpc: lease of 192.168.0.50 obtained from 192.168.0.1, lease time 3600
`);
  expect(typed.status()).toBe(0);
  expect(
    client.addresses4.map(({ local, length, broadcast }) => [formatIpv4(local), length, broadcast]),
  ).toEqual([['192.168.0.50', 24, 0xc0a800ff]]);
  expect(client.mtu).toBe(1400);
  expect(files.get('/etc/resolv.conf')).toBe('domain lab\nnameserver 192.168.0.1\nnameserver 8.8.8.8\n');
});

it('asks as BusyBox does, octet for octet', () => {
  serve(3600);
  type('-i', 'eth0', '-n', '-q');
  clock.run(2e9);
  // Recorded from BusyBox 1.35.
  expect(seen[0])
    .toBe(`02:00:00:00:01:01 > ff:ff:ff:ff:ff:ff, ethertype IPv4 (0x0800), length 342: (tos 0x0, ttl 64, id 0, offset 0, flags [none], proto UDP (17), length 328)
    0.0.0.0.68 > 255.255.255.255.67: [udp sum ok] BOOTP/DHCP, Request from 02:00:00:00:01:01, length 300, xid X, Flags [none] (0x0000)
	  Client-Ethernet-Address 02:00:00:00:01:01
	  Vendor-rfc1048 Extensions
	    Magic Cookie 0x63825363
	    DHCP-Message (53), length 1: Discover
	    MSZ (57), length 2: 576
	    Parameter-Request (55), length 7: 
	      Subnet-Mask (1), Default-Gateway (3), Domain-Name-Server (6), Hostname (12)
	      Domain-Name (15), BR (28), NTP (42)
	    Vendor-Class (60), length 12: "udhcp 1.35.0"
	    Client-ID (61), length 7: ether 02:00:00:00:01:01
	    END (255), length 0
	    PAD (0), length 0, occurs 20
`);
});

it('fails when nobody answers', () => {
  const typed = type('-i', 'eth0', '-n', '-t', '2', '-T', '1');
  clock.run(5e9);
  expect(typed.text()).toBe(
    'udhcpc: started, v1.35.0\nudhcpc: broadcasting discover\nudhcpc: broadcasting discover\nudhcpc: no lease, failing\n',
  );
  expect(typed.status()).toBe(1);
});

it('begins anew after a refusal', () => {
  serve(3600, true);
  const typed = type('-i', 'eth0', '-n', '-q');
  clock.run(4e9);
  expect(typed.text()).toContain('udhcpc: received DHCP NAK\nudhcpc: broadcasting discover\n');
});

it('renews at half of its time, from the background as well', () => {
  serve(100);
  const typed = type('-i', 'eth0');
  clock.run(2e9);
  expect(typed.status()).toBe(0);
  const before = seen.length;
  kernel.addAddress4(server, { local: SERVER, length: 24 });
  clock.run(120e9);
  expect(seen.length).toBeGreaterThan(before);
  expect(client.addresses4).toHaveLength(1);
});

it.each([
  [['-i', 'nosuch'], 'udhcpc: SIOCGIFINDEX: No such device\n'],
  [['-t', 'x'], "udhcpc: invalid number 'x'\n"],
  [['-s', '/bin/true'], 'udhcpc: the option -s is not modelled\n'],
])('refuses %j', (words, text) => {
  const typed = type(...words);
  expect([typed.text(), typed.status()]).toEqual([text, 1]);
});
