/** dnsmasq asked by dig over a cable between two namespaces; the texts are those of dnsmasq 2.90 and dig 9.18. */
import { beforeEach, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { parseIp } from '../../linux/family.ts';
import { Kernel } from '../../linux/index.ts';
import { createClock, type SimClock } from '../../sim/clock.ts';
import { TcpdumpSession } from '../../wire/index.ts';
import { dig } from '../dig/dig.ts';
import { ip } from '../ip/program.ts';
import type { Exit, Output, RunningProgram } from '../program.ts';
import { splitWords } from '../words.ts';
import { ownProcess } from '../own-process.ts';
import { ProcessTable } from '../../sim/process-table.ts';
import { dnsmasq } from './dnsmasq.ts';

let clock: SimClock;
let kernel: Kernel;
let files: Map<string, string>;
let frames: string[];
let processes: ProcessTable;

interface Said {
  readonly out: string;
  readonly err: string;
  readonly status: number | undefined;
  readonly program: Exit | RunningProgram;
}

/** Runs a program in a namespace for at most `seconds`. */
function run(namespace: string, command: string, seconds = 60): Said {
  const words = splitWords(command);
  const argv = words.ok ? words.value : [];
  let out = '';
  let err = '';
  let status: number | undefined;
  const output: Output = { out: (text) => void (out += text), err: (text) => void (err += text) };
  const context = { clock, random: createRandom(7), recorder: { active: false, record: () => 0 } };
  const readFile = (path: string): string | undefined => files.get(path);
  const common = { argv, stdin: '', output, context, namespace };
  const writeFile = (path: string, text: string): void => void files.set(path, text);
  const process = ownProcess({ table: processes, now: clock.now(), argv, namespace });
  const host = { kernel, readFile, writeFile, process, addressOf: parseIp };
  const programs = { ip, dig, dnsmasq };
  const program = programs[argv[0] as keyof typeof programs]({ ...common, host });
  if ('status' in program) ({ status } = program);
  else program.onDone((exit) => ({ status } = exit));
  const end = clock.now() + seconds * 1e9;
  while (status === undefined && (clock.next() ?? end) < end) clock.step();
  return { out, err, status, program };
}

const HOSTS = `10.9.0.5 multi
10.9.0.6 multi
10.9.0.8 six4 Big.Name
10.9.0.1 gw
2001:db8::5 gw
`;

beforeEach(() => {
  clock = createClock(Date.UTC(2026, 10, 23, 4, 32, 31));
  const context = { clock, random: createRandom(1), recorder: { active: false, record: () => 0 } };
  kernel = new Kernel('host', context);
  files = new Map([['/h', HOSTS]]);
  frames = [];
  processes = new ProcessTable();
  for (const command of [
    'ip netns add a',
    'ip netns add b',
    'ip link add ab netns a type veth peer name ba netns b',
  ])
    expect(run('', command)).toMatchObject({ err: '', status: 0 });
  for (const [namespace, device, address] of [
    ['a', 'ab', '10.9.0.1/24'],
    ['a', 'ab', '10.9.0.2/24'],
    ['b', 'ba', '10.9.0.9/24'],
  ] as const) {
    run(namespace, 'ip link set lo up');
    run(namespace, `ip link set ${device} up`);
    expect(run(namespace, `ip addr add ${address} dev ${device}`).err).toBe('');
  }
  kernel.tap('b', null, ({ octets }) => {
    const printer = new TcpdumpSession({ numeric: true, timestamp: 1 });
    const time = { seconds: 0, nanoseconds: 0 };
    frames.push(printer.print({ octets, length: octets.length, time }).text);
  });
});

const FIRST =
  'dnsmasq -C /dev/null -k --bind-interfaces --listen-address=10.9.0.1 --no-resolv --no-hosts --addn-hosts=/h --domain=ex.org --expand-hosts --local=/ex.org/ --cname=ali.ex.org,gw.ex.org --host-record=hr.z,10.9.0.44 --address=/blk/ --address=/wild.org/1.2.3.4';
const SECOND =
  'dnsmasq -C /dev/null -k --bind-interfaces --listen-address=10.9.0.2 --no-resolv --no-hosts --server=10.9.0.1 --domain-needed';

it('prints a whole answer as dig does, and the packets as tcpdump does', () => {
  run('a', FIRST, 0);
  const { out, status } = run('b', 'dig @10.9.0.1 gw.ex.org');
  expect(out.replace(/id: \d+/, 'id: ID')).toBe(`
; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> @10.9.0.1 gw.ex.org
; (1 server found)
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: ID
;; flags: qr aa rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;gw.ex.org.			IN	A

;; ANSWER SECTION:
gw.ex.org.		0	IN	A	10.9.0.1

;; Query time: 0 msec
;; SERVER: 10.9.0.1#53(10.9.0.1) (UDP)
;; WHEN: Mon Nov 23 04:32:31 UTC 2026
;; MSG SIZE  rcvd: 54

`);
  expect(status).toBe(0);
  expect(
    frames.filter((one) => one.includes('.53')).map((one) => one.replace(/\d{5}|\d+(?=[*+])/g, 'N')),
  ).toEqual([
    expect.stringMatching(/IP 10\.9\.0\.9\.\w+ > 10\.9\.0\.1\.53: \w+\+ \[1au\] A\? gw\.ex\.org\. \(50\)/),
    expect.stringMatching(/IP 10\.9\.0\.1\.53 > 10\.9\.0\.9\.\w+: \w+\* 1\/0\/1 A 10\.9\.0\.1 \(54\)/),
  ]);
});

/** What a question brings: the status, the flags, the answers and the size. */
it.each<[string, string, string, readonly string[], number]>([
  ['@10.9.0.1 multi.ex.org', 'NOERROR', 'qr aa rd ra', ['A 10.9.0.5', 'A 10.9.0.6'], 73],
  ['@10.9.0.1 multi.ex.org MX', 'NOERROR', 'qr rd ra', [], 41],
  ['@10.9.0.1 ali.ex.org', 'NOERROR', 'qr aa rd ra', ['CNAME gw.ex.org.', 'A 10.9.0.1'], 78],
  ['@10.9.0.1 x.blk', 'NXDOMAIN', 'qr rd ra', [], 34],
  ['@10.9.0.1 x.wild.org', 'NOERROR', 'qr aa rd ra', ['A 1.2.3.4'], 55],
  ['@10.9.0.1 x.wild.org AAAA', 'REFUSED', 'qr rd ra', [], 45],
  ['@10.9.0.1 gw CH A', 'REFUSED', 'qr rd ra', [], 37],
  ['@10.9.0.1 -x 10.9.0.8', 'NOERROR', 'qr aa rd ra', ['PTR six4.ex.org.'], 75],
  ['@10.9.0.1 -x 10.9.0.44', 'NOERROR', 'qr aa rd ra', ['PTR hr.z.'], 69],
  ['@10.9.0.1 hr.z CNAME', 'REFUSED', 'qr rd ra', [], 39],
  ['@10.9.0.1 big.name', 'NOERROR', 'qr aa rd ra', ['A 10.9.0.8'], 53],
  ['@10.9.0.1 gw AAAA +norecurse', 'NOERROR', 'qr aa ra', ['AAAA 2001:db8::5'], 59],
  ['@10.9.0.1 gw +noedns', 'NOERROR', 'qr aa rd ra', ['A 10.9.0.1'], 36],
  ['@10.9.0.2 gw.ex.org', 'NOERROR', 'qr aa rd ra', ['A 10.9.0.1'], 54],
  ['@10.9.0.2 no.ex.org', 'NXDOMAIN', 'qr rd ra', [], 38],
  ['@10.9.0.2 ali.ex.org', 'NOERROR', 'qr aa rd ra', ['CNAME gw.ex.org.', 'A 10.9.0.1'], 78],
  ['@10.9.0.2 gw', 'NXDOMAIN', 'qr rd ra', [], 31],
])('dig %s', (question, status, flags, answers, size) => {
  run('a', FIRST, 0);
  run('a', SECOND, 0);
  const { out } = run('b', `dig ${question}`);
  expect(/status: (\w+)/.exec(out)?.[1]).toBe(status);
  expect(/flags: ([a-z ]+);/.exec(out)?.[1]).toBe(flags);
  const records = /ANSWER SECTION:\n((?:.+\n)+)/.exec(out)?.[1]?.trim().split('\n') ?? [];
  expect(records.map((record) => record.split(/\s+/).slice(3).join(' '))).toEqual(answers);
  expect(/rcvd: (\d+)/.exec(out)?.[1]).toBe(String(size));
});

it('gives the addresses of a name in turn', () => {
  run('a', FIRST, 0);
  expect(run('b', 'dig +short @10.9.0.1 multi').out).toBe('10.9.0.5\n10.9.0.6\n');
  expect(run('b', 'dig +short @10.9.0.1 multi').out).toBe('10.9.0.6\n10.9.0.5\n');
});

it('reads /etc/resolv.conf: the server, and with +search the domain', () => {
  files.set('/etc/resolv.conf', 'search ex.org\nnameserver 10.9.0.1\n');
  run('a', FIRST, 0);
  expect(run('b', 'dig +short +search six4').out).toBe('10.9.0.8\n');
  expect(run('b', 'dig six4.ex.org +noall +answer').out).toBe('six4.ex.org.\t\t0\tIN\tA\t10.9.0.8\n');
});

it('ends when it is told to, and its port is free again', () => {
  const { program } = run('a', FIRST, 0);
  expect(run('a', FIRST)).toMatchObject({
    err: '\ndnsmasq: failed to create listening socket for 10.9.0.1: Address already in use\n',
    status: 2,
  });
  if (!('status' in program)) program.cancel();
  const refused = ';; communications error to 10.9.0.1#53: connection refused\n';
  expect(run('b', 'dig @10.9.0.1 gw')).toMatchObject({
    out: `${refused.repeat(3)}
; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> @10.9.0.1 gw
; (1 server found)
;; global options: +cmd
;; no servers could be reached
`,
    status: 9,
  });
  expect(run('b', 'dig @10.77.0.1 +tries=1 gw').out).toBe(
    ';; UDP setup with 10.77.0.1#53(10.77.0.1) for gw failed: network unreachable.\n;; no servers could be reached\n',
  );
});

it('does not answer when its server does not', () => {
  run('a', SECOND, 0);
  const before = clock.now();
  expect(run('b', 'dig @10.9.0.2 +tries=1 +time=2 gw.ex.org').out).toMatch(
    /^;; communications error to 10\.9\.0\.2#53: timed out\n\n; <<>>/,
  );
  expect(clock.now() - before).toBe(2e9);
});

it.each<[string, string, number]>([
  ['--bogus', 'bad command line options: try --help', 1],
  ['extra', 'junk found in command line', 1],
  ['--listen-address=foo', 'bad command line options: try --help', 1],
  [
    '--listen-address=10.8.8.8 --bind-interfaces',
    'failed to create listening socket for 10.8.8.8: Cannot assign requested address',
    2,
  ],
  ['--interface=nosuch --bind-interfaces', 'unknown interface nosuch', 2],
  ['--port=99999', 'bad command line options: try --help', 1],
  ['--server=foo', 'bad command line options: Cannot resolve server name', 1],
  ['--address=/x/foo', 'bad command line options: Bad address in --address', 1],
  ['--address=foo', 'bad command line options: Bad address in --address', 1],
  ['--host-record=a', 'bad command line options: Bad host-record', 1],
  ['--cname=a', 'bad command line options: bad CNAME', 1],
  ['--expand-hosts=1', 'bad command line options: try --help', 1],
  ['--interface', 'bad command line options: try --help', 1],
  ['--conf-file=/nosuch', 'cannot read /nosuch: No such file or directory', 3],
  ['--conf-file=/c1', 'bad option at line 2 of /c1', 1],
  ['--conf-file=/c2', 'Bad address in --address at line 2 of /c2', 1],
  ['--dhcp-range=10.9.0.20', 'bad command line options: bad dhcp-range', 1],
  ['--dhcp-range=10.0.0.1,10.0.5.5,255.255.255.0', 'bad command line options: inconsistent DHCP range', 1],
  ['--dhcp-range=10.0.0.1,10.0.0.5,1x', 'bad command line options: bad dhcp-range', 1],
  ['--dhcp-host=02:zz:00:00:00:00,1.2.3.4', 'bad command line options: bad hex constant', 1],
  ['--dhcp-option=option:foo,1', 'bad command line options: bad dhcp-option', 1],
  ['--dhcp-option=3,bad', 'bad command line options: bad IP address', 1],
  ['--dhcp-match=x', 'bad command line options: bad dhcp-option', 1],
  ['--dhcp-mac=a', 'bad command line options: try --help', 1],
  ['--dhcp-relay=1.2.3.4', 'bad command line options: Bad dhcp-relay', 1],
  ['--tftp-root=/x', '--tftp-root is not modelled', 1],
])('dnsmasq %s', (options, text, status) => {
  files.set('/c1', 'no-resolv\nbogus\n');
  files.set('/c2', 'no-resolv\naddress=/a/b\n');
  expect(run('a', `dnsmasq --no-resolv ${options}`)).toMatchObject({ err: `\ndnsmasq: ${text}\n`, status });
});

it('says at its start what it read, when it does not become a daemon', () => {
  files.set(
    '/c',
    'no-resolv # none\nserver=/x.org/1.1.1.1#5353\nlocal=/ex.org/\nno-hosts\naddn-hosts=/h\naddn-hosts=/none\n',
  );
  expect(run('a', 'dnsmasq -d -C /c', 0).err).toBe(`dnsmasq: started, version 2.90 cachesize 150
dnsmasq: compile time options: IPv6 GNU-getopt DBus no-UBus i18n IDN2 DHCP DHCPv6 no-Lua TFTP conntrack ipset nftset auth cryptohash DNSSEC loop-detect inotify dumpfile
dnsmasq: using nameserver 1.1.1.1#5353 for domain x.org 
dnsmasq: using only locally-known addresses for ex.org
dnsmasq: failed to load names from /none: No such file or directory
dnsmasq: read /h - 6 names
`);
});
