/** ovn-controller of OVN 20.12. */
import { parseIpv4, parseIpv6, parseMac } from '../../../base/address.ts';
import { FIELDS, registerField } from '../../../flow/index.ts';
import { formerSymbols } from '../../expr/index.ts';
import { REGISTER } from '../logical-registers.table.ts';
import {
  load,
  loadRegister,
  matchDatapath,
  matchInport,
  matchOf,
  matchOutport,
} from '../physical/flow-builder.ts';
import type { PhysicalContext } from '../physical/physical-context.ts';
import { portByName } from '../southbound-index.ts';
import { addPhysicalFlows } from './physical-20-12.ts';
import type { ControllerRelease } from './release.ts';
import { TABLES_20_12 as TABLE } from './tables-20-12.table.ts';

const FOUND = loadRegister(REGISTER.flags, 1, 6, 1);

/** Tables 66 and 67. */
function addNeighbours(context: PhysicalContext): void {
  for (const binding of context.sb.rows('MAC_Binding')) {
    const port = portByName(context.sb, binding.logical_port);
    const datapath = port && context.datapaths.get(port.datapath)?.datapath.tunnel_key;
    const mac = parseMac(binding.mac);
    const ipv4 = parseIpv4(binding.ip);
    const address = ipv4 ?? parseIpv6(binding.ip);
    if (!port || datapath === undefined || mac === undefined || address === undefined) continue;
    const on = matchDatapath(datapath);
    const wanted = [ipv4 === undefined ? FIELDS.xxreg0 : registerField(0), address] as const;
    const resolved = [load(FIELDS.eth_dst, mac), FOUND];
    const to = matchOf(wanted, on, matchOutport(port.tunnel_key));
    context.sink.add(TABLE.macBinding, 100, to, resolved, binding._uuid);
    const asked =
      ipv4 === undefined
        ? ([
            [FIELDS.eth_type, 0x86dd],
            [FIELDS.nw_proto, 58],
            [FIELDS.icmpv6_code, 0],
            [FIELDS.xxreg0, address],
          ] as const)
        : ([
            [FIELDS.eth_type, 0x806],
            [registerField(0), address],
          ] as const);
    const from = matchOf([FIELDS.eth_src, mac], on, matchInport(port.tunnel_key), ...asked);
    context.sink.add(TABLE.macLookup, 100, from, [FOUND], binding._uuid);
  }
}

export const RELEASE_20_12: ControllerRelease = {
  name: '20.12',
  internalVersion: '20.12.0-20.12.0-51.0',
  faults: ['conjunction-drift'],
  symbols: formerSymbols,
  firstTables: { ingress: TABLE.ingress, egress: TABLE.egress },
  outputTables: { ingress: TABLE.remoteOutput, egress: TABLE.saveInport },
  encoding: {
    requestsPause: false,
    neighbourRegister6: FIELDS.xxreg0,
    features: { meters: true, zeroSnat: false, hashL4Symmetric: false },
  },
  conjunctionIds: { kind: 'in turn', after: 1 },
  exchangesRoutes: false,
  queuesRates: false,
  tunnelsByFlow: () => false,
  zoneName: (datapath) => datapath._uuid,
  // Its known fault comes from computing all anew at each pass.
  isIncremental: false,
  flows: { fixed: [addPhysicalFlows, addNeighbours], rows: [] },
};
