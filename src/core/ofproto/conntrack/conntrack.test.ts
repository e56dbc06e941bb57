import { describe, expect, it } from 'vitest';
import { parseIpv4 } from '../../base/address.ts';
import { createRandom } from '../../base/random.ts';
import { present } from '../../base/assert.ts';
import {
  decode,
  encodeEthernet,
  encodeIcmp,
  encodeIcmpEcho,
  encodeIpv4,
  encodeTcp,
  encodeUdp,
  IP_PROTOCOL,
  TCP_FLAG,
} from '../../wire/index.ts';
import type { NatAct } from '../actions/ofpact.ts';
import { Conntrack, CT_STATE, type CtOptions } from './conntrack.ts';

const ip = (text: string): number => present(parseIpv4(text));
const frame = (protocol: number, source: string, destination: string, payload: Uint8Array): Uint8Array =>
  encodeEthernet(
    { destination: 0x020000000002n, source: 0x020000000001n, type: 0x800 },
    encodeIpv4(
      { source: ip(source), destination: ip(destination), protocol, ttl: 64, identification: 1 },
      payload,
    ),
  );
const pseudo = (source: string, destination: string) => ({
  family: 4 as const,
  source: ip(source),
  destination: ip(destination),
});
const udp = (source: string, sourcePort: number, destination: string, destinationPort: number): Uint8Array =>
  frame(
    IP_PROTOCOL.udp,
    source,
    destination,
    encodeUdp({ sourcePort, destinationPort }, new Uint8Array(4), pseudo(source, destination)),
  );
const tcp = (
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
  flags: number,
  sequence = 1,
  acknowledgement = 0,
): Uint8Array =>
  frame(
    IP_PROTOCOL.tcp,
    source,
    destination,
    encodeTcp(
      { sourcePort, destinationPort, sequence, acknowledgement, flags, window: 1000 },
      new Uint8Array(0),
      pseudo(source, destination),
    ),
  );

/** A connection of 10.0.0.1 and 10.0.0.2, numbered as its ends would number it: gives the state of each segment. */
function talk(ct: Conntrack): (flags: number, reply?: boolean) => string {
  const next: [number, number] = [100, 900];
  return (flags, reply = false) => {
    const [own, other] = reply ? ([1, 0] as const) : ([0, 1] as const);
    const ends: readonly [string, number, string, number] = reply
      ? ['10.0.0.2', 80, '10.0.0.1', 1000]
      : ['10.0.0.1', 1000, '10.0.0.2', 80];
    const acknowledgement = flags & TCP_FLAG.ack ? next[other] : 0;
    const { state } = ct.execute(tcp(...ends, flags, next[own], acknowledgement), commit);
    const isBelieved = (state & CT_STATE.invalid) === 0;
    if (isBelieved && flags & (TCP_FLAG.syn | TCP_FLAG.fin)) next[own] += 1;
    return names(state);
  };
}

const look: CtOptions = {
  zone: 1,
  commit: false,
  force: false,
  nat: null,
  mark: null,
  label: null,
  helper: '',
  timeouts: null,
};
const commit: CtOptions = { ...look, commit: true };
const plainNat: NatAct = {
  kind: 'nat',
  direction: null,
  addresses: null,
  minPort: 0,
  maxPort: 0,
  persistent: false,
  hash: false,
  random: false,
};
const natTo = (direction: 'src' | 'dst', address: string, port = 0): NatAct => ({
  ...plainNat,
  direction,
  addresses: { family: 4, minAddress: BigInt(ip(address)), maxAddress: BigInt(ip(address)) },
  minPort: port,
  maxPort: port,
});

function table(): { ct: Conntrack; pass: (seconds: number) => void } {
  let now = 0;
  const clock = { now: () => now, wallMs: () => 0, after: () => () => undefined };
  return { ct: new Conntrack(clock, createRandom(1)), pass: (seconds) => void (now += seconds * 1e9) };
}

const names = (state: number): string =>
  Object.entries(CT_STATE)
    .filter(([, bit]) => (state & bit) !== 0)
    .map(([name]) => name)
    .join(' ');

