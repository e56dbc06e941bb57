/** One VRF with a layer 3 VNI as bgpd knows it: its distinguisher, its targets, and what others read of it. */
import { automaticDistinguisher, parseDistinguisher } from '../../distinguisher.ts';
import type { BgpFamilyOptions } from '../../config/bgp-config.ts';
import type { Speaker } from '../speaker.ts';
import type { ZebraL3Vni } from '../zebra-evpn.ts';
import { automaticTarget, parseTargets, type ImportTargets } from './targets.ts';

export interface EvpnVrfView {
  readonly vrf: string;
  readonly zebra: ZebraL3Vni;
  readonly distinguisher: bigint;
  readonly importTargets: ImportTargets;
  readonly exportTargets: readonly bigint[];
}

export class EvpnVrf implements EvpnVrfView {
  speaker: Speaker;
  zebra: ZebraL3Vni;
  /** As of the last time that routes were made of them. */
  distinguisher: bigint;
  importTargets: ImportTargets;
  exportTargets: readonly bigint[];

  constructor(speaker: Speaker, zebra: ZebraL3Vni) {
    this.speaker = speaker;
    this.zebra = zebra;
    this.distinguisher = this.wantedDistinguisher();
    this.importTargets = this.wantedImportTargets();
    this.exportTargets = this.wantedExportTargets();
  }

  get vrf(): string {
    return this.speaker.vrf;
  }

  get options(): BgpFamilyOptions {
    return this.speaker.config.families['l2vpn-evpn'].options;
  }

  wantedDistinguisher(): bigint {
    const { evpnRd } = this.options;
    return (
      (evpnRd === undefined ? undefined : parseDistinguisher(evpnRd)) ??
      automaticDistinguisher(this.speaker.routerId, this.speaker.number)
    );
  }

  wantedImportTargets(): ImportTargets {
    const { evpnRtImport } = this.options;
    return evpnRtImport === undefined
      ? { targets: [automaticTarget(this.speaker.asn, this.zebra.vni)], automatic: true }
      : { targets: parseTargets(evpnRtImport), automatic: false };
  }

  wantedExportTargets(): readonly bigint[] {
    const { evpnRtExport } = this.options;
    return evpnRtExport === undefined
      ? [automaticTarget(this.speaker.asn, this.zebra.vni)]
      : parseTargets(evpnRtExport);
  }
}
