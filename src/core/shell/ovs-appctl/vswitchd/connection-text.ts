/** One tracked connection as `dpctl/dump-conntrack` prints it. */
import { formatIpv4, formatIpv6 } from '../../../base/address.ts';
import { hashBytes } from '../../../base/ovs-hash.ts';
import { encodeUtf8 } from '../../../base/utf8.ts';
import type { Connection } from '../../../ofproto/conntrack/connection.ts';
import type { TcpState } from '../../../ofproto/conntrack/tcp-state.ts';
import type { TcpTrack } from '../../../ofproto/conntrack/tcp-track.ts';
import type { TcpEnd } from '../../../ofproto/conntrack/tcp-window.ts';
import { isIcmp, tupleKey, type Tuple } from '../../../ofproto/conntrack/tuple.ts';

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmpv6',
  132: 'sctp',
};

/** Netfilter's states under the names that Open vSwitch has for them. */
const TCP_STATES: Readonly<Partial<Record<TcpState, string>>> = {
  FIN_WAIT: 'FIN_WAIT_1',
  CLOSE: 'CLOSING',
  SYN_SENT2: 'SYN_SENT',
};
const wholeState = (state: TcpState): string => TCP_STATES[state] ?? state;

/** A state as it is told in short: some are one. */
export const shortState = (state: TcpState): string =>
  state === 'SYN_RECV' ? 'ESTABLISHED' : wholeState(state);

function tupleText(tuple: Tuple): string {
  const address = (value: bigint): string =>
    tuple.family === 4 ? formatIpv4(Number(value)) : formatIpv6(value);
  const ends = `src=${address(tuple.source)},dst=${address(tuple.destination)}`;
  return isIcmp(tuple.protocol)
    ? `${ends},id=${tuple.sourcePort},type=${tuple.icmpType},code=${tuple.icmpCode}`
    : `${ends},sport=${tuple.sourcePort},dport=${tuple.destinationPort}`;
}

type Flags = readonly (readonly [name: string, isSet: boolean])[];

function flagsText(name: string, flags: Flags): string {
  const set = flags.filter(([, isSet]) => isSet).map(([one]) => one);
  return `${name}=${set.length === 0 ? '0' : set.join('|')}`;
}

const statusText = (connection: Connection): string =>
  flagsText('status', [
    ['EXPECTED', connection.master !== null],
    ['SEEN_REPLY', connection.seenReply],
    ['ASSURED', connection.isAssured],
    ['CONFIRMED', true],
    ['SRC_NAT', connection.sourceNat],
    ['DST_NAT', connection.destinationNat],
    ['SRC_NAT_DONE', connection.asked !== null],
    ['DST_NAT_DONE', connection.asked === 'dst'],
  ]);

const endText = (name: string, end: TcpEnd): string =>
  flagsText(name, [
    ['WINDOW_SCALE', end.hasScale],
    ['SACK_PERM', end.permitsSack],
    ['CLOSE_INIT', end.closes],
    ['BE_LIBERAL', end.isLiberal],
    ['DATA_UNACKNOWLEDGED', end.isUnacknowledged],
    ['MAXACK_SET', end.maxAck !== null],
  ]);

function trackText({ state, ends: [original, reply] }: TcpTrack): string {
  const name = wholeState(state);
  const scales =
    original.scale !== 0 || reply.scale !== 0
      ? [`wscale_orig=${original.scale}`, `wscale_reply=${reply.scale}`]
      : [];
  const flags = [endText('flags_orig', original), endText('flags_reply', reply)];
  return [`state_orig=${name}`, `state_reply=${name}`, ...scales, ...flags].join(',');
}

interface ConnectionTextOptions {
  /** Simulated nanoseconds, to tell the seconds that are left; null: they are not told. */
  readonly now: number | null;
  readonly verbose: boolean;
}

/** A line, newline included. The kernel counts no packets unless told to. */
export function connectionText(connection: Connection, { now, verbose }: ConnectionTextOptions): string {
  const { original, reply, zone, mark, label, tcp, helper, master } = connection;
  const parts = [
    PROTOCOLS[original.protocol] ?? String(original.protocol),
    `orig=(${tupleText(original)})`,
    `reply=(${tupleText(reply)})`,
  ];
  if (verbose) parts.push(`id=${hashBytes(encodeUtf8(tupleKey(zone, original)), 0)}`);
  if (zone !== 0) parts.push(`zone=${zone}`);
  if (verbose) parts.push(statusText(connection));
  if (now !== null) parts.push(`timeout=${Math.floor((connection.expires - now) / 1e9)}`);
  if (mark !== 0) parts.push(`mark=${mark}`);
  if (label !== 0n) parts.push(`labels=0x${label.toString(16)}`);
  if (tcp !== null) parts.push(`protoinfo=(${verbose ? trackText(tcp) : `state=${shortState(tcp.state)}`})`);
  if (helper !== '') parts.push(`helper=${helper}`);
  if (verbose && master !== null) parts.push(`parent=(${tupleText(master.original)})`);
  return `${parts.join(',')}\n`;
}
