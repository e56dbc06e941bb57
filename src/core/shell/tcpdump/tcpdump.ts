/** tcpdump(8): frames of a device as text or into a file, and files read back. */
import type { CapturedFrame, Kernel, Link } from '../../linux/index.ts';
import {
  compileFilter,
  readCapture,
  TcpdumpSession,
  writePcap,
  type Filter,
  type PacketToWrite,
} from '../../wire/index.ts';
import type { Exit, Invocation, Program, RunningProgram } from '../program.ts';
import { parseTcpdump, type CaptureOptions } from './options.ts';

export interface TcpdumpHost {
  readonly kernel: Kernel;
  readonly files: {
    read(path: string): Uint8Array | undefined;
    write(path: string, octets: Uint8Array): void;
  };
}

const ETHERNET = 'EN10MB (Ethernet)';
const COOKED = 'LINUX_SLL2 (Linux cooked v2)';

const plural = (count: number): string => `${count} packet${count === 1 ? '' : 's'}`;

/** The direction column of a capture on all devices. */
function directionOf(frame: CapturedFrame): string {
  if (frame.direction === 'out') return 'Out';
  const first = frame.octets[0] ?? 0;
  if (frame.octets.subarray(0, 6).every((octet) => octet === 255)) return 'B';
  return (first & 1) === 1 ? 'M' : 'In';
}

class Capturing implements RunningProgram {
  readonly pace = 'listen';
  readonly #invocation: Invocation<TcpdumpHost>;
  readonly #options: CaptureOptions;
  readonly #filter: Filter;
  readonly #session: TcpdumpSession;
  readonly #stop: () => void;
  readonly #isAny: boolean;
  readonly #kept: PacketToWrite[] = [];
  readonly #listeners: ((exit: Exit) => void)[] = [];
  #captured = 0;
  #seen = 0;
  #exit: Exit | null = null;

  constructor(
    invocation: Invocation<TcpdumpHost>,
    options: CaptureOptions,
    filter: Filter,
    link: Link | null,
  ) {
    this.#invocation = invocation;
    this.#options = options;
    this.#filter = filter;
    this.#isAny = link === null;
    this.#session = new TcpdumpSession(options.print);
    this.#stop = invocation.host.kernel.tap(invocation.namespace, link, (frame) => this.#frame(frame));
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit) listener(this.#exit);
    else this.#listeners.push(listener);
  }

