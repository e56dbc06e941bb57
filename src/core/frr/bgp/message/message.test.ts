import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../base/bytes.ts';
import { createRandom } from '../../../base/random.ts';
import { prefixMask } from '../../../base/address.ts';
import type { Prefix } from '../../prefix.ts';
import { localAttributes, type PathAttributes } from '../attributes.ts';
import type { Capabilities } from '../peer.ts';
import { encodeCapabilities, decodeParameters, NO_CAPABILITIES } from './capability.ts';
import { encodeMessage, MAXIMUM_SIZE, MESSAGE_TYPE, takeMessage, type RawMessage } from './header.ts';
import { decodeNotification, encodeNotification } from './notification.ts';
import { decodeOpen, encodeOpen } from './open.ts';
import { decodeRouteRefresh, encodeRouteRefresh } from './route-refresh.ts';
import type { DecodeOptions } from './decode-options.ts';
import { decodeUpdate } from './update-decode.ts';
import {
  encodeAnnouncement4,
  encodeEndOfRib,
  encodeMpAnnouncement,
  encodeWithdrawal,
} from './update-encode.ts';

const GOLDEN = new URL('../../../../../golden/frr/', import.meta.url);

interface Recorded {
  readonly type: string;
  readonly hex: string;
}

const recorded: readonly Recorded[] = readdirSync(GOLDEN)
  .filter((name) => !name.includes('.'))
  .flatMap((name) =>
    readFileSync(new URL(`${name}/messages.jsonl`, GOLDEN), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Recorded),
  );

const FAMILIES = ['ipv4-unicast', 'ipv6-unicast'] as const;
const external: DecodeOptions = {
  as4: true,
  sort: 'external',
  addPath: [],
  gracefulRestart: true,
  families: FAMILIES,
};
const encoding = { as4: true, addPath: false, maximumSize: MAXIMUM_SIZE };

function messageOf(octets: Uint8Array): RawMessage {
  const taken = takeMessage(octets, MAXIMUM_SIZE);
  if (!taken.ok || taken.value === null) throw new Error('no message');
  return taken.value;
}

const bodyOf = (octets: Uint8Array): Uint8Array => messageOf(octets).body;

/** The same message again, from what was decoded. */
function again(message: RawMessage): Uint8Array {
  switch (message.type) {
    case MESSAGE_TYPE.open: {
      const fields = decodeOpen(message.body);
      if (!fields.ok) throw new Error('OPEN');
      const parameters = fields.value.parameters();
      if (!parameters.ok) throw new Error('capabilities');
      return encodeMessage(
        message.type,
        encodeOpen({ ...fields.value, capabilities: parameters.value.capabilities }),
      );
    }
    case MESSAGE_TYPE.notification:
      return encodeMessage(message.type, encodeNotification(decodeNotification(message.body)));
    case MESSAGE_TYPE.routeRefresh: {
      const refresh = decodeRouteRefresh(message.body);
      if (!refresh.ok || refresh.value.family === undefined) throw new Error('ROUTE-REFRESH');
      return encodeMessage(message.type, encodeRouteRefresh(refresh.value.family, refresh.value.subtype));
    }
    case MESSAGE_TYPE.update: {
      const decoded = decodeUpdate(message.body, external);
      if (!decoded.ok) throw new Error('UPDATE');
      const { attributes, announced, withdrawn, mpReach, mpUnreach, endOfRib } = decoded.value;
      if (endOfRib !== null) return encodeEndOfRib(endOfRib);
      if (mpUnreach !== null)
        return encodeWithdrawal(mpUnreach.family, true, mpUnreach.nlris, encoding)[0] as Uint8Array;
      if (attributes === null)
        return encodeWithdrawal('ipv4-unicast', false, withdrawn, encoding)[0] as Uint8Array;
      const outgoing = { attributes, localPreference: attributes.localPreference };
      if (mpReach !== null && mpReach.nextHop !== null)
        return encodeMpAnnouncement(
          outgoing,
          mpReach.family,
          mpReach.nextHop,
          mpReach.nlris,
          encoding,
        )[0] as Uint8Array;
      return encodeAnnouncement4(outgoing, attributes.nextHop ?? 0, announced, encoding)[0] as Uint8Array;
    }
    default:
      return message.octets;
  }
}

