/**
 * When ovn-controller computes its local datapaths from nothing. Else it only adds to them, so that a datapath whose last
 * port went stays local, zones included, until one of these changes (`en_runtime_data`'s inputs in `ovn-controller.c`, and
 * `binding_handle_ovs_interface_changes`).
 */
import type { OvsDatabase, SbDatabase } from '../../ovsdb/index.ts';
import type { LocalDatapaths } from './local-datapaths.ts';
import { rootRow } from './settings.ts';

type Input = string | number | null | ReadonlyMap<string, string>;

/** Rows keep their maps until they change, so that most are the same object. */
function sameInput(a: Input | undefined, b: Input | undefined): boolean {
  if (a === b || !(a instanceof Map) || !(b instanceof Map)) return a === b;
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

const NONE: ReadonlyMap<string, string> = new Map();

export class FullRecompute {
  #seen: readonly Input[] = [];

  /** Whether the pass begins from nothing: the first one does. `datapaths` are those that were local before. */
  isDue(sb: SbDatabase, ovs: OvsDatabase, datapaths: LocalDatapaths | undefined): boolean {
    const now = [...inputs(sb, ovs)];
    const seen = this.#seen;
    this.#seen = now;
    if (!datapaths || now.length !== seen.length || now.some((value, at) => !sameInput(value, seen[at])))
      return true;
    return [...datapaths.keys()].some((uuid) => sb.get('Datapath_Binding', uuid) === undefined);
  }
}

/** What the program reads, one value after the other. */
function* inputs(sb: SbDatabase, ovs: OvsDatabase): Generator<Input> {
  for (const { _uuid, name, hostname, encaps, other_config } of sb.rows('Chassis')) {
    yield* [_uuid, name, hostname, encaps.join(), other_config];
  }
  yield rootRow(ovs)?.external_ids ?? NONE;
  // Of interfaces that no logical port is behind: tunnels and patch ports.
  for (const row of ovs.rows('Interface')) {
    const isVif = row.type === '' || row.type === 'internal';
    if (isVif || row.external_ids.has('iface-id')) continue;
    const { _uuid, name, type, ofport, mtu, link_speed } = row;
    yield* [_uuid, name, type, ofport, mtu, link_speed];
    yield* [row.options, row.external_ids, row.bfd, row.bfd_status, row.status, row.other_config];
  }
}
