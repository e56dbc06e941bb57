/** UTF-8 both ways, without a platform's text decoder. Wrong octets become U+FFFD. */

const CHUNK = 8192;

/** True when no octet of the range has its top bit set. */
function isAscii(octets: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if ((octets[i] as number) > 0x7f) return false;
  return true;
}

/** Code point and size of the sequence at `at`; U+FFFD of size 1 when it is not well-formed. */
function decodeAt(octets: Uint8Array, at: number, to: number): readonly [point: number, size: number] {
  const lead = octets[at] as number;
  if (lead < 0x80) return [lead, 1];
  const size =
    lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 && lead < 0xe0 ? 2 : 0;
  if (size === 0 || at + size > to) return [0xfffd, 1];
  let point = lead & (0xff >> (size + 1));
  for (let i = 1; i < size; i += 1) {
    const octet = octets[at + i] as number;
    if ((octet & 0xc0) !== 0x80) return [0xfffd, 1];
    point = (point << 6) | (octet & 0x3f);
  }
  const least = size === 2 ? 0x80 : size === 3 ? 0x800 : 0x10000;
  const isValid = point >= least && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  return isValid ? [point, size] : [0xfffd, 1];
}

/** The text of `octets[from, to)`. */
export function decodeUtf8(octets: Uint8Array, from = 0, to = octets.length): string {
  const parts: string[] = [];
  let at = from;
  while (at < to) {
    const end = Math.min(at + CHUNK, to);
    if (isAscii(octets, at, end)) {
      parts.push(String.fromCharCode.apply(null, octets.subarray(at, end) as unknown as number[]));
      at = end;
    } else {
      const points: number[] = [];
      while (at < end) {
        const [point, size] = decodeAt(octets, at, to);
        points.push(point);
        at += size;
      }
      parts.push(String.fromCodePoint(...points));
    }
  }
  return parts.join('');
}

/** The octets of `text`; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const octets = new Uint8Array(text.length * 3);
  let at = 0;
  for (let i = 0; i < text.length; i += 1) {
    let point = text.charCodeAt(i);
    if (point >= 0xd800 && point < 0xe000) {
      const whole = text.codePointAt(i) as number;
      if (whole > 0xffff) i += 1;
      point = whole > 0xffff ? whole : 0xfffd;
    }
    if (point < 0x80) {
      octets[at++] = point;
    } else {
      if (point < 0x800) {
        octets[at++] = 0xc0 | (point >> 6);
      } else {
        if (point < 0x10000) {
          octets[at++] = 0xe0 | (point >> 12);
        } else {
          octets[at++] = 0xf0 | (point >> 18);
          octets[at++] = 0x80 | ((point >> 12) & 0x3f);
        }
        octets[at++] = 0x80 | ((point >> 6) & 0x3f);
      }
      octets[at++] = 0x80 | (point & 0x3f);
    }
  }
  return octets.slice(0, at);
}
