/** IPv4 addresses as `inet_aton` takes them: up to four numbers, decimal, octal or hexadecimal, the last one filling the rest. */
export function parseAton(word: string): number | undefined {
  const parts = word.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(part))) return undefined;
  const numbers = parts.map((part) =>
    /^0[xX]/.test(part)
      ? Number(part)
      : part.length > 1 && part.startsWith('0')
        ? Number.parseInt(part, 8)
        : Number(part),
  );
  const last = numbers.pop() ?? 0;
  if (numbers.some((value) => value > 255) || last >= 256 ** (4 - numbers.length)) return undefined;
  return numbers.reduce((value, part, index) => value + part * 256 ** (3 - index), last);
}
