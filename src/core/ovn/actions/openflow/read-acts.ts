/** The way back from `actOctets`: OpenFlow 1.5 octets inside a controller action's userdata, as ovn-controller reads them. */
import { err, ok, type Result } from '../../../base/result.ts';
import type { Subfield } from '../../../flow/field.ts';
import { OFPP } from '../../../flow/ofport.table.ts';
import type {
  ControllerAct,
  CtAct,
  LearnAct,
  LearnSource,
  LearnSpec,
  NatAct,
  OfpAct,
  SampleAct,
} from '../../../ofproto/actions/ofpact.ts';
import { OctetReader } from '../octet-reader.ts';
import { readOxmHeader } from './oxm.ts';

const NICIRA = 0x00002320;
const NO_TABLE = 255;

/** Ends the reading of a list: what an action says does not fit its kind. */
class Malformed extends Error {}

/** A value that has to be there. */
function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Malformed(what);
  return value;
}

const u8 = (reader: OctetReader): number => need(reader.u8(), 'truncated action');
const u16 = (reader: OctetReader): number => need(reader.u16(), 'truncated action');
const u32 = (reader: OctetReader): number => need(reader.u32(), 'truncated action');
const uint = (reader: OctetReader, size: number): bigint => need(reader.uint(size), 'truncated action');
const skip = (reader: OctetReader, size: number): void => void need(reader.take(size), 'truncated action');

const fieldOf = (reader: OctetReader): Subfield['field'] =>
  need(readOxmHeader(reader), 'unknown field').field;

function setField(body: OctetReader): OfpAct {
  const { field, masked } = need(readOxmHeader(body), 'unknown field');
  const value = uint(body, field.size);
  const whole = (1n << BigInt(8 * field.size)) - 1n;
  return { kind: 'set_field', field, value, mask: masked ? uint(body, field.size) : whole, load: false };
}

function copyField(body: OctetReader): OfpAct {
  const length = u16(body);
  const source = u16(body);
  const destination = u16(body);
  skip(body, 2);
  return {
    kind: 'move',
    source: { field: fieldOf(body), offset: source, length },
    destination: { field: fieldOf(body), offset: destination, length },
  };
}

function stack(kind: 'push' | 'pop', body: OctetReader): OfpAct {
  const offset = u16(body);
  const field = fieldOf(body);
  return { kind, subfield: { field, offset, length: u16(body) } };
}

/** The bits of the field that `header` names; offset and length stand in 16 bits. */
const subfieldOf = (header: Uint8Array, bits: number): Subfield => ({
  field: fieldOf(new OctetReader(header)),
  offset: bits >>> 6,
  length: (bits & 0x3f) + 1,
});

function nat(body: OctetReader): NatAct {
  skip(body, 2);
  const flags = u16(body);
  const present = u16(body);
  const value = (bit: number, size: number): bigint => (present & (1 << bit) ? uint(body, size) : 0n);
  const min4 = value(0, 4);
  const max4 = value(1, 4);
  const min6 = value(2, 16);
  const max6 = value(3, 16);
  const minPort = Number(value(4, 2));
  const maxPort = Number(value(5, 2));
  const family4 = (present & 3) !== 0;
  const addresses = family4
    ? ({ family: 4, minAddress: min4, maxAddress: max4 } as const)
    : (present & 12) === 0
      ? null
      : ({ family: 6, minAddress: min6, maxAddress: max6 } as const);
  return {
    kind: 'nat',
    direction: flags & 1 ? 'src' : flags & 2 ? 'dst' : null,
    addresses,
    minPort,
    maxPort,
    persistent: (flags & 4) !== 0,
    hash: (flags & 8) !== 0,
    random: (flags & 16) !== 0,
  };
}

function ct(body: OctetReader): CtAct {
  const flags = u16(body);
  const header = need(body.take(4), 'truncated action');
  const bits = u16(body);
  const isNumber = header.every((octet) => octet === 0);
  const zone = isNumber ? bits : subfieldOf(header, bits);
  const table = u8(body);
  skip(body, 3);
  const alg = u16(body);
  const inner = list(body.rest());
  const translation = inner.find((act) => act.kind === 'nat');
  return {
    kind: 'ct',
    commit: (flags & 1) !== 0,
    force: (flags & 2) !== 0,
    zone,
    table: table === NO_TABLE ? null : table,
    alg,
    nat: translation ?? null,
    exec: inner.filter((act) => act.kind !== 'nat'),
  };
}

const CLASS = { match: 0, load: 1, output: 2 } as const;

function learnSpec(body: OctetReader, header: number): LearnSpec {
  const length = header & 0x7ff;
  const what = (header >>> 11) & 3;
  const subfield = (): Subfield => {
    const field = fieldOf(body);
    return { field, offset: u16(body), length };
  };
  if (what === CLASS.output) return { kind: 'output', source: subfield() };
  const source: LearnSource =
    (header & (1 << 13)) === 0
      ? { kind: 'field', subfield: subfield() }
      : { kind: 'immediate', value: uint(body, 2 * Math.ceil(length / 16)) };
  return { kind: what === CLASS.load ? 'load' : 'match', source, destination: subfield() };
}

