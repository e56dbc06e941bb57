/** What zebra tells of itself and of the host beside routes and interfaces. */
import { formatMac } from '../../base/address.ts';
import type { Args } from '../config/match.ts';
import type { Reply } from '../config/command.ts';
import { comparePrefixes, formatAddress, parsePrefix, type Family } from '../prefix.ts';
import { RouteTable, type RouteNode } from '../zebra/route.ts';
import { vrfNames } from './asked-vrfs.ts';
import type { ShowContext } from './context.ts';
import { text, warn, type ShowCommand } from './exec-command.ts';
import { interfacesOf } from './interfaces.ts';
import { routeDetail, routeTableJson, routeTableText, type RouteFilter } from './ip-route.ts';
import { trackedNextHops } from './next-hops.ts';
import { protocolMaps, type MapUse } from './protocol-maps.ts';

const familyAsked = (args: Args): Family => (args.has('ipv6') ? 6 : 4);

function nextHopTracking(context: ShowContext, args: Args): Reply {
  const names = vrfNames(context, args);
  if (!names) return warn(`% VRF ${args.get('vrf')} is not active\n`);
  return text(
    names
      .map((vrf) => {
        const head = args.find('vrf') === 'all' ? `\nVRF ${vrf}:\n` : '';
        // Nothing here watches routes of multicast.
        const table = args.has('mrib')
          ? ''
          : trackedNextHops(context, vrf, familyAsked(args), args.find('address'));
        return `${head}${table}`;
      })
      .join(''),
  );
}

const maps =
  (use: MapUse) =>
  (context: ShowContext, args: Args): Reply => {
    const names = vrfNames(context, args) ?? [];
    return text(names.map((vrf) => protocolMaps(context.config, vrf, familyAsked(args), use)).join(''));
  };

function routerId(context: ShowContext, args: Args): Reply {
  const vrf = args.find('vrf') ?? 'default';
  if (!vrfNames(context, args)) return warn(`% VRF ${vrf} is not active\n`);
  const line = args.has('ipv6') ? undefined : context.config.globals.get('zebra ip router-id');
  const isSet = line !== undefined && vrf === 'default';
  return text(isSet ? `zebra:\n     router-id ${line.split(' ').at(-1)} vrf ${vrf}\n` : '');
}

/** Connected routes once more, as the table in which sources of multicast are looked for first: none of it is the kernel's. */
const asMulticast = ({ prefix, entries }: RouteNode): RouteNode => ({
  prefix,
  entries: entries
    .filter((entry) => entry.protocol === 'connected')
    .map((entry) => ({ ...entry, installed: false })),
});

const mainTable = (context: ShowContext): RouteTable => context.zebra.table('default', 4);

function multicastTable(context: ShowContext): RouteTable {
  const table = new RouteTable(4, 'default', mainTable(context).id);
  for (const node of mainTable(context).nodes()) {
    const { prefix, entries } = asMulticast(node);
    if (entries.length > 0) table.node(prefix).entries.push(...entries);
  }
  return table;
}

const EVERY: RouteFilter = { node: () => true, entry: () => true };

function reversePath(context: ShowContext, args: Args): Reply {
  const source = parsePrefix(args.get('source'));
  if (!source) return warn('% Malformed address\n');
  const nodes = [...mainTable(context).covering(source.address)];
  const connected = nodes.find((node) => asMulticast(node).entries.length > 0);
  const found = connected ?? nodes.find((node) => node.entries.some((entry) => entry.selected));
  if (!found) return text('% No match for RPF lookup\n');
  return text(
    connected
      ? routeDetail(context, asMulticast(found), { rib: 'Multicast' })
      : routeDetail(context, found, { rib: 'Unicast' }),
  );
}

