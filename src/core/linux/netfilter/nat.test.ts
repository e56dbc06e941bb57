/** Connections and their translation: there and back gives what was, checksums hold, sources stay apart. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { internetChecksum, pseudoSum, sumOctets, foldSum } from '../../wire/checksum.ts';
import { encodeUdp, encodeTcp, TCP_FLAG } from '../../wire/index.ts';
import { createClock } from '../../sim/clock.ts';
import { buildIcmp } from '../ip4/icmp.ts';
import { buildIpv4, IPPROTO, readIpv4 } from '../ip4/packet.ts';
import { Conntrack, type Tracked } from './conntrack.ts';
import { decide, translate } from './nat.ts';
import { readTuple } from './tuple.ts';

const CLIENT = 0x0a000001;
const SERVER = 0xc0000201;
const OUTSIDE = 0xc00002fe;

const datagram = (protocol: number, source: number, destination: number, payload: Uint8Array): Uint8Array =>
  buildIpv4({ source, destination, protocol, id: 7, dontFragment: false, ttl: 64 }, payload);

const udp = (
  source: number,
  destination: number,
  ports: readonly [number, number],
  data: Uint8Array,
): Uint8Array =>
  datagram(
    IPPROTO.udp,
    source,
    destination,
    encodeUdp({ sourcePort: ports[0], destinationPort: ports[1] }, data, { family: 4, source, destination }),
  );

/** What a router does with a packet that it masquerades as `OUTSIDE`. */
function pass(conntrack: Conntrack, octets: Uint8Array): { out: Uint8Array; tracked: Tracked } {
  const tracked = conntrack.track(octets);
  if (tracked === null) throw new Error('invalid');
  const { connection } = tracked;
  if (!connection.isConfirmed) {
    decide(conntrack, connection, 'destination', null);
    decide(conntrack, connection, 'source', {
      addresses: { first: OUTSIDE, last: OUTSIDE },
      ports: null,
      random: null,
    });
  }
  const out = translate(translate(octets, tracked, 'destination'), tracked, 'source');
  conntrack.confirm(connection);
  return { out, tracked };
}

function isWhole(octets: Uint8Array): boolean {
  const header = readIpv4(octets);
  if (typeof header === 'string') return false;
  const { source, destination, protocol, headerSize, totalSize } = header;
  const size = totalSize - headerSize;
  if (protocol === IPPROTO.icmp) return internetChecksum(octets, headerSize, size) === 0;
  const sum = sumOctets(
    octets,
    headerSize,
    size,
    pseudoSum({ family: 4, source, destination }, protocol, size),
  );
  return foldSum(sum) === 0xffff;
}

describe('masquerading', () => {
  it('gives answers back to whoever asked, with right checksums, whatever is in them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 65_535 }),
        fc.integer({ min: 1, max: 65_535 }),
        fc.uint8Array({ maxLength: 40 }),
        (clientPort, serverPort, data) => {
          const conntrack = new Conntrack(createClock());
          const question = udp(CLIENT, SERVER, [clientPort, serverPort], data);
          const { out } = pass(conntrack, question);
          expect(readTuple(out)).toMatchObject({
            source: OUTSIDE,
            destination: SERVER,
            sourcePort: clientPort,
          });
          expect(isWhole(out)).toBe(true);
          const back = pass(conntrack, udp(SERVER, OUTSIDE, [serverPort, clientPort], data));
          expect(back.out).toEqual(udp(SERVER, CLIENT, [serverPort, clientPort], data));
          expect(back.tracked.state).toBe('ESTABLISHED');
        },
      ),
    );
  });

  it('keeps two clients with one port apart', () => {
    const conntrack = new Conntrack(createClock());
    const first = pass(conntrack, udp(CLIENT, SERVER, [5000, 53], new Uint8Array(4))).out;
    const second = pass(conntrack, udp(CLIENT + 1, SERVER, [5000, 53], new Uint8Array(4))).out;
    const port = readTuple(second)?.sourcePort ?? 0;
    expect(readTuple(first)?.sourcePort).toBe(5000);
    expect(port).not.toBe(5000);
    const answer = pass(conntrack, udp(SERVER, OUTSIDE, [53, port], new Uint8Array(4))).out;
    expect(readTuple(answer)).toMatchObject({ destination: CLIENT + 1, destinationPort: 5000 });
  });

  it('translates an error and what it cites', () => {
    const conntrack = new Conntrack(createClock());
    const question = udp(CLIENT, SERVER, [5000, 33_435], new Uint8Array(32));
    const { out } = pass(conntrack, question);
    const error = datagram(IPPROTO.icmp, 0xc6336401, OUTSIDE, buildIcmp(11, 0, 0, out));
    const { out: arrived, tracked } = pass(conntrack, error);
    expect(tracked.state).toBe('RELATED');
    expect(isWhole(arrived)).toBe(true);
    expect(readTuple(arrived)?.destination).toBe(CLIENT);
    expect(arrived.subarray(28)).toEqual(question);
  });
});

it('follows a TCP connection from its first segment to its last', () => {
  const clock = createClock();
  const conntrack = new Conntrack(clock);
  const say = (isClient: boolean, ...flags: readonly (keyof typeof TCP_FLAG)[]): string | undefined => {
    const [source, destination] = isClient ? [CLIENT, SERVER] : [SERVER, CLIENT];
    const [sourcePort, destinationPort] = isClient ? [4000, 80] : [80, 4000];
    const segment = encodeTcp(
      {
        sourcePort,
        destinationPort,
        sequence: 1,
        acknowledgement: 1,
        flags: flags.reduce((all, flag) => all | TCP_FLAG[flag], 0),
        window: 1000,
      },
      new Uint8Array(0),
      { family: 4, source, destination },
    );
    const tracked = conntrack.track(datagram(IPPROTO.tcp, source, destination, segment));
    if (tracked === null) return undefined;
    conntrack.confirm(tracked.connection);
    return tracked.connection.tcp;
  };
  expect([
    say(true, 'syn'),
    say(false, 'syn', 'ack'),
    say(true, 'ack'),
    say(true, 'fin', 'ack'),
    say(false, 'ack'),
    say(false, 'fin', 'ack'),
    say(true, 'ack'),
  ]).toEqual(['SYN_SENT', 'SYN_RECV', 'ESTABLISHED', 'FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK', 'TIME_WAIT']);
  expect(conntrack.entries()[0]?.isAssured).toBe(true);
  clock.run(121e9);
  expect(conntrack.entries()).toEqual([]);
});
