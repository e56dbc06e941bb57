/**
 * EVPN between VRFs: with a layer 3 VNI a VRF's routes go out as type 5 (`advertise ipv4 unicast`), and routes of others
 * with its targets, hosts of type 2 among them, are put into its tables with the VTEP as next hop.
 */
import { sameValue } from '../../same-value.ts';
import type { BgpFamily, BgpFamilyOptions } from '../../config/bgp-config.ts';
import type { EvpnRoute } from '../../evpn-route.ts';
import type { Prefix } from '../../prefix.ts';
import { localAttributes, NO_OVERLAY, type PathAttributes } from '../attributes.ts';
import { evpnPrefix } from '../message/evpn-nlri.ts';
import type { StoredDestination, StoredPath } from '../rib-table.ts';
import { applyMap } from '../route-map.ts';
import type { Speaker, SpeakerHost } from '../speaker.ts';
import { removePath, type TableListener } from '../table-change.ts';
import type { ZebraL3Vni } from '../zebra-evpn.ts';
import { ENCAPSULATION, routerMac, routerMacOf } from './communities.ts';
import { EvpnVrf } from './evpn-vrf.ts';
import { isFromEvpn, placeImported } from './imported-path.ts';
import { ownPath, placeOwn } from './own-path.ts';
import { matchesTargets } from './targets.ts';

type Unicast = 'ipv4-unicast' | 'ipv6-unicast';
const UNICAST: readonly Unicast[] = ['ipv4-unicast', 'ipv6-unicast'];
const isUnicast = (family: BgpFamily): family is Unicast =>
  family === 'ipv4-unicast' || family === 'ipv6-unicast';

/** The line that makes routes of a family go out; undefined: they stay. */
const advertiseLine = (options: BgpFamilyOptions, family: Unicast): BgpFamilyOptions['advertiseIpv4'] =>
  family === 'ipv4-unicast' ? options.advertiseIpv4 : options.advertiseIpv6;

/** IPv4 addresses in IPv6 (RFC 4291 section 2.5.5.2). */
const IPV4_MAPPED = 0xffffn << 32n;

/** The prefix that a route means to a VRF; undefined: none. */
function vrfPrefix({ evpn, family, address, length }: Prefix): Prefix | undefined {
  const isWanted = evpn?.type === 5 || (evpn?.type === 2 && evpn.ip !== null);
  return isWanted ? { family, address, length } : undefined;
}

const prefixRoute = ({ family, address, length }: Prefix): EvpnRoute => ({
  type: 5,
  ethernetTag: 0,
  length,
  ip: { family, address },
});

/** Instances of VRFs, whether configured or not. */
export interface HiddenInstances {
  /** The instance of the VRF; made with this AS number when none is configured. */
  need(vrf: string, asn: number): Speaker;
  /** It is not needed any more: one that is not configured goes. */
  drop(vrf: string): void;
}

/** `default-originate`. */
const DEFAULTS: readonly {
  readonly option: 'evpnDefaultIpv4' | 'evpnDefaultIpv6';
  readonly prefix: Prefix;
}[] = [
  { option: 'evpnDefaultIpv4', prefix: { family: 4, address: 0n, length: 0 } },
  { option: 'evpnDefaultIpv6', prefix: { family: 6, address: 0n, length: 0 } },
];

export class VrfRoutes {
  readonly #host: SpeakerHost;
  readonly #listener: TableListener;
  /** The instance with the table that neighbours hear; null: EVPN is off. */
  readonly #global: () => Speaker | null;
  readonly #instances: HiddenInstances;
  /** By VRF. */
  readonly vrfs = new Map<string, EvpnVrf>();

  constructor(
    host: SpeakerHost,
    listener: TableListener,
    global: () => Speaker | null,
    instances: HiddenInstances,
  ) {
    this.#host = host;
    this.#listener = listener;
    this.#global = global;
    this.#instances = instances;
  }

  /** The VRF's layer 3 VNI is up, or is another one now. */
  changed(zebra: ZebraL3Vni): void {
    const global = this.#global();
    if (global === null) return;
    const known = this.vrfs.get(zebra.vrf);
    if (known !== undefined) {
      known.zebra = zebra;
      this.#again(known);
      return;
    }
    const speaker = this.#instances.need(zebra.vrf, global.asn);
    const vrf = new EvpnVrf(speaker, zebra);
    this.vrfs.set(zebra.vrf, vrf);
    this.#advertiseAll(vrf);
    this.#importAll(vrf);
  }

