/** Transmit hash policies: what must share a way, and what may not. */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { frameOf } from '../ether.ts';
import { writeU16, writeU32 } from '../../wire/octets.ts';
import { transmitHash } from './hash.ts';

interface Flow {
  readonly from: number;
  readonly to: number;
  readonly fromPort: number;
  readonly toPort: number;
}

function udp({ from, to, fromPort, toPort }: Flow, outer?: Flow): Uint8Array {
  const datagram = new Uint8Array(28);
  datagram[0] = 0x45;
  datagram[9] = 17;
  writeU32(datagram, 12, from);
  writeU32(datagram, 16, to);
  writeU16(datagram, 20, fromPort);
  writeU16(datagram, 22, toPort);
  if (outer === undefined) return frameOf(0x020000000102n, 0x020000000207n, 0x0800, datagram);
  const tunnel = new Uint8Array(20 + datagram.length);
  tunnel[0] = 0x45;
  tunnel[9] = 4;
  writeU32(tunnel, 12, outer.from);
  writeU32(tunnel, 16, outer.to);
  tunnel.set(datagram, 20);
  return frameOf(0x020000000102n, 0x020000000207n, 0x0800, tunnel);
}

const address = fc.integer({ min: 1, max: 0xfffffffe });
const port = fc.integer({ min: 1, max: 65535 });
const flow = fc.record({ from: address, to: address, fromPort: port, toPort: port });

describe('transmitHash', () => {
  it('layer2 mixes the last octets of the addresses and the type', () => {
    expect(
      transmitHash('layer2', frameOf(0x0200000001_02n, 0x0200000002_07n, 0x0806, new Uint8Array(28))),
    ).toBe(0x02 ^ 0x07 ^ 0x0806);
  });

  it('layer2+3 does not look at ports, and both directions of a flow hash alike', () => {
    fc.assert(
      fc.property(flow, port, port, (one, a, b) => {
        const hash = transmitHash('layer2+3', udp(one));
        expect(transmitHash('layer2+3', udp({ ...one, fromPort: a, toPort: b }))).toBe(hash);
        expect(transmitHash('layer2+3', udp({ ...one, from: one.to, to: one.from }))).toBe(hash);
      }),
    );
  });

  it('layer3+4 spreads the ports of one pair of hosts', () => {
    const ways = new Set(
      Array.from(
        { length: 64 },
        (_, i) => transmitHash('layer3+4', udp({ from: 1, to: 2, fromPort: 40000 + 2 * i, toPort: 80 })) % 2,
      ),
    );
    expect(ways.size).toBe(2);
  });

  it('the encap policies see what a tunnel carries, the others its ends', () => {
    fc.assert(
      fc.property(flow, flow, flow, (inner, outer, other) => {
        expect(transmitHash('encap3+4', udp(inner, outer))).toBe(transmitHash('encap3+4', udp(inner, other)));
        expect(transmitHash('encap3+4', udp(inner, outer))).toBe(transmitHash('layer3+4', udp(inner)));
        expect(transmitHash('layer3+4', udp(inner, outer))).toBe(transmitHash('layer3+4', udp(other, outer)));
      }),
    );
  });

  it('vlan+srcmac tells sources apart by vendor, device and VLAN', () => {
    const from = (source: bigint): number =>
      transmitHash('vlan+srcmac', frameOf(1n, source, 0x0800, new Uint8Array(20)));
    expect(from(0x0a0b0c_010203n)).toBe(0x0a0b0c ^ 0x010203);
  });
});
