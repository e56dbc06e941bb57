/** AS paths: length, loops, prepending, and the changes that neighbours' options ask for (RFC 4271 5.1.2, RFC 5065). */
import type { AsPath, AsSegment } from './attributes.ts';

/** A segment on the wire holds at most 255 AS numbers. */
const SEGMENT_LIMIT = 255;

/** Length that the decision process compares: a set counts 1, confederation segments 0. */
export function hopCount(path: AsPath): number {
  let count = 0;
  for (const segment of path) {
    if (segment.kind === 'sequence') count += segment.asns.length;
    else if (segment.kind === 'set') count += 1;
  }
  return count;
}

export function confederationHopCount(path: AsPath): number {
  let count = 0;
  for (const segment of path) {
    if (segment.kind === 'confed-sequence') count += segment.asns.length;
    else if (segment.kind === 'confed-set') count += 1;
  }
  return count;
}

/** How often `asn` occurs, in any segment. */
export function occurrences(path: AsPath, asn: number): number {
  let count = 0;
  for (const segment of path) for (const one of segment.asns) if (one === asn) count += 1;
  return count;
}

/** Puts AS numbers in front, in the given order. */
export const prepend = (path: AsPath, asns: readonly number[]): AsPath => putInFront(path, 'sequence', asns);

/** The member of a confederation that passes a path on to another one (RFC 5065 4.1). */
export const prependConfederation = (path: AsPath, asn: number): AsPath =>
  putInFront(path, 'confed-sequence', [asn]);

function putInFront(path: AsPath, kind: AsSegment['kind'], asns: readonly number[]): AsPath {
  if (asns.length === 0) return path;
  const [first, ...rest] = path;
  if (first?.kind === kind && first.asns.length + asns.length <= SEGMENT_LIMIT)
    return [{ kind, asns: [...asns, ...first.asns] }, ...rest];
  return [{ kind, asns }, ...path];
}

/** The neighbouring AS: the first number of a path that begins with a sequence; undefined otherwise. */
export function firstAs(path: AsPath): number | undefined {
  const [segment] = path;
  return segment?.kind === 'sequence' ? segment.asns[0] : undefined;
}

/** The first number, whatever the kind of its segment. */
export const leftmostAs = (path: AsPath): number | undefined => path[0]?.asns[0];

/** The AS that originated the path: the last number. */
export function originAs(path: AsPath): number | undefined {
  return path.at(-1)?.asns.at(-1);
}

/** The member of the confederation that passed a path on; undefined: none did. */
function firstMember(path: AsPath): number | undefined {
  const [segment] = path;
  return segment?.kind === 'confed-sequence' ? segment.asns[0] : undefined;
}

/** Whether paths came by the same AS, or by the same member of the confederation, so that their MEDs may be compared. */
export function sameFirstAs(a: AsPath, b: AsPath): boolean {
  const [left, right] = [withoutConfederation(a), withoutConfederation(b)];
  const first = firstAs(left);
  if (first !== undefined && first === firstAs(right)) return true;
  const member = firstMember(a);
  return member !== undefined && member === firstMember(b);
}

export const withoutConfederation = (path: AsPath): AsPath =>
  path.filter((segment) => segment.kind !== 'confed-sequence' && segment.kind !== 'confed-set');

export const hasConfederation = (path: AsPath): boolean =>
  path.some((segment) => segment.kind === 'confed-sequence' || segment.kind === 'confed-set');

export const hasSet = (path: AsPath): boolean =>
  path.some((segment) => segment.kind === 'set' || segment.kind === 'confed-set');

/** RFC 6996. */
export const isPrivateAs = (asn: number): boolean =>
  (asn >= 64512 && asn <= 65534) || (asn >= 4200000000 && asn <= 4294967294);

const mapAsns = (path: AsPath, change: (asns: readonly number[]) => readonly number[]): AsPath =>
  path
    .map((segment): AsSegment => ({ kind: segment.kind, asns: change(segment.asns) }))
    .filter((segment) => segment.asns.length > 0);

export const allPrivate = (path: AsPath): boolean =>
  path.length > 0 && path.every((segment) => segment.asns.every(isPrivateAs));

/** Without private AS numbers; `keep` (the neighbour's own) stays. */
export const removePrivate = (path: AsPath, keep: number): AsPath =>
  mapAsns(path, (asns) => asns.filter((asn) => !isPrivateAs(asn) || asn === keep));

/** Private AS numbers become `own`; `keep` (the neighbour's own) stays. */
export const replacePrivate = (path: AsPath, own: number, keep: number): AsPath =>
  mapAsns(path, (asns) => asns.map((asn) => (isPrivateAs(asn) && asn !== keep ? own : asn)));

/** `target` becomes `own` everywhere (as-override). */
export const replaceAs = (path: AsPath, target: number, own: number): AsPath =>
  mapAsns(path, (asns) => asns.map((asn) => (asn === target ? own : asn)));

export function equalPaths(a: AsPath, b: AsPath): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  return a.every((segment, at) => {
    const other = b[at] as AsSegment;
    return (
      segment.kind === other.kind &&
      segment.asns.length === other.asns.length &&
      segment.asns.every((asn, index) => asn === other.asns[index])
    );
  });
}

/** The numbers that all paths begin with, and the rest as one set (`aggregate-address ... as-set`, RFC 4271 9.2.2.2). */
export function aggregatePaths(paths: readonly AsPath[]): AsPath {
  const [first, ...others] = paths;
  if (first === undefined) return [];
  if (others.every((path) => equalPaths(path, first))) return first;
  const leading = (path: AsPath): readonly number[] => (path[0]?.kind === 'sequence' ? path[0].asns : []);
  let shared = leading(first).length;
  for (const path of others) {
    const asns = leading(path);
    let same = 0;
    while (same < shared && asns[same] === leading(first)[same]) same += 1;
    shared = same;
  }
  const rest = new Set<number>();
  for (const path of paths) {
    path.forEach((segment, index) => {
      segment.asns.forEach((asn, at) => {
        if (index > 0 || at >= shared) rest.add(asn);
      });
    });
  }
  const head = leading(first).slice(0, shared);
  const result: AsSegment[] = [];
  if (head.length > 0) result.push({ kind: 'sequence', asns: head });
  if (rest.size > 0) result.push({ kind: 'set', asns: [...rest].sort((a, b) => a - b) });
  return result;
}
