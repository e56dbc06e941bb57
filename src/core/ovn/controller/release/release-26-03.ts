/** ovn-controller of OVN 26.03. */
import { uuidWord } from '../../../base/uuid.ts';
import { FIELDS } from '../../../flow/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { logicalSymbols } from '../../expr/index.ts';
import { addHairpinFlows } from '../load-balancer-hairpin.ts';
import { addFdbFlows, addNeighbourFlows } from '../neighbour-flows.ts';
import { HashOrder, type SbRow } from '../../../ovsdb/index.ts';
import { physicalPort, type PhysicalContext } from '../physical/physical-context.ts';
import { addPhysicalFlows } from '../physical/physical.ts';
import { addPortSecurity } from '../port-security.ts';
import { portByName } from '../southbound-index.ts';
import type { ControllerRelease } from './release.ts';

/**
 * Whether localnet ports learn addresses. ovn-controller keeps one answer for the whole chassis: that of the localnet port
 * which it looks at last, in the order of its table of port bindings.
 */
function localnetLearns(context: PhysicalContext): boolean {
  const table = new HashOrder<SbRow<'Port_Binding'>>();
  for (const port of context.sb.rows('Port_Binding')) table.insert(port, uuidWord(port._uuid));
  let learns = false;
  for (const port of table.values())
    if (port.type === 'localnet' && context.datapaths.has(port.datapath))
      learns = port.options.get('localnet_learn_fdb') === 'true';
  return learns;
}

export const RELEASE_26_03: ControllerRelease = {
  name: '26.03',
  faults: [],
  symbols: logicalSymbols,
  firstTables: OFTABLE,
  outputTables: { ingress: OFTABLE.outputLargePacketDetect, egress: OFTABLE.saveInport },
  encoding: {
    requestsPause: true,
    neighbourRegister6: FIELDS.xxreg1,
    features: { meters: true, zeroSnat: true, hashL4Symmetric: true },
  },
  conjunctionOffset: 0,
  exchangesRoutes: true,
  zoneName: (datapath) => datapath.external_ids.get('name'),
  addOtherFlows(context, fill) {
    addPhysicalFlows(context);
    addNeighbourFlows(context);
    addFdbFlows(context, localnetLearns(context));
    addHairpinFlows(context, fill);
    for (const name of context.ofports.keys()) {
      const row = portByName(context.sb, name);
      const port = row?.chassis === context.chassis._uuid ? physicalPort(context, row) : undefined;
      if (port) addPortSecurity(context, port);
    }
  },
};
