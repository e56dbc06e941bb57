/**
 * Frames and capture files against tcpdump's own text (golden/packets). Nothing is normalised.
 *
 * `tcpdump`: one point a frame of the corpus, and one for each recorded text of a capture file. `pcap`: one point a
 * file, that it reads, that it writes back octet for octet, and that tcpdump's first line names what it holds.
 */
import { equalBytes, fromHex } from '../../core/base/bytes.ts';
import {
  printFrame,
  readCapture,
  TcpdumpSession,
  writePcap,
  writePcapng,
  type Capture,
  type TcpdumpOptions,
} from '../../core/wire/index.ts';
import { firstDifference, type GoldenFolder, type Point, type Runner } from '../runner.ts';

const CORPUS = 'packets/corpus.jsonl';
const FILES = 'packets/pcapfiles';

/** Options of the recorded texts, by the end of the file's name. */
const TEXTS: readonly (readonly [suffix: string, options: Partial<TcpdumpOptions>])[] = [
  ['tcpdump.txt', { numeric: true }],
  ['tcpdump.vvnne.txt', { numeric: true, verbose: 2, linkHeader: true }],
  ['tcpdump.tttt-x.txt', { numeric: true, linkHeader: true, timestamp: 4, hex: 1, nanoseconds: true }],
];

interface Row {
  readonly id: string;
  readonly hex: string;
  readonly tcpdump: string;
}

function point(kind: string, id: string, expected: string, actual: string): Point {
  return expected === actual
    ? { kind, id, pass: true }
    : { kind, id, pass: false, why: firstDifference(expected, actual) };
}

function* corpus(folder: GoldenFolder): Iterable<Point> {
  if (!folder.exists(CORPUS)) return;
  for (const line of folder.text(CORPUS).split('\n')) {
    if (line === '') continue;
    const row = JSON.parse(line) as Row;
    const octets = fromHex(row.hex);
    const actual =
      octets === undefined
        ? '(not hex)'
        : printFrame(octets, { linkHeader: true, numeric: true, verbose: 2 });
    yield point('tcpdump', row.id, row.tcpdump, actual);
  }
}

const captureNames = (folder: GoldenFolder): readonly string[] =>
  folder.list(FILES).filter((name) => /\.pcap(ng)?$/.test(name));

function readFile(folder: GoldenFolder, name: string): Capture | string {
  const result = readCapture(folder.octets(`${FILES}/${name}`));
  return result.ok ? result.value : result.error.message;
}

function captureText(capture: Capture, options: Partial<TcpdumpOptions>): string {
  const session = new TcpdumpSession(options);
  return capture.packets.map((packet) => session.print(packet).text).join('');
}

function* captureTexts(folder: GoldenFolder): Iterable<Point> {
  for (const name of captureNames(folder)) {
    const capture = readFile(folder, name);
    for (const [suffix, options] of TEXTS) {
      const path = `${FILES}/${name}.${suffix}`;
      if (!folder.exists(path)) continue;
      const actual = typeof capture === 'string' ? capture : captureText(capture, options);
      yield point('tcpdump', `${name} ${suffix}`, folder.text(path), actual);
    }
  }
}

/** What tcpdump writes to standard error when it opens the file. */
function banner(name: string, capture: Capture): string {
  const snapLength = capture.interfaces[0]?.snapLength ?? 0;
  return `reading from file ${name}, link-type EN10MB (Ethernet), snapshot length ${snapLength}\n`;
}

/** The same packets written in the format they came in. */
function rewrite(capture: Capture): Uint8Array {
  const { byteOrder, nanoseconds, interfaces, packets } = capture;
  if (capture.format === 'pcapng') return writePcapng(interfaces, packets);
  return writePcap(packets, { byteOrder, nanoseconds, snapLength: interfaces[0]?.snapLength ?? 0 });
}

function samePackets(a: Capture, b: Capture): boolean {
  const rows = (capture: Capture): string =>
    JSON.stringify(capture.packets.map(({ time, length, octets }) => [time, length, [...octets]]));
  return rows(a) === rows(b);
}

function pcapPoint(folder: GoldenFolder, name: string): Point {
  const capture = readFile(folder, name);
  if (typeof capture === 'string') return { kind: 'pcap', id: name, pass: false, why: capture };
  if (capture.problems.length > 0)
    return { kind: 'pcap', id: name, pass: false, why: capture.problems[0]?.message ?? '' };
  const written = rewrite(capture);
  const again = readCapture(written);
  if (!again.ok || !samePackets(capture, again.value))
    return { kind: 'pcap', id: name, pass: false, why: 'written packets read back differently' };
  if (capture.format === 'pcap' && !equalBytes(written, folder.octets(`${FILES}/${name}`)))
    return { kind: 'pcap', id: name, pass: false, why: 'written octets differ' };
  const path = `${FILES}/${name}.tcpdump.stderr.txt`;
  return point(
    'pcap',
    name,
    folder.exists(path) ? folder.text(path) : banner(name, capture),
    banner(name, capture),
  );
}

export const packetsRunner: Runner = {
  kinds: ['tcpdump', 'pcap'],
  *run(folder, wanted) {
    if (wanted('tcpdump')) {
      yield* corpus(folder);
      yield* captureTexts(folder);
    }
    if (wanted('pcap')) for (const name of captureNames(folder)) yield pcapPoint(folder, name);
  },
};
