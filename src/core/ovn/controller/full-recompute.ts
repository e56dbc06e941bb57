/**
 * When ovn-controller computes its local datapaths from nothing. Else it only adds to them, so that a datapath whose last
 * port went stays local, zones included, until one of these changes (`en_runtime_data`'s inputs in `ovn-controller.c`, and
 * `binding_handle_ovs_interface_changes`).
 */
import type { OvsDatabase, SbDatabase } from '../../ovsdb/index.ts';
import type { LocalDatapaths } from './local-datapaths.ts';
import { rootRow } from './settings.ts';

const pairs = (map: ReadonlyMap<string, string> | undefined): string[] =>
  [...(map ?? [])].map(([key, value]) => `${key}=${value}`).toSorted();

/** What the program reads of interfaces that no logical port is behind: tunnels and patch ports. */
function otherInterfaces(ovs: OvsDatabase): unknown[] {
  const texts: unknown[] = [];
  for (const row of ovs.rows('Interface')) {
    const isVif = row.type === '' || row.type === 'internal';
    if (isVif || row.external_ids.has('iface-id')) continue;
    const { _uuid, name, type, ofport, mtu, link_speed } = row;
    const maps = [row.options, row.external_ids, row.bfd, row.bfd_status, row.status, row.other_config];
    texts.push([_uuid, name, type, ofport, mtu, link_speed, ...maps.map(pairs)]);
  }
  return texts;
}

export class FullRecompute {
  private seen = '';

  /** Whether the pass begins from nothing: the first one does. `datapaths` are those that were local before. */
  isDue(sb: SbDatabase, ovs: OvsDatabase, datapaths: LocalDatapaths | undefined): boolean {
    const chassis = [...sb.rows('Chassis')].map(({ _uuid, name, hostname, encaps, other_config }) => [
      _uuid,
      name,
      hostname,
      encaps,
      pairs(other_config),
    ]);
    const now = JSON.stringify([chassis, pairs(rootRow(ovs)?.external_ids), otherInterfaces(ovs)]);
    const isSame = now === this.seen;
    this.seen = now;
    if (!datapaths || !isSame) return true;
    return [...datapaths.keys()].some((uuid) => sb.get('Datapath_Binding', uuid) === undefined);
  }
}
