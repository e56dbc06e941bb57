/** The options of `type vxlan`, when a device is made and when it is changed. */
import type { VxlanState } from '../../linux/link.ts';
import type { Link } from '../../linux/link.ts';
import { changeVxlan } from '../../linux/links/vxlan.ts';
import { parseIp, type IpAddress } from '../../linux/family.ts';
import { Arguments } from './arguments.ts';
import type { Made, Rest } from './link-types.ts';
import type { IpRun } from './run.ts';
import { TYPE_USAGE } from './usage.table.ts';

const DEFAULT_PORT = 8472;

type Options = { -readonly [Key in keyof Omit<VxlanState, 'fdb'>]?: VxlanState[Key] } & { lower?: Link };

/** What is written, or the status of a refusal. */
function read(run: IpRun, args: Arguments): Options | { readonly status: number } {
  const options: Options = {};
  let group: boolean | null = null;
  const address = (what: string): IpAddress => {
    args.next();
    return parseIp(args.word) ?? args.wrong(`invalid ${what} address`);
  };
  while (!args.done) {
    if (args.matches('id', 'vni')) {
      args.next();
      if (options.vni !== undefined) return args.duplicateOrGarbage('id');
      const vni = Arguments.number(args.word);
      if (vni === undefined || vni >= 1 << 24) return args.wrong('invalid id');
      options.vni = vni;
    } else if (args.matches('group') || args.matches('remote')) {
      const isGroup = args.matches('group');
      if (group !== null && group !== isGroup)
        return args.end('vxlan: both group and remote cannot be specified\n', 1);
      group = isGroup;
      options.remote = address(isGroup ? 'group' : 'remote');
    } else if (args.matches('local')) options.local = address('local');
    else if (args.matches('dev')) {
      const lower = run.link(args.next());
      if (lower === undefined) return { status: run.noDevice(args.word) };
      options.lower = lower;
    } else if (args.matches('ttl', 'hoplimit')) {
      const word = args.next();
      if (word === 'inherit') return args.end('ip: ttl inherit of a VXLAN device is not modelled\n', 1);
      options.ttl = word === 'auto' ? 0 : args.unsigned('invalid TTL');
      if (options.ttl > 255) return args.wrong('TTL must be <= 255');
    } else if (args.matches('tos', 'dsfield')) {
      if (args.next() === 'inherit')
        return args.end('ip: tos inherit of a VXLAN device is not modelled\n', 1);
      options.tos = Arguments.number(args.word) ?? (Number.parseInt(args.word, 16) || 0);
    } else if (args.matches('df')) {
      const word = args.next();
      if (word !== 'unset' && word !== 'set' && word !== 'inherit')
        return args.wrong("DF must be 'unset', 'set' or 'inherit'");
      options.dontFragment = word;
    } else if (args.matches('ageing'))
      options.ageing = args.next() === 'none' ? 0 : args.unsigned('ageing timer');
    else if (args.matches('maxaddress'))
      options.maxAddresses = args.next() === 'unlimited' ? 0 : args.unsigned('max addresses');
    else if (args.matches('port', 'srcport')) {
      args.next();
      const first = args.unsigned('min port');
      args.next();
      options.sourcePorts = { first, last: args.unsigned('max port') };
    } else if (args.matches('dstport')) {
      args.next();
      options.port = args.unsigned('dst port');
    } else if (args.matches('nolearning')) options.learning = false;
    else if (args.matches('learning')) options.learning = true;
    else if (args.matches('udpcsum')) options.udpChecksum = true;
    else if (args.matches('noudpcsum')) options.udpChecksum = false;
    else if (args.matches('external')) options.collectMetadata = true;
    else if (args.matches('udp6zerocsumrx')) options.zeroChecksum6 = true;
    else if (args.matches('noudp6zerocsumrx')) options.zeroChecksum6 = false;
    else if (args.matches('proxy')) options.proxy = true;
    else if (args.matches('noproxy')) options.proxy = false;
    else if (args.matches('label', 'flowlabel', 'rsc', 'l2miss', 'l3miss', 'udp6zerocsumtx', 'gbp', 'gpe'))
      return args.end(`ip: ${args.word} of a VXLAN device is not modelled\n`, 1);
    else if (!args.matches('norsc', 'nol2miss', 'nol3miss', 'noudp6zerocsumtx', 'noexternal'))
      return args.end(
        args.matches('help')
          ? (TYPE_USAGE.vxlan ?? '')
          : `vxlan: unknown command "${args.word}"?\n${TYPE_USAGE.vxlan ?? ''}`,
        1,
      );
    args.advance();
  }
  if (options.collectMetadata === true && options.vni !== undefined)
    return args.end("vxlan: both 'external' and vni cannot be specified\n", 1);
  if (group === true && options.lower === undefined)
    return args.end("vxlan: 'group' requires 'dev' to be specified\n", 1);
  return options;
}

export function vxlan(run: IpRun, args: Arguments, rest: Rest): Made {
  if (args.done)
    return {
      status: run.refused({
        errno: 'EINVAL',
        message: 'Required attributes not provided to perform the operation',
      }),
    };
  const options = read(run, args);
  if ('status' in options) return options;
  const { lower = null, port, vni, collectMetadata: external = false, ...given } = options;
  if (vni === undefined && !external) return args.end('vxlan: missing virtual network identifier\n', 1);
  if (port === undefined && !external)
    run.err(
      "vxlan: destination port not specified\nWill use Linux kernel default (non-standard value)\nUse 'dstport 4789' to get the IANA assigned value\nUse 'dstport 0' to get default and quiet this message\n",
    );
  return {
    kind: 'vxlan',
    ...rest,
    lower,
    state: {
      local: null,
      remote: null,
      sourcePorts: { first: 0, last: 0 },
      ttl: 0,
      tos: 0,
      proxy: false,
      udpChecksum: true,
      zeroChecksum6: false,
      ageing: 300,
      maxAddresses: 0,
      dontFragment: 'unset',
      ...given,
      learning: !external && given.learning !== false,
      vni: vni ?? 0,
      port: port === undefined || port === 0 ? DEFAULT_PORT : port,
      collectMetadata: external,
    },
  };
}

const UNCHANGEABLE = {
  vni: 'Cannot change VNI',
  port: 'Cannot change port',
  sourcePorts: 'Cannot change port range',
} as const;

/** `ip link set LINK type vxlan ...`. */
export function changeVxlanOptions(run: IpRun, link: Link, state: VxlanState, args: Arguments): number {
  const options = read(run, args);
  if ('status' in options) return options.status;
  for (const [key, message] of Object.entries(UNCHANGEABLE))
    if (
      Object.hasOwn(options, key) &&
      options[key as keyof typeof UNCHANGEABLE] !== state[key as keyof typeof UNCHANGEABLE]
    )
      return run.refused({ errno: 'EOPNOTSUPP', message });
  const { lower, ...changes } = options;
  if (lower !== undefined && lower !== link.lower)
    return args.end('ip: dev of a VXLAN device that exists is not modelled\n', 1);
  changeVxlan(run.net, link, changes);
  return 0;
}
