/** `show running-config`: all daemons' texts in vtysh's order. */
import type { ConfigEnvironment } from '../command.ts';
import type { FrrConfig } from '../frr-config.ts';
import { compareInterfaceNames, writeBgpInstance } from './bgp.ts';
import { writeBfd, writeProtocolMaps, writeInterface, writeStaticRoutes, writeVrf } from './host.ts';
import {
  writeAccessList,
  writeAsPathLists,
  writeCommunityLists,
  writePrefixList,
  writeRouteMap,
} from './lists.ts';

function kept(config: FrrConfig, section: string): string[] {
  return [...config.globals].filter(([key]) => key.startsWith(`${section} `)).map(([, text]) => text);
}

/** `no ip forwarding` where the kernel does not forward; `ip forwarding` is never printed. */
const forwarding = (config: FrrConfig, environment: ConfigEnvironment): string[] =>
  ([4, 6] as const).flatMap((family) => {
    const words = family === 4 ? 'ip forwarding' : 'ipv6 forwarding';
    const typed = config.globals.get(`top ${words}`);
    const on = typed === undefined ? environment.forwards(family) : !typed.startsWith('no ');
    return on ? [] : [`no ${words}`];
  });

/** The daemons' own order, zebra's first. */
const DEBUG_ORDER: readonly string[] = [
  'debug zebra events',
  'debug zebra kernel',
  'debug zebra rib',
  'debug zebra nht',
  'debug bgp keepalives',
  'debug bgp neighbor-events',
  'debug bgp nht',
  'debug bgp update-groups',
  'debug bgp updates in',
  'debug bgp updates out',
  'debug bgp zebra',
  'debug bgp graceful-restart',
  'debug bfd peer',
  'debug bfd zebra',
  'debug bfd network',
];

const DEBUG_OWNERS: Readonly<Record<string, string>> = { zebra: 'zebra', bgp: 'bgpd', bfd: 'bfdd' };

const byFamily = <T extends { readonly family: 4 | 6 }>(lists: ReadonlyMap<string, T>, family: 4 | 6): T[] =>
  [...lists.values()].filter((list) => list.family === family);

/** Whose part of the configuration is asked for. */
const ZEBRA = ['zebra'] as const;
const BGP = ['bgpd'] as const;
const BFD = ['bfdd'] as const;
/** Of these every daemon that reads them keeps its own copy. */
const LISTS = [...ZEBRA, ...BGP, ...BFD] as const;
const MAPS = [...ZEBRA, ...BGP] as const;

/** Lines of route maps that zebra reads as well; the others are bgpd's alone. */
const ZEBRA_RULES =
  /^ (?:match (?:interface|tag|metric|source-|ip (?:address|next-hop)|ipv6 (?:address|next-hop type))|set (?:src|tag|metric|ip next-hop (?!unchanged|peer-address)))/;

const isForZebra = (line: string): boolean => !/^ (?:match|set) /.test(line) || ZEBRA_RULES.test(line);

interface Block {
  /** Null: vtysh's own, or that of all daemons. */
  readonly daemons: readonly string[] | null;
  readonly lines: readonly string[];
}

const block = (daemons: Block['daemons'], lines: readonly string[] | undefined): Block => ({
  daemons,
  lines: lines ?? [],
});

/** The blocks between `!` lines. */
function blocks(
  config: FrrConfig,
  environment: ConfigEnvironment,
  isAsked: (daemon: string) => boolean,
): Block[] {
  const namespaces = environment.vrfNamespaces();
  const vrfs = new Map(config.vrfs);
  for (const name of namespaces.keys())
    if (!vrfs.has(name)) vrfs.set(name, { name, netns: null, vni: null, prefixRoutesOnly: false });
  const top = kept(config, 'top').filter((text) => !text.endsWith(' forwarding'));
  const debugs = kept(config, 'debug').sort((a, b) => DEBUG_ORDER.indexOf(a) - DEBUG_ORDER.indexOf(b));
  return [
    block(null, [
      'frr version 8.4.4',
      'frr defaults traditional',
      `hostname ${config.hostname}`,
      ...top.filter((text) => text.startsWith('log ')),
      ...(isAsked('zebra') ? forwarding(config, environment) : []),
      ...top.filter((text) => !text.startsWith('log ')),
    ]),
    block(
      null,
      debugs.filter((text) => isAsked(DEBUG_OWNERS[text.split(' ')[1] ?? ''] ?? '')),
    ),
    block(null, [
      ...(isAsked('zebra') ? kept(config, 'zebra') : []),
      ...(isAsked('staticd') ? writeStaticRoutes(config, 'default') : []),
    ]),
    ...[...vrfs.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((vrf) => block(null, writeVrf(config, vrf, namespaces.get(vrf.name), isAsked))),
    ...[...config.interfaces.values()]
      .sort((a, b) => compareInterfaceNames(a.name, b.name))
      .map((one) => block(ZEBRA, writeInterface(one))),
    ...[...config.bgp.values()]
      .filter((one) => !one.automatic)
      .map((one) => block(BGP, writeBgpInstance(one))),
    block(LISTS, byFamily(config.accessLists, 4).flatMap(writeAccessList)),
    block(LISTS, byFamily(config.prefixLists, 4).flatMap(writePrefixList)),
    block(LISTS, byFamily(config.accessLists, 6).flatMap(writeAccessList)),
    block(LISTS, byFamily(config.prefixLists, 6).flatMap(writePrefixList)),
    block(BGP, writeAsPathLists(config)),
    block(BGP, writeCommunityLists(config)),
    ...[...config.routeMaps.values()].flatMap((map) =>
      [...(map.optimization ? [] : [[`no route-map ${map.name} optimization`]]), ...writeRouteMap(map)].map(
        (lines) => block(MAPS, isAsked('bgpd') ? lines : lines.filter(isForZebra)),
      ),
    ),
    ...kept(config, 'nht')
      .sort()
      .map((text) => block(ZEBRA, [text])),
    ...writeProtocolMaps(config, 'default').map((text) => block(ZEBRA, [text])),
    block(BFD, writeBfd(config)),
  ];
}

/** What comes before the text, and whose part is asked for; null: everybody's. */
export interface RunningConfigForm {
  readonly hasHeader?: boolean;
  readonly daemon?: string | null;
}

const HEADER = 'Building configuration...\n\nCurrent configuration:\n!\n';

/** The text that `show running-config` prints, `Building configuration...` included unless `hasHeader` is false. */
export function writeRunningConfig(
  config: FrrConfig,
  environment: ConfigEnvironment,
  { hasHeader = true, daemon = null }: RunningConfigForm = {},
): string {
  const isAsked = (name: string): boolean => daemon === null || daemon === name;
  const text = blocks(config, environment, isAsked)
    .filter(({ daemons, lines }) => lines.length > 0 && (daemons === null || daemons.some(isAsked)))
    .map(({ lines }) => `${lines.join('\n')}\n!\n`);
  return `${hasHeader ? HEADER : ''}${text.join('')}end\n`;
}
