/** Subfields as text: `NXM_NX_REG0[0..15]`, `reg0[3]`, `eth_src[]`. */
import { err, ok, type Result } from '../base/result.ts';
import type { Field, Subfield } from './field.ts';
import { fieldByHeader, fieldByName } from './fields.table.ts';
import { tlvField, type TlvMap } from './tlv-map.ts';

/** Bits of a field; a tunnel option that no map has given a length may be as long as the protocol allows. */
const widthOf = (field: Field): number => (field.variable ? 992 : field.bits);

export function formatSubfield({ field, offset, length }: Subfield): string {
  if (offset === 0 && length === widthOf(field)) return `${field.nxmName}[]`;
  return length === 1 ? `${field.nxmName}[${offset}]` : `${field.nxmName}[${offset}..${offset + length - 1}]`;
}

/** A field by any of its names; `tun_metadataN` gets its place from `tlv` when that has one. */
export function findField(name: string, tlv?: TlvMap): Field | undefined {
  const field = fieldByHeader(name) ?? fieldByHeader(name.replace(/_W$/, '')) ?? fieldByName(name);
  return field?.option === undefined || tlv === undefined ? field : (tlvField(tlv, field.option) ?? field);
}

/** A subfield at the start of `text`, with what follows it. */
export function scanSubfield(
  text: string,
  tlv?: TlvMap,
): Result<{ readonly subfield: Subfield; readonly rest: string }> {
  const name = /^[^[-]*/.exec(text)?.[0] ?? '';
  const field = findField(name, tlv);
  if (!field) return err(`${text}: unknown field \`${name}'`);
  let rest = text.slice(name.length);
  const bits = widthOf(field);
  let start = 0;
  let end = field.bits - 1;
  if (rest.startsWith('[')) {
    const range = /^\[ *([+-]?\d+)\.\. *([+-]?\d+)\]/.exec(rest);
    const bit = /^\[ *([+-]?\d+)\]/.exec(rest);
    if (range) {
      start = Number(range[1]);
      end = Number(range[2]);
    } else if (bit) {
      start = Number(bit[1]);
      end = start;
    } else if (!rest.startsWith('[]')) {
      return err(`${text}: syntax error expecting [] or [<bit>] or [<start>..<end>]`);
    }
    rest = rest.slice(rest.indexOf(']') + 1);
  }
  if (start > end) return err(`${text}: starting bit ${start} is after ending bit ${end}`);
  if (start >= bits)
    return err(`${text}: starting bit ${start} is not valid because field is only ${bits} bits wide`);
  if (end >= bits)
    return err(`${text}: ending bit ${end} is not valid because field is only ${bits} bits wide`);
  return ok({ subfield: { field, offset: start, length: end - start + 1 }, rest });
}

/** A subfield that is the whole of `text`. */
export function parseSubfield(text: string, tlv?: TlvMap): Result<Subfield> {
  const scanned = scanSubfield(text, tlv);
  if (!scanned.ok) return scanned;
  return scanned.value.rest === ''
    ? ok(scanned.value.subfield)
    : err('unexpected input following field syntax');
}

/** A field that only an experimenter header can name cannot be a destination here. */
export const isPlainHeader = ({ field }: Subfield): boolean =>
  field.headers.some((header) => header.name === field.nxmName && !header.experimenter);