/** Decoded once more, every checksum must hold. */
function summary(octets: Uint8Array): string {
  const decoded = decode(octets);
  const ipv4 = decoded.layers.find((layer) => layer.kind === 'ipv4');
  const transport = decoded.layers.find((layer) => layer.kind === 'udp' || layer.kind === 'tcp');
  const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
  const ports =
    transport && 'sourcePort' in transport
      ? [`:${transport.sourcePort}`, `:${transport.destinationPort}`]
      : ['', ''];
  const problems = decoded.problems.map((problem) => problem.message).join('; ');
  return ipv4
    ? `${dotted(ipv4.source)}${ports[0]} > ${dotted(ipv4.destination)}${ports[1]}${problems === '' ? '' : ` (${problems})`}`
    : problems;
}

describe('states', () => {
  it('is new until a reply was seen, then established', () => {
    const { ct } = table();
    const there = udp('10.0.0.1', 1000, '10.0.0.2', 4000);
    const back = udp('10.0.0.2', 4000, '10.0.0.1', 1000);
    expect(names(ct.execute(there, look).state)).toBe('new tracked');
    expect(names(ct.execute(back, look).state)).toBe('new tracked');
    ct.execute(there, commit);
    expect(names(ct.execute(there, look).state)).toBe('new tracked');
    expect(names(ct.execute(back, look).state)).toBe('established reply tracked');
    expect(names(ct.execute(there, look).state)).toBe('established tracked');
  });

  it('keeps zones apart and forgets after the timeout', () => {
    const { ct, pass } = table();
    const there = udp('10.0.0.1', 1000, '10.0.0.2', 4000);
    ct.execute(there, commit);
    expect(ct.connections(2)).toHaveLength(0);
    expect(ct.connections(1)).toHaveLength(1);
    pass(31);
    expect(ct.connections()).toHaveLength(0);
  });

  it('keeps connections for as long as their zone said when they were committed', () => {
    const { ct, pass } = table();
    const of = (entries: Record<string, number>): CtOptions => ({
      ...commit,
      timeouts: new Map(Object.entries(entries)),
    });
    const lasting = (): number[] => ct.connections().map(({ expires, started }) => (expires - started) / 1e9);
    ct.execute(tcp('10.0.0.1', 1, '10.0.0.2', 80, TCP_FLAG.syn), of({ tcp_syn_sent: 7, tcp_syn_recv: 8 }));
    ct.execute(udp('10.0.0.1', 2, '10.0.0.2', 53), of({ udp_single: 5, udp_multiple: 9 }));
    ct.execute(udp('10.0.0.1', 3, '10.0.0.2', 53), of({ icmp_first: 1 }));
    expect(lasting()).toEqual([7, 5, 30]);
    ct.execute(tcp('10.0.0.2', 80, '10.0.0.1', 1, TCP_FLAG.syn | TCP_FLAG.ack), look);
    ct.execute(udp('10.0.0.1', 3, '10.0.0.2', 53), of({ udp_single: 4 }));
    expect(lasting()).toEqual([8, 5, 30]);
    pass(3);
    ct.execute(udp('10.0.0.2', 53, '10.0.0.1', 2), look);
    expect(lasting()).toEqual([8, 8, 30]);
    ct.execute(udp('10.0.0.1', 2, '10.0.0.2', 53), look);
    expect(lasting()).toEqual([8, 12, 30]);
    pass(6);
    expect(lasting()).toEqual([12, 30]);
  });

  it('takes a TCP connection through its states and calls a lone SYN+ACK invalid', () => {
    const { ct } = table();
    const send = talk(ct);
    expect(
      names(ct.execute(tcp('10.0.0.2', 80, '10.0.0.1', 1000, TCP_FLAG.syn | TCP_FLAG.ack), look).state),
    ).toBe('invalid tracked');
    expect(send(TCP_FLAG.syn)).toBe('new tracked');
    expect(send(TCP_FLAG.syn | TCP_FLAG.ack, true)).toBe('established reply tracked');
    expect(send(TCP_FLAG.ack)).toBe('established tracked');
    expect(ct.connections()[0]?.tcp?.state).toBe('ESTABLISHED');
    send(TCP_FLAG.fin | TCP_FLAG.ack);
    send(TCP_FLAG.fin | TCP_FLAG.ack, true);
    send(TCP_FLAG.ack);
    expect(ct.connections()[0]?.tcp?.state).toBe('TIME_WAIT');
  });

  it('tells segments that do not belong, forgets what is refused, and lets the same ends begin anew', () => {
    const { ct } = table();
    const { syn, ack, rst, fin } = TCP_FLAG;
    const send = talk(ct);
    expect(send(syn)).toBe('new tracked');
    expect(send(ack)).toBe('invalid tracked');
    expect(send(rst | ack, true)).toBe('established reply tracked');
    expect(ct.connections()).toHaveLength(0);
    for (const [flags, reply] of [
      [syn, false],
      [syn | ack, true],
      [ack, false],
    ] as const)
      send(flags, reply);
    // A SYN of the one who answered does not belong; one of the other passes and changes nothing.
    expect(send(syn, true)).toBe('invalid tracked');
    expect(send(syn)).toBe('established tracked');
    expect(ct.connections()[0]?.tcp?.state).toBe('ESTABLISHED');
    for (const [flags, reply] of [
      [fin | ack, false],
      [fin | ack, true],
      [ack, false],
    ] as const)
      send(flags, reply);
    expect(ct.connections()[0]?.tcp?.state).toBe('TIME_WAIT');
    expect(send(syn)).toBe('new tracked');
    expect(ct.connections().map((one) => [one.tcp?.state, one.seenReply])).toEqual([['SYN_SENT', false]]);
  });

  it('keeps UDP for longer once it goes both ways for more than two seconds', () => {
    const { ct, pass } = table();
    const there = udp('10.0.0.1', 1000, '10.0.0.2', 4000);
    const back = udp('10.0.0.2', 4000, '10.0.0.1', 1000);
    const left = (): number => (ct.connections()[0]?.expires ?? 0) / 1e9;
    ct.execute(there, commit);
    ct.execute(back, commit);
    expect(left()).toBe(30);
    pass(3);
    ct.execute(there, commit);
    expect(left()).toBe(123);
  });

  it('gives an echo reply without its request as invalid', () => {
    const { ct } = table();
    const echo = (reply: boolean): Uint8Array => encodeIcmpEcho(reply ? 0 : 8, 7, 1, new Uint8Array(8));
    expect(names(ct.execute(frame(IP_PROTOCOL.icmp, '10.0.0.2', '10.0.0.1', echo(true)), look).state)).toBe(
      'invalid tracked',
    );
    ct.execute(frame(IP_PROTOCOL.icmp, '10.0.0.1', '10.0.0.2', echo(false)), commit);
    expect(names(ct.execute(frame(IP_PROTOCOL.icmp, '10.0.0.2', '10.0.0.1', echo(true)), look).state)).toBe(
      'established reply tracked',
    );
  });
});

