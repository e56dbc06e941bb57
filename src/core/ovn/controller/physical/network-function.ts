/**
 * Ports of network functions (ovn-nb(5), Network_Function): what comes out of one goes back by the tunnel that it came in
 * by, which the connection's label remembers.
 */
import { FIELDS, registerField } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { zonesOf } from '../ct-zones.ts';
import { flag, FLAG_BIT, LOGICAL_REGISTERS, REGISTER } from '../logical-registers.table.ts';
import { portByName } from '../southbound-index.ts';
import {
  load,
  loadRegister,
  matchDatapath,
  matchFlags,
  matchInport,
  matchOf,
  move,
  output,
  resubmit,
} from './flow-builder.ts';
import type { PhysicalContext, PhysicalPort } from './physical-context.ts';
import type { ChassisTunnel } from './tunnel.ts';

const CT_INVALID = 0x10;

/** Where a connection's label keeps the tunnel: bits 80 to 95. */
const labelOf = (ofport: number): bigint => BigInt(ofport) << 80n;
const LABEL_MASK = 0xffffn << 80n;

export const isNetworkFunction = (port: SbRow<'Port_Binding'>): boolean =>
  port.options.get('is-nf') === 'true';

/** Table 47, priority 1: the register with the tunnel's number keeps it on the way into the egress pipeline. */
export function addNetworkFunctionEgress(context: PhysicalContext, port: PhysicalPort): void {
  const acts: OfpAct[] = Array.from({ length: LOGICAL_REGISTERS }, (_, register) => register)
    .filter((register) => register !== REGISTER.tunnelOfport)
    .map((register) => loadRegister(register, 0));
  acts.push(loadRegister(REGISTER.tunnelOfport, 0, 0, 16), resubmit(OFTABLE.egress));
  const match = matchOf(matchDatapath(port.datapathKey));
  context.sink.add(OFTABLE.checkLoopback, 1, match, acts, port.local.datapath._uuid);
}

/** The port of the same function on its other side; each names the other. */
function linkedPort(context: PhysicalContext, row: SbRow<'Port_Binding'>): SbRow<'Port_Binding'> | undefined {
  const linked = portByName(context.sb, row.options.get('nf-linked-port') ?? '');
  return linked?.type === row.type && linked.options.get('nf-linked-port') === row.logical_port
    ? linked
    : undefined;
}

function addReturn(
  context: PhysicalContext,
  row: SbRow<'Port_Binding'>,
  datapathKey: number,
  linkedZone: number,
): void {
  const from = [matchInport(row.tunnel_key), matchDatapath(datapathKey)] as const;
  const recirculated = flag('recirculated');
  const look: OfpAct[] = [
    loadRegister(REGISTER.flags, 1, FLAG_BIT.recirculated, 1),
    loadRegister(REGISTER.ctZone, linkedZone, 0, 16),
    {
      kind: 'ct',
      commit: false,
      force: false,
      zone: { field: registerField(REGISTER.ctZone), offset: 0, length: 16 },
      table: OFTABLE.localOutput,
      alg: 0,
      nat: null,
      exec: [],
    },
  ];
  const first = matchOf(...from, [FIELDS.eth_type, 0x800], matchFlags(0, recirculated));
  context.sink.add(OFTABLE.localOutput, 110, first, look, row._uuid);
  const back = (tunnel: ChassisTunnel): OfpAct[] => [
    load(FIELDS.tun_id, datapathKey, 0, 24),
    move(registerField(REGISTER.outport), 0, FIELDS.tun_metadata0, 0, 32),
    load(FIELDS.tun_metadata0, row.tunnel_key, 16, 15),
    output(tunnel.ofport),
  ];
  for (const tunnel of context.tunnels) {
    const invalid = matchOf(
      ...from,
      matchFlags(recirculated, recirculated),
      [FIELDS.ct_state, CT_INVALID, CT_INVALID],
      [registerField(REGISTER.tunnelOfport), (tunnel.ofport << 16) >>> 0, 0xffff0000],
    );
    context.sink.add(OFTABLE.localOutput, 110, invalid, back(tunnel), row._uuid);
    const known = matchOf(...from, matchFlags(recirculated, recirculated), [
      FIELDS.ct_label,
      labelOf(tunnel.ofport),
      LABEL_MASK,
    ]);
    context.sink.add(OFTABLE.localOutput, 109, known, back(tunnel), row._uuid);
  }
}

/** Table 46: both ports of a function that stands on a provider network. */
export function addNetworkFunctionReturn(context: PhysicalContext, port: PhysicalPort): void {
  const linked = linkedPort(context, port.row);
  if (!linked) return;
  const zone = zonesOf(context.zones, port.row, port.local.datapath, context.zoneName).ct;
  const linkedZone = zonesOf(context.zones, linked, port.local.datapath, context.zoneName).ct;
  if (zone === 0 || linkedZone === 0) return;
  addReturn(context, port.row, port.datapathKey, linkedZone);
  addReturn(context, linked, port.datapathKey, zone);
}
