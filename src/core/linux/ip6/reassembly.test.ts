/** What a host answers to IPv6 fragments: the echo once they are whole, a parameter problem to what cannot be. */
import { expect, it } from 'vitest';
import { toHex } from '../../base/bytes.ts';
import { isBare } from '../../base/step.ts';
import { replay } from '../../shell/transcript.ts';
import { World } from '../../sim/index.ts';
import { writeTransportChecksum } from '../../wire/checksum.ts';
import { writeU16, writeU32 } from '../../wire/octets.ts';
import { ETHERTYPE, frameOf } from '../ether.ts';
import { buildIpv6, HEADER6, NEXT } from './packet.ts';

const SENDER = (0xfd09n << 112n) | 1n;
const HOST = (0xfd09n << 112n) | 2n;
const MAC = 0x020000000901n;

function newWorld(): World {
  const world = new World(
    { machines: [{ name: 'h', kind: 'machine', services: [], nics: [] }], segments: [] },
    1,
  );
  for (const line of [
    'ip link add far type veth peer name near',
    'ip link set near address 02:00:00:00:09:02 up',
    'ip link set far up',
    'ip -6 addr add fd09::2/64 dev near nodad',
    'ip -6 neigh add fd09::1 lladdr 02:00:00:00:09:01 dev near',
    'sysctl -w net.ipv6.icmp.ratelimit=0',
    'sleep 5',
  ])
    replay(world, 'h', line);
  return world;
}

/** Shows what it sends of each datagram that comes, or why it drops it. */
function newHost(shown: 'sent' | 'dropped' = 'sent'): (datagram: Uint8Array) => string[] {
  const world = newWorld();
  const { recorder } = world;
  return (datagram) => {
    const before = recorder.length;
    const frame = frameOf(0x020000000902n, MAC, ETHERTYPE.ipv6, datagram);
    world.inject({ host: 'h', namespace: '', device: 'near' }, 'in', frame, recorder);
    const steps = Array.from({ length: recorder.length - before }, (_, at) => recorder.step(before + at));
    if (shown === 'dropped')
      return steps.flatMap(({ what }) =>
        what.kind === 'dropped' && what.reason.kind === 'malformed' ? [what.reason.problem] : [],
      );
    return steps.flatMap(({ what, where, frame: sent }) =>
      what.kind === 'sent' && where.device === 'near' && sent !== null ? [toHex(sent.subarray(54, 62))] : [],
    );
  };
}

const ECHO = new Uint8Array(40).fill(7);
ECHO.set([128, 0, 0, 0]);
writeTransportChecksum(ECHO, 2, { family: 6, source: SENDER, destination: HOST }, NEXT.icmpv6);

/** A fragment of the echo request; `options` puts a header of destination options before it. */
function fragment(offset: number, end: number, more: boolean, options = false): Uint8Array {
  const header = new Uint8Array(8 + end - offset);
  header[0] = NEXT.icmpv6;
  writeU16(header, 2, offset | (more ? 1 : 0));
  writeU32(header, 4, 99);
  header.set(ECHO.subarray(offset, end), 8);
  const before = options ? [NEXT.fragment, 0, 1, 4, 0, 0, 0, 0] : [];
  return buildIpv6(
    { source: SENDER, destination: HOST, next: options ? NEXT.destination : NEXT.fragment, hopLimit: 64 },
    Uint8Array.from([...before, ...header]),
  );
}

it.each([false, true])('answers an echo request once it is whole (options before: %s)', (options) => {
  const receive = newHost();
  expect(receive(fragment(16, 40, false, options))).toEqual([]);
  expect(receive(fragment(0, 16, true, options))).toEqual([expect.stringMatching(/^8100/u)]);
});

it('answers what is in fragments twice', () => {
  const receive = newHost();
  const outer = (inner: Uint8Array, offset: number, end: number, more: boolean): Uint8Array => {
    const header = Uint8Array.from([NEXT.fragment, 0, 0, 0, 0, 0, 0, 7, ...inner.subarray(offset, end)]);
    writeU16(header, 2, offset | (more ? 1 : 0));
    return buildIpv6({ source: SENDER, destination: HOST, next: NEXT.fragment, hopLimit: 64 }, header);
  };
  const [head, tail] = [fragment(0, 16, true), fragment(16, 40, false)].map((each) => each.subarray(HEADER6));
  if (!head || !tail) throw new Error('two fragments');
  // One alone in a fragment of its own, one in two.
  expect(receive(outer(head, 0, 24, false))).toEqual([]);
  expect(receive(outer(tail, 16, 32, false))).toEqual([]);
  expect(receive(outer(tail, 0, 16, true))).toEqual([expect.stringMatching(/^8100/u)]);
});

it.each([
  ['that ends within an eight though more follow', fragment(8, 21, true), '0400', 4],
  ['without the headers of what it carries', fragment(0, 4, true), '0403', 0],
  ['behind the largest datagram', tooFar(), '0400', HEADER6 + 2],
  ['whose own header is cut', fragment(0, 16, true).subarray(0, HEADER6 + 4), '0400', HEADER6],
  ['that is announced and not there', fragment(0, 16, true).subarray(0, HEADER6), '0400', HEADER6],
])('tells the sender of one %s', (_, datagram, typeAndCode, pointer) => {
  const cut = datagram.slice();
  writeU16(cut, 4, cut.length - HEADER6);
  const [answer = ''] = newHost()(cut);
  expect([answer.slice(0, 4), Number.parseInt(answer.slice(8), 16)]).toEqual([typeAndCode, pointer]);
});

function tooFar(): Uint8Array {
  const datagram = fragment(0, 16, true);
  writeU16(datagram, HEADER6 + 2, 0xfff8);
  return datagram;
}

it('drops what would be larger than any datagram, and tells nobody', () => {
  const like = fragment(0, 8, true, true);
  const receive = newHost('dropped');
  expect(receive(larger(like, 0, 60_000, true))).toEqual([]);
  expect(receive(larger(like, 60_000, 5535, false))).toEqual(['the datagram would carry 65543 octets']);
});

/** The fragment with so many octets, at another place. */
function larger(like: Uint8Array, offset: number, size: number, more: boolean): Uint8Array {
  const at = HEADER6 + 8;
  const datagram = new Uint8Array(at + 8 + size);
  datagram.set(like.subarray(0, at + 8));
  writeU16(datagram, 4, datagram.length - HEADER6);
  writeU16(datagram, at + 2, offset | (more ? 1 : 0));
  return datagram;
}

it('shows the first fragment of what was not whole in time as a packet', () => {
  const world = newWorld();
  const { recorder } = world;
  const first = fragment(0, 16, true);
  const frame = frameOf(0x020000000902n, MAC, ETHERTYPE.ipv6, first);
  world.inject({ host: 'h', namespace: '', device: 'near' }, 'in', frame, recorder);
  const before = recorder.length;
  replay(world, 'h', 'sleep 61');
  const steps = Array.from({ length: recorder.length - before }, (_, at) => recorder.step(before + at));
  const drops = steps.filter(({ what }) => what.kind === 'dropped' && what.reason.kind === 'malformed');
  expect(drops.map((step) => [step.where.device, isBare(step), step.frame])).toEqual([['near', true, first]]);
});
