/** Names of the conntrack zones in which a datapath translates addresses. */
import type { SbRow } from '../../ovsdb/index.ts';

/** The name under which a datapath's zones are remembered; undefined when it has none. Releases differ in it. */
export type ZoneName = (datapath: SbRow<'Datapath_Binding'>) => string | undefined;

/** Names as `ovs-appctl -t ovn-controller ct-zone-list` shows them. */
export const natZone = (
  datapath: SbRow<'Datapath_Binding'>,
  kind: 'dnat' | 'snat',
  zoneName: ZoneName,
): string | undefined => {
  const name = zoneName(datapath);
  return name === undefined ? undefined : `${name}_${kind}`;
};
