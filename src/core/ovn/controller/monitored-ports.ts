/** Which port bindings a chassis knows of: all with `ovn-monitor-all`, else those that may concern it. */
import type { SbRow } from '../../ovsdb/index.ts';

/** Of patch and gateway ports: those of other chassis's gateway routers are not read, unless their datapath is local. */
export const isMonitored = (
  port: SbRow<'Port_Binding'>,
  chassis: string | undefined,
  { seesAll, isLocal }: { readonly seesAll: boolean; readonly isLocal: boolean },
): boolean =>
  seesAll || isLocal || port.type !== 'l3gateway' || port.options.get('l3gateway-chassis') === chassis;
