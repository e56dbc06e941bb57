/** One layer 2 VNI as bgpd knows it: its own table, its distinguisher and its targets. */
import { automaticDistinguisher, parseDistinguisher } from '../../distinguisher.ts';
import type { VniConfig } from '../../config/bgp-config.ts';
import { RibTable, type ChosenListener } from '../rib-table.ts';
import type { Speaker } from '../speaker.ts';
import type { ZebraVni } from '../zebra-evpn.ts';
import { automaticTarget, parseTargets, type ImportTargets } from './targets.ts';

/** What others read of a VNI. */
export interface EvpnVniView {
  readonly vni: number;
  /** As zebra told of it; null: only configured. */
  readonly zebra: ZebraVni | null;
  readonly config: VniConfig | undefined;
  readonly distinguisher: bigint;
  readonly importTargets: ImportTargets;
  readonly exportTargets: readonly bigint[];
  readonly table: RibTable;
}

export class EvpnVni implements EvpnVniView {
  readonly vni: number;
  readonly table: RibTable;
  /** The number in an automatic distinguisher. */
  readonly number: number;
  readonly speaker: Speaker;
  zebra: ZebraVni | null = null;
  /** As of the last time that routes were made of them. */
  distinguisher: bigint;
  importTargets: ImportTargets;
  exportTargets: readonly bigint[];

  constructor(speaker: Speaker, vni: number, number: number, chosen: ChosenListener) {
    this.speaker = speaker;
    this.vni = vni;
    this.number = number;
    this.table = new RibTable('l2vpn-evpn', chosen);
    this.distinguisher = this.wantedDistinguisher();
    this.importTargets = this.wantedImportTargets();
    this.exportTargets = this.wantedExportTargets();
  }

  get config(): VniConfig | undefined {
    return this.speaker.config.vnis.get(this.vni);
  }

  /** The VTEP's own address; the router id until zebra tells. */
  get originator(): number {
    return this.zebra?.originator ?? this.speaker.routerId;
  }

  wantedDistinguisher(): bigint {
    const typed = this.config?.rd;
    return (
      (typed === undefined ? undefined : parseDistinguisher(typed)) ??
      automaticDistinguisher(this.speaker.routerId, this.number)
    );
  }

  wantedImportTargets(): ImportTargets {
    const typed = this.config?.importTargets;
    return typed === undefined
      ? { targets: [automaticTarget(this.speaker.asn, this.vni)], automatic: true }
      : { targets: parseTargets(typed), automatic: false };
  }

  wantedExportTargets(): readonly bigint[] {
    const typed = this.config?.exportTargets;
    return typed === undefined ? [automaticTarget(this.speaker.asn, this.vni)] : parseTargets(typed);
  }
}
