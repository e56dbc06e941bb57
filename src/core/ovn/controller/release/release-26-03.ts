/** ovn-controller of OVN 26.03. */
import { FIELDS } from '../../../flow/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { logicalSymbols } from '../../expr/index.ts';
import { addHairpinFlows } from '../load-balancer-hairpin.ts';
import { addFdbFlows, addNeighbourFlows } from '../neighbour-flows.ts';
import { physicalPort } from '../physical/physical-context.ts';
import { addPhysicalFlows } from '../physical/physical.ts';
import { addPortSecurity } from '../port-security.ts';
import { portByName } from '../southbound-index.ts';
import type { ControllerRelease } from './release.ts';

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
    const localnetLearns = [...context.datapaths.values()].some(
      ({ localnet }) => localnet?.options.get('localnet_learn_fdb') === 'true',
    );
    addFdbFlows(context, localnetLearns);
    addHairpinFlows(context, fill);
    for (const name of context.ofports.keys()) {
      const row = portByName(context.sb, name);
      const port = row?.chassis === context.chassis._uuid ? physicalPort(context, row) : undefined;
      if (port) addPortSecurity(context, port);
    }
  },
};
