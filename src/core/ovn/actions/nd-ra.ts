/** `BIT = put_nd_ra_opts(...)`: the router advertisement that answers a solicitation, framed ahead of time. */
import { formatFieldRef } from '../expr/field-ref.ts';
import type { NumberLiteral } from '../expr/number.ts';
import type { OptionValue, PutOptionsAction } from './action.ts';
import type { ActionDefinition } from './definition.ts';
import { encodeDnssl } from './domain-text.ts';
import { OctetWriter } from './octet-writer.ts';
import { formatOptions, numbersOf, optionTable, parseOptions, textOf } from './options.ts';
import { encodeRouteInfo } from './route-info.ts';
import { maskLength } from '../../base/address.ts';

/** Types of ND options; the first two are no options but flags of the message, under numbers of OVN's own. */
const CODE = {
  addressMode: 0,
  preference: 255,
  sourceLinkAddress: 1,
  prefix: 3,
  mtu: 5,
  routeInfo: 24,
  rdnss: 25,
  dnssl: 31,
} as const;

const ND_RA_OPTIONS = optionTable([
  ['addr_mode', CODE.addressMode, 'str'],
  ['router_preference', CODE.preference, 'str'],
  ['slla', CODE.sourceLinkAddress, 'mac'],
  ['prefix', CODE.prefix, 'ipv6'],
  ['mtu', CODE.mtu, 'uint32'],
  ['rdnss', CODE.rdnss, 'ipv6'],
  ['dnssl', CODE.dnssl, 'str'],
  ['route_info', CODE.routeInfo, 'str'],
]);

const MODES: Readonly<Record<string, number>> = { slaac: 0, dhcpv6_stateful: 0x80, dhcpv6_stateless: 0x40 };
const PREFERENCES: Readonly<Record<string, number>> = { MEDIUM: 0x00, HIGH: 0x08, LOW: 0x18 };
const MANAGED = 0x80;
const ON_LINK = 0x80;
const AUTONOMOUS = 0x40;
const INFINITE = 0xffff_ffff;
const MAX_DNSSL = 255;

function isValid(option: OptionValue): boolean {
  if (option.value.constants.length > 1) return false;
  const text = textOf(option);
  const number: NumberLiteral | undefined = numbersOf(option)[0];
  switch (option.option.code) {
    case CODE.addressMode:
      return text !== undefined && Object.hasOwn(MODES, text);
    case CODE.preference:
      return text !== undefined && Object.hasOwn(PREFERENCES, text);
    case CODE.sourceLinkAddress:
      return number?.format === 'ethernet';
    case CODE.prefix:
      return number?.format === 'ipv6' && number.mask !== undefined;
    case CODE.mtu:
      return number?.format === 'decimal';
    case CODE.rdnss:
      return number?.format === 'ipv6';
    default:
      return text !== undefined;
  }
}

/** Why the options together make no advertisement. */
function problemOf(options: readonly OptionValue[]): string | undefined {
  const wrong = options.find((option) => !isValid(option));
  if (wrong !== undefined) return `Invalid value for "${wrong.option.name}" option`;
  const has = (code: number): boolean => options.some(({ option }) => option.code === code);
  if (!has(CODE.sourceLinkAddress)) return 'slla option not present';
  const stateful = options.some(
    (option) => option.option.code === CODE.addressMode && textOf(option) === 'dhcpv6_stateful',
  );
  return stateful || has(CODE.prefix)
    ? undefined
    : 'prefix option needs to be set when address mode is slaac/dhcpv6_stateless.';
}

function prefixOption({ value, mask }: NumberLiteral, flags: number): OctetWriter {
  const length = maskLength(mask ?? 0n, 128) ?? 0;
  const link = ON_LINK | ((flags & MANAGED) === 0 ? AUTONOMOUS : 0);
  const out = new OctetWriter().u8(CODE.prefix).u8(4).u8(length).u8(link);
  return out.u32(INFINITE).u32(INFINITE).u32(0).uint(value, 16);
}

/** The octets of an option; `flags` are the message's flags so far. */
function optionOctets(option: OptionValue, flags: number): Uint8Array {
  const number = numbersOf(option)[0];
  const text = textOf(option) ?? '';
  const out = new OctetWriter();
  switch (option.option.code) {
    case CODE.sourceLinkAddress:
      return out
        .u8(CODE.sourceLinkAddress)
        .u8(1)
        .uint(number?.value ?? 0n, 6)
        .octets();
    case CODE.mtu:
      return out
        .u8(CODE.mtu)
        .u8(1)
        .u16(0)
        .uint(number?.value ?? 0n, 4)
        .octets();
    case CODE.prefix:
      return number === undefined ? out.octets() : prefixOption(number, flags).octets();
    case CODE.rdnss:
      return out
        .u8(CODE.rdnss)
        .u8(3)
        .u16(0)
        .u32(INFINITE)
        .uint(number?.value ?? 0n, 16)
        .octets();
    case CODE.dnssl: {
      const names = encodeDnssl(text, MAX_DNSSL);
      if (names === undefined) return out.octets();
      return out
        .u8(CODE.dnssl)
        .u8(names.length / 8 + 1)
        .u16(0)
        .u32(INFINITE)
        .put(names)
        .octets();
    }
    case CODE.routeInfo:
      return encodeRouteInfo(text);
    default:
      return out.octets();
  }
}

/** The whole ICMPv6 message, checksum zero. */
function advertisement(options: readonly OptionValue[]): Uint8Array {
  let flags = 0;
  const body = new OctetWriter();
  for (const option of options) {
    const text = textOf(option) ?? '';
    if (option.option.code === CODE.addressMode) flags |= MODES[text] ?? 0;
    else if (option.option.code === CODE.preference) flags |= PREFERENCES[text] ?? 0;
    else body.put(optionOctets(option, flags));
  }
  const header = new OctetWriter().u8(134).u8(0).u16(0).u8(255).u8(flags).u16(0xffff).u32(0).u32(0);
  return header.put(body.octets()).octets();
}

export const putNdRaOpts: ActionDefinition<PutOptionsAction & { readonly kind: 'put_nd_ra_opts' }> = {
  assignment(parser, destination) {
    parser.enterCall();
    if (!parser.isAssignable(destination, 1)) return undefined;
    const options = parseOptions(parser, ND_RA_OPTIONS, 'IPv6 ND RA');
    if (options === undefined) return undefined;
    const problem = problemOf(options);
    if (problem !== undefined) {
      parser.lexer.fail(problem);
      return undefined;
    }
    parser.require('ip6');
    return { kind: 'put_nd_ra_opts', destination, options };
  },
  format: ({ destination, options }) =>
    `${formatFieldRef(destination)} = put_nd_ra_opts(${formatOptions(options)});`,
  encode({ destination, options }, encoder) {
    const body = encoder.resultField(destination).put(advertisement(options));
    encoder.controller('put_nd_ra_opts', { pause: true, body });
  },
};
