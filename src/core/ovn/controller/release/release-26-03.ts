/** ovn-controller of OVN 26.03. */
import { uuidWord } from '../../../base/uuid.ts';
import { FIELDS } from '../../../flow/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { logicalSymbols } from '../../expr/index.ts';
import { addHairpinFlows } from '../load-balancer-hairpin.ts';
import { addFdbEntry, addLearnedNeighbour, addStaticNeighbour } from '../neighbour-flows.ts';
import { HashOrder, type SbRow, type SbSchema, type TableName } from '../../../ovsdb/index.ts';
import { physicalPort, type PhysicalContext } from '../physical/physical-context.ts';
import { addCommonFlows } from '../physical/common-flows.ts';
import { addEvpn } from '../physical/evpn.ts';
import { addChassisMacs } from '../physical/localnet-mac.ts';
import { addMulticastGroup } from '../physical/multicast.ts';
import { addPortFlows } from '../physical/physical.ts';
import { addRampInput } from '../physical/ramp.ts';
import { addRemoteChassis } from '../physical/remote-chassis.ts';
import { addTunnelInput, addVxlanMulticastInput } from '../physical/tunnel.ts';
import { addPortSecurity } from '../port-security.ts';
import type { ControllerRelease, RowFlows } from './release.ts';

/**
 * Whether localnet ports learn addresses. ovn-controller keeps one answer for the whole chassis: that of the localnet port
 * which it looks at last, in the order of its table of port bindings.
 */
function localnetLearns({ sb, datapaths }: PhysicalContext): boolean {
  const learns = (port: SbRow<'Port_Binding'>): boolean => port.options.get('localnet_learn_fdb') === 'true';
  const local = sb.find('Port_Binding', 'type', 'localnet').filter((port) => datapaths.has(port.datapath));
  const first = local[0] !== undefined && learns(local[0]);
  if (local.every((port) => learns(port) === first)) return first;
  const table = new HashOrder<SbRow<'Port_Binding'>>();
  for (const port of sb.rows('Port_Binding')) table.insert(port, uuidWord(port._uuid));
  const last = [...table.values()].findLast((port) => local.includes(port));
  return last !== undefined && learns(last);
}

function addPort(context: PhysicalContext, row: SbRow<'Port_Binding'>): void {
  addPortFlows(context, row);
  if (!context.ofports.has(row.logical_port) || row.chassis !== context.chassis._uuid) return;
  const port = physicalPort(context, row);
  if (port) addPortSecurity(context, port);
}

const rows = <T extends TableName<SbSchema>>(
  rank: number,
  table: T,
  add: (context: PhysicalContext, row: SbRow<T>, fill: (text: string) => string) => void,
): RowFlows => ({
  table,
  rank,
  add(context, uuid, fill) {
    const row = context.sb.get(table, uuid);
    if (row) add(context, row, fill);
  },
});

export const RELEASE_26_03: ControllerRelease = {
  name: '26.03',
  internalVersion: '26.03.2-21.8.0-82.14',
  faults: [],
  symbols: logicalSymbols,
  firstTables: OFTABLE,
  outputTables: { ingress: OFTABLE.outputLargePacketDetect, egress: OFTABLE.saveInport },
  encoding: {
    requestsPause: true,
    neighbourRegister6: FIELDS.xxreg1,
    features: { meters: true, zeroSnat: true, hashL4Symmetric: true },
  },
  conjunctionIds: { kind: 'hashed' },
  exchangesRoutes: true,
  queuesRates: true,
  tunnelsByFlow: (settings) => settings.option('ovn-enable-flow-based-tunnels') === 'true',
  zoneName: (datapath) => datapath.external_ids.get('name'),
  isIncremental: true,
  flows: {
    fixed: [
      ({ sink }) => addCommonFlows(sink),
      addChassisMacs,
      ({ sink, tunnels, flowTunnels }) => {
        for (const tunnel of tunnels) {
          addTunnelInput(sink, tunnel);
          addVxlanMulticastInput(sink, tunnel);
        }
        for (const [type, ofport] of flowTunnels ?? []) addTunnelInput(sink, { type, ofport, ramp: false });
      },
      addRampInput,
      addRemoteChassis,
      addEvpn,
    ],
    rows: [
      rows(10, 'Port_Binding', addPort),
      rows(11, 'Multicast_Group', addMulticastGroup),
      rows(12, 'MAC_Binding', addLearnedNeighbour),
      rows(13, 'Static_MAC_Binding', addStaticNeighbour),
      rows(14, 'FDB', (context, row) => addFdbEntry(context, row, localnetLearns(context))),
      rows(15, 'Load_Balancer', addHairpinFlows),
    ],
  },
};
