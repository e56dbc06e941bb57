/** `show running-config`: all daemons' texts in vtysh's order. */
import type { ConfigEnvironment } from '../command.ts';
import type { FrrConfig } from '../frr-config.ts';
import { writeBgpInstance } from './bgp.ts';
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

const byFamily = <T extends { readonly family: 4 | 6 }>(lists: ReadonlyMap<string, T>, family: 4 | 6): T[] =>
  [...lists.values()].filter((list) => list.family === family);

/** The blocks between `!` lines; empty ones are left out. */
function blocks(config: FrrConfig, environment: ConfigEnvironment): string[][] {
  const namespaces = environment.vrfNamespaces();
  const vrfs = new Map(config.vrfs);
  for (const name of namespaces.keys())
    if (!vrfs.has(name)) vrfs.set(name, { name, netns: null, vni: null, prefixRoutesOnly: false });
  const top = kept(config, 'top').filter((text) => !text.endsWith(' forwarding'));
  return [
    [
      'frr version 8.4.4',
      'frr defaults traditional',
      `hostname ${config.hostname}`,
      ...top.filter((text) => text.startsWith('log ')),
      ...forwarding(config, environment),
      ...top.filter((text) => !text.startsWith('log ')),
    ],
    kept(config, 'debug').sort((a, b) => DEBUG_ORDER.indexOf(a) - DEBUG_ORDER.indexOf(b)),
    [...kept(config, 'zebra'), ...writeStaticRoutes(config, 'default')],
    ...[...vrfs.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((vrf) => {
        const text = writeVrf(config, vrf, namespaces.get(vrf.name));
        return text ? [text] : [];
      }),
    ...[...config.interfaces.values()].flatMap((one) => {
      const text = writeInterface(one);
      return text ? [text] : [];
    }),
    ...[...config.bgp.values()].filter((one) => !one.automatic).map(writeBgpInstance),
    byFamily(config.accessLists, 4).flatMap(writeAccessList),
    byFamily(config.prefixLists, 4).flatMap(writePrefixList),
    byFamily(config.accessLists, 6).flatMap(writeAccessList),
    byFamily(config.prefixLists, 6).flatMap(writePrefixList),
    writeAsPathLists(config),
    writeCommunityLists(config),
    ...[...config.routeMaps.values()].flatMap((map) => [
      ...(map.optimization ? [] : [[`no route-map ${map.name} optimization`]]),
      ...writeRouteMap(map),
    ]),
    ...kept(config, 'nht').map((text) => [text]),
    ...writeProtocolMaps(config, 'default').map((text) => [text]),
    writeBfd(config) ?? [],
  ].filter((block) => block.length > 0);
}

const HEADER = 'Building configuration...\n\nCurrent configuration:\n!\n';

/** The text that `show running-config` prints, `Building configuration...` included unless `hasHeader` is false. */
export function writeRunningConfig(
  config: FrrConfig,
  environment: ConfigEnvironment,
  hasHeader = true,
): string {
  const text = blocks(config, environment).map((block) => `${block.join('\n')}\n!\n`);
  return `${hasHeader ? HEADER : ''}${text.join('')}end\n`;
}
