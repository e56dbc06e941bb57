/** Actions that put a packet of ovn-controller's own into a logical pipeline. */
import { wholeField } from '../../../flow/field.ts';
import { OFPP } from '../../../flow/ofport.table.ts';
import { setSubfield } from '../../../ofproto/actions/ofpact.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import { OFTABLE } from '../../actions/index.ts';
import { LOG_FIELDS } from '../../expr/log-fields.table.ts';

const resubmit = (table: number): OfpAct => ({ kind: 'resubmit', port: OFPP.controller, table, ct: false });

const flagBits = (flags: readonly number[]): OfpAct[] =>
  flags.map((bit) => setSubfield({ field: LOG_FIELDS.flags, offset: bit, length: 1 }, 1n));

/** As if the packet had come in through a port; into the output tables it goes as if it were to leave by the port. */
export function intoPipeline(
  datapathKey: number,
  portKey: number,
  table: number,
  flags: readonly number[] = [],
): readonly OfpAct[] {
  const port = table === OFTABLE.localOutput ? LOG_FIELDS.outport : LOG_FIELDS.inport;
  return [
    setSubfield(wholeField(LOG_FIELDS.datapath), BigInt(datapathKey)),
    setSubfield(wholeField(port), BigInt(portKey)),
    ...flagBits(flags),
    resubmit(table),
  ];
}

/** From one port of a datapath to another, through the output tables. */
export function toOutput(
  datapathKey: number,
  inportKey: number,
  outportKey: number,
  flags: readonly number[],
): readonly OfpAct[] {
  return [
    setSubfield(wholeField(LOG_FIELDS.datapath), BigInt(datapathKey)),
    setSubfield(wholeField(LOG_FIELDS.inport), BigInt(inportKey)),
    setSubfield(wholeField(LOG_FIELDS.outport), BigInt(outportKey)),
    ...flagBits(flags),
    resubmit(OFTABLE.outputLargePacketDetect),
  ];
}

/** Back out of the port that something came in by. */
export const fromPort = (datapathKey: number, portKey: number): readonly OfpAct[] => [
  setSubfield(wholeField(LOG_FIELDS.datapath), BigInt(datapathKey)),
  setSubfield(wholeField(LOG_FIELDS.outport), BigInt(portKey)),
  resubmit(OFTABLE.outputLargePacketDetect),
];
