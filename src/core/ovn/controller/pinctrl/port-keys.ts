/** Ports by the numbers that packets carry. */
import type { SbDatabase, SbRow } from '../../../ovsdb/index.ts';

/** The port with tunnel key `portKey` on the datapath with tunnel key `datapathKey`. */
export function portByKeys(
  sb: SbDatabase,
  datapathKey: number,
  portKey: number,
): SbRow<'Port_Binding'> | undefined {
  const datapath = sb.find('Datapath_Binding', 'tunnel_key', datapathKey)[0];
  if (!datapath) return undefined;
  return sb.find('Port_Binding', 'tunnel_key', portKey).find((port) => port.datapath === datapath._uuid);
}
