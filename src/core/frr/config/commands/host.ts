/** zebra's and staticd's lines: interfaces, VRFs, static routes. */
import { maskLength, parseIpv4 } from '../../../base/address.ts';
import { formatPrefix, network, parsePrefix, type Prefix } from '../../prefix.ts';
import { command, failed, OK, warning, type ConfigCommand, type Edit, type Reply } from '../command.ts';
import type { InterfaceConfig, StaticRoute, VrfConfig } from '../host-config.ts';
import { PROTOCOL_MAP_COMMANDS } from './protocol-maps.ts';
import type { Args } from '../match.ts';

const emptyInterface = (name: string, vrf: string): InterfaceConfig => ({
  name,
  vrf,
  description: null,
  shutdown: false,
  addresses: [],
  bandwidth: null,
  linkDetect: true,
  multicast: null,
  ndSuppressRa: null,
  ndRaInterval: null,
  ndRaLifetime: null,
});

const emptyVrf = (name: string): VrfConfig => ({
  name,
  netns: null,
  vni: null,
  prefixRoutesOnly: false,
});

function changeInterface(edit: Edit, update: (before: InterfaceConfig) => InterfaceConfig): Reply {
  const name = edit.position.name ?? '';
  const before = edit.config.interfaces.get(name) ?? emptyInterface(name, edit.position.vrf ?? 'default');
  edit.config.interfaces.set(name, update(before));
  edit.changed({ kind: 'interface', name });
  return OK;
}

const interfaceOption = (
  syntax: string | readonly string[],
  read: (args: Args, before: InterfaceConfig) => Partial<InterfaceConfig>,
): ConfigCommand =>
  command('interface', syntax, (edit, args) =>
    changeInterface(edit, (before) => ({ ...before, ...read(args, before) })),
  );

function interfaceAddress(edit: Edit, args: Args): Reply {
  const prefix = parsePrefix(args.get('prefix'));
  if (!prefix) return failed('% Malformed address ');
  const text = formatPrefix(prefix);
  const known = edit.config.interfaces.get(edit.position.name ?? '')?.addresses ?? [];
  const present = known.some((one) => formatPrefix(one.prefix) === text);
  if (args.no && !present) return { text: "% Can't find address\n", status: 'warning' };
  return changeInterface(edit, (before) => ({
    ...before,
    addresses: args.no
      ? before.addresses.filter((one) => formatPrefix(one.prefix) !== text)
      : present
        ? before.addresses
        : [...before.addresses, { prefix, label: args.find('label') ?? null }],
  }));
}

const INTERFACE_COMMANDS: readonly ConfigCommand[] = [
  command('config', 'interface IFNAME$name [vrf NAME$vrf]', (edit, args) => {
    const name = args.get('name');
    const vrf = args.find('vrf') ?? 'default';
    if (!edit.config.interfaces.has(name)) edit.config.interfaces.set(name, emptyInterface(name, vrf));
    return { enter: { node: 'interface', name, vrf } };
  }),
  command('config', 'no interface IFNAME$name [vrf NAME]', (edit, args) => {
    if (!edit.config.interfaces.delete(args.get('name'))) return failed(`% Inactive interfaces only`);
    edit.changed({ kind: 'interface', name: args.get('name') });
    return OK;
  }),
  command(
    'interface',
    [
      'ip address A.B.C.D/M$prefix',
      'ip address A.B.C.D/M$prefix label LINE$label',
      'ipv6 address X:X::X:X/M$prefix',
      'no ip address A.B.C.D/M$prefix',
      'no ip address A.B.C.D/M$prefix label LINE',
      'no ipv6 address X:X::X:X/M$prefix',
    ],
    interfaceAddress,
  ),
  interfaceOption(['description LINE...$text', 'no description'], (args) => ({
    description: args.no ? null : args.get('text'),
  })),
  interfaceOption(['shutdown', 'no shutdown'], (args) => ({ shutdown: !args.no })),
  interfaceOption(['bandwidth (1-100000)$value', 'no bandwidth [(1-100000)]'], (args) => ({
    bandwidth: args.findNumber('value') ?? null,
  })),
  interfaceOption(['link-detect', 'no link-detect'], (args) => ({ linkDetect: !args.no })),
  interfaceOption(['multicast', 'no multicast'], (args) => ({ multicast: !args.no })),
  interfaceOption(['ipv6 nd suppress-ra', 'no ipv6 nd suppress-ra'], (args) => ({
    ndSuppressRa: args.no ? false : null,
  })),
  interfaceOption(
    [
      'ipv6 nd ra-interval (1-1800)$seconds',
      'ipv6 nd ra-interval msec (70-1800000)$milliseconds',
      'no ipv6 nd ra-interval [<(1-1800)|msec (1-1800000)>]',
    ],
    (args) => {
      const seconds = args.findNumber('seconds');
      return {
        ndRaInterval: seconds === undefined ? (args.findNumber('milliseconds') ?? null) : seconds * 1000,
      };
    },
  ),
  interfaceOption(['ipv6 nd ra-lifetime (0-9000)$seconds', 'no ipv6 nd ra-lifetime [(0-9000)]'], (args) => ({
    ndRaLifetime: args.findNumber('seconds') ?? null,
  })),
];

