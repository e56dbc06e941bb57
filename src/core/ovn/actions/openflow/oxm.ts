/** OXM and NXM headers: the four or eight octets that name a field on the wire. */
import { InvariantError } from '../../../base/assert.ts';
import { toHex } from '../../../base/bytes.ts';
import type { Field, FieldHeader } from '../../../flow/field.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import type { OctetReader } from '../octet-reader.ts';
import { OctetWriter } from '../octet-writer.ts';
import { OXM_CLASS, OXM_EXPERIMENTER, OXM_NUMBER } from './oxm.table.ts';

const EXPERIMENTER_CLASS = 0xffff;
const PACKET_REGISTER_CLASS = 0x8001;

/** Protocol number of OpenFlow 1.5; 0 asks for Nicira's own headers. */
export type OxmVersion = 0 | 6;

/** The newest header that `version` knows, or the first when it knows none. */
function headerFor(field: Field, version: OxmVersion): FieldHeader {
  const header = field.headers.findLast((each) => each.version <= version) ?? field.headers[0];
  if (header === undefined) throw new InvariantError(`${field.name} has no OpenFlow header`);
  return header;
}

function compose(oxmClass: number, number: number, masked: boolean, length: number): number {
  return ((oxmClass << 16) | (number << 9) | (masked ? 0x100 : 0) | length) >>> 0;
}

/** [class, number] of a name without experimenter. */
function standardNumber(name: string): readonly [number, number] | undefined {
  const register = /^OXM_OF_PKT_REG(\d+)$/.exec(name);
  if (register !== null) return [PACKET_REGISTER_CLASS, Number(register[1])];
  const plain = /^NXM_NX_(REG|XXREG|TUN_METADATA)(\d+)$/.exec(name);
  if (plain !== null) {
    const base = plain[1] === 'REG' ? 0 : plain[1] === 'XXREG' ? 111 : 40;
    return [OXM_CLASS.NXM_NX_, base + Number(plain[2])];
  }
  const number = OXM_NUMBER[name];
  const prefix = (Object.keys(OXM_CLASS) as (keyof typeof OXM_CLASS)[]).find((each) => name.startsWith(each));
  return number === undefined || prefix === undefined ? undefined : [OXM_CLASS[prefix], number];
}

/** [experimenter, number] of an experimenter's name. */
function experimenterNumber(name: string): readonly [number, number] | undefined {
  const register = /^NXOXM_ET_(X?X?)REG(\d+)$/.exec(name);
  if (register !== null) {
    const index = Number(register[2]);
    return [OXM_EXPERIMENTER.NXOXM_ET_, register[1] === '' ? index + 1 : index + 29];
  }
  const number = OXM_NUMBER[name];
  if (number === undefined) return undefined;
  return [name.startsWith('NX') ? OXM_EXPERIMENTER.NXOXM_ET_ : OXM_EXPERIMENTER.ONFOXM_ET_, number];
}

/** The octets of a header; undefined when the field's number is not known. */
function headerOctets(field: Field, header: FieldHeader, masked: boolean): Uint8Array | undefined {
  const size = field.size * (masked ? 2 : 1);
  const numbers = header.experimenter ? experimenterNumber(header.name) : standardNumber(header.name);
  if (numbers === undefined) return undefined;
  const [first, number] = numbers;
  if (!header.experimenter) return new OctetWriter().u32(compose(first, number, masked, size)).octets();
  return new OctetWriter()
    .u32(compose(EXPERIMENTER_CLASS, number, masked, size + 4))
    .u32(first)
    .octets();
}

/** The header of `field`; its length counts value and mask of `field.size` octets each. */
export function oxmHeader(field: Field, version: OxmVersion, masked: boolean): Uint8Array {
  const header = headerFor(field, version);
  const octets = headerOctets(field, header, masked);
  if (octets === undefined) throw new InvariantError(`no OXM number for ${header.name}`);
  return octets;
}

/** The 32-bit header that Nicira's actions carry; 0 for fields that only have an experimenter's header. */
export function nxmHeader(field: Field): Uint8Array {
  return headerFor(field, 0).experimenter ? new Uint8Array(4) : oxmHeader(field, 0, false);
}

const FIELD_OF_HEADER: ReadonlyMap<string, Field> = new Map(
  Object.values(FIELDS).flatMap((field) =>
    field.headers.flatMap((header) => {
      const octets = headerOctets(field, header, false);
      return octets ? [[toHex(octets), field] as const] : [];
    }),
  ),
);

/** The field that a header names, with whether a mask follows the value; undefined for none that is known. */
export function readOxmHeader(
  reader: OctetReader,
): { readonly field: Field; readonly masked: boolean } | undefined {
  const header = reader.u32();
  if (header === undefined) return undefined;
  const isExperimenter = header >>> 16 === EXPERIMENTER_CLASS;
  const experimenter = isExperimenter ? reader.take(4) : new Uint8Array(0);
  if (experimenter === undefined) return undefined;
  const masked = (header & 0x100) !== 0;
  const extra = experimenter.length;
  const length = masked ? ((header & 0xff) - extra) / 2 + extra : header & 0xff;
  const plain = new OctetWriter().u32(((header & ~0x1ff) | length) >>> 0).put(experimenter);
  const field = FIELD_OF_HEADER.get(toHex(plain.octets()));
  return field && { field, masked };
}
