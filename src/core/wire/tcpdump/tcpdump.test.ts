import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../base/bytes.ts';
import { encodeEthernet } from '../layer/ethernet.ts';
import { encodeIpv4 } from '../layer/ipv4.ts';
import { encodeTcp, TCP_FLAG } from '../layer/tcp.ts';
import type { TcpdumpOptions } from './options.ts';
import { printFrame, TcpdumpSession } from './session.ts';

interface Row {
  readonly id: string;
  readonly description: string;
  readonly hex: string;
  readonly tcpdump: string;
}

const golden = new URL('../../../../golden/packets/corpus.jsonl', import.meta.url);
const rows = readFileSync(golden, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

const frameOf = (description: string): Uint8Array => {
  const row = rows.find((one) => one.description === description);
  return fromHex(row?.hex ?? '') ?? new Uint8Array(0);
};

it.each(rows.map((row): [string, Row] => [`${row.id} ${row.description}`, row]))(
  'prints %s',
  (_name, row) => {
    const octets = fromHex(row.hex) ?? new Uint8Array(0);
    expect(printFrame(octets, { linkHeader: true, numeric: true, verbose: 2 })).toBe(row.tcpdump);
  },
);

describe('options', () => {
  const echo = 'ICMP echo request untagged';
  const geneve = 'Geneve, ARP request inside';
  const syn = 'TCP SYN with options';
  const bpdu = 'STP configuration BPDU with topology change acknowledgement';
  const SYN_OPTIONS = 'win 64240, options [mss 1460,sackOK,TS val 12345 ecr 0,nop,wscale 7], length 0\n';

  it.each<[string, Partial<TcpdumpOptions>, string]>([
    [echo, {}, 'IP 172.17.1.72 > 172.17.1.101: ICMP echo request, id 53086, seq 5, length 64\n'],
    [
      geneve,
      {},
      'IP 172.17.2.119.27073 > 172.17.2.143.6081: Geneve, Flags [C], vni 0x5, options [8 bytes]: ARP, Request who-has 192.168.0.1 tell 192.168.0.166, length 28\n',
    ],
    [
      geneve,
      { linkHeader: true },
      '6a:9b:72:22:3f:68 (oui Unknown) > 0e:d0:eb:00:1b:e7 (oui Unknown), ethertype 802.1Q (0x8100), length 104: vlan 50, p 0, ethertype IPv4 (0x0800), 172.17.2.119.27073 > 172.17.2.143.6081: Geneve, Flags [C], vni 0x5, proto TEB (0x6558), options [8 bytes]: fa:16:3e:11:22:33 (oui Unknown) > Broadcast, ethertype ARP (0x0806), length 42: Request who-has 192.168.0.1 tell 192.168.0.166, length 28\n',
    ],
    [geneve, { quick: 1 }, 'IP 172.17.2.119.27073 > 172.17.2.143.6081: UDP, length 58\n'],
    [
      syn,
      { absoluteSequence: true },
      `IP 172.17.1.72.43210 > 172.17.1.101.http: Flags [S], seq 1000, ${SYN_OPTIONS}`,
    ],
    [
      syn,
      { verbose: 1 },
      `IP (tos 0x0, ttl 64, id 58494, offset 0, flags [DF], proto TCP (6), length 60)\n    172.17.1.72.43210 > 172.17.1.101.http: Flags [S], cksum 0x1504 (correct), seq 1000, ${SYN_OPTIONS}`,
    ],
    ['DNS query A', {}, 'IP 172.17.1.72.33333 > 172.17.1.101.domain: 6699+ A? www.example.com. (33)\n'],
    [
      bpdu,
      { linkHeader: true },
      '52:54:00:74:29:4f (oui Unknown) > 01:80:c2:00:00:00 (oui Unknown), 802.3, length 46: LLC, dsap STP (0x42) Individual, ssap STP (0x42) Command, ctrl 0x03: STP 802.1d, Config, Flags [Topology change ACK], bridge-id 8000.52:54:00:74:29:4f.8002, length 43\n',
    ],
    [
      echo,
      { hexAscii: 2, numeric: true },
      [
        'IP 172.17.1.72 > 172.17.1.101: ICMP echo request, id 53086, seq 5, length 64',
        '\t0x0000:  5254 000b ad3b 5254 0074 294f 0800 4500  RT...;RT.t)O..E.',
        '\t0x0010:  0054 e47e 4000 4001 fb5a ac11 0148 ac11  .T.~@.@..Z...H..',
        '\t0x0020:  0165 0800 6fc7 cf5e 0005 1011 1213 1415  .e..o..^........',
        '\t0x0030:  1617 1819 1a1b 1c1d 1e1f 2021 2223 2425  ...........!"#$%',
        "\t0x0040:  2627 2829 2a2b 2c2d 2e2f 3031 3233 3435  &'()*+,-./012345",
        '\t0x0050:  3637 3839 3a3b 3c3d 3e3f 4041 4243 4445  6789:;<=>?@ABCDE',
        '\t0x0060:  4647                                     FG\n',
      ].join('\n'),
    ],
    [
      'HTTP GET',
      { ascii: 1, numeric: true },
      'IP 172.17.1.72.43210 > 172.17.1.101.80: Flags [P.], seq 1001:1090, ack 5001, win 502, length 89: HTTP: GET /index.html HTTP/1.1\nE....~@.@..(...H...e...P........P.......GET /index.html HTTP/1.1\nHost: www.example.com\nUser-Agent: curl/7.88.1\nAccept: */*\n\n\n',
    ],
  ])('%s with %o', (description, options, expected) => {
    expect(printFrame(frameOf(description), options)).toBe(expected);
  });
});

describe('time stamps', () => {
  it.each<[Partial<TcpdumpOptions>, string]>([
    [{}, '22:13:20.000000 22:13:21.250000 22:13:22.500000'],
    [{ timestamp: 1 }, ''],
    [{ timestamp: 2 }, '1700000000.000000 1700000001.250000 1700000002.500000'],
    [{ timestamp: 3 }, '00:00:00.000000 00:00:01.250000 00:00:01.250000'],
    [{ timestamp: 4 }, '2023-11-14 22:13:20.000000 2023-11-14 22:13:21.250000 2023-11-14 22:13:22.500000'],
    [{ timestamp: 5 }, '00:00:00.000000 00:00:01.250000 00:00:02.500000'],
    [{ nanoseconds: true }, '22:13:20.000000000 22:13:21.250000000 22:13:22.500000000'],
    [{ packetNumber: true, timestamp: 1 }, '1 2 3'],
  ])('with %o', (options, expected) => {
    const session = new TcpdumpSession({ numeric: true, quick: 1, ...options });
    const octets = frameOf('ICMP echo request untagged');
    const stamps = [0, 1, 2].map((number) => {
      const time = { seconds: 1_700_000_000 + number, nanoseconds: 250_000_000 * number };
      return session.print({ octets, length: octets.length, time }).text.split('IP ')[0]?.trim();
    });
    expect(stamps.join(' ').trim()).toBe(expected);
  });
});

it('counts TCP sequence numbers from the first packet of a connection', () => {
  const session = new TcpdumpSession({ numeric: true, timestamp: 1 });
  const print = (
    isReply: boolean,
    flags: number,
    sequence: number,
    acknowledgement: number,
    size: number,
  ): string => {
    const [source, destination] = isReply ? [0x0a000002, 0x0a000001] : [0x0a000001, 0x0a000002];
    const [sourcePort, destinationPort] = isReply ? [80, 4000] : [4000, 80];
    const header = { sourcePort, destinationPort, sequence, acknowledgement, flags, window: 100 };
    const segment = encodeTcp(header, new Uint8Array(size).fill(1), { family: 4, source, destination });
    const packet = encodeIpv4({ source, destination, protocol: 6 }, segment);
    const octets = encodeEthernet({ destination: 1n, source: 2n, type: 0x0800 }, packet);
    const { text } = session.print({ octets, length: octets.length, time: { seconds: 0, nanoseconds: 0 } });
    return text.replace(/^.*Flags/, '').replace(/, win.*\n/, '');
  };
  const { syn, ack, psh } = TCP_FLAG;
  expect([
    print(false, syn, 1000, 0, 0),
    print(true, syn | ack, 5000, 1001, 0),
    print(false, ack, 1001, 5001, 0),
    print(false, psh | ack, 1001, 5001, 10),
    print(true, ack, 5001, 1011, 0),
  ]).toEqual([
    ' [S], seq 1000',
    ' [S.], seq 5000, ack 1001',
    ' [.], ack 1',
    ' [P.], seq 1:11, ack 1',
    ' [.], ack 11',
  ]);
});

it('prints what a snapshot length left of a packet', () => {
  const octets = frameOf('ICMP echo request untagged');
  const session = new TcpdumpSession({ numeric: true, timestamp: 1 });
  const time = { seconds: 0, nanoseconds: 0 };
  const print = (size: number): string =>
    session.print({ octets: octets.subarray(0, size), length: octets.length, time }).text;
  expect(print(36)).toBe('IP 172.17.1.72 > 172.17.1.101:  [|icmp]\n');
  expect(print(20)).toBe('IP  [|ip]\n');
});

it('prints a capture on all interfaces', () => {
  const packet = frameOf('ICMP echo request untagged').subarray(14);
  const header = Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0);
  const octets = Uint8Array.from([...header, ...packet]);
  const names = { interface: (index: number) => (index === 3 ? 'br-ex' : undefined) };
  const print = (linkHeader: boolean): string => {
    const session = new TcpdumpSession({ numeric: true, timestamp: 1, linkHeader, names });
    return session.print({
      octets,
      length: octets.length,
      time: { seconds: 0, nanoseconds: 0 },
      linkType: 276,
    }).text;
  };
  const rest = '172.17.1.72 > 172.17.1.101: ICMP echo request, id 53086, seq 5, length 64\n';
  expect(print(false)).toBe(`br-ex Out IP ${rest}`);
  expect(print(true)).toBe(
    `br-ex Out ifindex 3 02:00:00:00:00:01 ethertype IPv4 (0x0800), length 104: ${rest}`,
  );
});

it('says what it does not model', () => {
  const packet = encodeIpv4({ source: 1, destination: 2, protocol: 103 }, new Uint8Array(8));
  const octets = encodeEthernet({ destination: 1n, source: 2n, type: 0x0800 }, packet);
  const session = new TcpdumpSession({ numeric: true });
  const { unsupported } = session.print({
    octets,
    length: octets.length,
    time: { seconds: 0, nanoseconds: 0 },
  });
  expect(unsupported.map(({ feature }) => feature)).toEqual(['PIM']);
});