function changeVrf(edit: Edit, update: (before: VrfConfig) => VrfConfig): Reply {
  const name = edit.position.vrf ?? '';
  edit.config.vrfs.set(name, update(edit.config.vrfs.get(name) ?? emptyVrf(name)));
  edit.changed({ kind: 'vrf', name });
  return OK;
}

const VRF_COMMANDS: readonly ConfigCommand[] = [
  command('config', 'vrf NAME$name', (edit, args) => {
    const name = args.get('name');
    if (name.length > 36) return failed(`% VRF name ${name} invalid: length exceeds 36 bytes`);
    if (!edit.config.vrfs.has(name)) {
      edit.config.vrfs.set(name, emptyVrf(name));
      edit.changed({ kind: 'vrf', name });
    }
    return { enter: { node: 'vrf', vrf: name } };
  }),
  command('config', 'no vrf NAME$name', (edit, args) => {
    const name = args.get('name');
    if (!edit.config.vrfs.has(name)) return failed(`% VRF ${name} does not exist`);
    if (edit.environment.vrfExists(name)) return failed('% Only inactive VRFs can be deleted');
    edit.config.vrfs.delete(name);
    edit.changed({ kind: 'vrf', name });
    return OK;
  }),
  command('vrf', 'exit-vrf', () => ({ enter: { node: 'config' } })),
  command('vrf', '[no] vni (1-16777215)$vni [prefix-routes-only]', vrfVni),
  command('vrf', ['netns NAME$name', 'no netns [NAME]'], (edit, args) =>
    changeVrf(edit, (before) => ({ ...before, netns: args.no ? null : args.get('name') })),
  ),
];

const refused = (why: string): Reply =>
  failed(`% Configuration failed.\n\nError type: validation\nError description: ${why}`);

function vrfVni(edit: Edit, args: Args): Reply {
  const { vrf = 'default' } = edit.position;
  const vni = args.number('vni');
  const known = edit.config.vrfs.get(vrf)?.vni ?? null;
  if (args.no) {
    if (known !== vni) return warning(`VNI ${vni} doesn't exist in VRF: ${vrf} `);
    return changeVrf(edit, (before) => ({ ...before, vni: null, prefixRoutesOnly: false }));
  }
  if (known !== null && known !== vni)
    return refused(`vni ${vni} cannot be configured as vni ${known} is already configured under the vrf`);
  if ([...edit.config.vrfs.values()].some((other) => other.name !== vrf && other.vni === vni))
    return refused(`VNI ${vni} is already configured as L3-VNI`);
  const prefixRoutesOnly = args.has('prefix-routes-only');
  return changeVrf(edit, (before) => ({ ...before, vni, prefixRoutesOnly }));
}

function routePrefix(args: Args): Prefix | undefined {
  const text = args.find('prefix');
  if (text !== undefined) return parsePrefix(text);
  const address = parseIpv4(args.get('address'));
  const mask = parseIpv4(args.get('mask'));
  if (address === undefined || mask === undefined) return undefined;
  const length = maskLength(BigInt(mask), 32);
  return length === undefined ? undefined : { family: 4, address: BigInt(address), length };
}

/** Identity of one next hop of a static route; lines with the same one replace one another. */
const staticRouteKey = (route: StaticRoute): string =>
  [
    route.vrf,
    formatPrefix(route.prefix),
    route.source ? formatPrefix(route.source) : '',
    route.table,
    route.distance,
    route.gateway ?? '',
    route.interface ?? '',
    route.nexthopVrf ?? '',
    route.blackhole ?? '',
  ].join('|');