describe('translation', () => {
  it('rewrites the source on commit and the answer back, checksums included', () => {
    const { ct } = table();
    const out = ct.execute(udp('192.168.0.1', 1000, '8.8.8.8', 4000), {
      ...commit,
      nat: natTo('src', '172.16.0.1'),
    });
    expect(summary(out.octets)).toBe('172.16.0.1:1000 > 8.8.8.8:4000');
    expect(names(out.state)).toBe('new tracked sourceNat');
    const back = ct.execute(udp('8.8.8.8', 4000, '172.16.0.1', 1000), { ...look, nat: plainNat });
    expect(summary(back.octets)).toBe('8.8.8.8:4000 > 192.168.0.1:1000');
    expect(names(back.state)).toBe('established reply tracked sourceNat');
  });

  it('takes another port when the first is in use', () => {
    const { ct } = table();
    const nat = natTo('src', '172.16.0.1');
    ct.execute(udp('192.168.0.1', 1000, '8.8.8.8', 4000), { ...commit, nat });
    const second = summary(ct.execute(udp('192.168.0.2', 1000, '8.8.8.8', 4000), { ...commit, nat }).octets);
    expect(second).toMatch(/^172\.16\.0\.1:\d+ > 8\.8\.8\.8:4000$/);
    expect(second).not.toBe('172.16.0.1:1000 > 8.8.8.8:4000');
  });

  it('rewrites the destination with a port', () => {
    const { ct } = table();
    const out = ct.execute(tcp('10.0.0.1', 1000, '10.9.9.9', 80, TCP_FLAG.syn), {
      ...commit,
      nat: natTo('dst', '10.0.0.5', 8080),
    });
    expect(summary(out.octets)).toBe('10.0.0.1:1000 > 10.0.0.5:8080');
    const back = ct.execute(tcp('10.0.0.5', 8080, '10.0.0.1', 1000, TCP_FLAG.syn | TCP_FLAG.ack), {
      ...look,
      nat: plainNat,
    });
    expect(summary(back.octets)).toBe('10.9.9.9:80 > 10.0.0.1:1000');
  });

  it('looks a packet up once: after translation it still belongs to its connection', () => {
    const { ct } = table();
    const request = udp('10.0.0.1', 1000, '172.16.10.2', 4000);
    const { octets, ...before } = ct.execute(request, { ...commit, nat: natTo('dst', '192.168.10.10') });
    const again = ct.execute(octets, commit, before);
    expect(again.octets).toBe(octets);
    expect(names(again.state)).toBe('new tracked destinationNat');
    expect(ct.connections()).toHaveLength(1);
    const back = ct.execute(udp('192.168.10.10', 4000, '10.0.0.1', 1000), { ...look, nat: plainNat });
    expect(summary(back.octets)).toBe('172.16.10.2:4000 > 10.0.0.1:1000');
  });

  it('sends a router error about a translated packet to who sent it, the quoted packet restored', () => {
    const { ct } = table();
    const sent = udp('192.168.0.1', 1000, '8.8.8.8', 4000);
    const out = ct.execute(sent, { ...commit, nat: natTo('src', '172.16.0.1') }).octets;
    const error = frame(
      IP_PROTOCOL.icmp,
      '172.16.0.254',
      '172.16.0.1',
      encodeIcmp({ type: 3, code: 1 }, out.slice(14)),
    );
    const back = ct.execute(error, { ...look, nat: plainNat });
    expect(names(back.state)).toBe('related reply tracked sourceNat');
    expect(summary(back.octets)).toBe('172.16.0.254 > 192.168.0.1');
    expect(back.octets.slice(14 + 28)).toEqual(sent.slice(14));
  });

  it('gives errors about a translated destination its address as sender, whichever router sent them', () => {
    const { ct } = table();
    const sent = udp('10.0.0.1', 1000, '10.9.9.9', 80);
    const out = ct.execute(sent, { ...commit, nat: natTo('dst', '10.0.0.5', 8080) }).octets;
    for (const router of ['10.0.0.5', '10.0.0.254']) {
      const error = frame(
        IP_PROTOCOL.icmp,
        router,
        '10.0.0.1',
        encodeIcmp({ type: 11, code: 0 }, out.slice(14)),
      );
      const back = ct.execute(error, { ...look, nat: plainNat });
      expect(summary(back.octets)).toBe('10.9.9.9 > 10.0.0.1');
      expect(back.octets.slice(14 + 28)).toEqual(sent.slice(14));
    }
  });

  it('moves on through a range of ports, and keeps no connection when all are in use', () => {
    const { ct } = table();
    const nat = { ...natTo('src', '172.16.0.1', 5000), maxPort: 5002 };
    const states = [1, 2, 3, 4].map((port) => {
      const sent = ct.execute(udp('10.0.0.1', port, '8.8.8.8', 5300), { ...commit, nat });
      return sent.refusal ?? summary(sent.octets);
    });
    expect(states.slice(0, 3).toSorted()).toEqual(
      [5000, 5001, 5002].map((port) => `172.16.0.1:${port} > 8.8.8.8:5300`),
    );
    expect(states[3]).toBe('another connection has the same answers');
    expect(ct.connections()).toHaveLength(3);
  });

  it('gives a sender the port that it has towards others, and a random range none that it had', () => {
    const { ct } = table();
    const nat = { ...natTo('src', '172.16.0.1', 5000), maxPort: 6000 };
    const ports = ['8.8.8.8', '8.8.4.4', '1.1.1.1'].map((server) =>
      summary(ct.execute(udp('10.0.0.1', 77, server, 5300), { ...commit, nat }).octets).replace(/ > .*/, ''),
    );
    expect(new Set(ports).size).toBe(1);
    const random = { ...natTo('src', '172.16.0.2'), random: true };
    const sent = ct.execute(udp('10.0.0.2', 40_000, '8.8.8.8', 5300), { ...commit, nat: random });
    expect(summary(sent.octets)).not.toContain(':40000 >');
  });

  it('spreads hosts over a range of addresses, a persistent one by the host alone', () => {
    const nat = natTo('src', '172.16.0.1');
    const range = {
      family: 4 as const,
      minAddress: BigInt(ip('172.16.0.1')),
      maxAddress: BigInt(ip('172.16.0.8')),
    };
    const used = (persistent: boolean) => {
      const { ct } = table();
      const servers = Array.from({ length: 40 }, (_, at) => `8.8.${persistent ? 1 : 2}.${at}`);
      const sent = servers.map((server, at) =>
        summary(
          ct.execute(udp('10.0.0.1', 2000 + at, server, 5300), {
            ...commit,
            nat: { ...nat, addresses: range, persistent },
          }).octets,
        ).replace(/:.*/, ''),
      );
      return new Set(sent).size;
    };
    expect(used(true)).toBe(1);
    expect(used(false)).toBeGreaterThan(3);
  });
});

