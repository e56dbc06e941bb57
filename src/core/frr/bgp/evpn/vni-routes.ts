/**
 * Routes of one layer 2 VNI: those of this router, told with its distinguisher in the table that neighbours hear; those of
 * neighbours that carry its targets; and what is best of them, which goes to zebra.
 */
import type { EvpnRoute } from '../../evpn-route.ts';
import { sameValue } from '../../same-value.ts';
import type { PathAttributes } from '../attributes.ts';
import { evpnPrefix } from '../message/evpn-nlri.ts';
import { decideDestination } from '../process.ts';
import type { StoredDestination, StoredPath } from '../rib-table.ts';
import type { SpeakerHost } from '../speaker.ts';
import { removePath, type TableListener } from '../table-change.ts';
import type { MacFlags, ZebraVni } from '../zebra-evpn.ts';
import { isDefaultGateway, isRouter, isSticky, sequenceOf } from './communities.ts';
import type { EvpnVrf } from './evpn-vrf.ts';
import { importOf, placeImported } from './imported-path.ts';
import { ownAttributes } from './own-attributes.ts';
import { ownPath, placeOwn } from './own-path.ts';
import { tellRemote, tellRemoteGone } from './remote-routes.ts';
import { matchesTargets } from './targets.ts';
import type { EvpnVni } from './vni.ts';

const NO_FLAGS: MacFlags = { sticky: false, gateway: false, router: false };

const vtepRoute = (originator: number): EvpnRoute => ({
  type: 3,
  ethernetTag: 0,
  originator: { family: 4, address: BigInt(originator) },
});

export class VniRoutes {
  readonly #zebra: SpeakerHost['zebra'];
  readonly #listener: TableListener;
  /** The VRF of that name, if hosts are told with its layer 3 VNI. */
  readonly #ofHosts: (name: string) => EvpnVrf | undefined;

  constructor(
    zebra: SpeakerHost['zebra'],
    listener: TableListener,
    ofHosts: (name: string) => EvpnVrf | undefined,
  ) {
    this.#zebra = zebra;
    this.#listener = listener;
    this.#ofHosts = ofHosts;
  }

  // Own routes.

  /** zebra told of the VNI, or of a change. */
  told(vni: EvpnVni, zebra: ZebraVni): void {
    const before = vni.zebra;
    if (before !== null && before.originator !== zebra.originator) this.#withdrawOwn(vni, 3);
    vni.zebra = zebra;
    if (before === null) {
      this.#advertiseVtep(vni);
      this.#importAll(vni);
    } else this.advertiseAgain(vni);
  }