  gone(name: string): void {
    const vrf = this.vrfs.get(name);
    if (vrf === undefined) return;
    this.#unimport(vrf, () => true);
    this.#withdrawAll(vrf);
    this.vrfs.delete(name);
    this.#instances.drop(name);
  }

  /** The VRF's instance is another one: what stood in the old one's tables went with it. */
  instanceReplaced(name: string): void {
    const vrf = this.vrfs.get(name);
    const speaker = this.#host.speakers.get(name);
    if (vrf === undefined || speaker === undefined || vrf.speaker === speaker) return;
    this.#withdrawAll(vrf);
    this.vrfs.delete(name);
    this.changed(vrf.zebra);
  }

  /** Lines of configuration or a router id changed. */
  refresh(): void {
    for (const vrf of this.vrfs.values()) {
      const isOther =
        vrf.distinguisher !== vrf.wantedDistinguisher() ||
        !sameValue(vrf.exportTargets, vrf.wantedExportTargets());
      if (isOther) this.#again(vrf);
      const importTargets = vrf.wantedImportTargets();
      if (sameValue(importTargets, vrf.importTargets)) continue;
      vrf.importTargets = importTargets;
      this.#unimport(vrf, (parent) => !matchesTargets(parent.attributes, importTargets));
      this.#importAll(vrf);
    }
  }

  /** Lines that say what goes out came, went or changed. */
  advertisingChanged(name: string): void {
    const vrf = this.vrfs.get(name);
    if (vrf !== undefined) this.#again(vrf);
  }

  /** The layer 3 VNI that hosts of a VRF are told of with; undefined: none. */
  ofHosts(name: string): EvpnVrf | undefined {
    const vrf = this.vrfs.get(name);
    return vrf === undefined || vrf.zebra.prefixRoutesOnly ? undefined : vrf;
  }

  // Own routes.

  /** Another path, or none, was chosen in a VRF's table. */
  chosen(speaker: Speaker, destination: StoredDestination, best: StoredPath | undefined): void {
    const vrf = this.vrfs.get(speaker.vrf);
    const { family } = destination.table;
    if (vrf === undefined || !isUnicast(family) || vrf.speaker !== speaker) return;
    if (best !== undefined) this.#advertise(vrf, destination, best);
    else this.#withdraw(vrf, destination.prefix);
  }