function learn(body: OctetReader, extended: boolean): LearnAct {
  const idleTimeout = u16(body);
  const hardTimeout = u16(body);
  const priority = u16(body);
  const cookie = uint(body, 8);
  const flags = u16(body);
  const table = u8(body);
  skip(body, 1);
  const finIdleTimeout = u16(body);
  const finHardTimeout = u16(body);
  const limit = extended ? u32(body) : 0;
  const offset = extended ? u16(body) : 0;
  if (extended) skip(body, 2);
  const result = (flags & 4) === 0 ? null : { field: fieldOf(body), offset, length: 1 };
  const specs: LearnSpec[] = [];
  for (let header = body.u16(); header !== undefined && header !== 0; header = body.u16())
    specs.push(learnSpec(body, header));
  return {
    kind: 'learn',
    table,
    idleTimeout,
    hardTimeout,
    priority,
    cookie,
    finIdleTimeout,
    finHardTimeout,
    sendFlowRemoved: (flags & 1) !== 0,
    deleteLearned: (flags & 2) !== 0,
    limit,
    result,
    specs,
  };
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

const reasonOf = (number: number): ControllerAct['reason'] => need(REASONS[number], 'unknown reason');

const PLAIN: ControllerAct = {
  kind: 'controller',
  maxLen: 0xffff,
  controllerId: 0,
  reason: 'action',
  pause: false,
  userdata: new Uint8Array(0),
  meter: 0,
};

function controller(body: OctetReader): ControllerAct {
  return { ...PLAIN, maxLen: u16(body), controllerId: u16(body), reason: reasonOf(u8(body)) };
}

function controller2(body: OctetReader): ControllerAct {
  skip(body, 6);
  let act = PLAIN;
  while (body.remaining >= 4) {
    const type = u16(body);
    const size = u16(body) - 4;
    const value = new OctetReader(need(body.take(size), 'truncated property'));
    skip(body, (8 - ((size + 4) % 8)) % 8);
    if (type === 0) act = { ...act, maxLen: u16(value) };
    else if (type === 1) act = { ...act, controllerId: u16(value) };
    else if (type === 2) act = { ...act, reason: reasonOf(u8(value)) };
    else if (type === 3) act = { ...act, userdata: value.rest().slice() };
    else if (type === 4) act = { ...act, pause: true };
    else if (type === 5) act = { ...act, meter: u32(value) };
    else throw new Malformed('unknown property');
  }
  return act;
}

function observation(body: OctetReader): number | Subfield {
  const header = need(body.take(4), 'truncated action');
  if (header.every((octet) => octet === 0)) return u32(body);
  const bits = u16(body);
  skip(body, 2);
  return subfieldOf(header, bits);
}

function sample(body: OctetReader, extended: boolean): SampleAct {
  const probability = u16(body);
  const collectorSet = u32(body);
  const observationDomain = extended ? observation(body) : u32(body);
  const observationPoint = extended ? observation(body) : u32(body);
  return {
    kind: 'sample',
    probability,
    collectorSet,
    observationDomain,
    observationPoint,
    samplingPort: extended ? u16(body) : OFPP.none,
    direction: 'default',
  };
}

function checkPktLarger(body: OctetReader): OfpAct {
  const size = u16(body);
  const offset = u16(body);
  return { kind: 'check_pkt_larger', size, destination: { field: fieldOf(body), offset, length: 1 } };
}

function resubmit(body: OctetReader, isTracked: boolean): OfpAct {
  return { kind: 'resubmit', port: u16(body), table: u8(body), ct: isTracked };
}

function decTtl(body: OctetReader): OfpAct {
  const count = u16(body);
  skip(body, 4);
  return {
    kind: 'dec_ttl',
    explicit: true,
    controllerIds: Array.from({ length: count }, () => u16(body)),
  };
}

type Read = (body: OctetReader) => OfpAct;

const NICIRA_ACTS: Readonly<Record<number, Read>> = {
  8: (body) => ({ kind: 'note', data: body.rest().slice() }),
  14: (body) => resubmit(body, false),
  16: (body) => learn(body, false),
  20: controller,
  21: decTtl,
  27: (body) => stack('push', body),
  28: (body) => stack('pop', body),
  29: (body) => sample(body, false),
  35: ct,
  36: nat,
  37: controller2,
  42(body) {
    skip(body, 6);
    return { kind: 'clone', actions: list(body.rest()) };
  },
  43: () => ({ kind: 'ct_clear' }),
  44: (body) => resubmit(body, true),
  45: (body) => learn(body, true),
  49: checkPktLarger,
  51: (body) => sample(body, true),
};

const STANDARD_ACTS: Readonly<Record<number, Read>> = {
  21: (body) => ({ kind: 'set_queue', queue: u32(body) }),
  22: (body) => ({ kind: 'group', group: u32(body) }),
  23: (body) => ({ kind: 'mod_nw_ttl', value: u8(body) }),
  24: () => ({ kind: 'dec_ttl', explicit: false, controllerIds: [0] }),
  25: setField,
  28: copyField,
  29: (body) => ({ kind: 'meter', meter: u32(body) }),
};

function one(type: number, body: OctetReader): OfpAct {
  if (type !== 0xffff) return need(STANDARD_ACTS[type], `unknown action ${type}`)(body);
  if (u32(body) !== NICIRA) throw new Malformed('unknown vendor');
  const subtype = u16(body);
  return need(NICIRA_ACTS[subtype], `unknown Nicira action ${subtype}`)(body);
}

function list(octets: Uint8Array): OfpAct[] {
  const reader = new OctetReader(octets);
  const acts: OfpAct[] = [];
  while (reader.remaining > 0) {
    const type = u16(reader);
    const size = u16(reader);
    if (size < 8 || size % 8 !== 0) throw new Malformed('bad length of an action');
    acts.push(one(type, new OctetReader(need(reader.take(size - 4), 'truncated action'))));
  }
  return acts;
}

/** The actions that `octets` hold. A `note` keeps the zeros that pad it, as the real reader does. */
export function readActs(octets: Uint8Array): Result<readonly OfpAct[]> {
  try {
    return ok(list(octets));
  } catch (problem) {
    if (problem instanceof Malformed) return err(problem.message);
    throw problem;
  }
}
