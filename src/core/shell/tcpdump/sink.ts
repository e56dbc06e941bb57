/** Where captured packets go: lines of text, a file, or both. */
import {
  TcpdumpSession,
  writePcap,
  type CapturedFrame,
  type CaptureTime,
  type PacketToWrite,
} from '../../wire/index.ts';
import { CookedPrinter } from './cooked-print.ts';
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
  readonly #files: TcpdumpHost['files'];
  readonly #type: LinkType;
  readonly #snapLength: number;
  readonly #printer: PacketPrinter | null;
  readonly #kept: PacketToWrite[] = [];
  #count = 0;

  constructor(
    options: CaptureOptions,
    output: Output,
    host: TcpdumpHost,
    type: LinkType,
    snapLength: number,
    nameOf: (ifindex: number) => string | undefined,
  ) {
    this.#options = options;
    this.#output = output;
    this.#files = host.files;
    this.#type = type;
    this.#snapLength = snapLength;
    const prints =
      (options.write === null && !options.countOnly) || (options.write !== null && options.printToo);
    this.#printer = prints ? printerOf(type, options, nameOf) : null;
    this.flush();
  }

  get count(): number {
    return this.#count;
  }

  take(packet: Packet): void {
    this.#count += 1;
    if (this.#options.write !== null) {
      this.#kept.push(packet);
      if (this.#options.unbuffered) this.flush();
    }
    if (this.#printer !== null) this.#output.out(this.#printer.print(packet));
  }

  /** Writes what was kept into the file. */
  flush(): void {
    const { write, print } = this.#options;
    if (write === null) return;
    const octets = writePcap(this.#kept, {
      snapLength: this.#snapLength,
      linkType: this.#type.number,
      nanoseconds: print.nanoseconds,
    });
    this.#files.write(write, octets);
  }
}