  #again(vrf: EvpnVrf): void {
    this.#withdrawAll(vrf);
    vrf.distinguisher = vrf.wantedDistinguisher();
    vrf.exportTargets = vrf.wantedExportTargets();
    this.#advertiseAll(vrf);
  }

  #advertiseAll(vrf: EvpnVrf): void {
    for (const family of UNICAST)
      for (const destination of vrf.speaker.rib(family).sorted())
        if (destination.selected !== undefined) this.#advertise(vrf, destination, destination.selected);
    for (const { option, prefix } of DEFAULTS)
      if (vrf.options[option] === true) this.#place(vrf, prefix, localAttributes('igp'));
  }

  #advertise(vrf: EvpnVrf, destination: StoredDestination, best: StoredPath): void {
    const attributes = this.#attributesOf(vrf, destination, best);
    if (attributes === undefined) this.#withdraw(vrf, destination.prefix);
    else this.#place(vrf, destination.prefix, attributes);
  }

  /** Tells of a prefix with the attributes of a route to it. */
  #place(vrf: EvpnVrf, prefix: Prefix, attributes: PathAttributes): void {
    const global = this.#global();
    if (global === null) return;
    const { originator, routerMac: mac, vni } = vrf.zebra;
    const kept = attributes.extendedCommunities ?? [];
    const own = global.rib('l2vpn-evpn').at(evpnPrefix(prefixRoute(prefix), vrf.distinguisher));
    placeOwn(global, own, {
      ...attributes,
      nextHop: originator,
      mpNextHop: null,
      extendedCommunities: [...new Set([...kept, ENCAPSULATION, ...vrf.exportTargets, routerMac(mac)])],
      overlay: { ...NO_OVERLAY, labels: [vni] },
    });
    global.schedule(own);
  }

  /** What a path of the VRF is told with, as the map of the line leaves it; undefined: it is not told. */
  #attributesOf(
    vrf: EvpnVrf,
    { prefix, table: { family } }: StoredDestination,
    best: StoredPath,
  ): PathAttributes | undefined {
    const line = isUnicast(family) ? advertiseLine(vrf.options, family) : undefined;
    if (line === undefined || isFromEvpn(best)) return undefined;
    const { attributes, peer, source } = best;
    if (line.routeMap === null || !this.#host.config.routeMaps.has(line.routeMap)) return attributes;
    return applyMap(vrf.speaker, line.routeMap, {
      family,
      prefix,
      attributes,
      source,
      peer,
      direction: 'import',
    });
  }

  #withdraw(vrf: EvpnVrf, prefix: Prefix): void {
    const global = this.#global();
    const destination = global?.rib('l2vpn-evpn').find(evpnPrefix(prefixRoute(prefix), vrf.distinguisher));
    const path = global && destination && ownPath(global, destination);
    if (path != null) removePath(global as Speaker, this.#listener, path);
  }

  #withdrawAll(vrf: EvpnVrf): void {
    const global = this.#global();
    for (const { prefix, paths } of global?.rib('l2vpn-evpn').destinations.values() ?? []) {
      if (prefix.distinguisher !== vrf.distinguisher || prefix.evpn?.type !== 5) continue;
      const own = paths.find((path) => path.peer === global?.self);
      if (own !== undefined) removePath(global as Speaker, this.#listener, own);
    }
  }

  // Routes of others.

  /** A usable path of a neighbour came or changed. */
  pathChanged(path: StoredPath): void {
    for (const vrf of this.vrfs.values())
      if (this.#isFor(vrf, path)) this.#import(vrf, path);
      else this.#unimport(vrf, (parent) => parent === path, path.destination.prefix);
  }

  pathRemoved(path: StoredPath): void {
    for (const vrf of this.vrfs.values())
      this.#unimport(vrf, (parent) => parent === path, path.destination.prefix);
  }

  /** Routes with this router's own MAC address are its own come back. */
  #isFor(vrf: EvpnVrf, { attributes }: StoredPath): boolean {
    return matchesTargets(attributes, vrf.importTargets) && routerMacOf(attributes) !== vrf.zebra.routerMac;
  }

  #importAll(vrf: EvpnVrf): void {
    for (const destination of this.#global()?.rib('l2vpn-evpn').sorted() ?? [])
      for (const path of destination.paths)
        if (path.source.kind === 'received' && path.valid && !path.removed && this.#isFor(vrf, path))
          this.#import(vrf, path);
  }

  #import(vrf: EvpnVrf, parent: StoredPath): void {
    const prefix = vrfPrefix(parent.destination.prefix);
    const global = this.#global();
    if (prefix === undefined || global === null) return;
    const { speaker } = vrf;
    const nextHop = parent.attributes.nextHop ?? 0;
    const attributes: PathAttributes =
      prefix.family === 4
        ? parent.attributes
        : {
            ...parent.attributes,
            nextHop: null,
            mpNextHop: { global: IPV4_MAPPED | BigInt(nextHop), linkLocal: null },
          };
    const destination = speaker.rib(prefix.family === 4 ? 'ipv4-unicast' : 'ipv6-unicast').at(prefix);
    const path = placeImported(speaker, destination, parent, attributes, global.vrf);
    if (path === undefined) return;
    this.#listener.pathChanged(speaker, path);
    speaker.schedule(destination);
  }

  /** Takes routes out of the VRF's tables; `at`: only those of this route. */
  #unimport({ speaker }: EvpnVrf, which: (parent: StoredPath) => boolean, at?: Prefix): void {
    const prefix = at && vrfPrefix(at);
    if (at !== undefined && prefix === undefined) return;
    for (const family of UNICAST) {
      const rib = speaker.rib(family);
      const destination = prefix && rib.find(prefix);
      const all = prefix === undefined ? rib.destinations.values() : destination ? [destination] : [];
      for (const { paths } of all)
        for (const path of paths)
          if (isFromEvpn(path) && path.source.kind === 'imported' && which(path.source.parent as StoredPath))
            removePath(speaker, this.#listener, path);
    }
  }
}
