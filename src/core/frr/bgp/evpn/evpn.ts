/**
 * bgpd's EVPN: hosts and VTEPs that zebra tells of become routes of their VNI and, with its distinguisher, of the table that
 * neighbours hear; routes of neighbours are put into the VNIs whose targets they carry, and what is best there goes to zebra.
 */
import type { EvpnRoute } from '../../evpn-route.ts';
import { sameValue } from '../../same-value.ts';
import type { BgpFamilyOptions } from '../../config/bgp-config.ts';
import type { ConfigChange } from '../../config/frr-config.ts';
import type { PathAttributes } from '../attributes.ts';
import { evpnPrefix } from '../message/evpn-nlri.ts';
import { decideDestination } from '../process.ts';
import type { StoredDestination, StoredPath } from '../rib-table.ts';
import type { Speaker, SpeakerHost } from '../speaker.ts';
import { removePath, type TableListener } from '../table-change.ts';
import type { LocalMacIp, MacFlags, MacIp, ZebraL3Vni, ZebraVni } from '../zebra-evpn.ts';
import { isDefaultGateway, isRouter, isSticky, sequenceOf } from './communities.ts';
import { importOf, placeImported } from './imported-path.ts';
import { INGRESS_REPLICATION, ownAttributes } from './own-attributes.ts';
import { ownPath, placeOwn } from './own-path.ts';
import { matchesTargets } from './targets.ts';
import { EvpnVni } from './vni.ts';
import { VrfRoutes, type HiddenInstances } from './vrf-routes.ts';

const PIM_SM = 3;
const NO_FLAGS: MacFlags = { sticky: false, gateway: false, router: false };

/** What makes routes of a VRF go out. */
const ADVERTISING: ReadonlySet<keyof BgpFamilyOptions> = new Set<keyof BgpFamilyOptions>([
  'advertiseIpv4',
  'advertiseIpv6',
  'evpnDefaultIpv4',
  'evpnDefaultIpv6',
]);

export class Evpn {
  readonly #host: SpeakerHost;
  readonly #listener: TableListener;
  readonly vnis = new Map<number, EvpnVni>();
  #speaker: Speaker | null = null;

  /** VRFs with a layer 3 VNI. */
  readonly l3: VrfRoutes;

  constructor(host: SpeakerHost, listener: TableListener, instances: HiddenInstances) {
    this.#host = host;
    this.#listener = listener;
    this.l3 = new VrfRoutes(host, listener, () => this.#speaker, instances);
  }

  /** The instance that has `advertise-all-vni`; null without. */
  get speaker(): Speaker | null {
    return this.#speaker;
  }

  /** A line of configuration took effect. */
  configurationChanged(change: ConfigChange): void {
    if (change.kind === 'bgp-removed' && change.vrf === this.#speaker?.vrf) {
      this.#end();
      return;
    }
    if (change.kind === 'bgp-added' || change.kind === 'bgp-removed') this.l3.instanceReplaced(change.vrf);
    if (change.kind === 'bgp-family') {
      if (change.option === 'advertiseAllVni') this.#switch(change.vrf);
      if (ADVERTISING.has(change.option)) this.l3.advertisingChanged(change.vrf);
    }
    if (change.kind === 'evpn-vni' && change.vrf === this.#speaker?.vrf) this.#vniConfigured(change.vni);
    this.refresh();
  }

  #switch(vrf: string): void {
    const speaker = this.#host.speakers.get(vrf);
    const wanted = speaker?.config.families['l2vpn-evpn'].options.advertiseAllVni === true;
    if (speaker !== undefined && wanted && this.#speaker === null) {
      this.#speaker = speaker;
      for (const vni of speaker.config.vnis.keys()) this.#vniConfigured(vni);
      this.#host.zebra.evpn.advertiseAllVni(true);
    } else if (!wanted && this.#speaker?.vrf === vrf) this.#end();
  }

  #end(): void {
    this.#host.zebra.evpn.advertiseAllVni(false);
    for (const vni of this.vnis.values()) this.#clear(vni);
    for (const vni of [...this.vnis.values()]) this.#forget(vni);
    for (const vrf of this.l3.vrfs.keys()) this.l3.gone(vrf);
    this.#speaker = null;
  }

  #vniConfigured(number: number): void {
    const speaker = this.#speaker;
    if (speaker === null) return;
    const known = this.vnis.get(number);
    const config = speaker.config.vnis.get(number);
    if (config === undefined && known?.zebra === null) this.#forget(known);
    else if (config !== undefined && known === undefined) this.#make(speaker, number);
  }