/** Neighbours that the kernel found by itself. */
function neighbours(context: ShowContext): Reply {
  const rows = context.zebra.host
    .neighbours()
    .sort((a, b) => a.ifindex - b.ifindex || comparePrefixes({ ...a.ip, length: 0 }, { ...b.ip, length: 0 }))
    .map(({ ifindex, ip, mac }) => {
      const device = context.zebra.kernelInterfaces().find((one) => one.index === ifindex);
      return [device?.name ?? '-', formatAddress(ip), formatMac(mac), '0'] as const;
    });
  const row = ([name, address, mac, rules]: readonly [string, string, string, string]): string =>
    `${name.padEnd(20)} ${address.padEnd(30)} ${mac.padEnd(18)} ${rules}\n`;
  return text([['Interface', 'Neighbor', 'MAC', '#Rules'] as const, ...rows].map(row).join(''));
}

function advertisers(context: ShowContext, args: Args): Reply {
  if (args.find('vrf') !== undefined && !context.zebra.host.usesVrfNamespaces)
    return warn('% VRF subcommand only applicable for netns-based vrfs.\n');
  const names = vrfNames(context, args);
  if (!names) return warn(`% VRF '${args.get('vrf')}' specified does not exist\n`);
  const list = (all: readonly string[]): string => `${all.map((name) => `    ${name}\n`).join('')}\n`;
  return text(
    names
      .map((vrf) => {
        const sending = interfacesOf(context, vrf).flatMap((one) => {
          const state = context.zebra.host.device(one)?.advertising;
          return state ? [{ name: one.name, isQuick: state.interval < 1000 }] : [];
        });
        const named = (isQuick: boolean): string[] =>
          sending.filter((one) => one.isQuick === isQuick).map((one) => one.name);
        return `VRF: ${vrf}\n  Interfaces:\n${list(named(false))}  Interfaces(msec):\n${list(named(true))}`;
      })
      .join(''),
  );
}

/** `show zebra`: what the kernel can do, and what was asked of it. */
function zebraFacts(context: ShowContext): Reply {
  const { zebra } = context;
  const onOff = (is: boolean): string => (is ? 'On' : 'Off');
  const facts: readonly (readonly [string, string])[] = [
    ['OS', `Linux(${zebra.host.kernelRelease})`],
    ['ECMP Maximum', '256'],
    ['v4 Forwarding', onOff(zebra.host.forwards(4))],
    ['v6 Forwarding', onOff(zebra.host.forwards(6))],
    ['MPLS', 'Off'],
    ['EVPN', onOff(zebra.evpn.enabled)],
    ['Kernel socket buffer size', String(zebra.host.socketBuffer)],
    ['VRF', zebra.host.usesVrfNamespaces ? 'Namespaces' : 'l3mdev Available'],
    ['ASIC offload', 'Unavailable'],
    ['RA', 'Compiled in'],
    ['RFC 5549', zebra.advertisesForBgp() ? 'BGP is using' : 'BGP is not using'],
    ['Kernel NHG', zebra.host.usesVrfNamespaces ? 'Unavailable' : 'Available'],
    ['Allow Non FRR route deletion', 'No'],
    ...([4, 6] as const).flatMap((family) =>
      (['all', 'default'] as const).map(
        (of) =>
          [
            `v${family} ${of === 'all' ? 'All' : 'Default'} LinkDown Routes`,
            onOff(zebra.host.ignoresLinkDown(family, of)),
          ] as const,
      ),
    ),
    ...['v4 All', 'v4 Default', 'v6 All', 'v6 Default'].map(
      (name) => [`${name} MC Forwarding`, 'Off'] as const,
    ),
  ];
  const widths = [0, 1].map((at) => Math.max(...facts.map((row) => row[at]?.length ?? 0)));
  const [first = 0, second = 0] = widths;
  const names = zebra
    .vrfs()
    .map((one) => one.name)
    .sort((a, b) => (a < b ? -1 : 1));
  const count = (value: number): string => ` ${String(value).padStart(10)}`;
  return text(
    [
      ...facts.map(([name, value]) => ` ${name.padEnd(first + 3)}${value.padEnd(second + 3)}\n`),
      '\n',
      '                            Route      Route      Neighbor   LSP        LSP\n',
      'VRF                         Installs   Removals    Updates   Installs   Removals\n',
      ...names.map((vrf) => {
        const { installs, removals, neighbours: updates } = zebra.kernelCounts(vrf);
        return `${vrf.padEnd(25)}${[installs, removals, updates, 0, 0].map(count).join('')}\n`;
      }),
    ].join(''),
  );
}

