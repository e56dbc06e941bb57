/** Text of TLV tables, `{class=0x102,type=0x80,len=4}->tun_metadata0,...`, as `ovs-ofctl add-tlv-map` reads it. */
import { err, ok, type Result } from '../../base/result.ts';
import type { TlvMapping } from '../../flow/tlv-map.ts';

const NUMBER = String.raw`(0[xX][0-9a-fA-F]+|\d+)`;
const ONE = new RegExp(String.raw`^\s*\{class=${NUMBER},type=${NUMBER},len=${NUMBER}\}->tun_metadata(\d+)$`);

/** Reads a list of mappings. */
export function parseTlvMap(text: string): Result<readonly TlvMapping[]> {
  const mappings: TlvMapping[] = [];
  for (const part of text.split(/,(?=\s*\{)/)) {
    if (part.trim() === '') continue;
    const found = ONE.exec(part);
    if (!found) return err('invalid tlv mapping');
    const [, optionClass, type, length, index] = found;
    const mapping = {
      optionClass: Number(optionClass),
      type: Number(type),
      length: Number(length),
      index: Number(index),
    };
    if (mapping.optionClass > 0xffff || mapping.type > 0xff) return err('invalid tlv mapping');
    mappings.push(mapping);
  }
  return ok(mappings);
}
