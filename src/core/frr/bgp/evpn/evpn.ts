/**
 * bgpd's EVPN: hosts and VTEPs that zebra tells of become routes of their VNI and, with its distinguisher, of the table that
 * neighbours hear; routes of neighbours are put into the VNIs whose targets they carry, and what is best there goes to zebra.
 */
import { sameValue } from '../../same-value.ts';
import type { BgpFamilyOptions } from '../../config/bgp-config.ts';
import type { ConfigChange } from '../../config/frr-config.ts';
import type { StoredPath } from '../rib-table.ts';
import type { Speaker, SpeakerHost } from '../speaker.ts';
import type { TableListener } from '../table-change.ts';
import type { LocalMacIp, MacIp, ZebraL3Vni, ZebraVni } from '../zebra-evpn.ts';
import { EvpnVni } from './vni.ts';
import { VniRoutes } from './vni-routes.ts';
import { VrfRoutes, type HiddenInstances } from './vrf-routes.ts';

/** What makes routes of a VRF go out. */
const ADVERTISING: ReadonlySet<keyof BgpFamilyOptions> = new Set<keyof BgpFamilyOptions>([
  'advertiseIpv4',
  'advertiseIpv6',
  'evpnDefaultIpv4',
  'evpnDefaultIpv6',
]);

export class Evpn {
  readonly #host: SpeakerHost;
  readonly vnis = new Map<number, EvpnVni>();
  #speaker: Speaker | null = null;

  /** VRFs with a layer 3 VNI. */
  readonly l3: VrfRoutes;
  readonly #routes: VniRoutes;

  constructor(host: SpeakerHost, listener: TableListener, instances: HiddenInstances) {
    this.#host = host;
    this.l3 = new VrfRoutes(host, listener, () => this.#speaker, instances);
    this.#routes = new VniRoutes(host.zebra, listener, (vrf) => this.l3.ofHosts(vrf));
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
    for (const vni of this.vnis.values()) this.#routes.clear(vni);
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
      this.#routes.chosen(made, destination, old, best),
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
    if (!sameValue(vni.zebra, zebra)) this.#routes.told(vni, zebra);
  }

  vniGone(number: number): void {
    const vni = this.vnis.get(number);
    if (vni === undefined || vni.zebra === null) return;
    this.#routes.clear(vni);
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
    for (const vni of this.vnis.values()) if (vni.zebra?.tenantVrf === vrf) this.#routes.advertiseAgain(vni);
  }

  localMac(host: LocalMacIp): void {
    const vni = this.vnis.get(host.vni);
    if (vni === undefined || vni.zebra === null) return;
    this.#routes.advertise(vni, { type: 2, ethernetTag: 0, mac: host.mac, ip: host.ip }, host, host.sequence);
  }

  localMacGone(host: MacIp): void {
    const vni = this.vnis.get(host.vni);
    if (vni !== undefined)
      this.#routes.withdraw(vni, { type: 2, ethernetTag: 0, mac: host.mac, ip: host.ip });
  }

  /** Distinguishers and targets may be others now: routes that were made of the old ones are made again. */
  refresh(): void {
    const exported = [...this.l3.vrfs.values()].map(({ exportTargets }) => exportTargets);
    this.l3.refresh();
    for (const [at, vrf] of [...this.l3.vrfs.values()].entries())
      if (!sameValue(exported[at], vrf.exportTargets)) this.#advertiseHosts(vrf.vrf);
    for (const vni of this.vnis.values()) this.#routes.refresh(vni);
  }

  // Routes of others.

  /** A path of a neighbour came or changed; or it can be used no more. */
  pathChanged(path: StoredPath): void {
    if (!this.#concerns(path)) return;
    if (!path.valid || path.removed) {
      this.pathRemoved(path);
      return;
    }
    for (const vni of this.vnis.values()) this.#routes.import(vni, path);
    this.l3.pathChanged(path);
  }

  pathRemoved(path: StoredPath): void {
    if (!this.#concerns(path)) return;
    this.l3.pathRemoved(path);
    for (const vni of this.vnis.values()) this.#routes.importedGone(vni, path);
  }

  #concerns(path: StoredPath): boolean {
    const { family } = path.destination.table;
    return (
      family === 'l2vpn-evpn' &&
      path.source.kind === 'received' &&
      path.destination.table === this.#speaker?.rib(family)
    );
  }
}
