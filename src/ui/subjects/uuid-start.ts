/** What a person pastes of a uuid: the whole, its first digits, the cookie made of them, or any of these with its name before it. */

const PASTED = /^["'[(<]?(?:_?uuid|cookie)?\s*[=:]?\s*["'[(<]?(0x)?([0-9a-f][0-9a-f-]*)["'\])>,.;:]*$/i;
/** Digits from which on a start tells rows apart; as many as a cookie has. */
const FEWEST = 8;
const PARTS = [8, 4, 4, 4, 12] as const;

/** In lower case with the hyphens between its digits; null for what names no row. */
export function uuidStart(text: string): string | null {
  const [, hex, written] = PASTED.exec(text.trim()) ?? [];
  if (written === undefined) return null;
  const bare = written.replaceAll('-', '').toLowerCase();
  // A cookie is printed without the zeros that it begins with.
  const digits = hex !== undefined && bare.length > FEWEST / 2 ? bare.padStart(FEWEST, '0') : bare;
  if (digits.length < FEWEST || digits.length > 32) return null;
  const parts: string[] = [];
  let from = 0;
  for (const length of PARTS) {
    if (from < digits.length) parts.push(digits.slice(from, from + length));
    from += length;
  }
  return parts.join('-');
}
