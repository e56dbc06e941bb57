/** OpenFlow 1.5 octets of the actions that logical actions become; they travel inside a controller action's userdata. */
import { InvariantError } from '../../../base/assert.ts';
import type { Subfield } from '../../../flow/field.ts';
import type {
  ActOf,
  ControllerAct,
  CtAct,
  LearnAct,
  LearnSpec,
  NatAct,
  OfpAct,
  SampleAct,
} from '../../../ofproto/actions/ofpact.ts';
import { OFPP } from '../../../flow/ofport.table.ts';
import { OctetWriter } from '../octet-writer.ts';
import { nxmHeader, oxmHeader } from './oxm.ts';

const NICIRA = 0x00002320;
const NO_TABLE = 255;

/** A standard action: type, length, body, padded to 8 octets. */
function standard(type: number, body: OctetWriter): Uint8Array {
  return withLength(new OctetWriter().u16(type), body);
}

/** A Nicira action: vendor and subtype go before the body. */
function nicira(subtype: number, body: OctetWriter): Uint8Array {
  const vendor = new OctetWriter().u32(NICIRA).u16(subtype).put(body.octets());
  return withLength(new OctetWriter().u16(0xffff), vendor);
}

function withLength(type: OctetWriter, body: OctetWriter): Uint8Array {
  const size = Math.ceil((body.size + 4) / 8) * 8;
  return type.u16(size).put(body.octets()).pad(8).octets();
}

const writer = (): OctetWriter => new OctetWriter();

/** Offset and length of a subfield in 16 bits. */
const range = ({ offset, length }: Subfield): number => (offset << 6) | (length - 1);

function setField({ field, value, mask }: ActOf<'set_field'>): Uint8Array {
  // All bits of a field narrower than its octets (6 of DSCP) are still a mask.
  const whole = mask === (1n << BigInt(8 * field.size)) - 1n;
  const body = writer()
    .put(oxmHeader(field, 6, !whole))
    .uint(value, field.size);
  return standard(25, whole ? body : body.uint(mask, field.size));
}

function move({ source, destination }: ActOf<'move'>): Uint8Array {
  const body = writer().u16(destination.length).u16(source.offset).u16(destination.offset).zeros(2);
  return standard(
    28,
    body.put(oxmHeader(source.field, 6, false)).put(oxmHeader(destination.field, 6, false)),
  );
}

function stack(act: ActOf<'push' | 'pop'>): Uint8Array {
  const { field, offset, length } = act.subfield;
  const header = oxmHeader(field, 0, false);
  const body = writer().u16(offset).put(header).u16(length);
  return nicira(act.kind === 'push' ? 27 : 28, body.zeros(14 - body.size));
}

function decTtl(act: ActOf<'dec_ttl'>): Uint8Array {
  const [only] = act.controllerIds;
  if (!act.explicit && act.controllerIds.length === 1 && only === 0) return standard(24, writer().zeros(4));
  const body = writer().u16(act.controllerIds.length).zeros(4);
  for (const id of act.controllerIds) body.u16(id);
  return nicira(21, body);
}

function nat({ direction, addresses, minPort, maxPort, persistent, hash, random }: NatAct): Uint8Array {
  const flags =
    (direction === 'src' ? 1 : direction === 'dst' ? 2 : 0) |
    (persistent ? 4 : 0) |
    (hash ? 8 : 0) |
    (random ? 16 : 0);
  const values = writer();
  let present = 0;
  if (addresses !== null) {
    const { family, minAddress, maxAddress } = addresses;
    const size = family === 4 ? 4 : 16;
    const bit = family === 4 ? 0 : 2;
    for (const [index, address] of [minAddress, maxAddress].entries()) {
      if (address === 0n) continue;
      values.uint(address, size);
      present |= 1 << (bit + index);
    }
    for (const [index, port] of [minPort, maxPort].entries()) {
      if (port === 0) continue;
      values.u16(port);
      present |= 1 << (4 + index);
    }
  }
  return nicira(36, writer().zeros(2).u16(flags).u16(present).put(values.octets()));
}

function ct(act: CtAct): Uint8Array {
  const body = writer().u16((act.commit ? 1 : 0) | (act.force ? 2 : 0));
  if (typeof act.zone === 'number') body.u32(0).u16(act.zone);
  else body.put(nxmHeader(act.zone.field)).u16(range(act.zone));
  body
    .u8(act.table ?? NO_TABLE)
    .zeros(3)
    .u16(act.alg);
  if (act.nat !== null) body.put(nat(act.nat));
  return nicira(35, body.put(actOctets(act.exec)));
}

function learnSpec(out: OctetWriter, spec: LearnSpec): void {
  if (spec.kind === 'output') {
    const { field, offset, length } = spec.source;
    out
      .u16(length | (2 << 11))
      .put(nxmHeader(field))
      .u16(offset);
    return;
  }
  const { field, offset, length } = spec.destination;
  const target = spec.kind === 'load' ? 1 << 11 : 0;
  if (spec.source.kind === 'field') {
    const { subfield } = spec.source;
    out
      .u16(length | target)
      .put(nxmHeader(subfield.field))
      .u16(subfield.offset);
  } else {
    out.u16(length | target | (1 << 13)).uint(spec.source.value, 2 * Math.ceil(length / 16));
  }
  out.put(nxmHeader(field)).u16(offset);
}