describe('packets that are not tracked', () => {
  const good = udp('10.0.0.1', 1000, '10.0.0.2', 4000);
  const changed = (octets: Uint8Array, at: number, value: number): Uint8Array => {
    const copy = octets.slice();
    copy[at] = value;
    return copy;
  };
  it.each([
    ['a wrong UDP checksum', changed(good, 41, 0x77)],
    ['a UDP length beyond the packet', changed(good, 39, 200)],
    ['SYN and FIN at once', tcp('10.0.0.1', 1, '10.0.0.2', 2, TCP_FLAG.syn | TCP_FLAG.fin)],
    ['a TCP header that is too short', changed(tcp('10.0.0.1', 1, '10.0.0.2', 2, TCP_FLAG.syn), 46, 0x40)],
    [
      'a wrong ICMP checksum',
      changed(
        frame(IP_PROTOCOL.icmp, '10.0.0.1', '10.0.0.2', encodeIcmp({ type: 8, code: 0 }, new Uint8Array(4))),
        36,
        1,
      ),
    ],
    [
      'an ICMP type that does not exist',
      frame(IP_PROTOCOL.icmp, '10.0.0.1', '10.0.0.2', encodeIcmp({ type: 40, code: 0 }, new Uint8Array(4))),
    ],
  ])('%s', (_, octets) => {
    expect(names(table().ct.execute(octets, look).state)).toBe('invalid tracked');
  });
  it('but UDP without a checksum is', () => {
    expect(names(table().ct.execute(changed(changed(good, 40, 0), 41, 0), look).state)).toBe('new tracked');
  });
});

