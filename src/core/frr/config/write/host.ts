/** running-config of zebra, staticd and bfdd. */
import { comparePrefixes, formatPrefix, parseAddress } from '../../prefix.ts';
import { compareInterfaceNames } from './bgp.ts';
import { BFD_OPTIONS } from '../commands/bfd.ts';
import { protocolMapKey, type FrrConfig } from '../frr-config.ts';
import { ROUTE_PROTOCOLS } from '../../route-protocol.ts';
import type { BfdPeerConfig, BfdTimers, InterfaceConfig, StaticRoute, VrfConfig } from '../host-config.ts';

function writeStaticRoute(route: StaticRoute): string {
  const words = [
    route.prefix.family === 4 ? 'ip route' : 'ipv6 route',
    formatPrefix(route.prefix),
    ...(route.source ? [`from ${formatPrefix(route.source)}`] : []),
    ...(route.blackhole === null ? [] : [route.blackhole === 'null0' ? 'Null0' : route.blackhole]),
    ...(route.gateway === null ? [] : [route.gateway]),
    ...(route.interface === null ? [] : [route.interface]),
    ...(route.tag === 0 ? [] : [`tag ${route.tag}`]),
    ...(route.distance === 1 ? [] : [String(route.distance)]),
    ...(route.nexthopVrf === null || route.nexthopVrf === route.vrf
      ? []
      : [`nexthop-vrf ${route.nexthopVrf}`]),
    ...(route.table === 0 ? [] : [`table ${route.table}`]),
    ...(route.onlink ? ['onlink'] : []),
    ...(route.color === null ? [] : [`color ${route.color}`]),
  ];
  return words.join(' ');
}

/** staticd's kinds of next hops in the order of its model. */
function kindOf({ gateway, interface: name, blackhole }: StaticRoute): number {
  if (blackhole !== null) return 5;
  if (gateway === null) return 0;
  return (gateway.includes(':') ? 3 : 1) + (name === null ? 0 : 1);
}

function compareGateways(a: string | null, b: string | null): number {
  const [left, right] = [parseAddress(a ?? ''), parseAddress(b ?? '')];
  if (!left || !right) return 0;
  return left.address < right.address ? -1 : left.address > right.address ? 1 : 0;
}

/** Short prefixes first, then tables and distances, then next hops by kind. */
const compareStaticRoutes = (a: StaticRoute, b: StaticRoute): number =>
  a.prefix.family - b.prefix.family ||
  a.prefix.length - b.prefix.length ||
  comparePrefixes(a.prefix, b.prefix) ||
  a.table - b.table ||
  a.distance - b.distance ||
  kindOf(a) - kindOf(b) ||
  compareGateways(a.gateway, b.gateway) ||
  compareInterfaceNames(a.interface ?? '', b.interface ?? '') ||
  compareInterfaceNames(a.nexthopVrf ?? '', b.nexthopVrf ?? '');

export const writeStaticRoutes = (config: FrrConfig, vrf: string): string[] =>
  [...config.staticRoutes.values()]
    .filter((route) => route.vrf === vrf)
    .sort(compareStaticRoutes)
    .map(writeStaticRoute);

/** In the order of zebra's numbers of protocols, `any` at the end. */
export const writeProtocolMaps = (config: FrrConfig, vrf: string): string[] =>
  [...ROUTE_PROTOCOLS, 'any'].flatMap((protocol) =>
    ([4, 6] as const).flatMap((family) => {
      const map = config.protocolMaps.get(protocolMapKey(vrf, family, protocol));
      return map === undefined
        ? []
        : [`${family === 4 ? 'ip' : 'ipv6'} protocol ${protocol} route-map ${map}`];
    }),
  );

