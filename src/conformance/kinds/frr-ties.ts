/**
 * Ties: golden/frr/README.md calls unstable the order of equal paths in a list and which of two otherwise equal external
 * paths is best. Here such an output is written in an order of its own: paths by neighbour, next hops by address, and the
 * marks of the tied paths (best, multipath) told as a list of their own, so that a path or a mark too few still shows.
 */

/** The reasons that say no more than which of equal paths came first, or from whom. */
const TIE_REASONS = 'Older Path|Router ID|Neighbor IP';

/** Rows of a table that begin a network, or continue one. */
const ROW = /^([ *sdhr>=iSR]{3})(\S*)(.*)$/;

interface Row {
  readonly status: string;
  /** Columns after the network. */
  readonly rest: string;
}

/** All but the next hop and which AS numbers they are: what a decision compares before the tie-breaks. */
function rank(row: Row): string {
  const columns = row.rest.trim().split(/ {2,}/).slice(1);
  const [weight = '', ...path] = (columns.pop() ?? '').split(' ');
  return [...columns, weight, ...path.map((word) => word.replace(/\d+/g, 'AS'))].join('|');
}

/** Between internal paths nothing hangs on the moment. */
const isInternal = (row: Row): boolean => row.status.endsWith('i');

function writeGroup(network: string, rows: readonly Row[]): string[] {
  const best = rows.find((row) => row.status.includes('>'));
  if (best === undefined || rows.length < 2 || isInternal(best))
    return rows.map((row) => `${row.status}${network}${row.rest}`);
  const tied = rows.filter((row) => !isInternal(row) && rank(row) === rank(best));
  const marks = tied.map((row) => row.status).sort();
  const lines = rows.map((row) => `${tied.includes(row) ? ' ~ ' : row.status}${row.rest.trim()}`).sort();
  return [network, ...lines, `marks ${marks.join('|')}`];
}

function tableText(text: string): string {
  const out: string[] = [];
  let network = '';
  let rows: Row[] = [];
  const flush = (): void => {
    if (rows.length > 0) out.push(...writeGroup(network, rows));
    rows = [];
  };
  let inTable = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('   Network')) inTable = true;
    const match = inTable && line.startsWith('*') ? ROW.exec(line) : null;
    if (match === null) {
      flush();
      out.push(line);
      continue;
    }
    const [, status = '', name = '', rest = ''] = match;
    if (name !== '') {
      flush();
      network = name;
    }
    rows.push({ status, rest });
  }
  flush();
  return out.join('\n');
}

const BEST = new RegExp(`, best \\((?:${TIE_REASONS})\\)`);
const EXTERNAL_BEST = new RegExp(`external.*${BEST.source}`);

