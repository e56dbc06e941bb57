/** `type KIND ...` of `ip link add`: the options of each kind, and the request that they make. */
import type { LinkSpec } from '../../linux/index.ts';
import type { MacvlanMode } from '../../linux/link.ts';
import type { Link } from '../../linux/link.ts';
import { Arguments } from './arguments.ts';
import { readBond } from './link-bond.ts';
import { geneve, gre } from './link-tunnel.ts';
import { vxlan } from './link-vxlan.ts';
import { tableNumber } from './names.ts';
import type { IpRun } from './run.ts';
import { TYPE_USAGE } from './usage.table.ts';

/** What all kinds have, as read from the command line before `type`. */
export interface CommonOptions {
  readonly name: string;
  readonly mac?: bigint;
  readonly mtu?: number;
  readonly link: Link | null;
}

export type Made = LinkSpec | { readonly status: number };

/** Kinds that iproute2 knows and this kernel has not. */
const OTHER_KINDS = new Set([
  'ifb',
  'ip6gre',
  'ip6gretap',
  'ipip',
  'sit',
  'vti',
  'ipvlan',
  'ipvtap',
  'macvtap',
  'team',
  'vcan',
  'vxcan',
  'nlmon',
  'netdevsim',
  'hsr',
  'macsec',
  'erspan',
  'ip6erspan',
  'ip6tnl',
  'xfrm',
  'bareudp',
  'gtp',
  'amt',
  'can',
  'ipoib',
  'rmnet',
  'wwan',
  'virt_wifi',
  'batadv',
  'dsa',
]);

const nothing = (args: Arguments): void => {
  if (!args.done)
    args.end(
      args.matches('help') ? '' : `Garbage instead of arguments "${args.word} ...". Try "ip link help".\n`,
      1,
    );
};

export function specOf(
  run: IpRun,
  kind: string,
  common: CommonOptions,
  args: Arguments,
  peer: (args: Arguments) => {
    readonly name: string;
    readonly mac?: bigint;
    readonly mtu?: number;
    readonly namespace?: string;
  },
): Made {
  const { link, ...rest } = common;
  switch (kind) {
    case 'dummy':
      nothing(args);
      return { kind, ...rest };
    case 'bridge':
      return { kind, ...rest };
    case 'geneve':
      return geneve(args, rest);
    case 'gre':
    case 'gretap':
      return gre(run, args, kind, rest);
    case 'veth':
      return veth(args, rest, peer);
    case 'vlan':
      return vlan(run, args, rest, link);
    case 'macvlan':
      return macvlan(run, args, rest, link);
    case 'vrf':
      return vrf(args, rest);
    case 'bond':
      return bond(run, args, rest);
    case 'vxlan':
      return vxlan(run, args, rest);
    case 'tun':
    case 'tap':
      return {
        status: run.refused({
          errno: 'EOPNOTSUPP',
          message: 'tun/tap creation via rtnetlink is not supported',
        }),
      };
    default:
      if (!OTHER_KINDS.has(kind)) nothing(args);
      return { status: run.refused({ errno: 'EOPNOTSUPP', message: 'Unknown device type' }) };
  }
}

export type Rest = Omit<CommonOptions, 'link'>;

function veth(args: Arguments, rest: Rest, peer: Parameters<typeof specOf>[4]): Made {
  if (args.done) return { kind: 'veth', ...rest, peer: { name: '' } };
  if (!args.is('peer'))
    return args.end(
      args.matches('help')
        ? ''
        : `Usage: ip link <options> type veth [peer <options>]\nTo get <options> type 'ip link add help'\n`,
      1,
    );
  args.advance();
  return { kind: 'veth', ...rest, peer: peer(args) };
}

const MACVLAN_MODES = ['private', 'vepa', 'bridge', 'passthru'] as const;