describe('messages of real daemons', () => {
  it('are there in every kind', () => {
    expect(new Set(recorded.map((one) => one.type))).toEqual(
      new Set(['OPEN', 'UPDATE', 'KEEPALIVE', 'ROUTE-REFRESH']),
    );
  });

  it('come out octet for octet after decoding and encoding', () => {
    for (const { hex } of recorded)
      expect(toHex(again(messageOf(fromHex(hex) ?? new Uint8Array(0))))).toBe(hex);
  });
});

const prefixes = (family: 4 | 6): fc.Arbitrary<Prefix> => {
  const width = family === 4 ? 32 : 128;
  return fc
    .record({ address: fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n }), length: fc.nat(width) })
    .map(({ address, length }) => ({ family, address: address & prefixMask(length, width), length }));
};

const asn = fc.integer({ min: 1, max: 0xfffffffe });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const sortedSet = <T>(values: readonly T[], compare: (a: T, b: T) => number): T[] =>
  [...values].sort(compare);

const attributes: fc.Arbitrary<PathAttributes> = fc
  .record({
    origin: fc.constantFrom('igp', 'egp', 'incomplete'),
    asPath: fc.array(
      fc.record({
        kind: fc.constantFrom('sequence', 'set'),
        asns: fc.array(asn, { minLength: 1, maxLength: 6 }),
      }),
      { maxLength: 3 },
    ),
    nextHop: fc.constantFrom(0x0a000001, 0xc0000201),
    med: fc.option(u32, { nil: null }),
    atomicAggregate: fc.boolean(),
    aggregator: fc.option(fc.record({ asn, address: u32 }), { nil: null }),
    communities: fc.option(
      fc.uniqueArray(u32, { minLength: 1, maxLength: 80 }).map((list) => sortedSet(list, (a, b) => a - b)),
      { nil: null },
    ),
    extendedCommunities: fc.option(
      fc
        .uniqueArray(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), { minLength: 1, maxLength: 4 })
        .map((list) => sortedSet(list, (a, b) => (a < b ? -1 : 1))),
      { nil: null },
    ),
  })
  .map((some) => ({ ...localAttributes('igp'), weight: 0, ...some }) as PathAttributes);

/** Every message begins with what waits longest of the rest, and goes on with what came last. */
function expectPackedAsBgpdDoes<T>(messages: readonly (readonly T[])[], waiting: readonly T[]): void {
  let [first, last] = [0, waiting.length];
  for (const message of messages) {
    const others = message.length - 1;
    expect(message).toEqual([
      waiting[first],
      ...waiting.slice(Math.max(first + 1, last - others), last).reverse(),
    ]);
    first += 1;
    last -= others;
  }
  expect(first).toBe(last);
}