function learn(act: LearnAct): Uint8Array {
  const flags = (act.sendFlowRemoved ? 1 : 0) | (act.deleteLearned ? 2 : 0) | (act.result === null ? 0 : 4);
  const extended = act.limit !== 0 || act.result !== null;
  const body = writer()
    .u16(act.idleTimeout)
    .u16(act.hardTimeout)
    .u16(act.priority)
    .uint(act.cookie, 8)
    .u16(flags)
    .u8(act.table)
    .u8(0)
    .u16(act.finIdleTimeout)
    .u16(act.finHardTimeout);
  if (extended)
    body
      .u32(act.limit)
      .u16(act.result?.offset ?? 0)
      .zeros(2);
  if (act.result !== null) body.put(oxmHeader(act.result.field, 0, false));
  for (const spec of act.specs) learnSpec(body, spec);
  return nicira(extended ? 45 : 16, body);
}

/** A property of the extended controller action: type, length and value, padded to 8 octets. */
function property(type: number, value: Uint8Array): Uint8Array {
  return writer()
    .u16(type)
    .u16(value.length + 4)
    .put(value)
    .pad(8)
    .octets();
}

const REASONS: readonly ControllerAct['reason'][] = [
  'no_match',
  'action',
  'invalid_ttl',
  'action_set',
  'group',
  'packet_out',
  'explicit_miss',
  'implicit_miss',
];

function controller(act: ControllerAct): Uint8Array {
  const reason = REASONS.indexOf(act.reason);
  if (act.userdata.length === 0 && !act.pause && act.meter === 0)
    return nicira(20, writer().u16(act.maxLen).u16(act.controllerId).u8(reason).zeros(1));
  const body = writer().zeros(6);
  if (act.maxLen !== 0xffff) body.put(property(0, writer().u16(act.maxLen).octets()));
  if (act.controllerId !== 0) body.put(property(1, writer().u16(act.controllerId).octets()));
  if (act.reason !== 'action') body.put(property(2, writer().u8(reason).octets()));
  if (act.userdata.length > 0) body.put(property(3, act.userdata));
  if (act.pause) body.put(property(4, new Uint8Array(0)));
  if (act.meter !== 0) body.put(property(5, writer().u32(act.meter).octets()));
  return nicira(37, body);
}

function observation(out: OctetWriter, source: number | Subfield): void {
  if (typeof source === 'number') out.u32(0).u32(source);
  else out.put(nxmHeader(source.field)).u16(range(source)).zeros(2);
}

function sample(act: SampleAct): Uint8Array {
  const { probability, collectorSet, observationDomain: domain, observationPoint: point } = act;
  const body = writer().u16(probability).u32(collectorSet);
  if (typeof domain === 'number' && typeof point === 'number' && act.samplingPort === OFPP.none)
    return nicira(29, body.u32(domain).u32(point));
  observation(body, domain);
  observation(body, point);
  return nicira(51, body.u16(act.samplingPort).zeros(6));
}

function checkPktLarger({ size, destination }: ActOf<'check_pkt_larger'>): Uint8Array {
  const body = writer()
    .u16(size)
    .u16(destination.offset)
    .put(oxmHeader(destination.field, 0, false));
  return nicira(49, body.zeros(14 - body.size));
}

function octetsOf(act: OfpAct): Uint8Array {
  switch (act.kind) {
    case 'set_field':
      return setField(act);
    case 'move':
      return move(act);
    case 'push':
    case 'pop':
      return stack(act);
    case 'resubmit':
      return nicira(act.ct ? 44 : 14, writer().u16(act.port).u8(act.table).zeros(3));
    case 'group':
      return standard(22, writer().u32(act.group));
    case 'meter':
      return standard(29, writer().u32(act.meter));
    case 'set_queue':
      return standard(21, writer().u32(act.queue));
    case 'mod_nw_ttl':
      return standard(23, writer().u8(act.value).zeros(3));
    case 'dec_ttl':
      return decTtl(act);
    case 'ct':
      return ct(act);
    case 'nat':
      return nat(act);
    case 'ct_clear':
      return nicira(43, writer().zeros(6));
    case 'clone':
      return nicira(42, writer().zeros(6).put(actOctets(act.actions)));
    case 'learn':
      return learn(act);
    case 'note':
      return nicira(8, writer().put(act.data));
    case 'controller':
      return controller(act);
    case 'sample':
      return sample(act);
    case 'check_pkt_larger':
      return checkPktLarger(act);
    default:
      throw new InvariantError(`no logical action becomes ${act.kind}`);
  }
}

/** The actions one after the other, as `OFPT_PACKET_OUT` and nested actions carry them. */
export function actOctets(acts: readonly OfpAct[]): Uint8Array {
  const out = writer();
  for (const act of acts) out.put(octetsOf(act));
  return out.octets();
}
