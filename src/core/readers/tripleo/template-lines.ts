/** Which lines of a NIC template made which device of a node. */
import { withMembers, type Device } from '../os-net-config/device.ts';

/** Statements and comments of Jinja2 stand at any column and end no block. */
const STATEMENT = /^\s*\{[%#].*[%#]\}\s*$/;

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The lines of the block that starts on `start` (from 1) with its keys in `column`: as far as lines are indented at least as much. */
function blockEnd(lines: readonly string[], start: number, column: number): number {
  let end = start;
  for (let at = start + 1; at <= lines.length; at += 1) {
    const line = lines[at - 1] ?? '';
    if (line.trim() === '' || STATEMENT.test(line)) continue;
    if (indentOf(line) < column - 1) break;
    end = at;
  }
  return end;
}

/**
 * For each device its own lines in `file`, from 1, ascending: those of its block that are not a member's. A block that a
 * loop repeats belongs to every device that it made; a device that stands in another file has none here.
 */
export function deviceLines(
  devices: readonly Device[],
  file: string,
  text: string,
): ReadonlyMap<Device, readonly number[]> {
  const lines = text.split('\n');
  const starts = new Map<number, { readonly column: number; readonly devices: Device[] }>();
  const made = new Map<Device, number[]>();
  for (const device of withMembers(devices)) {
    made.set(device, []);
    if (device.place.file !== file) continue;
    const known = starts.get(device.place.line);
    if (known) known.devices.push(device);
    else starts.set(device.place.line, { column: device.place.column, devices: [device] });
  }
  /** Of each line the block that starts last before it and still holds it. */
  const owner = new Map<number, readonly Device[]>();
  for (const [start, block] of [...starts].toSorted(([a], [b]) => a - b))
    for (let at = start; at <= blockEnd(lines, start, block.column); at += 1) owner.set(at, block.devices);
  for (const [line, owners] of [...owner].toSorted(([a], [b]) => a - b))
    for (const device of owners) made.get(device)?.push(line);
  return made;
}
