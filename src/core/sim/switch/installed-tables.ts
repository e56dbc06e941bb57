/** What a controller has installed on a bridge: the next installation changes only what differs from it. */
import { addTlvMappings, EMPTY_TLV_MAP } from '../../flow/tlv-map.ts';
import type { FlowSpec, GroupSpec, MeterSpec } from '../../ofproto/index.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';

/** OVN's Geneve option, which ovn-controller maps to `tun_metadata0` before it adds flows. */
const OVN_TLV = { optionClass: 0x0102, type: 0x80, length: 4, index: 0 };

/** What a controller wants on a bridge. */
export interface InstalledTables {
  readonly flows: readonly FlowSpec[];
  /** What is different in them from the last time, where that is known. */
  readonly changes: { readonly put: readonly FlowSpec[]; readonly gone: readonly FlowSpec[] } | null;
  readonly groups: readonly GroupSpec[];
  readonly meters: readonly MeterSpec[];
}

/** The groups and meters that were last installed, and where. */
interface Installed {
  readonly bridge: Bridge;
  readonly failMode: Bridge['failMode'];
  readonly groups: readonly GroupSpec[];
  readonly meters: readonly MeterSpec[];
}

/** What is new or another object, and the ids that are gone. */
function changesBetween<T extends { readonly id: number }>(
  before: readonly T[],
  now: readonly T[],
): readonly [fresh: readonly T[], gone: readonly number[]] {
  const old = new Set(before);
  const kept = new Set(now.map(({ id }) => id));
  return [now.filter((one) => !old.has(one)), before.flatMap(({ id }) => (kept.has(id) ? [] : [id]))];
}

export class TableInstaller {
  #installed: Installed | undefined;

  /** Makes the tables of `target` what is wanted; flows, groups and meters that stay keep their counters. */
  install(target: Bridge, tables: InstalledTables): void {
    const { groups, meters } = tables;
    if (target.tlv.entries.length === 0) {
      const mapped = addTlvMappings(EMPTY_TLV_MAP, [OVN_TLV]);
      if (mapped.ok) target.tlv = mapped.value;
    }
    const from = this.#installed?.bridge === target ? this.#installed : undefined;
    const [freshGroups, goneGroups] = changesBetween(from?.groups ?? [], groups);
    const [freshMeters, goneMeters] = changesBetween(from?.meters ?? [], meters);
    for (const meter of freshMeters) target.addMeter(meter);
    for (const group of freshGroups) target.addGroup(group);
    if (from && tables.changes && from.failMode === target.failMode) target.changeFlows(tables.changes);
    else target.replaceFlows(tables.flows);
    for (const id of goneGroups) target.removeGroup(id);
    for (const id of goneMeters) target.removeMeter(id);
    this.#installed = { bridge: target, failMode: target.failMode, groups, meters };
  }
}