describe('announced connections', () => {
  const line = (
    source: string,
    sourcePort: number,
    destination: string,
    destinationPort: number,
    text: string,
  ) =>
    frame(
      IP_PROTOCOL.tcp,
      source,
      destination,
      encodeTcp(
        { sourcePort, destinationPort, sequence: 1, acknowledgement: 1, flags: TCP_FLAG.ack, window: 1000 },
        new TextEncoder().encode(`${text}\r\n`),
        pseudo(source, destination),
      ),
    );
  const session = (helper: string) => {
    const made = table();
    const alg = { ...commit, helper, mark: { value: 9, mask: 0xff }, label: { value: 5n, mask: 5n } };
    made.ct.execute(tcp('10.0.0.1', 1000, '10.0.0.2', 21, TCP_FLAG.syn), alg);
    made.ct.execute(tcp('10.0.0.2', 21, '10.0.0.1', 1000, TCP_FLAG.syn | TCP_FLAG.ack), look);
    made.ct.execute(tcp('10.0.0.1', 1000, '10.0.0.2', 21, TCP_FLAG.ack), look);
    return made;
  };
  const toServer = tcp('10.0.0.1', 2000, '10.0.0.2', 1025, TCP_FLAG.syn);
  const toClient = tcp('10.0.0.2', 20, '10.0.0.1', 1025, TCP_FLAG.syn);

  it.each([
    ['227 Entering Passive Mode (10,0,0,2,4,1).', false, toServer, 'new related tracked'],
    ['229 Entering Extended Passive Mode (|||1025|)', false, toServer, 'new related tracked'],
    ['227 Entering Passive Mode (10,0,0,3,4,1).', false, toServer, 'new tracked'],
    ['PORT 10,0,0,1,4,1', true, toClient, 'new related tracked'],
    ['EPRT |1|10.0.0.1|1025|', true, toClient, 'new related tracked'],
    ['PORT 10,0,0,1,4,2', true, toClient, 'new tracked'],
    ['PORT 10,0,0,1,4,1', false, toClient, 'new tracked'],
  ])('%s (from the client: %s)', (text, fromClient, data, expected) => {
    const { ct } = session('ftp');
    const [there, back] = [
      line('10.0.0.1', 1000, '10.0.0.2', 21, text),
      line('10.0.0.2', 21, '10.0.0.1', 1000, text),
    ];
    ct.execute(fromClient ? there : back, look);
    expect(names(ct.execute(data, look).state)).toBe(expected);
  });

  it('stay related, carry the mark, are announced once, by a helper alone, for five minutes', () => {
    const announce = line('10.0.0.2', 21, '10.0.0.1', 1000, '227 ok (10,0,0,2,4,1)');
    const { ct, pass } = session('ftp');
    ct.execute(announce, look);
    expect(ct.execute(toServer, look)).toMatchObject({ mark: 9, label: 5n, original: { sourcePort: 1000 } });
    const kept = ct.execute(toServer, commit);
    expect([names(kept.state), kept.mark, kept.label]).toEqual(['new related tracked', 9, 5n]);
    expect(kept.original).toMatchObject({ sourcePort: 1000, destinationPort: 21 });
    const answer = tcp('10.0.0.2', 1025, '10.0.0.1', 2000, TCP_FLAG.syn | TCP_FLAG.ack);
    expect(names(ct.execute(answer, look).state)).toBe('established related reply tracked');
    const another = tcp('10.0.0.1', 2001, '10.0.0.2', 1025, TCP_FLAG.syn);
    expect(names(ct.execute(another, look).state)).toBe('new tracked');
    ct.execute(announce, look);
    pass(301);
    expect(names(ct.execute(another, look).state)).toBe('new tracked');
    const without = session('');
    without.ct.execute(announce, look);
    expect(names(without.ct.execute(toServer, look).state)).toBe('new tracked');
  });

  it('are read with a helper that a later commit of the same packet brought, and not before an answer', () => {
    const { ct } = table();
    const port = line('10.0.0.1', 1000, '10.0.0.2', 21, 'PORT 10,0,0,1,4,1');
    ct.execute(tcp('10.0.0.1', 1000, '10.0.0.2', 21, TCP_FLAG.ack), { ...commit, helper: 'ftp' });
    ct.execute(port, look);
    expect(names(ct.execute(toClient, look).state)).toBe('new tracked');
    const late = session('');
    const { octets, ...before } = late.ct.execute(port, look);
    late.ct.execute(octets, { ...commit, helper: 'ftp' }, before);
    expect(names(late.ct.execute(toClient, look).state)).toBe('new related tracked');
  });

  it('of translated connections are not waited for', () => {
    const { ct } = table();
    const nat = natTo('src', '10.0.0.9');
    ct.execute(tcp('10.0.0.1', 1000, '10.0.0.2', 21, TCP_FLAG.syn), { ...commit, nat, helper: 'ftp' });
    ct.execute(tcp('10.0.0.2', 21, '10.0.0.9', 1000, TCP_FLAG.syn | TCP_FLAG.ack), look);
    ct.execute(line('10.0.0.1', 1000, '10.0.0.2', 21, 'PORT 10,0,0,1,4,1'), look);
    expect(names(ct.execute(toClient, look).state)).toBe('new tracked');
  });

  it('of TFTP come from another port of the server', () => {
    const { ct } = table();
    const ends = { sourcePort: 3000, destinationPort: 69 };
    const request = frame(
      IP_PROTOCOL.udp,
      '10.0.0.1',
      '10.0.0.2',
      encodeUdp(ends, Uint8Array.of(0, 1, 97, 0, 97, 0), pseudo('10.0.0.1', '10.0.0.2')),
    );
    ct.execute(request, { ...commit, helper: 'tftp' });
    expect(names(ct.execute(udp('10.0.0.2', 4321, '10.0.0.1', 3000), look).state)).toBe(
      'new related tracked',
    );
    expect(names(ct.execute(udp('10.0.0.3', 4321, '10.0.0.1', 3000), look).state)).toBe('new tracked');
  });
});

describe('mark and label', () => {
  it('are written under their mask and read by both directions', () => {
    const { ct } = table();
    ct.execute(udp('10.0.0.1', 1, '10.0.0.2', 2), {
      ...commit,
      mark: { value: 5, mask: 0xff },
      label: { value: 1n << 80n, mask: 1n << 80n },
    });
    ct.execute(udp('10.0.0.1', 1, '10.0.0.2', 2), { ...commit, mark: { value: 0x100, mask: 0x100 } });
    const back = ct.execute(udp('10.0.0.2', 2, '10.0.0.1', 1), look);
    expect([back.mark, back.label]).toEqual([0x105, 1n << 80n]);
  });
});
