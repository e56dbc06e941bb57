/** Which Geneve option (class, type, length) a bridge shows as which `tun_metadataN`, and where in a flow it stands. */
import type { Field } from './field.ts';
import { FIELDS, type FieldName } from './fields.table.ts';
import { WORD } from './words.table.ts';

export interface TlvMapping {
  readonly optionClass: number;
  readonly type: number;
  /** Bytes; a multiple of 4, 4 to 124. */
  readonly length: number;
  /** N of `tun_metadataN`, 0 to 63. */
  readonly index: number;
}

interface TlvEntry extends TlvMapping {
  /** First of the 64 option words of a flow. */
  readonly slot: number;
}

/** Immutable; in order of index. */
export interface TlvMap {
  readonly entries: readonly TlvEntry[];
}

export const EMPTY_TLV_MAP: TlvMap = { entries: [] };

/** OpenFlow error names of table modifications. */
export type TlvMapError =
  | 'NXTTMFC_BAD_OPT_LEN'
  | 'NXTTMFC_BAD_FIELD_IDX'
  | 'NXTTMFC_ALREADY_MAPPED'
  | 'NXTTMFC_TABLE_FULL'
  | 'NXTTMFC_DUP_ENTRY';

const SLOTS = 64;

function freeSlot(entries: readonly TlvEntry[], words: number, wanted: number): number | undefined {
  const used = new Set(
    entries.flatMap((entry) => Array.from({ length: entry.length / 4 }, (_, i) => entry.slot + i)),
  );
  const fits = (slot: number): boolean =>
    slot + words <= SLOTS &&
    Array.from({ length: words }, (_, i) => slot + i).every((word) => !used.has(word));
  if (fits(wanted)) return wanted;
  for (let slot = 0; slot + words <= SLOTS; slot += 1) if (fits(slot)) return slot;
  return undefined;
}

/** Adds mappings; all or none. An option that is already mapped, or an index in use, is an error. */
export function addTlvMappings(
  map: TlvMap,
  mappings: readonly TlvMapping[],
): { readonly ok: true; readonly value: TlvMap } | { readonly ok: false; readonly error: TlvMapError } {
  const entries = map.entries.slice();
  const added = new Set<string>();
  for (const mapping of mappings) {
    const { length, index } = mapping;
    if (length <= 0 || length % 4 !== 0 || length > 124) return { ok: false, error: 'NXTTMFC_BAD_OPT_LEN' };
    if (index >= 64) return { ok: false, error: 'NXTTMFC_BAD_FIELD_IDX' };
    const key = `${mapping.optionClass}/${mapping.type}`;
    if (added.has(key)) return { ok: false, error: 'NXTTMFC_DUP_ENTRY' };
    added.add(key);
    if (
      entries.some(
        (entry) =>
          entry.index === index || (entry.optionClass === mapping.optionClass && entry.type === mapping.type),
      )
    )
      return { ok: false, error: 'NXTTMFC_ALREADY_MAPPED' };
    const slot = freeSlot(entries, length / 4, index);
    if (slot === undefined) return { ok: false, error: 'NXTTMFC_TABLE_FULL' };
    entries.push({ ...mapping, slot });
  }
  return { ok: true, value: { entries: entries.toSorted((a, b) => a.index - b.index) } };
}

/** Removes the mappings of the given options. */
export const removeTlvMappings = (
  map: TlvMap,
  options: readonly Pick<TlvMapping, 'optionClass' | 'type'>[],
): TlvMap => ({
  entries: map.entries.filter(
    (entry) =>
      !options.some((option) => option.optionClass === entry.optionClass && option.type === entry.type),
  ),
});

/** `tun_metadataN` with its place and width in flows of a bridge with this map; undefined when it is not mapped. */
export function tlvField(map: TlvMap, index: number): Field | undefined {
  const entry = map.entries.find((candidate) => candidate.index === index);
  if (!entry) return undefined;
  const field = FIELDS[`tun_metadata${index}` as FieldName];
  const bits = 8 * entry.length;
  return {
    ...field,
    bits,
    width: bits,
    size: entry.length,
    word: WORD.tunOptions + entry.slot,
    words: entry.length / 4,
    variable: false,
  };
}