describe('UPDATE', () => {
  it('decodes to what was encoded, IPv4', () => {
    fc.assert(
      fc.property(attributes, fc.array(prefixes(4), { minLength: 1, maxLength: 2000 }), (sent, list) => {
        const nlris = list.map((prefix) => ({ prefix, pathId: 0 }));
        const messages = encodeAnnouncement4(
          { attributes: sent, localPreference: null },
          sent.nextHop ?? 0,
          nlris,
          encoding,
        );
        const received = messages.map((octets) => {
          expect(octets.length).toBeLessThanOrEqual(MAXIMUM_SIZE);
          const decoded = decodeUpdate(bodyOf(octets), external);
          if (!decoded.ok) throw new Error('refused');
          expect(decoded.value.attributes).toEqual(sent);
          return decoded.value.announced;
        });
        expectPackedAsBgpdDoes(received, nlris);
      }),
      { numRuns: 60 },
    );
  });

  it('decodes to what was encoded, with IPv6 next hops', () => {
    const hop = fc.bigInt({ min: 2n, max: (1n << 120n) - 1n });
    fc.assert(
      fc.property(
        attributes,
        hop,
        fc.boolean(),
        fc.constantFrom(...FAMILIES),
        fc.array(fc.nat(65535), { minLength: 1, maxLength: 900 }),
        (sent, global, both, family, numbers) => {
          const nlris = numbers.map((number) => ({
            prefix:
              family === 'ipv4-unicast'
                ? { family: 4 as const, address: BigInt(number) << 16n, length: 16 }
                : { family: 6 as const, address: BigInt(number) << 80n, length: 48 },
            pathId: 0,
          }));
          const nextHop = { global, linkLocal: both ? (0xfe80n << 112n) | 1n : null };
          const outgoing = { attributes: sent, localPreference: null };
          const received = encodeMpAnnouncement(outgoing, family, nextHop, nlris, encoding).map((octets) => {
            const decoded = decodeUpdate(bodyOf(octets), external);
            if (!decoded.ok || decoded.value.mpReach === null) throw new Error('refused');
            expect(decoded.value.mpReach.nextHop).toEqual(nextHop);
            expect(decoded.value.attributes?.asPath).toEqual(sent.asPath);
            return decoded.value.mpReach.nlris;
          });
          expectPackedAsBgpdDoes(received, nlris);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps four-octet AS numbers through a neighbour of two octets', () => {
    fc.assert(
      fc.property(fc.array(asn, { minLength: 1, maxLength: 12 }), (asns) => {
        const sent = { ...localAttributes('igp'), asPath: [{ kind: 'sequence' as const, asns }] };
        const nlri = { prefix: { family: 4 as const, address: 0x0a000000n, length: 8 }, pathId: 0 };
        const options = { ...encoding, as4: false };
        const [octets] = encodeAnnouncement4(
          { attributes: sent, localPreference: null },
          1 << 24,
          [nlri],
          options,
        );
        const decoded = decodeUpdate(bodyOf(octets as Uint8Array), { ...external, as4: false });
        expect(decoded.ok && decoded.value.attributes?.asPath).toEqual(sent.asPath);
      }),
    );
  });
});

describe('OPEN', () => {
  it('keeps every capability', () => {
    const capabilities: Capabilities = {
      ...NO_CAPABILITIES,
      multiprotocol: ['ipv4-unicast', 'ipv6-unicast'],
      extendedNextHop: ['ipv4-unicast'],
      as4: 4200000100,
      routeRefresh: true,
      routeRefreshOld: true,
      enhancedRouteRefresh: true,
      extendedMessage: true,
      dynamic: true,
      addPath: [{ family: 'ipv4-unicast', receive: true, send: true }],
      gracefulRestart: {
        restartBit: true,
        notificationBit: true,
        restartTime: 120,
        families: [{ family: 'ipv4-unicast', forwardingPreserved: true }],
      },
      longLivedGracefulRestart: [{ family: 'ipv4-unicast', forwardingPreserved: true, staleTime: 70000 }],
      hostname: { host: 'gw-1', domain: '' },
      role: 3,
    };
    const decoded = decodeParameters(encodeCapabilities(capabilities), false);
    expect(decoded.ok && decoded.value.capabilities).toEqual(capabilities);
  });
});

/** The code and subcode of the refusal; 'ok' when there is none. */
function verdict(hex: string, options: DecodeOptions): string {
  const octets = fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array(0);
  const decoded = decodeUpdate(octets, options);
  if (!decoded.ok) return `${decoded.error.code}/${decoded.error.subcode}`;
  return decoded.value.attributes === null ? 'withdrawn' : 'ok';
}

describe('damaged UPDATE', () => {
  const internal: DecodeOptions = { ...external, sort: 'internal' };
  const AS_PATH = '400200';
  const HOP = '4003040a000001';
  const PREF = '40050400000064';
  const PREFIX = '080a';
  const build = (list: string): string => {
    const size = list.length / 2;
    return `0000${size.toString(16).padStart(4, '0')}${list}${PREFIX}`;
  };
  const cases: readonly [what: string, hex: string, options: DecodeOptions, expected: string][] = [
    ['whole', build(`40010100${AS_PATH}${HOP}`), external, 'ok'],
    ['whole, internal', build(`40010100${AS_PATH}${HOP}${PREF}`), internal, 'ok'],
    ['withdrawn routes run over the end', '0009', external, '3/1'],
    ['attributes run over the end', '000000ff40', external, '3/1'],
    ['an attribute runs over the list', '0000000440010900', external, '3/5'],
    ['an attribute comes twice', build(`40010100${AS_PATH}${HOP}40010100`), external, '3/1'],
    ['ORIGIN 3, external', build(`${AS_PATH}${HOP}40010103`), external, 'withdrawn'],
    [
      'attributes behind ORIGIN 3 are taken for prefixes',
      build(`40010103${AS_PATH}${HOP}`),
      external,
      '3/10',
    ],
    ['ORIGIN 3, internal', build(`40010103${AS_PATH}${HOP}${PREF}`), internal, '3/6'],
    ['ORIGIN is optional', build(`c0010100${AS_PATH}${HOP}${PREF}`), internal, '3/4'],
    ['no NEXT_HOP', build(`40010100${AS_PATH}`), external, 'withdrawn'],
    ['no LOCAL_PREF from inside', build(`40010100${AS_PATH}${HOP}`), internal, 'withdrawn'],
    ['AS 0', build(`400101004002060201000000004003040a000001`), external, 'withdrawn'],
    ['AS_PATH cut, internal', build(`400101004002040202000a${HOP}${PREF}`), internal, '3/11'],
    ['a martian next hop', build(`40010100${AS_PATH}4003047f000001`), external, '3/8'],
    [
      'AGGREGATOR of the wrong size is passed over',
      build(`40010100${AS_PATH}${HOP}c0070100`),
      external,
      'ok',
    ],
    ['an unknown well-known attribute', build(`40010100${AS_PATH}${HOP}40c80100`), external, '3/1'],
    ['a prefix longer than 32', `0000000e40010100${AS_PATH}${HOP}210a000000ff`, external, '3/10'],
    ['MP_REACH of an unknown family', build(`800e0500090100ff00`), external, '3/1'],
  ];
  it.each(cases)('%s', (_what, hex, options, expected) => {
    expect(verdict(hex, options)).toBe(expected);
  });

  it('tells an attribute that runs over the list with what stands behind', () => {
    const cut = decodeUpdate(fromHex(`000000054003040a00${'00021814ac8e'}`) ?? new Uint8Array(0), external);
    expect(!cut.ok && [cut.error.subcode, toHex(cut.error.data)]).toEqual([5, '03040a0000021814ac']);
  });
});

describe('random and damaged messages', () => {
  it('give a message or a NOTIFICATION, never an exception', () => {
    const random = createRandom(11);
    const pool = recorded.map((one) => fromHex(one.hex) ?? new Uint8Array(0));
    for (let round = 0; round < 10_000; round += 1) {
      const original = pool[random.below(pool.length)] as Uint8Array;
      const damaged = original.slice(
        0,
        random.below(4) === 0 ? random.below(original.length) + 1 : undefined,
      );
      for (let hit = random.below(5); hit >= 0; hit -= 1)
        damaged[16 + random.below(Math.max(1, damaged.length - 16))] = random.below(256);
      const taken = takeMessage(damaged, MAXIMUM_SIZE);
      if (!taken.ok) {
        expect(taken.error.code).toBe(1);
        continue;
      }
      if (taken.value === null) continue;
      const { type, body } = taken.value;
      const sort = (['internal', 'external', 'confederation'] as const)[random.below(3)] ?? 'external';
      if (type === MESSAGE_TYPE.update) {
        const decoded = decodeUpdate(body, { ...external, sort, as4: random.below(2) === 0 });
        if (!decoded.ok) expect(decoded.error.code).toBe(3);
      } else if (type === MESSAGE_TYPE.open) {
        const decoded = decodeOpen(body);
        const parameters = decoded.ok ? decoded.value.parameters() : decoded;
        if (!parameters.ok) expect(parameters.error.code).toBe(2);
      } else if (type === MESSAGE_TYPE.routeRefresh) {
        const decoded = decodeRouteRefresh(body);
        if (!decoded.ok) expect(decoded.error.code).toBe(7);
      }
    }
  });
});
