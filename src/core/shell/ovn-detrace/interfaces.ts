/** The interfaces of the integration bridge by OpenFlow port number, for `--ovs`. */
import type { Row } from '../../ovsdb/index.ts';
import type { DatabaseView } from './database-view.ts';

export type InterfaceNotes = ReadonlyMap<number, string>;

/** Undefined when the database has no integration bridge. */
export function interfaceNotes(view: DatabaseView): InterfaceNotes | undefined {
  const [root] = view.rows('Open_vSwitch');
  const name = (root && view.entry(root, 'external_ids', 'ovn-bridge')) ?? 'br-int';
  const bridge = view.rows('Bridge').find((row) => row['name'] === name);
  if (!bridge) return undefined;
  const interfaces: readonly Row[] = view
    .referred(bridge, 'ports', 'Port')
    .flatMap((port) => view.referred(port, 'interfaces', 'Interface'));
  return new Map(
    interfaces.flatMap((row) => {
      const ofport = row['ofport'];
      const id = view.entry(row, 'external_ids', 'iface-id') ?? 'None';
      return typeof ofport === 'number'
        ? [[ofport, `OVS Interface: ${view.text('Interface', row, 'name')} (${id})`] as const]
        : [];
    }),
  );
}