  #make(speaker: Speaker, number: number): EvpnVni {
    const made = new EvpnVni(speaker, number, this.#host.numbers.take(), (destination, old, best) =>
      this.#chosen(made, destination, old, best),
    );
    this.vnis.set(number, made);
    return made;
  }

  #forget(vni: EvpnVni): void {
    this.vnis.delete(vni.vni);
    this.#host.numbers.release(vni.number);
  }

  // What zebra tells.

  vniChanged(zebra: ZebraVni): void {
    const speaker = this.#speaker;
    if (speaker === null) return;
    const vni = this.vnis.get(zebra.vni) ?? this.#make(speaker, zebra.vni);
    const before = vni.zebra;
    if (before !== null && sameValue(before, zebra)) return;
    if (before !== null && before.originator !== zebra.originator) this.#withdrawOwn(vni, 3);
    vni.zebra = zebra;
    if (before === null) {
      this.#advertiseVtep(vni);
      this.#importAll(vni);
    } else this.#advertiseAgain(vni);
  }

  vniGone(number: number): void {
    const vni = this.vnis.get(number);
    if (vni === undefined || vni.zebra === null) return;
    this.#clear(vni);
    vni.zebra = null;
    if (vni.config === undefined) this.#forget(vni);
  }

  l3VniChanged(zebra: ZebraL3Vni): void {
    this.l3.changed(zebra);
    this.#advertiseHosts(zebra.vrf);
  }

  l3VniGone(_vni: number, vrf: string): void {
    this.l3.gone(vrf);
    this.#advertiseHosts(vrf);
  }

  /** Hosts of a VRF are told with its layer 3 VNI, or without it now. */
  #advertiseHosts(vrf: string): void {
    for (const vni of this.vnis.values()) if (vni.zebra?.tenantVrf === vrf) this.#advertiseAgain(vni);
  }

  localMac(host: LocalMacIp): void {
    const vni = this.vnis.get(host.vni);
    if (vni === undefined || vni.zebra === null) return;
    this.#advertise(vni, { type: 2, ethernetTag: 0, mac: host.mac, ip: host.ip }, host, host.sequence);
  }

  localMacGone(host: MacIp): void {
    const vni = this.vnis.get(host.vni);
    if (vni !== undefined) this.#withdraw(vni, { type: 2, ethernetTag: 0, mac: host.mac, ip: host.ip });
  }

  /** Distinguishers and targets may be others now: routes that were made of the old ones are made again. */
  refresh(): void {
    const exported = [...this.l3.vrfs.values()].map(({ exportTargets }) => exportTargets);
    this.l3.refresh();
    for (const [at, vrf] of [...this.l3.vrfs.values()].entries())
      if (!sameValue(exported[at], vrf.exportTargets)) this.#advertiseHosts(vrf.vrf);
    for (const vni of this.vnis.values()) {
      const distinguisher = vni.wantedDistinguisher();
      if (distinguisher !== vni.distinguisher) {
        for (const destination of vni.table.destinations.values()) this.#withdrawGlobal(vni, destination);
        vni.distinguisher = distinguisher;
        for (const destination of vni.table.destinations.values()) {
          const own = ownPath(this.#speaker as Speaker, destination);
          if (own !== undefined) this.#advertiseGlobal(vni, destination, own.attributes);
        }
      }
      const exportTargets = vni.wantedExportTargets();
      if (!sameValue(exportTargets, vni.exportTargets)) {
        vni.exportTargets = exportTargets;
        this.#advertiseAgain(vni);
      }
      const importTargets = vni.wantedImportTargets();
      if (!sameValue(importTargets, vni.importTargets)) {
        vni.importTargets = importTargets;
        this.#dropImported(vni, (parent) => !matchesTargets(parent.attributes, importTargets));
        this.#importAll(vni);
      }
    }
  }

  // Own routes.

  #advertiseVtep(vni: EvpnVni): void {
    if (vni.zebra !== null && vni.zebra.multicastGroup === 0)
      this.#advertise(vni, vtepRoute(vni.originator), NO_FLAGS, 0);
  }

  /** All own routes of a VNI anew: next hop, targets or labels changed. */
  #advertiseAgain(vni: EvpnVni): void {
    for (const destination of [...vni.table.destinations.values()]) {
      const own = ownPath(this.#speaker as Speaker, destination);
      const route = destination.prefix.evpn;
      if (own === undefined || route?.type !== 2) continue;
      const { attributes } = own;
      const flags = {
        sticky: isSticky(attributes),
        gateway: isDefaultGateway(attributes),
        router: isRouter(attributes),
      };
      this.#advertise(vni, route, flags, sequenceOf(attributes));
    }
    this.#advertiseVtep(vni);
  }

  #advertise(vni: EvpnVni, route: EvpnRoute, flags: MacFlags, sequence: number): void {
    const speaker = this.#speaker as Speaker;
    const vrf = this.l3.ofHosts(vni.zebra?.tenantVrf ?? '');
    const attributes = ownAttributes(vni, vrf, route, flags, sequence);
    const destination = vni.table.at(evpnPrefix(route));
    const path = placeOwn(speaker, destination, attributes);
    decideDestination(speaker, destination);
    if (path.removed || !destination.paths.includes(path)) return;
    if (path.selected) {
      this.#advertiseGlobal(vni, destination, attributes);
      return;
    }
    // Another VTEP's route is better: the own one is not kept, and zebra is told of the other once more.
    const best = destination.selected;
    path.removed = true;
    decideDestination(speaker, destination);
    if (best?.source.kind === 'imported') this.#install(vni, best);
  }

  #advertiseGlobal(vni: EvpnVni, own: StoredDestination, attributes: PathAttributes): void {
    const speaker = this.#speaker as Speaker;
    const { evpn } = own.prefix;
    if (evpn === undefined) return;
    const destination = speaker.rib('l2vpn-evpn').at(evpnPrefix(evpn, vni.distinguisher));
    const known = ownPath(speaker, destination);
    if (known !== undefined && !known.removed && known.attributes === attributes) return;
    placeOwn(speaker, destination, attributes);
    speaker.schedule(destination);
  }

  #withdrawGlobal(vni: EvpnVni, own: StoredDestination): void {
    const speaker = this.#speaker as Speaker;
    const { evpn } = own.prefix;
    if (evpn === undefined) return;
    const destination = speaker.rib('l2vpn-evpn').find(evpnPrefix(evpn, vni.distinguisher));
    const path = destination && ownPath(speaker, destination);
    if (path !== undefined) removePath(speaker, this.#listener, path);
  }

  #withdraw(vni: EvpnVni, route: EvpnRoute): void {
    const destination = vni.table.find(evpnPrefix(route));
    if (destination === undefined) return;
    this.#withdrawGlobal(vni, destination);
    const path = ownPath(this.#speaker as Speaker, destination);
    if (path === undefined) return;
    path.removed = true;
    this.#decide(destination);
  }

  #withdrawOwn(vni: EvpnVni, type: EvpnRoute['type']): void {
    for (const { prefix } of [...vni.table.destinations.values()])
      if (prefix.evpn?.type === type) this.#withdraw(vni, prefix.evpn);
  }

  /** All routes of a VNI go, and what zebra has of them. */
  #clear(vni: EvpnVni): void {
    this.#withdrawOwn(vni, 2);
    this.#withdrawOwn(vni, 3);
    this.#dropImported(vni, () => true);
  }

  #decide(destination: StoredDestination): void {
    decideDestination(this.#speaker as Speaker, destination);
    destination.table.release(destination);
  }

  // Routes of others.

  /** A path of a neighbour came or changed; or it can be used no more. */
  pathChanged(path: StoredPath): void {
    if (!this.#concerns(path)) return;
    if (!path.valid || path.removed) {
      this.pathRemoved(path);
      return;
    }
    for (const vni of this.vnis.values()) this.#import(vni, path);
    this.l3.pathChanged(path);
  }

  pathRemoved(path: StoredPath): void {
    if (!this.#concerns(path)) return;
    this.l3.pathRemoved(path);
    for (const vni of this.vnis.values()) {
      const { evpn } = path.destination.prefix;
      const destination = evpn && vni.table.find(evpnPrefix(evpn));
      const imported = destination && importOf(destination, path);
      if (imported === undefined || destination === undefined) continue;
      imported.removed = true;
      this.#decide(destination);
    }
  }

  #concerns(path: StoredPath): boolean {
    const { family } = path.destination.table;
    return (
      family === 'l2vpn-evpn' &&
      path.source.kind === 'received' &&
      path.destination.table === this.#speaker?.rib(family)
    );
  }

  #importAll(vni: EvpnVni): void {
    const speaker = this.#speaker as Speaker;
    for (const destination of speaker.rib('l2vpn-evpn').sorted())
      for (const path of destination.paths)
        if (path.source.kind === 'received' && path.valid && !path.removed) this.#import(vni, path);
  }

  #import(vni: EvpnVni, parent: StoredPath): void {
    const speaker = this.#speaker as Speaker;
    const { evpn } = parent.destination.prefix;
    if (vni.zebra === null || evpn === undefined || (evpn.type !== 2 && evpn.type !== 3)) return;
    if (!matchesTargets(parent.attributes, vni.importTargets)) return;
    const destination = vni.table.at(evpnPrefix(evpn));
    if (placeImported(speaker, destination, parent, parent.attributes, speaker.vrf) === undefined) return;
    this.#decide(destination);
  }

  #dropImported(vni: EvpnVni, which: (parent: StoredPath) => boolean): void {
    for (const destination of [...vni.table.destinations.values()]) {
      let changed = false;
      for (const path of destination.paths)
        if (path.source.kind === 'imported' && which(path.source.parent as StoredPath)) {
          path.removed = true;
          changed = true;
        }
      if (changed) this.#decide(destination);
    }
  }

  // What is best in a VNI.

  #chosen(
    vni: EvpnVni,
    destination: StoredDestination,
    old: StoredPath | undefined,
    best: StoredPath | undefined,
  ): void {
    if (best?.source.kind === 'imported') {
      this.#install(vni, best);
      // The host moved away: what this router told of it is taken back.
      if (old !== undefined && old.source.kind === 'network') {
        this.#withdrawGlobal(vni, destination);
        old.removed = true;
      }
    } else if (old?.source.kind === 'imported') this.#uninstall(vni, destination, old);
  }

  #install(vni: EvpnVni, { attributes, destination }: StoredPath): void {
    const { evpn } = destination.prefix;
    const { zebra } = this.#host;
    const vtep = attributes.nextHop ?? 0;
    if (evpn?.type === 2)
      zebra.evpn.remoteMac({
        vni: vni.vni,
        mac: evpn.mac,
        ip: evpn.ip,
        vtep,
        sticky: isSticky(attributes),
        gateway: isDefaultGateway(attributes),
        router: evpn.ip?.family === 6 && isRouter(attributes),
        sequence: sequenceOf(attributes),
      });
    else if (evpn?.type === 3)
      zebra.evpn.remoteVtep(
        vni.vni,
        Number(evpn.originator.address),
        attributes.pmsiTunnel?.type === INGRESS_REPLICATION || attributes.pmsiTunnel?.type === PIM_SM,
      );
  }

  #uninstall(vni: EvpnVni, { prefix: { evpn } }: StoredDestination, old: StoredPath): void {
    const { zebra } = this.#host;
    if (evpn?.type === 2)
      zebra.evpn.remoteMacGone({
        vni: vni.vni,
        mac: evpn.mac,
        ip: evpn.ip,
        vtep: old.attributes.nextHop ?? 0,
      });
    else if (evpn?.type === 3) zebra.evpn.remoteVtepGone(vni.vni, Number(evpn.originator.address));
  }
}

const vtepRoute = (originator: number): EvpnRoute => ({
  type: 3,
  ethernetTag: 0,
  originator: { family: 4, address: BigInt(originator) },
});
