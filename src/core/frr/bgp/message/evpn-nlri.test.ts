import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvpnRoute } from '../../evpn-route.ts';
import { comparePrefixes, type Address } from '../../prefix.ts';
import { NO_OVERLAY, type Overlay } from '../attributes.ts';
import { evpnPrefix, readEvpnRoutes, writeEvpnRoute } from './evpn-nlri.ts';
import { OctetReader } from './octet-reader.ts';
import { OctetWriter } from './octet-writer.ts';
import { readVpnPrefixes, writeVpnPrefix } from './vpn-nlri.ts';

const bits = (count: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: (1n << BigInt(count)) - 1n });
const address4 = bits(32).map((address): Address => ({ family: 4, address }));
const address = fc.oneof(
  address4,
  bits(128).map((value): Address => ({ family: 6, address: value })),
);
const ethernetTag = fc.integer({ min: 0, max: 0xffffffff });
const label = fc.integer({ min: 0, max: 0xffffff });
const segment = bits(80);

const route: fc.Arbitrary<readonly [EvpnRoute, Overlay]> = fc.oneof(
  fc.tuple(
    fc.record({ type: fc.constant(1 as const), segment, ethernetTag }),
    label.map((one) => ({ ...NO_OVERLAY, labels: [one] })),
  ),
  fc
    .tuple(ethernetTag, bits(48), fc.option(address), segment, label, fc.option(label))
    .map(([tag, mac, ip, esi, first, second]): [EvpnRoute, Overlay] => [
      { type: 2, ethernetTag: tag, mac, ip },
      {
        ...NO_OVERLAY,
        segment: esi,
        labels: second === null || ip === null ? [first] : [first, second],
      },
    ]),
  fc.tuple(
    fc.record({ type: fc.constant(3 as const), ethernetTag, originator: address4 }),
    fc.constant(NO_OVERLAY),
  ),
  fc.tuple(
    fc.record({ type: fc.constant(4 as const), segment, originator: address4 }),
    fc.constant(NO_OVERLAY),
  ),
  fc
    .tuple(ethernetTag, fc.integer({ min: 0, max: 32 }), address, bits(32), segment, label)
    .map(([tag, length, ip, gateway, esi, one]): [EvpnRoute, Overlay] => [
      { type: 5, ethernetTag: tag, length, ip },
      gateway === 0n
        ? { labels: [one], segment: esi, gateway: null }
        : { labels: [one], segment: 0n, gateway: { family: ip.family, address: gateway } },
    ]),
);

describe('routes of VPNs in UPDATE', () => {
  it('of EVPN come back as they were sent', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(bits(64), route), { maxLength: 6 }), (routes) => {
        const writer = new OctetWriter();
        for (const [distinguisher, [one, overlay]] of routes)
          writeEvpnRoute(writer, evpnPrefix(one, distinguisher), overlay);
        const read = readEvpnRoutes(new OctetReader(writer.finish()), false);
        expect(read).toEqual({
          ok: true,
          value: routes.map(([distinguisher, [one, overlay]]) => ({
            prefix: evpnPrefix(one, distinguisher),
            pathId: 0,
            overlay,
          })),
        });
      }),
    );
  });

  it('of layer 3 come back as they were sent', () => {
    fc.assert(
      fc.property(
        bits(64),
        address,
        fc.integer({ min: 0, max: 32 }),
        label,
        (distinguisher, ip, length, one) => {
          const width = ip.family === 4 ? 32 : 128;
          const prefix = {
            ...ip,
            address: (ip.address >> BigInt(width - length)) << BigInt(width - length),
            length,
            distinguisher,
          };
          const overlay = { ...NO_OVERLAY, labels: [one | 1] };
          const writer = new OctetWriter();
          writeVpnPrefix(writer, prefix, overlay);
          expect(readVpnPrefixes(new OctetReader(writer.finish()), ip.family, false)).toEqual({
            ok: true,
            value: [{ prefix, pathId: 0, overlay }],
          });
        },
      ),
    );
  });

  it('that are damaged are refused, never read past their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        expect(readEvpnRoutes(new OctetReader(octets), false)).toHaveProperty('ok');
        expect(readVpnPrefixes(new OctetReader(octets), 4, false)).toHaveProperty('ok');
        expect(readVpnPrefixes(new OctetReader(octets), 6, true)).toHaveProperty('ok');
      }),
      { numRuns: 2000 },
    );
  });

  it('are in one strict order', () => {
    fc.assert(
      fc.property(route, route, bits(2), bits(2), ([a], [b], left, right) => {
        const forth = comparePrefixes(evpnPrefix(a, left), evpnPrefix(b, right));
        expect(Math.sign(forth)).toBe(
          -Math.sign(comparePrefixes(evpnPrefix(b, right), evpnPrefix(a, left))) + 0,
        );
      }),
    );
  });
});
