/** Files of flows, groups and bundles: one request a line, `#` begins a remark. */

interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** Lines of a file of flows or groups that hold something, without remarks. */
export function fileLines(file: string): NumberedLine[] {
  return file
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: line.replace(/#.*$/, '').trim() }))
    .filter(({ text }) => text !== '');
}
