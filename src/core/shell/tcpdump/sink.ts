/** Where captured packets go: lines of text, a file, or both. */
import { TcpdumpSession, type CapturedFrame, type CaptureTime } from '../../wire/index.ts';
import { CookedPrinter } from './cooked-print.ts';
import { DumpFiles } from './dump-files.ts';
import type { TcpdumpHost } from './host.ts';
import type { LinkType } from './link-type.ts';
import type { CaptureOptions } from './options.ts';
import type { Output } from '../program.ts';

export interface Packet {
  readonly octets: Uint8Array;
  readonly length: number;
  readonly time: CaptureTime;
}

interface PacketPrinter {
  print(frame: CapturedFrame): string;
}

function printerOf(
  type: LinkType,
  options: CaptureOptions,
  nameOf: (ifindex: number) => string | undefined,
): PacketPrinter {
  if (type.cooked !== null) return new CookedPrinter(type.cooked, options.print, nameOf);
  const session = new TcpdumpSession(options.print);
  return { print: (frame) => session.print(frame).text };
}

export class Sink {
  readonly #options: CaptureOptions;
  readonly #output: Output;
  readonly #printer: PacketPrinter | null;
  readonly #dump: DumpFiles | null;
  #count = 0;

  constructor(
    options: CaptureOptions,
    output: Output,
    host: TcpdumpHost,
    type: LinkType,
    snapLength: number,
    nameOf: (ifindex: number) => string | undefined,
    /** The time of day. */
    seconds: () => number,
  ) {
    this.#options = options;
    this.#output = output;
    const { write, rotation } = options;
    const format = { snapLength, linkType: type.number, nanoseconds: options.print.nanoseconds };
    this.#dump = write === null ? null : new DumpFiles(write, rotation, format, host.files, seconds);
    const prints =
      (options.write === null && !options.countOnly) || (options.write !== null && options.printToo);
    this.#printer = prints ? printerOf(type, options, nameOf) : null;
  }

  get count(): number {
    return this.#count;
  }

  /** False when the capture is over: as many files are written as there may be. */
  take(packet: Packet): boolean {
    this.#count += 1;
    if (this.#dump?.take(packet) === false) return false;
    if (this.#options.unbuffered) this.#dump?.flush();
    if (this.#printer !== null) this.#output.out(this.#printer.print(packet));
    return true;
  }

  /** Writes what was kept into the file. */
  flush(): void {
    this.#dump?.flush();
  }
}