  cancel(): void {
    if (this.#exit) return;
    this.#invocation.output.out('\n');
    this.#finish();
  }

  #frame(frame: CapturedFrame): void {
    const { direction, snapLength, write, count } = this.#options;
    if (this.#exit || (direction !== 'inout' && direction !== frame.direction)) return;
    if (!this.#filter.matches(frame.octets)) return;
    this.#seen += 1;
    const { clock } = this.#invocation.context;
    const wall = clock.wallMs();
    const time = { seconds: Math.floor(wall / 1000), nanoseconds: (wall % 1000) * 1e6 + (clock.now() % 1e6) };
    const octets = frame.octets.subarray(0, snapLength);
    this.#captured += 1;
    if (write !== null) this.#kept.push({ time, octets, length: frame.octets.length });
    else this.#print(frame, octets, time);
    if (count !== null && this.#captured >= count) this.#finish();
  }

  #print(frame: CapturedFrame, octets: Uint8Array, time: { seconds: number; nanoseconds: number }): void {
    const { text } = this.#session.print({ octets, length: frame.octets.length, time });
    if (!this.#isAny) {
      this.#invocation.output.out(text);
      return;
    }
    // The device and the direction stand before the packet, after the time.
    const place = `${frame.link.name.padEnd(5)} ${directionOf(frame).padEnd(3)} `;
    const stamp =
      this.#options.print.timestamp === 1 ? '' : (/^(\s*\d+ {2})?\S+ (\d\d:\S+ )?/.exec(text)?.[0] ?? '');
    this.#invocation.output.out(stamp + place + text.slice(stamp.length));
  }

  #finish(): void {
    if (this.#exit) return;
    this.#stop();
    const { write } = this.#options;
    const { host, output } = this.#invocation;
    if (write !== null)
      host.files.write(write, writePcap(this.#kept, { snapLength: this.#options.snapLength }));
    output.err(
      `${plural(this.#captured)} captured\n${plural(this.#seen)} received by filter\n0 packets dropped by kernel\n`,
    );
    this.#exit = { status: 0 };
    for (const listener of this.#listeners) listener(this.#exit);
  }
}

function readFile(
  invocation: Invocation<TcpdumpHost>,
  options: CaptureOptions,
  path: string,
  filter: Filter,
): Exit {
  const { host, output } = invocation;
  const octets = host.files.read(path);
  const fail = (text: string): Exit => {
    output.err(`tcpdump: ${text}\n`);
    return { status: 1 };
  };
  if (!octets) return fail(`${path}: No such file or directory`);
  const capture = readCapture(octets);
  if (!capture.ok) return fail(capture.error.message);
  const { interfaces, packets, problems } = capture.value;
  output.err(
    `reading from file ${path}, link-type ${ETHERNET}, snapshot length ${interfaces[0]?.snapLength ?? 0}\n`,
  );
  const session = new TcpdumpSession(options.print);
  const kept = packets
    .filter((packet) => filter.matches(packet.octets))
    .slice(0, options.count ?? packets.length);
  if (options.write !== null) host.files.write(options.write, writePcap(kept));
  else for (const packet of kept) output.out(session.print(packet).text);
  const [problem] = problems;
  return problem ? fail(`pcap_loop: ${problem.message}`) : { status: 0 };
}

function listDevices(invocation: Invocation<TcpdumpHost>): Exit {
  const links = [...invocation.host.kernel.namespace(invocation.namespace).links.values()].toSorted(
    (a, b) => Number(a.kind === 'lo') - Number(b.kind === 'lo'),
  );
  const name = (link: Link): string => {
    const flags = [
      link.up ? 'Up' : '',
      link.up && link.carrier ? 'Running' : '',
      link.kind === 'lo' ? 'Loopback' : '',
    ];
    const text = [...flags, link.kind === 'lo' ? '' : link.carrier ? 'Connected' : 'Disconnected']
      .filter((flag) => flag !== '')
      .join(', ');
    return `${link.name} [${text}]`;
  };
  const rows = [
    ...links.filter((link) => link.kind !== 'lo').map(name),
    'any (Pseudo-device that captures on all interfaces) [Up, Running]',
  ];
  rows.push(...links.filter((link) => link.kind === 'lo').map(name));
  invocation.output.out(rows.map((row, index) => `${index + 1}.${row}\n`).join(''));
  return { status: 0 };
}

export const tcpdump: Program<TcpdumpHost> = (invocation) => {
  const { output, host, namespace } = invocation;
  const fail = (text: string): Exit => {
    output.err(`tcpdump: ${text}\n`);
    return { status: 1 };
  };
  const parsed = parseTcpdump(invocation.argv.slice(1));
  if (!parsed.ok) {
    output.err(parsed.error.text);
    return { status: parsed.error.status };
  }
  const options = parsed.value;
  if (options.listDevices) return listDevices(invocation);
  const filter = compileFilter(options.expression);
  if (options.read !== null) {
    if (!filter.ok) return fail(`can't parse filter expression: ${filter.error.message}`);
    return readFile(invocation, options, options.read, filter.value);
  }
  const links = [...host.kernel.namespace(namespace).links.values()];
  const device = options.device ?? links.find((link) => link.up && link.kind !== 'lo')?.name ?? 'lo';
  const link = links.find((one) => one.name === device);
  if (!link && device !== 'any') return fail(`${device}: No such device exists\n(No such device exists)`);
  if (device === 'any') output.err('tcpdump: data link type LINUX_SLL2\n');
  if (!filter.ok) return fail(`can't parse filter expression: ${filter.error.message}`);
  const quiet = options.verbose === 0 && options.write === null;
  output.err(
    quiet ? 'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n' : 'tcpdump: ',
  );
  output.err(
    `listening on ${device}, link-type ${link ? ETHERNET : COOKED}, snapshot length ${options.snapLength} bytes\n`,
  );
  return new Capturing(invocation, options, filter.value, link ?? null);
};
