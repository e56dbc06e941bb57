/** running-config of bgpd: `router bgp` blocks. */
import { formatPrefix, comparePrefixes, parseAddress } from '../../prefix.ts';
import { ROUTE_PROTOCOLS } from '../../route-protocol.ts';
import {
  type BgpFamily,
  type BgpFamilyConfig,
  type BgpInstanceConfig,
  type PeerConfig,
  type VniConfig,
} from '../bgp-config.ts';
import { groupOf, effectiveFamilyOptions } from '../effective.ts';
import { BGP_LATE_OPTIONS, BGP_LISTEN_LIMIT, BGP_OPTIONS } from '../commands/bgp-options.table.ts';
import { PEER_FAMILY_OPTIONS } from '../commands/peer-family-options.table.ts';
import { PEER_INTERFACE, PEER_OPTIONS } from '../commands/peer-options.table.ts';

/** Families in the order of the blocks. */
const BLOCKS: readonly (readonly [BgpFamily, string])[] = [
  ['ipv4-unicast', 'ipv4 unicast'],
  ['ipv4-vpn', 'ipv4 vpn'],
  ['ipv6-unicast', 'ipv6 unicast'],
  ['ipv6-vpn', 'ipv6 vpn'],
  ['l2vpn-evpn', 'l2vpn evpn'],
];

