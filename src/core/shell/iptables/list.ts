/** `iptables -L`: chains and rules as a table. */
import { formatIpv4 } from '../../base/address.ts';
import {
  flagsText,
  markText,
  natRangeText,
  protocolText,
  rangeText,
} from '../../linux/netfilter/rule-text.ts';
import type { Chain, Match, PortRange, Rule, Table, Target } from '../../linux/netfilter/rule.ts';
import { serviceName } from '../../wire/index.ts';
import { icmpTypeName } from './icmp-type.table.ts';

export interface ListOptions {
  readonly numeric: boolean;
  readonly verbose: boolean;
  /** `-x`: counters whole. */
  readonly exact: boolean;
  readonly numbered: boolean;
}

/** A counter in five places: thousands, millions and so on when it is larger. */
function shortCount(value: number): string {
  if (value <= 99_999) return String(value);
  let rest = Math.floor((value + 500) / 1000);
  for (const unit of ['K', 'M', 'G']) {
    if (rest <= 9999) return `${rest}${unit}`;
    rest = Math.floor((rest + 500) / 1000);
  }
  return `${rest}T`;
}

const counter = (value: number, { exact }: ListOptions): string =>
  exact ? `${String(value).padStart(8)} ` : `${shortCount(value).padStart(5)} `;

function references(table: Table, name: string): number {
  let count = 0;
  for (const { rules } of table.values())
    for (const { spec } of rules) if (spec.target?.kind === 'chain' && spec.target.name === name) count += 1;
  return count;
}

function header(table: Table, chain: Chain, options: ListOptions): string {
  const count = (value: number): string => (options.exact ? String(value) : shortCount(value));
  const counters = options.verbose ? ` ${count(chain.packets)} packets, ${count(chain.bytes)} bytes` : '';
  const about =
    chain.policy === null
      ? `${references(table, chain.name)} references`
      : `policy ${chain.policy}${counters}`;
  const columns = [
    options.numbered ? 'num  ' : '',
    options.verbose ? (options.exact ? '    pkts      bytes ' : ' pkts bytes ') : '',
    'target     prot opt ',
    options.verbose ? 'in     out     ' : '',
    'source               destination         ',
  ];
  return `Chain ${chain.name} (${about})\n${columns.join('')}\n`;
}

const not = (inverted: boolean): string => (inverted ? '!' : '');

function portText(protocol: 'tcp' | 'udp', { first, last }: PortRange, numeric: boolean): string {
  const name = (port: number): string => (numeric ? undefined : serviceName(protocol, port)) ?? String(port);
  return first === last ? name(first) : `${name(first)}:${name(last)}`;
}

function matchText(match: Match, protocol: string, numeric: boolean): string {
  switch (match.kind) {
    case 'tcp':
    case 'udp': {
      const { kind, source, destination, flags } = match;
      const ports = (side: 's' | 'd', range: NonNullable<typeof source>): string =>
        `${side}pt${range.first === range.last ? '' : 's'}:${not(range.inverted)}${
          range.first === range.last ? portText(kind, range, numeric) : rangeText(range)
        }`;
      return [
        kind,
        ...(source === null ? [] : [ports('s', source)]),
        ...(destination === null ? [] : [ports('d', destination)]),
        ...(flags === null
          ? []
          : [
              `flags:${not(flags.inverted)}${
                numeric
                  ? `0x${hex2(flags.mask)}/0x${hex2(flags.set)}`
                  : `${flagsText(flags.mask)}/${flagsText(flags.set)}`
              }`,
            ]),
      ].join(' ');
    }
    case 'icmp': {
      const name = numeric ? undefined : icmpTypeName(match.type, match.code);
      if (name !== undefined) return `icmp ${not(match.inverted)}${name}`;
      const word = numeric ? 'icmptype' : 'icmp type';
      return `${word} ${not(match.inverted)}${match.type}${match.code === null ? '' : ` code ${match.code}`}`;
    }
    case 'multiport': {
      const kind = protocol === 'udp' ? 'udp' : 'tcp';
      const ports = match.ports.map((range) => portText(kind, range, numeric)).join(',');
      return `multiport ${match.which} ${match.inverted ? '!' : ''}${ports}`;
    }
    case 'state':
      return `${match.inverted ? '! ' : ''}state ${match.states.join(',')}`;
    case 'conntrack':
      return `${match.inverted ? '! ' : ''}ctstate ${match.states.join(',')}`;
    case 'mark':
      return `mark match ${match.inverted ? '!' : ''}${markText(match.value, match.mask)}`;
    case 'addrtype':
      return `ADDRTYPE match ${match.which}-type ${match.inverted ? '!' : ''}${match.type}`;
    case 'comment':
      return `/* ${match.text} */`;
  }
}

