/** Collects the OpenFlow actions of logical actions, with what many of them need on the way. */
import type { Uuid } from '../../base/uuid.ts';
import { type Field, type Subfield, wholeField } from '../../flow/field.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { type OfpAct, setSubfield } from '../../ofproto/actions/ofpact.ts';
import { type FieldRef, resolveFieldRef } from '../expr/field-ref.ts';
import { LOG_FIELDS } from '../expr/log-fields.table.ts';
import type { Action, CtZone, Pipeline } from './action.ts';
import { OctetWriter } from './octet-writer.ts';
import { OPCODE, type Opcode } from './opcode.table.ts';
import { oxmHeader } from './openflow/oxm.ts';

/** Gives each description (a group's buckets, a meter's name) a number; undefined when none is left. */
export interface IdAllocator {
  assign(description: string, lflow: Uuid): number | undefined;
}

/** What the switch can do. */
interface DatapathFeatures {
  readonly meters: boolean;
  /** Source NAT to all-zero addresses, which avoids tuple collisions. */
  readonly zeroSnat: boolean;
  readonly hashL4Symmetric: boolean;
}

export interface EncodeParams {
  /** Tunnel key of a logical port of the datapath. */
  readonly portNumber: (name: string) => number | undefined;
  readonly isLocalPort: (name: string) => boolean;
  /** OpenFlow port of the tunnel to the chassis that a port is on. */
  readonly tunnelPort: (name: string) => number | undefined;
  readonly isSwitch: boolean;
  readonly groups: IdAllocator;
  readonly meters: IdAllocator;
  readonly hasCollectorSet: (id: number) => boolean;
  readonly lflow: Uuid;
  /** Tunnel key of the datapath. */
  readonly datapathKey: number;
  /** Whether northd writes the `output` after `arp` and `nd_ns` itself. */
  readonly explicitArpNsOutput: boolean;
  /** Whether the packet of `arp` and `nd_ns` is kept until the controller has done its part. */
  readonly requestsPause: boolean;
  /** Register in which `get_nd` looks an address up. */
  readonly neighbourRegister6: Field;
  /** Whether northd uses registers as since 24.09. */
  readonly registerConsolidation: boolean;
  readonly pipeline: Pipeline;
  /** OpenFlow tables of the first logical table of each pipeline. */
  readonly firstTables: Readonly<Record<Pipeline, number>>;
  /** Where `output` goes on. */
  readonly outputTable: number;
  /** Meter of packets to the controller; 0: none. */
  readonly controllerMeter: number;
  /** The zone in which `ct_dnat_in_czone` and `ct_snat_in_czone` work. */
  readonly commonNatZone: Field;
  readonly features: DatapathFeatures;
}

/** A value that an auxiliary table expects in `destination`. */
export interface Argument {
  readonly source: FieldRef;
  readonly destination: Field;
}

export class Encoder {
  readonly params: EncodeParams;
  readonly acts: OfpAct[] = [];
  private readonly encodeOne: (action: Action, encoder: Encoder) => void;

  constructor(params: EncodeParams, encodeOne: (action: Action, encoder: Encoder) => void) {
    this.params = params;
    this.encodeOne = encodeOne;
  }

  put(act: OfpAct): void {
    this.acts.push(act);
  }

  /** The acts of nested actions, apart. */
  nested(actions: readonly Action[]): readonly OfpAct[] {
    const inner = new Encoder(this.params, this.encodeOne);
    for (const action of actions) this.encodeOne(action, inner);
    return inner.acts;
  }

  /** OpenFlow table of a logical table. */
  tableOf(pipeline: Pipeline, table: number): number {
    return this.params.firstTables[pipeline] + table;
  }

  /** OpenFlow table of a logical table of the same pipeline. */
  localTable(table: number): number {
    return this.tableOf(this.params.pipeline, table);
  }

  resubmit(table: number): void {
    this.put({ kind: 'resubmit', port: OFPP.inPort, table, ct: false });
  }

  push(subfield: Subfield): void {
    this.put({ kind: 'push', subfield });
  }

  pop(subfield: Subfield): void {
    this.put({ kind: 'pop', subfield });
  }

  move(source: Subfield, destination: Subfield): void {
    this.put({ kind: 'move', source, destination });
  }

  load(field: Field, offset: number, length: number, value: bigint | number): void {
    this.put(setSubfield({ field, offset, length }, BigInt(value)));
  }

  /** Saves the destinations of `args`, sets them, runs `body` and restores them. Arguments already in place are left. */
  withArguments(args: readonly Argument[], body: () => void): void {
    const moves = args
      .map((arg) => ({ source: resolveFieldRef(arg.source), destination: wholeField(arg.destination) }))
      .filter(({ source, destination }) => source.field !== destination.field);
    for (const { destination } of moves) this.push(destination);
    for (const { source } of moves.toReversed()) this.push(source);
    for (const { destination } of moves) this.pop(destination);
    body();
    for (const { destination } of moves.toReversed()) this.pop(destination);
  }

  /** Clears bits of a field, runs the flows of an auxiliary table and copies the bits that they set. */
  lookup(table: number, field: Field, offset: number, length: number, destination: FieldRef): void {
    this.load(field, offset, Math.min(length, 64), 0);
    if (length > 64) this.load(field, offset + 64, length - 64, 0);
    this.resubmit(table);
    this.move({ field, offset, length }, resolveFieldRef(destination));
  }

  /** `lookup` through one bit of the flags register. */
  lookupFlag(table: number, bit: number, destination: FieldRef): void {
    this.lookup(table, LOG_FIELDS.flags, bit, 1, destination);
  }

  zone(zone: CtZone): Subfield {
    const router = zone === 'dnat' ? LOG_FIELDS.dnatZone : LOG_FIELDS.snatZone;
    return { field: this.params.isSwitch ? LOG_FIELDS.ctZone : router, offset: 0, length: 16 };
  }

  /** A controller action: `opcode` and its arguments. `pause` when the packet is to come back and go on. */
  controller(opcode: Opcode, options: { pause?: boolean; body?: OctetWriter; meter?: number } = {}): void {
    const header = new OctetWriter().u32(OPCODE[opcode]).zeros(4);
    if (options.body !== undefined) header.put(options.body.octets());
    this.put({
      kind: 'controller',
      maxLen: 65535,
      controllerId: 0,
      reason: 'action',
      pause: options.pause ?? false,
      userdata: header.octets(),
      meter: this.params.features.meters ? (options.meter ?? this.params.controllerMeter) : 0,
    });
  }

  /** The field that is to receive a result, as the controller is told of it: OXM header and bit. */
  resultField(destination: FieldRef): OctetWriter {
    const { field, offset } = resolveFieldRef(destination);
    return new OctetWriter().put(oxmHeader(field, 6, false)).u32(offset);
  }

  /** To the group described by `text`. */
  group(text: string): void {
    const group = this.params.groups.assign(text, this.params.lflow);
    if (group !== undefined) this.put({ kind: 'group', group });
  }

  meter(text: string): void {
    const meter = this.params.meters.assign(text, this.params.lflow);
    if (meter !== undefined) this.put({ kind: 'meter', meter });
  }
}
