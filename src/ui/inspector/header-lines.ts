/** The header tree as lines: open branches only, each with its mark. */
import type { HeaderRow } from '../../engine/protocol.ts';
import { sharedPrefix } from './layer-groups.ts';
import { markOf, type OctetMarks } from './octet-marks.ts';

export interface HeaderLine {
  readonly key: string;
  readonly row: HeaderRow;
  readonly level: number;
  /** Null for a leaf. */
  readonly open: boolean | null;
  readonly mark: 0 | 1 | 2;
  /** Name and addresses on one line, for a closed header. */
  readonly folded: string;
}

/** Headers whose fields one knows by heart start closed, unless this step changed them. */
const STARTS_CLOSED = /^(IPv4|IPv6|UDP|TCP|Payload|Data)/i;

/** `turned` holds branches that are the other way than they start. */
export function headerLines(
  headers: readonly HeaderRow[],
  turned: ReadonlySet<string>,
  marks: OctetMarks,
): readonly HeaderLine[] {
  const lines: HeaderLine[] = [];
  const add = (row: HeaderRow, key: string, level: number): void => {
    const mark = markOf(marks, row.offset, row.size);
    const starts =
      level > 1 ||
      !STARTS_CLOSED.test(row.name) ||
      row.children.some((child) => markOf(marks, child.offset, child.size) === 2);
    const open = row.children.length === 0 ? null : starts !== turned.has(key);
    // A mark stands on the field itself; a header shows it only while its fields are not seen.
    lines.push({
      key,
      row,
      level,
      open,
      mark: open ? 0 : mark,
      folded: row.text === '' ? row.name : `${row.name} ${sharedPrefix(row.text)}`,
    });
    if (open) row.children.forEach((child, at) => add(child, `${key}/${at}:${child.name}`, level + 1));
  };
  headers.forEach((row, at) => add(row, `${headers.length - at}:${row.name}`, 1));
  return lines;
}