const always = (syntax: string, told: string): ShowCommand => ({ syntax: [syntax], run: () => text(told) });

/** MPLS, policy routing, segment routing and multihomed segments are set up by lines that are refused by name: there is none. */
const WITHOUT_ANY: readonly ShowCommand[] = [
  always('show mpls table (16-1048575) [json]', ''),
  { syntax: ['show mpls table [json]'], run: (_, args) => text(args.has('json') ? '{\n}\n' : '') },
  always('show mpls fec [<A.B.C.D/M|X:X::X:X/M>]', ''),
  always(
    'show mpls pseudowires',
    'Interface        Neighbor                 Labels       Protocol Status    \n',
  ),
  always('show mpls status', 'MPLS support enabled: no (mpls kernel extensions not detected)\n'),
  always('show pbr rule', ''),
  always('show pbr ipset [WORD]', ''),
  always('show pbr iptable [WORD]', ''),
  {
    syntax: ['show segment-routing srv6 locator [json]'],
    run: (_, args) =>
      text(
        args.has('json')
          ? '{\n  "locators":[\n  ]\n}\n'
          : `Locator:\nName                 ID      Prefix                   Status\n-------------------- ------- ------------------------ -------\n\n`,
      ),
  },
];

export const ZEBRA_SHOW_COMMANDS: readonly ShowCommand[] = [
  {
    syntax: [
      'show <ip|ipv6> <nht|import-check> [<A.B.C.D|X:X::X:X>$address|vrf NAME$vrf [<A.B.C.D|X:X::X:X>$address]|vrf all$vrf] [mrib]',
    ],
    run: nextHopTracking,
  },
  {
    syntax: ['show ip protocol [vrf <NAME$vrf|all$vrf>]', 'show ipv6 protocol [vrf <NAME$vrf|all$vrf>]'],
    run: maps('routes'),
  },
  {
    syntax: [
      'show ip nht route-map [vrf <NAME$vrf|all$vrf>]',
      'show ipv6 nht route-map [vrf <NAME$vrf|all$vrf>]',
    ],
    run: maps('next hops'),
  },
  {
    syntax: ['show ip forwarding'],
    run: ({ zebra }) => text(`IP forwarding is ${zebra.host.forwards(4) ? 'on' : 'off'}\n`),
  },
  {
    syntax: ['show ipv6 forwarding'],
    run: ({ zebra }) => text(`ipv6 forwarding is ${zebra.host.forwards(6) ? 'on' : 'off'}\n`),
  },
  { syntax: ['show [<ip|ipv6>] router-id [vrf NAME$vrf]'], run: routerId },
  {
    syntax: ['show ip rpf [json]'],
    run: (context, args) =>
      text(
        args.has('json')
          ? routeTableJson(context, multicastTable(context), EVERY)
          : routeTableText(context, [multicastTable(context)], EVERY, {
              isEachNamed: false,
              namesTables: false,
              namesGroups: false,
              isFib: false,
            }),
      ),
  },
  { syntax: ['show ip rpf A.B.C.D$source'], run: reversePath },
  { syntax: ['show ip neigh'], run: neighbours },
  { syntax: ['show ipv6 nd ra-interfaces [vrf <NAME$vrf|all$vrf>]'], run: advertisers },
  { syntax: ['show zebra'], run: zebraFacts },
  ...WITHOUT_ANY,
];
