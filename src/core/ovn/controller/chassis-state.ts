/** What one pass of ovn-controller found, from which its flows are made. */
import type { OvsDatabase, OvsRow, SbDatabase, SbRow } from '../../ovsdb/index.ts';
import type { Bindings } from './binding.ts';
import type { CtZones } from './ct-zones.ts';
import type { EvpnTables } from './evpn/evpn-tables.ts';
import type { LocalDatapaths } from './local-datapaths.ts';
import type { ControllerRelease } from './release/release.ts';
import type { ControllerSettings } from './settings.ts';

/** What the flows of one chassis are made from. */
export interface ChassisState {
  readonly sb: SbDatabase;
  readonly ovs: OvsDatabase;
  readonly bridge: OvsRow<'Bridge'>;
  readonly chassis: SbRow<'Chassis'>;
  readonly settings: ControllerSettings;
  readonly bindings: Bindings;
  readonly datapaths: LocalDatapaths;
  readonly zones: CtZones;
  readonly evpn: EvpnTables;
  /** Names of the other chassis that answer (BFD). */
  readonly active: ReadonlySet<string>;
  readonly release: ControllerRelease;
}
