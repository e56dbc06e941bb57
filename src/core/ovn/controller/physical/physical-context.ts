/** What physical flows are made from: the databases, what this chassis has bound, its zones, tunnels and patch ports. */
import type { Uuid } from '../../../base/uuid.ts';
import type { OfPort } from '../../../flow/index.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import type { ZoneIds } from '../ct-zones.ts';
import type { ZoneName } from '../nat-zone.ts';
import { zonesOf } from '../ct-zones.ts';
import type { EvpnTables } from '../evpn/evpn-tables.ts';
import type { LocalDatapath } from '../local-datapaths.ts';
import type { Lookup } from '../recompute/tracked-map.ts';
import type { SouthboundRows } from '../southbound-index.ts';
import type { FlowSink } from './flow-builder.ts';
import type { FlowTunnels } from './flow-tunnel.ts';
import type { ChassisTunnel } from './tunnel.ts';

export interface PhysicalContext {
  readonly sink: FlowSink;
  /** What routing daemons told of the switches that EVPN stretches. */
  readonly evpn: EvpnTables;
  readonly sb: SouthboundRows;
  readonly chassis: SbRow<'Chassis'>;
  readonly datapaths: Lookup<Uuid, LocalDatapath>;
  readonly zones: Lookup<string, number>;
  readonly zoneName: ZoneName;
  readonly tunnels: readonly ChassisTunnel[];
  /** Tunnels by flow, where this chassis uses those; null where it has a tunnel for each other chassis. */
  readonly flowTunnels: FlowTunnels | null;
  /** Local encapsulation addresses; the position is the encap id in the upper half of reg13. */
  readonly encapIps: readonly string[];
  /** OpenFlow ports of logical ports that are interfaces here. */
  readonly ofports: Lookup<string, OfPort>;
  /** The largest packet that the devices of logical ports carry. */
  readonly mtus: Lookup<string, number>;
  /** `ovn-monitor-all`. */
  readonly seesAll: boolean;
  /** `SB_Global.options:always_tunnel`: frames to other chassis are tunnelled where there is a provider network, too. */
  readonly alwaysTunnel: boolean;
  /** OpenFlow ports of the patch ports to provider bridges, by the localnet or l2gateway port's name. */
  readonly patchOfports: Lookup<string, OfPort>;
  /** Whether the chassis is the one that an HA group is served by now. */
  active(group: Uuid | null): boolean;
}

/** A port binding with its datapath's row at hand. */
export interface PhysicalPort {
  readonly row: SbRow<'Port_Binding'>;
  readonly local: LocalDatapath;
  readonly datapathKey: number;
  readonly portKey: number;
  readonly zones: ZoneIds;
}

/** The port at the other end of a patch: its datapath need not be local, it has no zones then. */
export function peerPort(context: PhysicalContext, row: SbRow<'Port_Binding'>): PhysicalPort | undefined {
  const datapath = context.sb.get('Datapath_Binding', row.datapath);
  if (!datapath) return undefined;
  return (
    physicalPort(context, row) ?? {
      row,
      local: { datapath, peers: [], localnet: null },
      datapathKey: datapath.tunnel_key,
      portKey: row.tunnel_key,
      zones: zonesOf(context.zones, row, datapath, context.zoneName),
    }
  );
}

export function physicalPort(context: PhysicalContext, row: SbRow<'Port_Binding'>): PhysicalPort | undefined {
  const local = context.datapaths.get(row.datapath);
  if (!local) return undefined;
  return {
    row,
    local,
    datapathKey: local.datapath.tunnel_key,
    portKey: row.tunnel_key,
    zones: zonesOf(context.zones, row, local.datapath, context.zoneName),
  };
}
