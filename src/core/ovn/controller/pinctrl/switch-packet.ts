/** A packet that the switch sent up, opened as far as every answer needs it: headers, userdata, and the flow that sent it. */
import type { RowRef, StepId } from '../../../base/step.ts';
import type { Subfield } from '../../../flow/field.ts';
import { extract, type HeaderPlaces } from '../../../flow/extract.ts';
import type { Flow } from '../../../flow/flow.ts';
import type { PacketIn } from '../../../ofproto/receive.ts';
import { OctetReader, readOxmHeader } from '../../actions/index.ts';

export interface SwitchPacket {
  readonly packetIn: PacketIn;
  readonly octets: Uint8Array;
  /** The key of the octets, metadata left out. */
  readonly headers: Flow;
  readonly places: HeaderPlaces;
  /** Registers, metadata and input port as they were. */
  readonly metadata: Flow;
  /** What follows the number of the operation. */
  readonly userdata: OctetReader;
  /** The step of the packet's way up. */
  readonly step: StepId | null;
  /** The logical flow that sent it up, where it can be found. */
  readonly because: readonly RowRef[];
}

/** Opens a packet; the userdata's first 8 octets give the operation. Undefined when they are not there. */
export function openPacket(
  packetIn: PacketIn,
  step: StepId | null,
  because: readonly RowRef[],
): { readonly opcode: number; readonly packet: SwitchPacket } | undefined {
  const userdata = new OctetReader(packetIn.userdata);
  const opcode = userdata.u32();
  if (opcode === undefined || userdata.take(4) === undefined) return undefined;
  const { flow, places } = extract(packetIn.octets, { vlanLimit: 2 });
  return {
    opcode,
    packet: {
      packetIn,
      octets: packetIn.octets,
      headers: flow,
      places,
      metadata: packetIn.metadata,
      userdata,
      step,
      because,
    },
  };
}

/** The bit that receives an answer's result: OXM header and offset at the front of the userdata. */
export function readResultBit(userdata: OctetReader): Subfield | undefined {
  const header = readOxmHeader(userdata);
  const offset = userdata.u32();
  if (header === undefined || offset === undefined || offset >= header.field.bits) return undefined;
  return { field: header.field, offset, length: 1 };
}
