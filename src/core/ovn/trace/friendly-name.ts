/** Names for people in place of the UUIDs that OpenStack gives ports and networks. */
import { fromOctetText, toOctetText } from '../expr/octet-text.ts';
import { quote } from '../expr/quoted.ts';
import { scanToken } from '../expr/scan.ts';

const UUID_LENGTH = 36;
const SHORT_LENGTH = 6;
const TEMPLATE = 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';

/** Length of `text` when it is a UUID or the beginning of one, else 0. */
export function partialUuidLength(text: string): number {
  if (text.length > UUID_LENGTH) return 0;
  for (let i = 0; i < text.length; i += 1) {
    const isGood = TEMPLATE.charAt(i) === 'x' ? /[0-9a-fA-F]/.test(text.charAt(i)) : text.charAt(i) === '-';
    if (!isGood) return 0;
  }
  return text.length;
}

/** A UUID at the end of a name cut to its first six digits. */
export function shortenUuid(name: string): string {
  if (name.length < UUID_LENGTH) return name;
  const start = name.length - UUID_LENGTH;
  return partialUuidLength(name.slice(start)) > 0 ? name.slice(0, start + SHORT_LENGTH) : name;
}

/** `text` with every quoted string that `nameOf` knows replaced; white space and comments stay, but for those at the end. */
export function friendlyText(text: string, nameOf: (name: string) => string | undefined): string {
  if (!text.includes('"')) return text.trimEnd();
  const source = toOctetText(text);
  let out = '';
  let at = 0;
  for (;;) {
    const token = scanToken(source, at);
    if (token.kind === 'end') return fromOctetText(out);
    const friendly = token.kind === 'string' ? nameOf(token.text) : undefined;
    out +=
      friendly === undefined
        ? source.slice(at, token.end)
        : source.slice(at, token.start) + toOctetText(quote(friendly));
    at = token.end;
  }
}
