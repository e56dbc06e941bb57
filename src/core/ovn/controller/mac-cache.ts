/**
 * What ages on this chassis: MAC bindings of local routers and FDB rows of local switches whose datapath has a threshold
 * (northd writes it to `Datapath_Binding.external_ids`). ovn-northd removes rows; chassis renew those that are in use.
 */
import { parseIpv4, parseIpv6 } from '../../base/address.ts';
import type { SbRow } from '../../ovsdb/index.ts';
import type { ChassisState } from './chassis-state.ts';
import type { LocalDatapath } from './local-datapaths.ts';

export type NeighbourAddress =
  | { readonly family: 4; readonly value: number }
  | { readonly family: 6; readonly value: bigint };

export interface AgingMacBinding {
  readonly row: SbRow<'MAC_Binding'>;
  readonly ip: NeighbourAddress;
  /** The datapath's key. */
  readonly key: number;
  /** Milliseconds without use after which the row goes. */
  readonly threshold: number;
}

export interface AgingFdb {
  readonly row: SbRow<'FDB'>;
  readonly threshold: number;
}

/** Part of a threshold between two looks at what is in use, and between two renewals of a row. */
export const periodOf = (threshold: number): number => Math.floor((3 * threshold) / 16);

const seconds = (text: string | undefined): number => {
  const value = Number(text ?? 0);
  return Number.isInteger(value) && value > 0 ? value : 0;
};

/** In milliseconds; 0 when nothing of the datapath ages, or when it is told to be both router and switch. */
export function thresholdOf({ datapath: { external_ids } }: LocalDatapath): number {
  const binding = seconds(external_ids.get('mac_binding_age_threshold'));
  const fdb = seconds(external_ids.get('fdb_age_threshold'));
  return binding > 0 && fdb > 0 ? 0 : (binding || fdb) * 1000;
}

export function neighbourAddress(text: string): NeighbourAddress | undefined {
  const four = parseIpv4(text);
  if (four !== undefined) return { family: 4, value: four };
  const six = parseIpv6(text);
  return six === undefined ? undefined : { family: 6, value: six };
}

export function agingMacBindings({ sb, datapaths }: ChassisState): AgingMacBinding[] {
  return [...datapaths.values()].flatMap((local) => {
    const threshold = thresholdOf(local);
    if (threshold === 0) return [];
    return sb.find('MAC_Binding', 'datapath', local.datapath._uuid).flatMap((row) => {
      const ip = neighbourAddress(row.ip);
      return ip ? [{ row, ip, key: local.datapath.tunnel_key, threshold }] : [];
    });
  });
}

export function agingFdb({ sb, datapaths }: ChassisState): AgingFdb[] {
  return [...datapaths.values()].flatMap((local) => {
    const threshold = thresholdOf(local);
    if (threshold === 0) return [];
    return sb.find('FDB', 'dp_key', local.datapath.tunnel_key).map((row) => ({ row, threshold }));
  });
}
