/** An identifier under its qualifiers: `tcp src port` + `http`, `net` + `10.0.0.0/8`. */
import { parseIpv6, prefixMask } from '../../base/address.ts';
import { servicePort } from '../tcpdump/services.table.ts';
import { FilterError } from './filter-error.ts';
import { etherHost, ipv4Host, ipv6Host } from './host.ts';
import { ISO_PROTOCOL, protocol, protocolChain } from './ip-protocol.ts';
import type { Offsets } from './offsets.ts';
import { ports, type TransportWord } from './port.ts';
import { IP_PROTOCOL_NAMES, LINK_PROTOCOL_NAMES } from './protocol-name.table.ts';
import type { ProtocolWord, Qualifier } from './qualifier.ts';
import { SERVICE_ALIASES } from './service-alias.table.ts';
import { anyOf, type Test } from './test.ts';

/** What names stand for on the machine where the filter is compiled. Every function may answer "unknown". */
export interface NameLookup {
  /** IPv4 addresses as numbers, IPv6 as bigints, in the order of the resolver. */
  readonly host: (name: string) => readonly (number | bigint)[];
  readonly ether: (name: string) => bigint | undefined;
  /** The network number, e.g. 127 for 127.0.0.0. */
  readonly network: (name: string) => number | undefined;
}

const transportOf = (word: ProtocolWord | null): TransportWord | null | undefined =>
  word === null || word === 'tcp' || word === 'udp' || word === 'sctp' ? word : undefined;

function syntaxError(): never {
  throw new FilterError('syntax error in filter expression');
}

/** A number: an address, a port, a protocol. */
export function numberIdentifier(offsets: Offsets, value: number, qualifier: Qualifier): Test {
  const { direction, type } = qualifier;
  switch (type) {
    case null:
    case 'host':
    case 'net': {
      let prefix = { address: value, mask: 0xffffffff };
      if (type === 'net' && qualifier.protocol !== 'decnet') prefix = networkPrefix(value);
      if (qualifier.protocol === 'link') throw new FilterError('illegal link layer address');
      return ipv4Host(offsets, prefix, qualifier.protocol, direction, type ?? 'host');
    }
    case 'port':
    case 'portrange': {
      const transport = transportOf(qualifier.protocol);
      if (transport === undefined) throw new FilterError(`illegal qualifier of '${type}'`);
      if (value > 65535) throw new FilterError(`illegal port number ${value} > 65535`);
      const range = { first: value, last: value, isRange: type === 'portrange' };
      return ports(offsets, range, transport, direction);
    }
    case 'gateway':
      throw new FilterError("'gateway' requires a name");
    case 'proto':
      return protocol(offsets, value, qualifier.protocol);
    case 'protochain':
      return protocolChain(offsets, value, qualifier.protocol);
    case 'none':
      return syntaxError();
  }
}

/** `net 10` is 10.0.0.0/8: the number is shifted left until its first octet is set. */
function networkPrefix(value: number): { address: number; mask: number } {
  let address = value;
  let mask = 0xffffffff;
  while (address !== 0 && address >>> 24 === 0) {
    address = (address << 8) >>> 0;
    mask = (mask << 8) >>> 0;
  }
  return { address, mask };
}

/** One to four numbers with dots between. Undefined if one is no octet. */
function dottedPrefix(text: string): { address: number; mask: number } | undefined {
  const parts = text.split('.');
  let address = 0;
  for (const part of parts) {
    if (!/^\d*$/.test(part) || Number(part) > 255) return undefined;
    address = address * 256 + Number(part);
  }
  const missing = 32 - 8 * parts.length;
  return { address: address * 2 ** missing, mask: 0xffffffff - (2 ** missing - 1) };
}

function dottedAddress(text: string): { address: number; mask: number } {
  const prefix = dottedPrefix(text);
  if (prefix === undefined) throw new FilterError(`invalid IPv4 address '${text}'`);
  return prefix;
}

/** A dotted address; fewer than four parts are a prefix. In DECnet two parts are area and node. */
export function dottedIdentifier(offsets: Offsets, text: string, qualifier: Qualifier): Test {
  const { protocol: word, direction, type } = qualifier;
  if (type === 'port' || type === 'portrange' || type === 'proto' || type === 'protochain')
    throw new FilterError(`'${type}' modifier applied to ip host`);
  let prefix: { address: number; mask: number };
  if (word === 'decnet') {
    const [area = '', node = ''] = text.split('.');
    const number = (part: string): number => Number.parseInt(part, 10);
    const address = ((number(area) << 10) & 0xfc00) | (number(node) & 0x3ff);
    prefix = { address, mask: 0 };
  } else prefix = dottedAddress(text);
  if (type === 'gateway') throw new FilterError("'gateway' requires a name");
  if (type === 'none') return syntaxError();
  if (word === 'link') throw new FilterError('illegal link layer address');
  return ipv4Host(offsets, prefix, word, direction, type ?? 'host');
}

