/** Programs that look names up, against dnsmasq over a cable; the texts are those of glibc 2.36, iputils and BIND 9.18. */
import { beforeEach, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { Kernel } from '../../linux/index.ts';
import { createClock, type SimClock } from '../../sim/clock.ts';
import { ProcessTable } from '../../sim/process-table.ts';
import { TcpdumpSession } from '../../wire/index.ts';
import { curl } from '../curl/curl.ts';
import { dnsmasq } from '../dnsmasq/dnsmasq.ts';
import { getent } from '../getent/getent.ts';
import { host as hostProgram } from '../host/host.ts';
import { ip } from '../ip/program.ts';
import { nslookup } from '../nslookup/nslookup.ts';
import { ownProcess } from '../own-process.ts';
import { ping } from '../ping/ping.ts';
import type { Output } from '../program.ts';
import { traceroute } from '../traceroute/traceroute.ts';
import { splitWords } from '../words.ts';
import { newResolver } from './resolver.ts';

let clock: SimClock;
let kernel: Kernel;
let files: Map<string, string>;
let frames: string[];

function run(namespace: string, command: string, seconds = 90): { text: string; status: number | undefined } {
  const words = splitWords(command);
  const argv = words.ok ? words.value : [];
  let text = '';
  let status: number | undefined;
  const output: Output = { out: (part) => void (text += part), err: (part) => void (text += part) };
  const context = { clock, random: createRandom(7), recorder: { active: false, record: () => 0 } };
  const readFile = (path: string): string | undefined => files.get(path);
  const process = ownProcess({ table: new ProcessTable(), now: clock.now(), argv, namespace });
  const resolver = newResolver({ kernel, namespace, context, program: argv[0] ?? '', readFile });
  const addressOf = (): undefined => undefined;
  const host = { kernel, readFile, writeFile: () => undefined, process, resolver, addressOf };
  const common = { argv, stdin: '', output, context, namespace, host };
  const programs = { ip, dnsmasq, getent, host: hostProgram, nslookup, ping, traceroute, curl };
  const program = programs[argv[0] as keyof typeof programs](common);
  if ('status' in program) ({ status } = program);
  else program.onDone((exit) => ({ status } = exit));
  const end = clock.now() + seconds * 1e9;
  while (status === undefined && (clock.next() ?? end) < end) clock.step();
  return { text, status };
}

const SERVER =
  'dnsmasq -k --no-hosts --no-resolv --addn-hosts=/names --conf-file= --domain=ex.org --expand-hosts --local=/ex.org/ --local=/lab/ --local=// --cname=ali.ex.org,gw.ex.org --pid-file= --address=/nx.org/ --local=/in-addr.arpa/';

beforeEach(() => {
  clock = createClock(Date.UTC(2026, 10, 23, 7, 14, 2));
  const context = { clock, random: createRandom(1), recorder: { active: false, record: () => 0 } };
  kernel = new Kernel('host', context);
  files = new Map([
    ['/etc/resolv.conf', 'search ex.org lab\nnameserver 10.0.0.2\n'],
    ['/etc/hosts', '127.0.0.1 localhost\n10.0.0.99 filed filed.alias\n10.0.0.98 filed\nfd00::99 filed\n'],
    [
      '/names',
      '10.0.0.5 multi\n10.0.0.6 multi\n10.0.0.8 six4 Big.Name\n10.0.0.2 gw\nfd00::2 gw\n10.0.0.2 gw.lab\nfd00::7 only6\n',
    ],
  ]);
  frames = [];
  for (const command of [
    'ip netns add c',
    'ip netns add s',
    'ip link add eth0 netns c type veth peer name tap0 netns s',
  ])
    expect(run('', command).text).toBe('');
  for (const [namespace, device, address, six] of [
    ['s', 'tap0', '10.0.0.2/24', 'fd00::2/64'],
    ['c', 'eth0', '10.0.0.9/24', 'fd00::9/64'],
  ] as const)
    for (const what of [
      `link set lo up`,
      `link set ${device} up`,
      `addr add ${address} dev ${device}`,
      `addr add ${six} dev ${device} nodad`,
    ])
      expect(run(namespace, `ip ${what}`).text).toBe('');
  clock.run(3e9);
  expect(run('s', SERVER, 0).text).toBe('');
  kernel.tap('s', kernel.findLink('s', 'tap0') ?? null, ({ octets }) => {
    const printer = new TcpdumpSession({ numeric: true, timestamp: 1 });
    const time = { seconds: 0, nanoseconds: 0 };
    const { text } = printer.print({ octets, length: octets.length, time });
    if (text.includes('.53')) frames.push(text.replace(/^.*?: (\d+)/, '').trim());
  });
});

const head = (text: string, lines: number): string => text.split('\n').slice(0, lines).join('\n');
const untimed = (text: string): string => text.replaceAll(/time=[\d.]+/g, 'time=T');

it.each<[string, string]>([
  [
    'ping -c1 gw',
    'PING gw(gw.ex.org (fd00::2)) 56 data bytes\n64 bytes from gw.ex.org (fd00::2): icmp_seq=1 ttl=64 time=T ms',
  ],
  [
    'ping -c1 -4 gw.ex.org',
    'PING  (10.0.0.2) 56(84) bytes of data.\n64 bytes from gw.ex.org (10.0.0.2): icmp_seq=1 ttl=64 time=T ms',
  ],
  [
    'ping -c1 ali.ex.org',
    'PING ali.ex.org(gw.ex.org (fd00::2)) 56 data bytes\n64 bytes from gw.ex.org (fd00::2): icmp_seq=1 ttl=64 time=T ms',
  ],
  [
    'ping -c 1 -n gw.ex.org',
    'PING gw.ex.org(fd00::2) 56 data bytes\n64 bytes from fd00::2: icmp_seq=1 ttl=64 time=T ms',
  ],
  ['ping -c1 -W1 filed', 'PING filed(filed (fd00::99)) 56 data bytes\n'],
  ['ping -c1 nosuch', 'ping: nosuch: Temporary failure in name resolution\n'],
  ['ping -c1 nosuch.nx.org', 'ping: nosuch.nx.org: Name or service not known\n'],
  ['ping -c1 -4 only6', 'ping: only6: Address family for hostname not supported\n'],
  [
    'traceroute -n -q1 gw.ex.org',
    'traceroute to gw.ex.org (10.0.0.2), 30 hops max, 60 byte packets\n 1  10.0.0.2  ',
  ],
  [
    'traceroute nosuch',
    'nosuch: Temporary failure in name resolution\nCannot handle "host" cmdline arg `nosuch\' on position 1 (argc 1)\n',
  ],
  ['curl -sv http://gw.ex.org:81/', '*   Trying [fd00::2]:81...\n'],
  ['curl -sS http://nosuch/', 'curl: (6) Could not resolve host: nosuch\n'],
])('%s', (command, expected) => {
  expect(untimed(run('c', command).text).slice(0, expected.length)).toBe(expected);
});

it('prints the names of hops', () => {
  const { text } = run('c', 'traceroute -q1 gw');
  expect(text).toMatch(
    /^traceroute to gw \(10\.0\.0\.2\), 30 hops max, 60 byte packets\n 1 {2}gw\.ex\.org \(10\.0\.0\.2\) {2}/,
  );
});

it.each<[string, string, number]>([
  ['host gw', 'gw.ex.org has address 10.0.0.2\ngw.ex.org has IPv6 address fd00::2\n', 0],
  [
    'host ali.ex.org',
    'ali.ex.org is an alias for gw.ex.org.\ngw.ex.org has address 10.0.0.2\ngw.ex.org has IPv6 address fd00::2\n',
    0,
  ],
  ['host nosuch', 'Host nosuch not found: 5(REFUSED)\n', 1],
  ['host nosuch.nx.org', 'Host nosuch.nx.org not found: 3(NXDOMAIN)\n', 1],
  ['host 10.0.0.2', '2.0.0.10.in-addr.arpa domain name pointer gw.ex.org.\n', 0],
  ['host 10.0.0.77', 'Host 77.0.0.10.in-addr.arpa. not found: 3(NXDOMAIN)\n', 1],
  [
    'host gw 10.0.0.2',
    'Using domain server:\nName: 10.0.0.2\nAddress: 10.0.0.2#53\nAliases: \n\ngw.ex.org has address 10.0.0.2\ngw.ex.org has IPv6 address fd00::2\n',
    0,
  ],
  ['host -t a gw', 'gw.ex.org has address 10.0.0.2\n', 0],
  ['host -t aaaa six4', 'six4.ex.org has no AAAA record\n', 0],
  ['host only6', 'only6.ex.org has IPv6 address fd00::7\n', 0],
  ['host gw nosuchserver', "host: couldn't get address for 'nosuchserver': failure\n", 1],
  [
    'host gw 10.0.0.77',
    ';; communications error to 10.0.0.77#53: timed out\n;; communications error to 10.0.0.77#53: timed out\n;; no servers could be reached\n',
    1,
  ],
  [
    'nslookup gw',
    'Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\nName:\tgw.ex.org\nAddress: 10.0.0.2\nName:\tgw.ex.org\nAddress: fd00::2\n\n',
    0,
  ],
  [
    'nslookup ali.ex.org',
    'Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\nali.ex.org\tcanonical name = gw.ex.org.\nName:\tgw.ex.org\nAddress: 10.0.0.2\nName:\tgw.ex.org\nAddress: fd00::2\n\n',
    0,
  ],
  [
    'nslookup nosuch',
    "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\n** server can't find nosuch: REFUSED\n\n",
    1,
  ],
  ['nslookup 10.0.0.2', '2.0.0.10.in-addr.arpa\tname = gw.ex.org.\n\n', 0],
  ['nslookup 10.0.0.77', "** server can't find 77.0.0.10.in-addr.arpa: NXDOMAIN\n\n", 1],
  [
    'nslookup -type=aaaa six4',
    "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\nNon-authoritative answer:\n*** Can't find six4: No answer\n\n",
    0,
  ],
  [
    'nslookup only6',
    'Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\nNon-authoritative answer:\nName:\tonly6.ex.org\nAddress: fd00::7\n\n',
    0,
  ],
  [
    'nslookup -type=soa gw.ex.org',
    "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\nNon-authoritative answer:\n*** Can't find gw.ex.org: No answer\n\nAuthoritative answers can be found from:\n\n",
    0,
  ],
  [
    'nslookup -timeout=1 -retry=1 gw 10.0.0.77',
    ';; communications error to 10.0.0.77#53: timed out\n;; no servers could be reached\n\n',
    1,
  ],
  ['getent hosts gw', 'fd00::2         gw.ex.org\n', 0],
  ['getent hosts multi', '10.0.0.5        multi.ex.org\n10.0.0.6        multi.ex.org\n', 0],
  ['getent hosts 10.0.0.2', '10.0.0.2        gw.ex.org\n', 0],
  [
    'getent ahosts gw',
    'fd00::2         STREAM gw.ex.org\nfd00::2         DGRAM  \nfd00::2         RAW    \n10.0.0.2        STREAM \n10.0.0.2        DGRAM  \n10.0.0.2        RAW    \n',
    0,
  ],
  ['getent hosts nosuch', '', 2],
  ['getent hosts filed', 'fd00::99        filed\n', 0],
  ['getent hosts filed.alias', '10.0.0.99       filed filed.alias\n', 0],
  ['getent hosts six4', '10.0.0.8        six4.ex.org\n', 0],
  ['getent hosts ali.ex.org', 'fd00::2         gw.ex.org ali.ex.org\n', 0],
  [
    'getent ahostsv6 six4',
    '::ffff:10.0.0.8 STREAM six4.ex.org\n::ffff:10.0.0.8 DGRAM  \n::ffff:10.0.0.8 RAW    \n',
    0,
  ],
  ['getent hosts gw six4', 'fd00::2         gw.ex.org\n10.0.0.8        six4.ex.org\n', 0],
  [
    'getent hosts',
    '127.0.0.1       localhost\n10.0.0.99       filed filed.alias\n10.0.0.98       filed\n',
    0,
  ],
  ['getent foo', "Unknown database: foo\nTry `getent --help' or `getent --usage' for more information.\n", 1],
])('%s', (command, text, status) => {
  expect(run('c', command)).toEqual({ text, status });
});

it('shows whole messages with host -v', () => {
  expect(head(run('c', 'host -v gw').text.replace(/id: \d+/, 'id: N'), 11)).toBe(`Trying "gw.ex.org"
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: N
;; flags: qr aa rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0

;; QUESTION SECTION:
;gw.ex.org.			IN	A

;; ANSWER SECTION:
gw.ex.org.		0	IN	A	10.0.0.2

Received 43 bytes from 10.0.0.2#53 in 0 ms`);
});

it('asks for both families at once, from one port, and goes through the domains', () => {
  run('c', 'getent ahosts nosuch');
  expect(frames.filter((one) => one.startsWith('+')).map((one) => one.slice(2))).toEqual([
    'A? nosuch.ex.org. (31)',
    'AAAA? nosuch.ex.org. (31)',
    'A? nosuch.lab. (28)',
    'AAAA? nosuch.lab. (28)',
    'A? nosuch. (24)',
    'AAAA? nosuch. (24)',
    'A? nosuch. (24)',
    'AAAA? nosuch. (24)',
  ]);
});

it('waits for servers as resolv.conf says', () => {
  files.set('/etc/resolv.conf', 'nameserver 10.0.0.77\nnameserver 10.0.0.78\noptions timeout:2 attempts:2\n');
  const before = clock.now();
  expect(run('c', 'ping -c1 gw.ex.org').text).toBe('ping: gw.ex.org: Temporary failure in name resolution\n');
  expect((clock.now() - before) / 1e9).toBe(8);
});

it('asks nobody where nsswitch.conf does not name dns', () => {
  files.set('/etc/nsswitch.conf', 'hosts: files\n');
  expect(run('c', 'getent hosts gw').status).toBe(2);
  expect(frames).toEqual([]);
});
