/** Domain names as labels (RFC 1035), the way OVN packs them into DHCP and router advertisement options. */
import { encodeUtf8 } from '../../base/utf8.ts';
import { OctetWriter } from './octet-writer.ts';

const MAX_DOMAIN = 255;
const POINTER = 0xc000;

/**
 * A comma-separated search list with compression pointers; empty when a name is too long.
 *
 * Which suffix was seen before is decided without its last character, as in the real program.
 */
export function encodeDomainSearch(list: string): Uint8Array {
  const out = new OctetWriter();
  const offsets = new Map<string, number>();
  for (const domain of list.split(',').filter((each) => each !== '')) {
    if (encodeUtf8(domain).length > MAX_DOMAIN) return new Uint8Array(0);
    let suffix = domain.slice(0, -1);
    let rest = domain;
    let isCompressed = false;
    for (;;) {
      rest = rest.replace(/^\.+/, '');
      if (rest === '') break;
      const known = offsets.get(suffix);
      if (known !== undefined) {
        out.u16(POINTER | known);
        isCompressed = true;
        break;
      }
      offsets.set(suffix, out.size);
      const [label = ''] = rest.split('.', 1);
      const octets = encodeUtf8(label);
      out.u8(octets.length).put(octets);
      rest = rest.slice(label.length + 1);
      if (rest !== '') suffix = rest.slice(0, -1);
    }
    if (!isCompressed) out.u8(0);
  }
  return out.octets();
}

/** One name as labels: two octets longer than its text. */
export function encodeFqdn(name: string): Uint8Array {
  const text = encodeUtf8(name);
  const out = new Uint8Array(text.length + 2);
  let length = 0;
  for (const [i, octet] of text.entries()) {
    if (octet === 46) {
      out[i - length] = length;
      length = 0;
    } else {
      out[i + 1] = octet;
      length += 1;
    }
  }
  if (length > 0) out[text.length - length] = length;
  return out;
}

/** A search list as the body of a DNSSL option; undefined when it is longer than `limit` with its 8 octets of header. */
export function encodeDnssl(list: string, limit: number): Uint8Array | undefined {
  const out = new OctetWriter();
  let size = 8;
  for (const name of list.split(',').filter((each) => each !== '')) {
    size += encodeUtf8(name).length + 2;
    if (size > limit) return undefined;
    for (const label of name.split('.').filter((each) => each !== '')) {
      const octets = encodeUtf8(label).slice(0, 255);
      out.u8(octets.length).put(octets);
    }
    out.u8(0);
  }
  const padded = Math.ceil(size / 8) * 8 - 8;
  return out.zeros(Math.max(0, padded - out.size)).octets();
}
