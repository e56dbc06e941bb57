/** Octets as actions write them: pairs of hex digits with dots or blanks between. */

/** Reads pairs until something else comes. */
export function scanHex(text: string): { readonly octets: Uint8Array; readonly rest: string } {
  const octets: number[] = [];
  let rest = text.replace(/^[ .\t\r\n]+/, '');
  while (/^[0-9a-fA-F]{2}/.test(rest)) {
    octets.push(Number.parseInt(rest.slice(0, 2), 16));
    rest = rest.slice(2).replace(/^[ .\t\r\n]+/, '');
  }
  return { octets: Uint8Array.from(octets), rest };
}