/** Mode of a MACVLAN device; the word after it in the command is its option. */
export function macvlanMode(args: Arguments): MacvlanMode {
  let mode: MacvlanMode = 'vepa';
  while (!args.done) {
    if (args.matches('mode')) {
      const word = args.next();
      const found = MACVLAN_MODES.find((each) => each === word);
      if (word === 'source') return args.end('ip: mode source of a MACVLAN device is not modelled\n', 1);
      if (found === undefined)
        return args.end(
          `Error: argument of "mode" must be "private", "vepa", "bridge", "passthru" or "source", not "${word}"\n`,
          1,
        );
      mode = found;
    } else if (args.matches('help')) return args.end(TYPE_USAGE.macvlan ?? '', 1);
    else if (args.matches('nopromisc', 'nodst', 'bcqueuelen', 'flag', 'macaddr'))
      return args.end(`ip: ${args.word} of a MACVLAN device is not modelled\n`, 1);
    else return args.end(`macvlan: unknown option "${args.word}"?\n${TYPE_USAGE.macvlan ?? ''}`, 1);
    args.advance();
  }
  return mode;
}

function macvlan(run: IpRun, args: Arguments, rest: Rest, link: Link | null): Made {
  const mode = macvlanMode(args);
  if (!run.kernel.machine.features.has('macvlan'))
    return { status: run.refused({ errno: 'EOPNOTSUPP', message: 'Unknown device type' }) };
  if (link === null) return { status: run.refused({ errno: 'EINVAL' }) };
  return { kind: 'macvlan', ...rest, lower: link, mode };
}

function vlan(run: IpRun, args: Arguments, rest: Rest, link: Link | null): Made {
  let id: number | undefined;
  let protocol = 0x8100;
  while (!args.done) {
    const toggle = ['reorder_hdr', 'gvrp', 'mvrp', 'loose_binding', 'bridge_binding'].find((word) =>
      args.matches(word),
    );
    if (args.matches('protocol')) {
      const name = args.next().toLowerCase();
      if (name !== '802.1q' && name !== '802.1ad') return args.wrong('protocol is invalid');
      protocol = name === '802.1q' ? 0x8100 : 0x88a8;
    } else if (args.matches('id')) {
      args.next();
      id = Arguments.number(args.word);
      if (id === undefined) return args.wrong('id is invalid');
    } else if (toggle !== undefined) {
      args.next();
      if (args.onOff(toggle) !== (toggle === 'reorder_hdr'))
        return args.end(`ip: ${toggle} ${args.word} of a VLAN device is not modelled\n`, 1);
    } else if (args.matches('ingress-qos-map', 'egress-qos-map'))
      return args.end(`ip: ${args.word} of a VLAN device is not modelled\n`, 1);
    else if (args.matches('help')) return args.end(TYPE_USAGE.vlan ?? '', 1);
    else return args.end(`vlan: unknown command "${args.word}"?\n${TYPE_USAGE.vlan ?? ''}`, 1);
    args.advance();
  }
  if (!run.kernel.machine.features.has('vlan'))
    return { status: run.refused({ errno: 'EOPNOTSUPP', message: 'Unknown device type' }) };
  if (link === null) return { status: run.refused({ errno: 'EINVAL', message: 'link not specified' }) };
  if (id === undefined)
    return { status: run.refused({ errno: 'EINVAL', message: 'VLAN properties not specified' }) };
  if (id > 4095) return { status: run.refused({ errno: 'ERANGE', message: 'Invalid VLAN id' }) };
  return { kind: 'vlan', ...rest, lower: link, id, protocol };
}

function vrf(args: Arguments, rest: Rest): Made {
  let table: number | undefined;
  while (!args.done) {
    if (args.matches('table')) {
      args.next();
      table = tableNumber(args.word);
      if (table === undefined) return args.wrong('invalid table ID\n');
    } else
      return args.end(
        args.matches('help')
          ? (TYPE_USAGE.vrf ?? '')
          : `vrf: unknown option "${args.word}"?\n${TYPE_USAGE.vrf ?? ''}`,
        1,
      );
    args.advance();
  }
  return { kind: 'vrf', ...rest, table: table ?? 0 };
}

function bond(run: IpRun, args: Arguments, rest: Rest): Made {
  const request = readBond(run, args);
  return 'status' in request ? request : { kind: 'bond', ...rest, request };
}