function detailText(text: string): string {
  if (!EXTERNAL_BEST.test(text)) return text;
  const lines = text.split('\n');
  const start = lines.findIndex(
    (line, index) => index > 0 && /^ {4}\S+ from /.test(lines[index + 1] ?? '') && /^ {2}\S/.test(line),
  );
  if (start < 0) return text;
  const blocks: DetailBlock[] = [];
  for (const line of lines.slice(start)) {
    const last = blocks.at(-1);
    if (/^ {2}\S/.test(line))
      blocks.push({ lines: [line], rank: String(line.trim().split(' ').length), mark: '' });
    else if (last === undefined) continue;
    else if (/^ {6}Origin /.test(line)) {
      last.mark = /(?:, multipath)?(?:, best \([^)]*\))?$/.exec(line)?.[0] ?? '';
      const plain = line.slice(0, line.length - last.mark.length);
      last.rank += plain;
      last.lines.push(plain);
    } else last.lines.push(line);
  }
  const { rank: bestRank } = blocks.find(({ mark }) => mark.includes('best')) ?? { rank: '' };
  const marks = blocks
    .filter(({ rank: one }) => one === bestRank)
    .map(({ mark }) => mark.replace(BEST, ', best (tie)'));
  const head = lines.slice(0, start).map((line) => line.replace(/best #\d+/, 'best'));
  const texts = blocks.map(
    ({ lines: own, rank: one, mark }) => own.join('\n').trimEnd() + (one === bestRank ? '' : `\n${mark}`),
  );
  return [...head, ...texts.sort(), `marks ${marks.sort().join('|')}`].join('\n');
}

interface DetailBlock {
  readonly lines: string[];
  /** As `rank` of a row: number of AS numbers, and the line of the attributes. */
  rank: string;
  mark: string;
}

/** Next hops of one route, in the kernel's or zebra's text. */
function routesText(text: string): string {
  const out: string[] = [];
  let hops: string[] = [];
  let head = '';
  const flush = (): void => {
    if (hops.length > 0) out.push(head, ...hops.sort());
    hops = [];
  };
  for (const line of text.split('\n')) {
    const zebra = /^([A-Z][ >][ *] \S+ \[\d+\/\d+\]|  [ *] +)( ?via .*)$/.exec(line);
    const kernel = line.startsWith('\tnexthop ');
    if (zebra !== null) {
      if (!line.startsWith(' ')) {
        flush();
        head = zebra[1] as string;
      }
      hops.push((zebra[2] as string).trim());
    } else if (kernel) hops.push(line);
    else {
      flush();
      head = line;
      hops = line.includes('proto bgp') ? [''] : [];
      if (hops.length === 0) out.push(line);
    }
  }
  flush();
  return out.join('\n');
}

type Json = null | boolean | number | string | readonly Json[] | JsonRecord;
interface JsonRecord {
  readonly [key: string]: Json;
}

const isRecord = (value: Json): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MARKS: readonly string[] = ['bestpath', 'multipath', 'selectionReason', 'bestpathFromAs'];

const TIE_REASON = new RegExp(`"(?:${TIE_REASONS})"`);

/** As `rank` of a row. */
function rankOf(path: JsonRecord): readonly Json[] {
  const { aspath } = path;
  const words = isRecord(aspath ?? null)
    ? (aspath as JsonRecord)['length']
    : JSON.stringify(path['path'] ?? '').split(' ').length;
  const names = [
    'localpref',
    'locPrf',
    'locPref',
    'metric',
    'med',
    'weight',
    'origin',
    'pathFrom',
    'internal',
  ];
  const { peer } = path;
  return [
    words ?? null,
    ...names.map((name) => path[name] ?? null),
    isRecord(peer ?? null) ? ((peer as JsonRecord)['type'] ?? null) : null,
  ];
}

function sortJson(value: Json): Json {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map(sortJson);
    const arePaths =
      items.length > 1 && items.every((item) => isRecord(item) && ('nexthops' in item || 'ip' in item));
    if (!arePaths) return items;
    if (items.every((item) => isRecord(item) && 'ip' in item))
      return items.map((item) => JSON.stringify(item)).sort();
    const paths = items.filter(isRecord);
    const best = paths.find((path) => TIE_REASON.test(JSON.stringify(path)));
    if (best === undefined || JSON.stringify(rankOf(best)).includes('internal')) return items;
    const isTied = (path: JsonRecord): boolean =>
      JSON.stringify(rankOf(path)) === JSON.stringify(rankOf(best));
    const plain = paths.map((path) =>
      isTied(path)
        ? Object.fromEntries(Object.entries(path).filter(([name]) => !MARKS.includes(name)))
        : path,
    );
    const marks = paths
      .filter(isTied)
      .map((path) => JSON.stringify(MARKS.map((name) => path[name] ?? null)).replace(TIE_REASON, '"tie"'));
    return [...plain.map((path) => JSON.stringify(path)).sort(), ...rankOf(best), ...marks.sort()];
  }
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, sortJson(inner)]));
  return value;
}

/** The output in an order that ties do not change; the output itself where there are none to expect. */
export function withoutTies(command: string, text: string): string {
  if (command.endsWith(' json') || command.startsWith('ip -j')) {
    // Masked numbers and times are no JSON any more.
    const masked = text.replace(/:\s*(N|TIME|BEGINNING)(?=[,\n}\]])/g, ':"$1"');
    try {
      return JSON.stringify(sortJson(JSON.parse(masked) as Json));
    } catch {
      return text;
    }
  }
  if (command.startsWith('ip ') || /^show ip(?:v6)? route/.test(command)) return routesText(text);
  if (text.includes('   Network  ')) return tableText(text);
  return text.startsWith('BGP routing table entry') ? detailText(text) : text;
}
