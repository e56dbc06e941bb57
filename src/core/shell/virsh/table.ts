/** Tables as virsh draws them (`vshTable`): a space before each cell, two after its column, a rule below the header. */

export function virshTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => ` ${at < cells.length - 1 ? `${cell.padEnd(widths[at] ?? 0)}  ` : cell}`)
      .join('');
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + 3, 0));
  return `${[line(header), rule, ...rows.map(line)].join('\n')}\n`;
}
