/** Object identifiers as tcpdump prints them: numbers with -n, else names as far as the tree of objects goes. */
import { MIB, MIB_PREFIXES, type MibObject } from './mib.table.ts';
import type { Printer } from './printer.ts';

/** The first two numbers share an octet (X.690, 8.19.4). */
const encoded = (path: readonly number[]): readonly number[] => [
  (path[0] ?? 0) * 40 + (path[1] ?? 0),
  ...path.slice(2),
];

function childrenAt(path: readonly number[]): ReadonlyMap<number, MibObject> | undefined {
  let children: ReadonlyMap<number, MibObject> | undefined = MIB;
  for (const number of path) children = children?.get(number)?.children;
  return children;
}

/** The subtree that the identifier begins with, if it is a well-known one. */
function knownPrefix(p: Printer, at: number, size: number): (typeof MIB_PREFIXES)[number] | undefined {
  return MIB_PREFIXES.find(({ path }) => {
    const octets = encoded(path);
    if (size < octets.length || !p.has(at, octets.length)) return false;
    return octets.every((octet, i) => p.u8(at + i) === octet);
  });
}

export function printObjectIdentifier(p: Printer, at: number, size: number): void {
  const isNamed = !p.options.numeric;
  const prefix = isNamed && size > 2 ? knownPrefix(p, at, size) : undefined;
  let children = isNamed ? MIB : undefined;
  let skipped = 0;
  if (prefix !== undefined) {
    p.print(prefix.prefix);
    children = childrenAt(prefix.path);
    skipped = prefix.path.length - 1;
  }
  let needsDot = prefix === undefined;
  let isFirst = prefix === undefined;
  const printNumber = (number: number): void => {
    const object: MibObject | undefined = children?.get(number);
    p.print(`${needsDot ? '.' : ''}${object?.name ?? number >>> 0}`);
    children = object?.children;
    needsDot = true;
  };
  let number = 0;
  for (let i = skipped; i < size; i += 1) {
    const octet = p.u8(at + i);
    number = (number << 7) + (octet & 0x7f);
    if ((octet & 0x80) !== 0) continue;
    if (isFirst) {
      const first = Math.min(2, Math.trunc(number / 40));
      printNumber(first);
      number -= first * 40;
      isFirst = false;
    }
    printNumber(number);
    number = 0;
  }
}