const hex2 = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');

const withRandom = (text: string, random: string | null): string =>
  [text, random ?? ''].filter((part) => part !== '').join(' ');

function targetOptions(target: Target | null): string {
  switch (target?.kind) {
    case 'REJECT':
      return `reject-with ${target.reason}`;
    case 'SNAT':
    case 'DNAT':
      return withRandom(`to:${natRangeText(target.range)}`, target.range.random);
    case 'MASQUERADE':
    case 'REDIRECT': {
      const ports = natRangeText(target.range);
      const word = target.kind === 'REDIRECT' ? 'redir' : 'masq';
      const text = ports === '' ? '' : `${word} ports${target.kind === 'REDIRECT' ? '' : ':'} ${ports}`;
      return withRandom(text, target.range.random);
    }
    case 'MARK':
      return target.mask === 0xffffffff
        ? `MARK set 0x${target.value.toString(16)}`
        : `MARK xset 0x${target.value.toString(16)}/0x${target.mask.toString(16)}`;
    default:
      return '';
  }
}

function address(prefix: Rule['spec']['source'], numeric: boolean): string {
  const sign = prefix?.inverted === true ? '!' : ' ';
  const text =
    prefix === null
      ? numeric
        ? '0.0.0.0/0'
        : 'anywhere'
      : `${formatIpv4(prefix.network)}${prefix.length === 32 ? '' : `/${prefix.length}`}`;
  return `${sign}${text.padEnd(20)}`;
}

function ruleLine({ spec, packets, bytes }: Rule, number: number, options: ListOptions): string {
  const { numeric } = options;
  const { target, protocol, iif, oif } = spec;
  const name = target === null ? '' : target.kind === 'chain' ? target.name : target.kind;
  const protocolName =
    protocol === null
      ? numeric
        ? '0'
        : 'all'
      : numeric
        ? String(protocol.number)
        : protocolText(protocol.number);
  const device = (one: typeof iif): string => (one === null ? '*' : `${one.inverted ? '!' : ''}${one.name}`);
  const about = [
    ...spec.matches.map((match) =>
      matchText(match, protocol === null ? '' : protocolText(protocol.number), numeric),
    ),
    targetOptions(target),
  ].filter((text) => text !== '');
  return [
    options.numbered ? String(number).padEnd(5) : '',
    options.verbose ? counter(packets, options) : '',
    options.verbose ? (options.exact ? `${String(bytes).padStart(8)} ` : counter(bytes, options)) : '',
    `${name.padEnd(9)}  `,
    `${protocol?.inverted === true ? '!' : ''}${protocolName.padEnd(4)} -- `,
    options.verbose ? ` ${device(iif).padEnd(6)} ${device(oif).padEnd(6)} ` : '',
    address(spec.source, numeric),
    address(spec.destination, numeric),
    target?.kind === 'chain' && target.isGoto ? '[goto] ' : '',
    ...(about.length === 0 ? [] : [` ${about.join(' ')}`]),
  ].join('');
}

export function listChain(table: Table, chain: Chain, options: ListOptions): string {
  const lines = chain.rules.map((rule, index) => `${ruleLine(rule, index + 1, options)}\n`);
  return header(table, chain, options) + lines.join('');
}
