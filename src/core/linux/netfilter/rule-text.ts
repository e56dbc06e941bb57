/** A rule as `iptables -S` writes it. */
import { formatIpv4 } from '../../base/address.ts';
import { TCP_FLAG, TCP_FLAG_NAMES } from '../../wire/layer/tcp.ts';
import type { Match, NatRange, Negatable, PortRange, RuleSpec, Target } from './rule.ts';

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  4: 'ipencap',
  6: 'tcp',
  17: 'udp',
  41: 'ipv6',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'ipv6-icmp',
  89: 'ospf',
  112: 'vrrp',
  132: 'sctp',
};

/** A protocol's name in /etc/protocols, else its number. */
export const protocolText = (number: number): string => PROTOCOLS[number] ?? String(number);

/** The number of a protocol by name or number; 0 for `all`; undefined when there is none. */
export function protocolNumbered(word: string): number | undefined {
  if (word === 'all') return 0;
  if (word === 'icmpv6') return 58;
  const named = Object.entries(PROTOCOLS).find(([, name]) => name === word.toLowerCase());
  if (named !== undefined) return Number(named[0]);
  return /^\d+$/.test(word) && Number(word) < 256 ? Number(word) : undefined;
}

const not = ({ inverted }: Negatable): string => (inverted ? '! ' : '');

/** One port, or two with a colon. */
export const rangeText = ({ first, last }: PortRange, separator = ':'): string =>
  first === last ? String(first) : `${first}${separator}${last}`;

/** In the order in which iptables lists them. */
const FLAG_NAMES: readonly (readonly [number, string])[] = TCP_FLAG_NAMES.toReversed().filter(
  ([bit]) => bit <= TCP_FLAG.urg,
);

export function flagsText(flags: number): string {
  if (flags === 0) return 'NONE';
  return FLAG_NAMES.filter(([bit]) => (flags & bit) !== 0)
    .map(([, name]) => name)
    .join(',');
}

/** Flag names to bits; undefined when one is unknown. */
export function flagsNamed(text: string): number | undefined {
  if (text === 'ALL') return 63;
  if (text === 'NONE') return 0;
  let flags = 0;
  for (const word of text.split(',')) {
    const bit = FLAG_NAMES.find(([, name]) => name === word.toUpperCase())?.[0];
    if (bit === undefined) return undefined;
    flags |= bit;
  }
  return flags;
}

const hex = (value: number): string => `0x${value.toString(16)}`;

export const markText = (value: number, mask: number): string =>
  mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`;

function matchText(match: Match): string {
  switch (match.kind) {
    case 'tcp':
    case 'udp': {
      const { source, destination, flags } = match;
      return [
        `-m ${match.kind}`,
        ...(source === null ? [] : [`${not(source)}--sport ${rangeText(source)}`]),
        ...(destination === null ? [] : [`${not(destination)}--dport ${rangeText(destination)}`]),
        ...(flags === null
          ? []
          : [`${not(flags)}--tcp-flags ${flagsText(flags.mask)} ${flagsText(flags.set)}`]),
      ].join(' ');
    }
    case 'icmp':
      return `-m icmp ${not(match)}--icmp-type ${match.type}${match.code === null ? '' : `/${match.code}`}`;
    case 'multiport':
      return `-m multiport ${not(match)}--${match.which} ${match.ports.map((range) => rangeText(range)).join(',')}`;
    case 'state':
      return `-m state ${not(match)}--state ${match.states.join(',')}`;
    case 'conntrack':
      return `-m conntrack ${not(match)}--ctstate ${match.states.join(',')}`;
    case 'mark':
      return `-m mark ${not(match)}--mark ${markText(match.value, match.mask)}`;
    case 'addrtype':
      return `-m addrtype ${not(match)}--${match.which}-type ${match.type}`;
    case 'comment':
      return `-m comment --comment ${/^[\w.:/-]+$/.test(match.text) ? match.text : `"${match.text.replaceAll(/["\\]/g, '\\$&')}"`}`;
  }
}

/** `address[-address][:port[-port]]`. */
export function natRangeText({ addresses, ports }: NatRange): string {
  const address =
    addresses === null
      ? ''
      : addresses.first === addresses.last
        ? formatIpv4(addresses.first)
        : `${formatIpv4(addresses.first)}-${formatIpv4(addresses.last)}`;
  return `${address}${ports === null ? '' : `${addresses === null ? '' : ':'}${rangeText(ports, '-')}`}`;
}

const NAT_OPTIONS = {
  SNAT: '--to-source',
  DNAT: '--to-destination',
  MASQUERADE: '--to-ports',
  REDIRECT: '--to-ports',
} as const;

function targetText(target: Target): string {
  switch (target.kind) {
    case 'chain':
      return `-${target.isGoto ? 'g' : 'j'} ${target.name}`;
    case 'REJECT':
      return `-j REJECT --reject-with ${target.reason}`;
    case 'MARK':
      return `-j MARK --set-xmark ${hex(target.value)}/${hex(target.mask)}`;
    case 'SNAT':
    case 'DNAT':
    case 'MASQUERADE':
    case 'REDIRECT': {
      const range = natRangeText(target.range);
      const words = [`-j ${target.kind}`, ...(range === '' ? [] : [`${NAT_OPTIONS[target.kind]} ${range}`])];
      return [...words, ...(target.range.random === null ? [] : [`--${target.range.random}`])].join(' ');
    }
    default:
      return `-j ${target.kind}`;
  }
}

/** Without `-A CHAIN`. */
export function ruleText(spec: RuleSpec): string {
  const { source, destination, iif, oif, protocol } = spec;
  const prefix = (letter: string, one: RuleSpec['source']): string[] =>
    one === null ? [] : [`${not(one)}-${letter} ${formatIpv4(one.network)}/${one.length}`];
  const device = (letter: string, one: RuleSpec['iif']): string[] =>
    one === null ? [] : [`${not(one)}-${letter} ${one.name}`];
  return [
    ...prefix('s', source),
    ...prefix('d', destination),
    ...device('i', iif),
    ...device('o', oif),
    ...(protocol === null ? [] : [`${not(protocol)}-p ${protocolText(protocol.number)}`]),
    ...spec.matches.map(matchText),
    ...(spec.target === null ? [] : [targetText(spec.target)]),
  ].join(' ');
}
