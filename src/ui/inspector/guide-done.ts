/** Which lines of a guide were typed: one that stands there twice was done twice only when it was typed twice. */
export function doneOf(
  lines: readonly { readonly host: string; readonly line: string }[],
  typed: ReadonlyMap<string, number>,
): readonly boolean[] {
  const met = new Map<string, number>();
  return lines.map(({ host, line }) => {
    const key = `${host} ${line}`;
    const times = (met.get(key) ?? 0) + 1;
    met.set(key, times);
    return (typed.get(key) ?? 0) >= times;
  });
}