/** `10.0.0.0/8` and `10.0.0.0 mask 255.0.0.0`. */
export function networkIdentifier(
  offsets: Offsets,
  text: string,
  mask: number | string,
  qualifier: Qualifier,
): Test {
  const { address } = dottedAddress(text);
  let bits: number;
  let shown: string;
  if (typeof mask === 'string') {
    bits = dottedAddress(mask).address;
    shown = `${text} mask ${mask}`;
  } else {
    if (mask > 32) throw new FilterError('mask length must be <= 32');
    bits = Number(prefixMask(mask, 32));
    shown = `${text}/${mask}`;
  }
  if ((address & ~bits) !== 0) throw new FilterError(`non-network bits set in "${shown}"`);
  if (qualifier.type !== 'net') throw new FilterError('Mask syntax for networks only');
  return ipv4Host(offsets, { address, mask: bits }, qualifier.protocol, qualifier.direction, 'net');
}

/** An IPv6 address, with a prefix length or null. */
export function ipv6Identifier(
  offsets: Offsets,
  text: string,
  length: number | null,
  qualifier: Qualifier,
): Test {
  const address = parseIpv6(text);
  if (address === undefined) throw new FilterError(`invalid ip6 address ${text}`);
  const bits = length ?? 128;
  if (bits > 128) throw new FilterError('mask length must be <= 128');
  const mask = prefixMask(bits, 128);
  if ((address & ~mask) !== 0n) throw new FilterError(`non-network bits set in "${text}/${bits}"`);
  const { type } = qualifier;
  if ((type === null || type === 'host') && bits !== 128)
    throw new FilterError('Mask syntax for networks only');
  if (type !== null && type !== 'host' && type !== 'net')
    throw new FilterError('invalid qualifier against IPv6 address');
  return ipv6Host(offsets, { address, mask }, qualifier.protocol, qualifier.direction, type ?? 'host');
}

/** An Ethernet address in any of its forms. */
export function etherIdentifier(offsets: Offsets, text: string, qualifier: Qualifier): Test {
  const { protocol: word, type } = qualifier;
  if (word !== 'link' || (type !== null && type !== 'host'))
    throw new FilterError('ethernet address used in non-ether expression');
  if (offsets.linkType !== 'ethernet')
    throw new FilterError(
      'ethernet addresses supported only on ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel',
    );
  const parts = text.split(/[:.-]/);
  const octets = parts.length === 6 ? parts.map((part) => part.padStart(2, '0')) : parts;
  return etherHost(offsets, BigInt(`0x${octets.join('')}`), qualifier.direction);
}

/** A name: of a host, a network, a port, a protocol. */
export function nameIdentifier(
  offsets: Offsets,
  name: string,
  qualifier: Qualifier,
  lookup: NameLookup,
): Test {
  switch (qualifier.type) {
    case null:
    case 'host':
      return hostName(offsets, name, qualifier, lookup);
    case 'net': {
      const network = lookup.network(name) ?? 0;
      if (network === 0) throw new FilterError(`unknown network '${name}'`);
      const prefix = networkPrefix(network);
      return ipv4Host(offsets, prefix, qualifier.protocol, qualifier.direction, 'net');
    }
    case 'port':
    case 'portrange':
      return portName(offsets, name, qualifier, qualifier.type);
    case 'gateway':
      throw new FilterError("'gateway' not supported in this configuration");
    case 'proto':
      return protocol(offsets, protocolNumber(name, qualifier.protocol), qualifier.protocol);
    case 'protochain':
      return protocolChain(offsets, protocolNumber(name, qualifier.protocol), qualifier.protocol);
    case 'none':
      return syntaxError();
  }
}

