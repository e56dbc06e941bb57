/** `inject-pkt`: a packet told as an expression, that goes into the integration bridge as if its port had sent it. */
import { err, ok, type Result } from '../../base/result.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { getFieldNumber, setField } from '../../flow/flow.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { composeFrame } from '../../ofproto/trace/compose-frame.ts';
import { parseConstantSet, parseMicroflow, Lexer } from '../expr/index.ts';
import { LOG_FIELDS } from '../expr/log-fields.table.ts';
import type { ChassisState } from './chassis-state.ts';
import { fillTemplates, templateValues } from './template-values.ts';

/** Octets that follow the headers. */
const PAYLOAD_SIZE = 64;

export interface InjectedPacket {
  readonly octets: Uint8Array;
  readonly inPort: number;
}

/** The OpenFlow port of the interface of the integration bridge that a logical port is plugged into. */
function ofPort({ ovs, bridge }: ChassisState, name: string): number | undefined {
  for (const uuid of bridge.ports)
    for (const id of ovs.get('Port', uuid)?.interfaces ?? []) {
      const iface = ovs.get('Interface', id);
      const number = iface?.external_ids.get('iface-id') === name ? (iface.ofport ?? 0) : 0;
      if (number >= 1 && number <= OFPP.max) return number;
    }
  return undefined;
}

/** Reads `text`; errors are the real program's. Port groups go by the names that the southbound database has for them. */
export function injectedPacket(state: ChassisState, text: string): Result<InjectedPacket> {
  const { sb } = state;
  const filled = fillTemplates(text, templateValues(sb, state.chassis.name));
  const parsed = parseMicroflow(filled, state.release.symbols(), (name) => ofPort(state, name), {
    addressSet: (name) =>
      sb
        .find('Address_Set', 'name', name)[0]
        ?.addresses.flatMap((address) => parseConstantSet(new Lexer(address))?.constants ?? [])
        .flatMap(({ value }) => (typeof value === 'string' ? [] : [value])),
    portGroup: (name) => sb.find('Port_Group', 'name', name)[0]?.ports,
  });
  if (!parsed.ok) return parsed;
  const inPort = getFieldNumber(parsed.value, LOG_FIELDS.inport) & 0xffff;
  if (inPort === 0) return err('ingress port not found on hypervisor.');
  setField(parsed.value, LOG_FIELDS.inport, 0n);
  setField(parsed.value, FIELDS.in_port, BigInt(inPort));
  return ok({
    octets: composeFrame(
      parsed.value,
      Uint8Array.from({ length: PAYLOAD_SIZE }, (_, at) => at),
    ),
    inPort,
  });
}