  #advertiseVtep(vni: EvpnVni): void {
    if (vni.zebra !== null && vni.zebra.multicastGroup === 0)
      this.advertise(vni, vtepRoute(vni.originator), NO_FLAGS, 0);
  }

  /** All own routes of a VNI anew: next hop, targets or labels changed. */
  advertiseAgain(vni: EvpnVni): void {
    for (const destination of [...vni.table.destinations.values()]) {
      const own = ownPath(vni.speaker, destination);
      const route = destination.prefix.evpn;
      if (own === undefined || route?.type !== 2) continue;
      const { attributes } = own;
      const flags = {
        sticky: isSticky(attributes),
        gateway: isDefaultGateway(attributes),
        router: isRouter(attributes),
      };
      this.advertise(vni, route, flags, sequenceOf(attributes));
    }
    this.#advertiseVtep(vni);
  }

  /** A route of this router's own comes or changes. */
  advertise(vni: EvpnVni, route: EvpnRoute, flags: MacFlags, sequence: number): void {
    const { speaker } = vni;
    const vrf = this.#ofHosts(vni.zebra?.tenantVrf ?? '');
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
    if (best?.source.kind === 'imported') tellRemote(this.#zebra, vni.vni, best);
  }

  #advertiseGlobal(vni: EvpnVni, own: StoredDestination, attributes: PathAttributes): void {
    const { speaker } = vni;
    const { evpn } = own.prefix;
    if (evpn === undefined) return;
    const destination = speaker.rib('l2vpn-evpn').at(evpnPrefix(evpn, vni.distinguisher));
    const known = ownPath(speaker, destination);
    if (known !== undefined && !known.removed && known.attributes === attributes) return;
    placeOwn(speaker, destination, attributes);
    speaker.schedule(destination);
  }

  #withdrawGlobal(vni: EvpnVni, own: StoredDestination): void {
    const { speaker } = vni;
    const { evpn } = own.prefix;
    if (evpn === undefined) return;
    const destination = speaker.rib('l2vpn-evpn').find(evpnPrefix(evpn, vni.distinguisher));
    const path = destination && ownPath(speaker, destination);
    if (path !== undefined) removePath(speaker, this.#listener, path);
  }

  /** And goes. */
  withdraw(vni: EvpnVni, route: EvpnRoute): void {
    const destination = vni.table.find(evpnPrefix(route));
    if (destination === undefined) return;
    this.#withdrawGlobal(vni, destination);
    const path = ownPath(vni.speaker, destination);
    if (path === undefined) return;
    path.removed = true;
    this.#decide(vni, destination);
  }

  #withdrawOwn(vni: EvpnVni, type: EvpnRoute['type']): void {
    for (const { prefix } of [...vni.table.destinations.values()])
      if (prefix.evpn?.type === type) this.withdraw(vni, prefix.evpn);
  }

  /** All routes of a VNI go, and what zebra has of them. */
  clear(vni: EvpnVni): void {
    this.#withdrawOwn(vni, 2);
    this.#withdrawOwn(vni, 3);
    this.#dropImported(vni, () => true);
  }

  #decide({ speaker }: EvpnVni, destination: StoredDestination): void {
    decideDestination(speaker, destination);
    destination.table.release(destination);
  }

  /** Distinguisher and targets may be others now: what was made of the old ones is made again. */
  refresh(vni: EvpnVni): void {
    const { speaker } = vni;
    const distinguisher = vni.wantedDistinguisher();
    if (distinguisher !== vni.distinguisher) {
      for (const destination of vni.table.destinations.values()) this.#withdrawGlobal(vni, destination);
      vni.distinguisher = distinguisher;
      for (const destination of vni.table.destinations.values()) {
        const own = ownPath(speaker, destination);
        if (own !== undefined) this.#advertiseGlobal(vni, destination, own.attributes);
      }
    }
    const exportTargets = vni.wantedExportTargets();
    if (!sameValue(exportTargets, vni.exportTargets)) {
      vni.exportTargets = exportTargets;
      this.advertiseAgain(vni);
    }
    const importTargets = vni.wantedImportTargets();
    if (!sameValue(importTargets, vni.importTargets)) {
      vni.importTargets = importTargets;
      this.#dropImported(vni, (parent) => !matchesTargets(parent.attributes, importTargets));
      this.#importAll(vni);
    }
  }

  // Routes of others.

  #importAll(vni: EvpnVni): void {
    const { speaker } = vni;
    for (const destination of speaker.rib('l2vpn-evpn').sorted())
      for (const path of destination.paths)
        if (path.source.kind === 'received' && path.valid && !path.removed) this.import(vni, path);
  }

  /** A path of a neighbour came or changed. */
  import(vni: EvpnVni, parent: StoredPath): void {
    const { speaker } = vni;
    const { evpn } = parent.destination.prefix;
    if (vni.zebra === null || evpn === undefined || (evpn.type !== 2 && evpn.type !== 3)) return;
    if (!matchesTargets(parent.attributes, vni.importTargets)) return;
    const destination = vni.table.at(evpnPrefix(evpn));
    if (placeImported(speaker, destination, parent, parent.attributes, speaker.vrf) === undefined) return;
    this.#decide(vni, destination);
  }

  #dropImported(vni: EvpnVni, which: (parent: StoredPath) => boolean): void {
    for (const destination of [...vni.table.destinations.values()]) {
      let changed = false;
      for (const path of destination.paths)
        if (path.source.kind === 'imported' && which(path.source.parent as StoredPath)) {
          path.removed = true;
          changed = true;
        }
      if (changed) this.#decide(vni, destination);
    }
  }

  /** A path of a neighbour is no more. */
  importedGone(vni: EvpnVni, path: StoredPath): void {
    const { evpn } = path.destination.prefix;
    const destination = evpn && vni.table.find(evpnPrefix(evpn));
    const imported = destination && importOf(destination, path);
    if (imported === undefined || destination === undefined) return;
    imported.removed = true;
    this.#decide(vni, destination);
  }

  // What is best in a VNI.

  /** Another path, or none, was chosen. */
  chosen(
    vni: EvpnVni,
    destination: StoredDestination,
    old: StoredPath | undefined,
    best: StoredPath | undefined,
  ): void {
    if (best?.source.kind === 'imported') {
      tellRemote(this.#zebra, vni.vni, best);
      // The host moved away: what this router told of it is taken back.
      if (old !== undefined && old.source.kind === 'network') {
        this.#withdrawGlobal(vni, destination);
        old.removed = true;
      }
    } else if (old?.source.kind === 'imported') tellRemoteGone(this.#zebra, vni.vni, old);
  }
}
