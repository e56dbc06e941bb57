/** What most commands of ovn-sbctl read. */
import type { SbSchema } from '../../ovsdb/index.ts';
import type { CtlContext } from '../ovsdb/context.ts';

export type SbctlContext = CtlContext<SbSchema>;

export const INFO_READS = {
  Chassis: ['name', 'encaps'],
  Chassis_Private: ['name'],
  Encap: ['type', 'ip'],
  Port_Binding: ['logical_port', 'tunnel_key', 'chassis', 'datapath', 'up', 'mirror_rules'],
  Logical_Flow: [
    'logical_datapath',
    'logical_dp_group',
    'pipeline',
    'actions',
    'priority',
    'table_id',
    'match',
    'external_ids',
  ],
  Logical_DP_Group: ['datapaths'],
  Datapath_Binding: ['external_ids', 'nb_uuid'],
  IP_Multicast: ['datapath', 'seq_no'],
  Multicast_Group: ['name', 'datapath', 'tunnel_key', 'ports'],
  MAC_Binding: ['datapath', 'logical_port', 'ip', 'mac'],
  Load_Balancer: ['datapaths', 'datapath_group', 'ls_datapath_group', 'vips', 'name', 'protocol'],
} as const;