/** Names with numbers in them go by number: `eth2` before `eth10`. */
export function compareInterfaceNames(a: string, b: string): number {
  const parts = (name: string): string[] => name.match(/\d+|\D+/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [one, other] = [left[at], right[at]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    if (one === other) continue;
    const numeric = /^\d/.test(one) && /^\d/.test(other);
    const order = numeric ? Number(one) - Number(other) : one < other ? -1 : 1;
    if (order !== 0) return order;
  }
  return 0;
}

/** bgpd's own order: members of groups by group, then interfaces by name, then addresses, IPv4 first. */
function comparePeers(a: PeerConfig, b: PeerConfig): number {
  if ((a.group === null) !== (b.group === null)) return a.group === null ? 1 : -1;
  if (a.group !== b.group) return (a.group ?? '') < (b.group ?? '') ? -1 : 1;
  if ((a.kind === 'interface') !== (b.kind === 'interface')) return a.kind === 'interface' ? -1 : 1;
  if (a.kind === 'interface') return compareInterfaceNames(a.name, b.name);
  const [one, other] = [parseAddress(a.name), parseAddress(b.name)];
  if (!one || !other) return a.name < b.name ? -1 : 1;
  return (
    one.family - other.family || (one.address < other.address ? -1 : one.address > other.address ? 1 : 0)
  );
}

const sortedPeers = (instance: BgpInstanceConfig): PeerConfig[] =>
  [...instance.peers.values()].sort(comparePeers);

const sortedGroups = (instance: BgpInstanceConfig): PeerConfig[] =>
  [...instance.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

/** `words` of a neighbour's option as a line; those that begin with `no ` keep it in front. */
const neighborLine = (name: string, words: string): string =>
  words.startsWith('no ') ? `no neighbor ${name} ${words.slice(3)}` : `neighbor ${name} ${words}`;

function peerLines(instance: BgpInstanceConfig, peer: PeerConfig): string[] {
  const lines: string[] = [];
  const group = groupOf(instance, peer);
  const remoteAs = peer.remoteAs === null ? '' : ` remote-as ${peer.remoteAs}`;
  if (peer.kind === 'interface')
    lines.push(
      `neighbor ${peer.name} interface${peer.v6only ? ' v6only' : ''}${group ? ` peer-group ${group.name}` : remoteAs}`,
    );
  if (peer.kind === 'group') lines.push(`neighbor ${peer.name} peer-group`);
  const ownAs = group ? group.remoteAs === null : peer.kind !== 'interface';
  if (ownAs && remoteAs !== '') lines.push(`neighbor ${peer.name}${remoteAs}`);
  if (group && peer.kind !== 'interface') lines.push(`neighbor ${peer.name} peer-group ${group.name}`);
  for (const entry of PEER_OPTIONS) {
    for (const words of entry.write(peer.options, peer)) lines.push(neighborLine(peer.name, words));
    if (entry.option === 'port')
      for (const words of PEER_INTERFACE.write(peer.options, peer))
        lines.push(neighborLine(peer.name, words));
  }
  return lines;
}

function activateLine(instance: BgpInstanceConfig, peer: PeerConfig, family: BgpFamily): string[] {
  const active = effectiveFamilyOptions(instance, peer, family).activate;
  const group = groupOf(instance, peer);
  const usual = group
    ? effectiveFamilyOptions(instance, group, family).activate
    : (family === 'ipv4-unicast' && (instance.options.defaultIpv4Unicast ?? true)) ||
      (family === 'ipv6-unicast' && (instance.options.defaultIpv6Unicast ?? false)) ||
      (family === 'l2vpn-evpn' && (instance.options.defaultL2vpnEvpn ?? false));
  return active === usual ? [] : [neighborLine(peer.name, active ? 'activate' : 'no activate')];
}

function familyPeerLines(instance: BgpInstanceConfig, peer: PeerConfig, family: BgpFamily): string[] {
  const own = peer.families[family] ?? {};
  return [
    ...activateLine(instance, peer, family),
    ...PEER_FAMILY_OPTIONS.flatMap((entry) =>
      entry.write(own).map((words) => neighborLine(peer.name, words)),
    ),
  ];
}

function networkLines(config: BgpFamilyConfig): string[] {
  const byPrefix = <T extends { readonly prefix: Parameters<typeof comparePrefixes>[0] }>(
    map: ReadonlyMap<string, T>,
  ): T[] => [...map.values()].sort((a, b) => comparePrefixes(a.prefix, b.prefix));
  return [
    ...byPrefix(config.networks).map(
      (one) =>
        `network ${formatPrefix(one.prefix)}${one.labelIndex === null ? '' : ` label-index ${one.labelIndex}`}${
          one.routeMap === null ? '' : ` route-map ${one.routeMap}`
        }${one.backdoor ? ' backdoor' : ''}`,
    ),
    ...byPrefix(config.aggregates).map(
      (one) =>
        `aggregate-address ${formatPrefix(one.prefix)}${one.asSet ? ' as-set' : ''}${
          one.summaryOnly ? ' summary-only' : ''
        }${one.routeMap === null ? '' : ` route-map ${one.routeMap}`}${
          one.origin === null ? '' : ` origin ${one.origin}`
        }${one.matchingMedOnly ? ' matching-MED-only' : ''}${
          one.suppressMap === null ? '' : ` suppress-map ${one.suppressMap}`
        }`,
    ),
  ];
}

function redistributeLines(config: BgpFamilyConfig): string[] {
  return [...config.redistribute.values()]
    .sort(
      (a, b) =>
        ROUTE_PROTOCOLS.indexOf(a.protocol) - ROUTE_PROTOCOLS.indexOf(b.protocol) ||
        (a.instance ?? 0) - (b.instance ?? 0),
    )
    .map(
      (one) =>
        `redistribute ${one.protocol}${one.instance === null ? '' : ` ${one.instance}`}${
          one.metric === null ? '' : ` metric ${one.metric}`
        }${one.routeMap === null ? '' : ` route-map ${one.routeMap}`}`,
    );
}

/** The value of an option with its words before it; nothing when it is absent. */
const line = <T>(value: T | undefined, text: (value: T) => string): string[] =>
  value === undefined ? [] : [text(value)];

function vpnLines({ options }: BgpFamilyConfig): string[] {
  const map = line(options.importVrfRouteMap, (name) => `import vrf route-map ${name}`);
  if (options.importVrf) return [...map, ...options.importVrf.map((name) => `import vrf ${name}`)];
  const targets = (list: readonly string[] | undefined): string | undefined => list?.join(' ');
  const [imports, exports] = [targets(options.rtVpnImport), targets(options.rtVpnExport)];
  return [
    ...map,
    ...line(options.routeMapVpnImport, (name) => `route-map vpn import ${name}`),
    ...line(options.labelVpnExport, (label) => `label vpn export ${label}`),
    ...line(options.rdVpnExport, (rd) => `rd vpn export ${rd}`),
    ...line(options.nexthopVpnExport, (address) => `nexthop vpn export ${address}`),
    ...(imports !== undefined && imports === exports
      ? [`rt vpn both ${imports}`]
      : [
          ...line(imports, (list) => `rt vpn import ${list}`),
          ...line(exports, (list) => `rt vpn export ${list}`),
        ]),
    ...line(options.routeMapVpnExport, (name) => `route-map vpn export ${name}`),
    ...(options.exportVpn ? ['export vpn'] : []),
    ...(options.importVpn ? ['import vpn'] : []),
  ];
}

/** A `vni N` block. */
const vniLines = ([vni, config]: readonly [number, VniConfig]): string[] => [
  `vni ${vni}`,
  ...line(config.rd, (rd) => ` rd ${rd}`),
  ...(config.importTargets ?? []).map((target) => ` route-target import ${target}`),
  ...(config.exportTargets ?? []).map((target) => ` route-target export ${target}`),
  'exit-vni',
];

function evpnLines({ vnis }: BgpInstanceConfig, { options }: BgpFamilyConfig): string[] {
  const advertise = (family: string, value: { readonly routeMap: string | null } | undefined): string[] =>
    line(
      value,
      ({ routeMap }) => `advertise ${family} unicast${routeMap === null ? '' : ` route-map ${routeMap}`}`,
    );
  return [
    ...(options.advertiseAllVni ? ['advertise-all-vni'] : []),
    ...[...vnis].sort(([a], [b]) => a - b).flatMap(vniLines),
    ...(options.advertiseDefaultGw ? ['advertise-default-gw'] : []),
    ...(options.advertiseSviIp ? ['advertise-svi-ip'] : []),
    ...advertise('ipv4', options.advertiseIpv4),
    ...advertise('ipv6', options.advertiseIpv6),
    ...(options.evpnDefaultIpv4 ? ['default-originate ipv4'] : []),
    ...(options.evpnDefaultIpv6 ? ['default-originate ipv6'] : []),
    ...line(options.evpnRd, (rd) => `rd ${rd}`),
    ...(options.evpnRtImport ?? []).map((target) => `route-target import ${target}`),
    ...(options.evpnRtExport ?? []).map((target) => `route-target export ${target}`),
  ];
}

function familyLines(instance: BgpInstanceConfig, family: BgpFamily): string[] {
  const config = instance.families[family];
  const { options } = config;
  const { distance } = options;
  const usual = distance?.external === 20 && distance.internal === 200 && distance.local === 200;
  return [
    ...(distance && !usual
      ? [`distance bgp ${distance.external} ${distance.internal} ${distance.local}`]
      : []),
    ...networkLines(config),
    ...redistributeLines(config),
    ...sortedGroups(instance).flatMap((group) => familyPeerLines(instance, group, family)),
    ...sortedPeers(instance).flatMap((peer) => familyPeerLines(instance, peer, family)),
    ...line(options.maximumPaths, (paths) => `maximum-paths ${paths}`),
    ...line(
      options.maximumPathsIbgp,
      ({ paths, equalClusterLength }) =>
        `maximum-paths ibgp ${paths}${equalClusterLength ? ' equal-cluster-length' : ''}`,
    ),
    ...line(options.tableMap, (name) => `table-map ${name}`),
    ...(family === 'l2vpn-evpn' ? evpnLines(instance, config) : vpnLines(config)),
  ];
}

/** One `router bgp` block with its `exit`. */
export function writeBgpInstance(instance: BgpInstanceConfig): string[] {
  const header = `router bgp ${instance.asn}${instance.vrf === 'default' ? '' : ` vrf ${instance.vrf}`}`;
  const texts = (entries: typeof BGP_OPTIONS): string[] =>
    entries.flatMap((entry) => line(entry.write(instance.options), (text) => text));
  const lines = [
    ...texts(BGP_OPTIONS),
    ...sortedGroups(instance).flatMap((group) => peerLines(instance, group)),
    ...sortedPeers(instance).flatMap((peer) => peerLines(instance, peer)),
    ...texts([BGP_LISTEN_LIMIT]),
    ...[...instance.listenRanges].map(([range, group]) => `bgp listen range ${range} peer-group ${group}`),
    ...texts(BGP_LATE_OPTIONS),
  ];
  const blocks = BLOCKS.flatMap(([family, words]) => {
    const inside = familyLines(instance, family);
    if (inside.length === 0) return [];
    return [' !', ` address-family ${words}`, ...inside.map((text) => `  ${text}`), ' exit-address-family'];
  });
  return [header, ...lines.map((text) => ` ${text}`), ...blocks, 'exit'];
}