/** Next hops of the same path: prefix, table and distance. */
const samePath = (a: StaticRoute, b: StaticRoute): boolean =>
  a.vrf === b.vrf &&
  a.table === b.table &&
  a.distance === b.distance &&
  formatPrefix(a.prefix) === formatPrefix(b.prefix) &&
  (a.source ? formatPrefix(a.source) : '') === (b.source ? formatPrefix(b.source) : '');

const invalid = (description: string): Reply =>
  failed(`% Configuration failed.\n\nError type: validation\nError description: ${description}`);

function staticRoute(edit: Edit, args: Args): Reply {
  const typed = routePrefix(args);
  if (!typed) return failed('% Malformed address');
  const source = args.find('from');
  const from = source === undefined ? undefined : parsePrefix(source);
  const blackhole = args.has('reject')
    ? 'reject'
    : args.has('blackhole')
      ? 'blackhole'
      : args.has('Null0')
        ? 'null0'
        : null;
  const route: StaticRoute = {
    vrf: args.find('vrf') ?? edit.position.vrf ?? 'default',
    prefix: network(typed),
    source: from ? network(from) : null,
    gateway: args.find('gateway') ?? null,
    interface: args.find('interface') ?? null,
    blackhole,
    nexthopVrf: args.find('nexthop_vrf') ?? null,
    onlink: args.has('onlink'),
    tag: args.findNumber('tag') ?? 0,
    distance: args.findNumber('distance') ?? 1,
    table: args.findNumber('table') ?? 0,
    label: args.find('label') ?? null,
    color: args.findNumber('color') ?? null,
  };
  const key = staticRouteKey(route);
  if (args.no) {
    if (!edit.config.staticRoutes.delete(key)) return { text: '% Refusing to remove a non-existent route\n' };
    edit.changed({ kind: 'static-route', key });
    return OK;
  }
  if (route.label !== null) return invalid('% MPLS not turned on in kernel ignoring static route');
  const clash = [...edit.config.staticRoutes.values()].some(
    (one) => samePath(one, route) && (one.blackhole === null) !== (route.blackhole === null),
  );
  if (clash) return invalid('Route cannot have blackhole and non-blackhole nexthops simultaneously');
  edit.config.staticRoutes.set(key, route);
  if (route.vrf !== 'default' && !edit.config.vrfs.has(route.vrf))
    edit.config.vrfs.set(route.vrf, emptyVrf(route.vrf));
  edit.changed({ kind: 'static-route', key });
  return edit.environment.vrfExists(route.vrf)
    ? OK
    : {
        text: `Static Route to ${formatPrefix(route.prefix)} not installed currently because dependent config not fully available\n`,
      };
}

const options = (inVrf: boolean, nexthop: boolean, onlink: boolean): string =>
  `[{tag (1-4294967295)$tag|(1-255)$distance${inVrf ? '' : '|vrf NAME$vrf'}|label WORD$label|table (1-4294967295)$table${
    nexthop ? '|nexthop-vrf NAME$nexthop_vrf' : ''
  }${onlink ? '|onlink' : ''}${nexthop ? '|color (1-4294967295)$color' : ''}}]`;

const staticCommands = (inVrf: boolean): ConfigCommand[] => {
  const v4 = '[no] ip route <A.B.C.D/M$prefix|A.B.C.D$address A.B.C.D$mask>';
  const v6 = '[no] ipv6 route X:X::X:X/M$prefix [from X:X::X:X/M$from]';
  return [
    command(
      inVrf ? 'vrf' : 'config',
      [
        `${v4} <A.B.C.D$gateway|<INTERFACE$interface|Null0>> ${options(inVrf, true, false)}`,
        `${v4} A.B.C.D$gateway <INTERFACE$interface|Null0> ${options(inVrf, true, true)}`,
        `${v4} <reject|blackhole> ${options(inVrf, false, false)}`,
        `${v6} <X:X::X:X$gateway|<INTERFACE$interface|Null0>> ${options(inVrf, true, false)}`,
        `${v6} X:X::X:X$gateway <INTERFACE$interface|Null0> ${options(inVrf, true, true)}`,
        `${v6} <reject|blackhole> ${options(inVrf, false, false)}`,
      ],
      staticRoute,
    ),
  ];
};

export const HOST_COMMANDS: readonly ConfigCommand[] = [
  ...INTERFACE_COMMANDS,
  ...VRF_COMMANDS,
  ...PROTOCOL_MAP_COMMANDS,
  ...staticCommands(false),
  ...staticCommands(true),
];
