/** `BIT = put_dhcp_opts(...)` and `BIT = put_dhcpv6_opts(...)`: answers of OVN's own DHCP servers. */
import { encodeUtf8 } from '../../base/utf8.ts';
import { formatFieldRef } from '../expr/field-ref.ts';
import type { OptionValue, PutOptionsAction } from './action.ts';
import { encodeDomainSearch, encodeFqdn } from './domain-text.ts';
import type { ActionDefinition } from './definition.ts';
import { OctetWriter } from './octet-writer.ts';
import { formatOptions, numbersOf, parseOptions, textOf } from './options.ts';
import { bitCount } from '../expr/number.ts';

/** Codes that have a place of their own in the message to the controller; 253 and 254 are OVN's. */
const CODE = { offerIp: 0, bootfile: 67, nextServer: 253, bootfileAlt: 254 } as const;

type Put<K extends PutOptionsAction['kind']> = ActionDefinition<PutOptionsAction & { readonly kind: K }>;

const find = (options: readonly OptionValue[], code: number): OptionValue | undefined =>
  options.find(({ option }) => option.code === code);

/** Octets of the values of an option, by its type. */
function ipv4Octets(option: OptionValue): Uint8Array {
  const out = new OctetWriter();
  for (const { value } of numbersOf(option)) out.uint(value, 4);
  return out.octets();
}

/** Text cut to what an 8-bit length can say. */
function shortText(option: OptionValue): Uint8Array {
  const octets = encodeUtf8(textOf(option) ?? '');
  return octets.slice(0, octets.length & 0xff);
}

/** RFC 3442: prefix length, the octets of the network that matter, gateway. */
function staticRoutes(option: OptionValue): Uint8Array {
  const out = new OctetWriter();
  const values = numbersOf(option);
  for (let i = 0; i + 1 < values.length; i += 2) {
    const network = values[i];
    const gateway = values[i + 1];
    if (network === undefined || gateway === undefined) break;
    const length = network.mask === undefined ? 32 : bitCount(network.mask & 0xffff_ffffn);
    const octets = Math.ceil(length / 8);
    out.u8(length).put(new OctetWriter().uint(network.value, 4).octets().slice(0, octets));
    out.uint(gateway.value, 4);
  }
  return out.octets();
}

function dhcpv4Body(option: OptionValue): Uint8Array {
  const first = numbersOf(option)[0]?.value ?? 0n;
  const integer = (size: number): Uint8Array => new OctetWriter().uint(first, size).octets();
  switch (option.option.type) {
    case 'bool':
    case 'uint8':
      return integer(1);
    case 'uint16':
      return integer(2);
    case 'uint32':
      return integer(4);
    case 'ipv4':
      return ipv4Octets(option);
    case 'static_routes':
      return staticRoutes(option);
    case 'str':
      return shortText(option);
    case 'host_id':
      return option.value.type === 'string' ? shortText(option) : integer(4);
    case 'domains':
      return encodeDomainSearch(textOf(option) ?? '');
    default:
      return new Uint8Array(0);
  }
}

function putDhcpv4(out: OctetWriter, option: OptionValue, body: Uint8Array): void {
  out.u8(option.option.code).u8(body.length).put(body);
}

export const putDhcpOpts: Put<'put_dhcp_opts'> = {
  assignment(parser, destination) {
    parser.enterCall();
    if (!parser.isAssignable(destination, 1)) return undefined;
    const options = parseOptions(parser, parser.env.dhcpOptions, 'DHCPv4');
    if (options === undefined) return undefined;
    if (find(options, CODE.offerIp) !== undefined) return { kind: 'put_dhcp_opts', destination, options };
    parser.lexer.fail('put_dhcp_opts requires offerip to be specified.');
    return undefined;
  },
  format: ({ destination, options }) =>
    `${formatFieldRef(destination)} = put_dhcp_opts(${formatOptions(options)});`,
  encode({ destination, options }, encoder) {
    const body = encoder.resultField(destination);
    const offer = find(options, CODE.offerIp);
    body.uint(offer === undefined ? 0 : (numbersOf(offer)[0]?.value ?? 0n), 4);
    const placed = new Set([offer]);
    for (const code of [CODE.bootfile, CODE.bootfileAlt, CODE.nextServer]) {
      const option = find(options, code);
      if (option === undefined) continue;
      placed.add(option);
      putDhcpv4(body, option, code === CODE.nextServer ? ipv4Octets(option).slice(0, 4) : shortText(option));
    }
    for (const option of options) if (!placed.has(option)) putDhcpv4(body, option, dhcpv4Body(option));
    encoder.controller('put_dhcp_opts', { pause: true, body });
  },
};

function dhcpv6Body(option: OptionValue): Uint8Array {
  const numbers = numbersOf(option);
  switch (option.option.type) {
    case 'ipv6': {
      const out = new OctetWriter();
      for (const { value } of numbers) out.uint(value, 16);
      return out.octets();
    }
    case 'mac':
      return new OctetWriter().uint(numbers[0]?.value ?? 0n, 6).octets();
    case 'str':
      return encodeUtf8(textOf(option) ?? '');
    case 'domain':
      return encodeFqdn(textOf(option) ?? '');
    default:
      return new Uint8Array(0);
  }
}

export const putDhcpv6Opts: Put<'put_dhcpv6_opts'> = {
  assignment(parser, destination) {
    parser.enterCall();
    if (!parser.isAssignable(destination, 1)) return undefined;
    const options = parseOptions(parser, parser.env.dhcpv6Options, 'DHCPv6');
    return options && { kind: 'put_dhcpv6_opts', destination, options };
  },
  format: ({ destination, options }) =>
    `${formatFieldRef(destination)} = put_dhcpv6_opts(${formatOptions(options)});`,
  encode({ destination, options }, encoder) {
    const body = encoder.resultField(destination);
    for (const option of options) {
      const octets = dhcpv6Body(option);
      body.u16(option.option.code).u16(octets.length).put(octets);
    }
    encoder.controller('put_dhcpv6_opts', { pause: true, body });
  },
};
