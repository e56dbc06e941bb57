/** `dpctl/dump-conntrack` and `dpctl/flush-conntrack`: the connections that the datapath tracks. */
import { formatIpv4, formatIpv6 } from '../../../base/address.ts';
import { err, ok } from '../../../base/result.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import type { Connection } from '../../../ofproto/conntrack/connection.ts';
import { isIcmp, type Tuple } from '../../../ofproto/conntrack/tuple.ts';
import type { DaemonCommand, Reply } from '../reply.ts';

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmpv6',
  132: 'sctp',
};

/** Netfilter's states under the names that Open vSwitch has for them. */
const TCP_STATES: Readonly<Record<string, string>> = { FIN_WAIT: 'FIN_WAIT_1', CLOSE: 'CLOSING' };

function tupleText(tuple: Tuple): string {
  const address = (value: bigint): string =>
    tuple.family === 4 ? formatIpv4(Number(value)) : formatIpv6(value);
  const ends = `src=${address(tuple.source)},dst=${address(tuple.destination)}`;
  return isIcmp(tuple.protocol)
    ? `${ends},id=${tuple.sourcePort},type=${tuple.icmpType},code=${tuple.icmpCode}`
    : `${ends},sport=${tuple.sourcePort},dport=${tuple.destinationPort}`;
}

function connectionText({ original, reply, zone, mark, label, tcp, helper }: Connection): string {
  const parts = [
    PROTOCOLS[original.protocol] ?? String(original.protocol),
    `orig=(${tupleText(original)})`,
    `reply=(${tupleText(reply)})`,
  ];
  if (zone !== 0) parts.push(`zone=${zone}`);
  if (mark !== 0) parts.push(`mark=${mark}`);
  if (label !== 0n) parts.push(`labels=0x${label.toString(16)}`);
  if (tcp !== null) parts.push(`protoinfo=(state=${TCP_STATES[tcp] ?? tcp})`);
  if (helper !== '') parts.push(`helper=${helper}`);
  return `${parts.join(',')}\n`;
}

/** The zone that `zone=N` names; undefined for all, null when it is no number. */
function zoneOf(args: readonly string[]): number | null | undefined {
  const text = args.find((arg) => arg.startsWith('zone='))?.slice('zone='.length);
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Number(text) : null;
}

const withZone = (args: readonly string[], act: (zone: number | undefined) => Reply): Reply => {
  const zone = zoneOf(args);
  return zone === null ? err('ovs-vswitchd: failed to parse zone') : act(zone);
};

export const CONNTRACK_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  {
    name: 'dpctl/dump-conntrack',
    usage: '[-m] [-s] [dp] [zone=N]',
    least: 0,
    most: 4,
    run: (datapath, args) =>
      withZone(args, (zone) => ok(datapath.conntrack.connections(zone).map(connectionText).join(''))),
  },
  {
    name: 'dpctl/flush-conntrack',
    usage: '[dp] [zone=N] [mark=X[/M]] [labels=Y[/N]] [ct-orig-tuple [ct-reply-tuple]]',
    least: 0,
    most: 6,
    run: (datapath, args) => {
      const other = args.find((arg) => arg.includes('=') && !arg.startsWith('zone='));
      // Flushing more than was asked for would be worse than nothing.
      if (other !== undefined) return err(`dpctl/flush-conntrack ${other} is not modelled here`);
      return withZone(args, (zone) => {
        datapath.conntrack.flush(zone);
        return ok('');
      });
    },
  },
];