function hostName(offsets: Offsets, name: string, qualifier: Qualifier, lookup: NameLookup): Test {
  const { protocol: word, direction } = qualifier;
  if (word === 'link') {
    if (offsets.linkType !== 'ethernet')
      throw new FilterError(
        'only ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel supports link-level host name',
      );
    const ether = lookup.ether(name);
    if (ether === undefined) throw new FilterError(`unknown ether host '${name}'`);
    return etherHost(offsets, ether, direction);
  }
  if (word === 'decnet')
    throw new FilterError(`decnet name support not included, '${name}' cannot be translated\n`);
  // A raw packet has no type field to tell ARP by.
  const isRaw = offsets.linkType === 'raw' && word === null;
  const addresses = lookup.host(name);
  if (addresses.length === 0) throw new FilterError(`unknown host '${name}'`);
  const tests: Test[] = [];
  for (const address of addresses) {
    if (typeof address === 'bigint') {
      if (word === 'ip') continue;
      const prefix = { address, mask: prefixMask(128, 128) };
      tests.push(ipv6Host(offsets, prefix, isRaw ? 'ip6' : word, direction, 'host'));
    } else {
      if (word === 'ip6') continue;
      tests.push(ipv4Host(offsets, { address, mask: 0xffffffff }, isRaw ? 'ip' : word, direction, 'host'));
    }
  }
  const [first, ...others] = tests;
  if (first === undefined) {
    const family = word === null ? '' : ' for specified address family';
    throw new FilterError(`unknown host '${name}'${family}`);
  }
  return anyOf(first, ...others);
}

interface NamedPort {
  readonly port: number;
  /** Null: the name is of more than one transport, or a number. */
  readonly transport: TransportWord | null;
}

/** As getservbyname(3) for TCP and for UDP; TCP wins when they differ. */
function portOfName(name: string): NamedPort | undefined {
  const named = (protocol: 'tcp' | 'udp'): number | undefined =>
    SERVICE_ALIASES[protocol].get(name) ?? servicePort(protocol, name);
  if (/^\d+$/.test(name)) return { port: Number(name) & 0xffff, transport: null };
  const tcp = named('tcp');
  const udp = named('udp');
  if (tcp !== undefined) return { port: tcp, transport: tcp === udp ? null : 'tcp' };
  return udp === undefined ? undefined : { port: udp, transport: 'udp' };
}

function portName(offsets: Offsets, name: string, qualifier: Qualifier, type: 'port' | 'portrange'): Test {
  const wanted = transportOf(qualifier.protocol);
  if (wanted === undefined) throw new FilterError(`illegal qualifier of '${type}'`);
  const what = type === 'port' ? 'port' : 'port in range';
  const named = type === 'port' ? onePort(name) : twoPorts(name);
  if (named === undefined) throw new FilterError(`unknown ${what} '${name}'`);
  if (wanted !== null && named.transport !== null && named.transport !== wanted) {
    // libpcap says "tcp" of an SCTP port too.
    throw new FilterError(`${what} '${name}' is ${named.transport}`);
  }
  for (const port of [named.first, named.last]) {
    if (port < 0) throw new FilterError(`illegal port number ${port} < 0`);
    if (port > 65535) throw new FilterError(`illegal port number ${port} > 65535`);
  }
  const range = { first: named.first, last: named.last, isRange: type === 'portrange' };
  return ports(offsets, range, wanted ?? named.transport, qualifier.direction);
}

interface NamedRange {
  readonly first: number;
  readonly last: number;
  readonly transport: TransportWord | null;
}

function onePort(name: string): NamedRange | undefined {
  const found = portOfName(name);
  return found && { first: found.port, last: found.port, transport: found.transport };
}

/** `6000-6008` or two names; text behind the second number is not looked at. */
function twoPorts(name: string): NamedRange | undefined {
  const numbers = /^(\d+)-([-+]?\d+)/.exec(name);
  if (numbers !== null) {
    const int = (text: string | undefined): number => Number(text ?? 0) | 0;
    return { first: int(numbers[1]), last: int(numbers[2]), transport: null };
  }
  const dash = name.indexOf('-');
  if (dash < 0) return undefined;
  const first = portOfName(name.slice(0, dash));
  const last = portOfName(name.slice(dash + 1));
  if (first === undefined || last === undefined) return undefined;
  const transport = first.transport === last.transport ? first.transport : null;
  return { first: first.port, last: last.port, transport };
}

function protocolNumber(name: string, network: ProtocolWord | null): number {
  switch (network) {
    case null:
    case 'ip':
    case 'ip6': {
      const number = IP_PROTOCOL_NAMES.get(name);
      if (number === undefined) throw new FilterError(`unknown ip proto '${name}'`);
      return number;
    }
    case 'link': {
      const number = LINK_PROTOCOL_NAMES.get(name);
      if (number === undefined) throw new FilterError(`unknown ether proto '${name}'`);
      return number;
    }
    case 'iso':
      if (name === 'esis' || name === 'isis' || name === 'clnp') return ISO_PROTOCOL[name];
      throw new FilterError(`unknown osi proto '${name}'`);
    default:
      throw new FilterError(`unknown protocol: ${name}`);
  }
}
