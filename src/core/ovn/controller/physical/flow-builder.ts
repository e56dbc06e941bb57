/** Small words for building physical flows: a sink that takes them, matches on logical ports, and the actions in use. */
import type { Uuid } from '../../../base/uuid.ts';
import { exactMask } from '../../../flow/field-text.ts';
import {
  createMatch,
  FIELDS,
  OFPP,
  registerField,
  setMatchField,
  type Field,
  type Match,
  type OfPort,
} from '../../../flow/index.ts';
import { setSubfield, type ConjunctionAct, type OfpAct } from '../../../ofproto/index.ts';
import type { ZoneIds } from '../ct-zones.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { LOGICAL_REGISTERS, REGISTER } from '../logical-registers.table.ts';

/**
 * Takes desired flows. `row` is the southbound row that a flow is there for; its first 32 bits are the cookie. Of several
 * flows with the same table, priority and match the first stays, but conjunctions add up, as the real program's do.
 */
export interface FlowSink {
  add(table: number, priority: number, match: Match, actions: readonly OfpAct[], row?: Uuid): void;
  addConjunctions(
    table: number,
    priority: number,
    match: Match,
    conjunctions: readonly ConjunctionAct[],
  ): void;
}

export const load = (field: Field, value: number | bigint, offset = 0, length = field.bits): OfpAct =>
  setSubfield({ field, offset, length }, BigInt(value));

/** Writes a field with all the bits that a match has for it: a VLAN id with its present bit. */
export const setWhole = (field: Field, value: number): OfpAct => ({
  kind: 'set_field',
  field,
  value: BigInt(value),
  mask: exactMask(field),
  load: false,
});

export const loadRegister = (register: number, value: number, offset = 0, length = 32): OfpAct =>
  load(registerField(register), value, offset, length);

export const move = (
  source: Field,
  sourceOffset: number,
  destination: Field,
  offset: number,
  length: number,
): OfpAct => ({
  kind: 'move',
  source: { field: source, offset: sourceOffset, length },
  destination: { field: destination, offset, length },
});

export const resubmit = (table: number): OfpAct => ({
  kind: 'resubmit',
  port: OFPP.inPort,
  table,
  ct: false,
});

export const output = (port: OfPort): OfpAct => ({ kind: 'output', port, maxLen: 0 });

/** Sets the packet's input port to none, so that it may leave by the port it came in at. */
export const forgetInPort: OfpAct = load(FIELDS.in_port, OFPP.none);

const wholeInPort = { field: FIELDS.in_port, offset: 0, length: FIELDS.in_port.bits };
export const pushInPort: OfpAct = { kind: 'push', subfield: wholeInPort };
export const popInPort: OfpAct = { kind: 'pop', subfield: wholeInPort };

/** Everything, narrowed by `terms`: [field, value] or [field, value, mask]. */
export function matchOf(...terms: readonly (readonly [Field, number | bigint, (number | bigint)?])[]): Match {
  const match = createMatch();
  for (const [field, value, mask] of terms) setMatchField(match, field, value, mask);
  return match;
}

export const matchDatapath = (datapath: number): readonly [Field, number] => [FIELDS.metadata, datapath];
export const matchInport = (port: number): readonly [Field, number] => [registerField(REGISTER.inport), port];
export const matchOutport = (port: number): readonly [Field, number] => [
  registerField(REGISTER.outport),
  port,
];
export const matchFlags = (value: number, mask: number): readonly [Field, number, number] => [
  registerField(REGISTER.flags),
  value,
  mask,
];

export function loadZones(zones: ZoneIds): OfpAct[] {
  return [
    ...(zones.ct === 0 ? [] : [loadRegister(REGISTER.ctZone, zones.ct, 0, 16)]),
    ...(zones.dnat === 0 ? [] : [loadRegister(REGISTER.dnatZone, zones.dnat)]),
    ...(zones.snat === 0 ? [] : [loadRegister(REGISTER.snatZone, zones.snat)]),
  ];
}

export const clearLogicalRegisters = (): OfpAct[] =>
  Array.from({ length: LOGICAL_REGISTERS }, (_, register) => loadRegister(register, 0));

/** Sets the logical output port and goes to the loopback check, as each local copy of a multicast does. */
export const outputLocally = (port: number, zone: number): OfpAct[] => [
  ...(zone === 0 ? [] : [loadRegister(REGISTER.ctZone, zone, 0, 16)]),
  loadRegister(REGISTER.outport, port),
  resubmit(OFTABLE.checkLoopback),
];