/** Undefined when there is nothing to say of the VRF. `isAsked`: whether a daemon's lines are wanted. */
export function writeVrf(
  config: FrrConfig,
  vrf: VrfConfig,
  namespace: string | undefined,
  isAsked: (daemon: string) => boolean,
): string[] | undefined {
  const ofZebra = (lines: readonly string[]): readonly string[] => (isAsked('zebra') ? lines : []);
  const inside = [
    ...ofZebra(
      vrf.vni === null ? [] : [`vni ${vrf.vni}${vrf.prefixRoutesOnly ? ' prefix-routes-only' : ''}`],
    ),
    ...ofZebra(namespace === undefined ? [] : [`netns ${namespace}`]),
    ...(isAsked('staticd') ? writeStaticRoutes(config, vrf.name) : []),
    ...ofZebra(writeProtocolMaps(config, vrf.name)),
  ];
  if (inside.length === 0) return undefined;
  return [`vrf ${vrf.name}`, ...inside.map((text) => ` ${text}`), 'exit-vrf'];
}

/** The lines are in alphabetical order: that is how vtysh merges the daemons' texts. */
export function writeInterface(one: InterfaceConfig): string[] | undefined {
  const inside = [
    ...(one.bandwidth === null ? [] : [`bandwidth ${one.bandwidth}`]),
    ...(one.description === null ? [] : [`description ${one.description}`]),
    ...one.addresses.map(
      ({ prefix, label }) =>
        `${prefix.family === 4 ? 'ip' : 'ipv6'} address ${formatPrefix(prefix)}${label === null ? '' : ` label ${label}`}`,
    ),
    ...(one.ndRaInterval === null
      ? []
      : [
          one.ndRaInterval % 1000 === 0
            ? `ipv6 nd ra-interval ${one.ndRaInterval / 1000}`
            : `ipv6 nd ra-interval msec ${one.ndRaInterval}`,
        ]),
    ...(one.ndRaLifetime === null ? [] : [`ipv6 nd ra-lifetime ${one.ndRaLifetime}`]),
    ...(one.ndSuppressRa === false ? ['no ipv6 nd suppress-ra'] : []),
    ...(one.linkDetect ? [] : ['no link-detect']),
    ...(one.multicast === null ? [] : [one.multicast ? 'multicast' : 'no multicast']),
    ...(one.shutdown ? ['shutdown'] : []),
  ].sort();
  if (inside.length === 0) return undefined;
  const vrf = one.vrf === 'default' ? '' : ` vrf ${one.vrf}`;
  return [`interface ${one.name}${vrf}`, ...inside.map((text) => ` ${text}`), 'exit'];
}

const timerLines = (timers: BfdTimers): string[] =>
  BFD_OPTIONS.flatMap((entry) => {
    const text = entry.write(timers);
    return text === undefined ? [] : [`  ${text}`];
  });

const peerHeader = (peer: BfdPeerConfig): string =>
  [
    `peer ${peer.peer}`,
    ...(peer.multihop ? ['multihop'] : []),
    ...(peer.localAddress === null ? [] : [`local-address ${peer.localAddress}`]),
    ...(peer.vrf === 'default' ? [] : [`vrf ${peer.vrf}`]),
    ...(peer.interface === null ? [] : [`interface ${peer.interface}`]),
  ].join(' ');

export function writeBfd(config: FrrConfig): string[] | undefined {
  if (config.bfdProfiles.size === 0 && config.bfdPeers.size === 0) return undefined;
  const peers = [...config.bfdPeers.values()];
  const ordered = [...peers.filter((peer) => !peer.multihop), ...peers.filter((peer) => peer.multihop)];
  return [
    'bfd',
    ...[...config.bfdProfiles.values()].flatMap((profile) => [
      ` profile ${profile.name}`,
      ...timerLines(profile.timers),
      ' exit',
      ' !',
    ]),
    ...ordered.flatMap((peer) => [
      ` ${peerHeader(peer)}`,
      ...(peer.profile === null ? [] : [`  profile ${peer.profile}`]),
      ...timerLines(peer.timers),
      ' exit',
      ' !',
    ]),
    'exit',
  ];
}
