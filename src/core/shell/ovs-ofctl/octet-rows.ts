/** Octets as messages that could not be read are shown: sixteen in a row, in hexadecimal and as text. */

const PER_ROW = 16;
const HALF = 8;

/** `00000000  01 14 00 0c 00 00 00 02-ff fe 00 00             |............    |`, each row with a newline. */
export function octetRows(octets: Uint8Array): string {
  let text = '';
  for (let at = 0; at < octets.length; at += PER_ROW) {
    const row = [...octets.subarray(at, at + PER_ROW)];
    const cells = Array.from({ length: PER_ROW }, (_, index) => {
      const octet = row[index];
      if (octet === undefined) return '   ';
      return `${index === HALF ? '-' : ' '}${octet.toString(16).padStart(2, '0')}`;
    });
    const letters = row.map((octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCodePoint(octet) : '.'));
    text += `${at.toString(16).padStart(8, '0')} ${cells.join('')} |${letters.join('').padEnd(PER_ROW)}|\n`;
  }
  return text;
}
