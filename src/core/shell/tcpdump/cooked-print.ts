/** The text of packets with a cooked header (`print-sll.c`). */
import { printAscii, printHex, printHexAscii, printUnlessSuppressed } from '../../wire/tcpdump/dump.ts';
import { printEthernet } from '../../wire/tcpdump/ethernet.ts';
import { ETHERTYPE_NAMES } from '../../wire/tcpdump/ethertype.table.ts';
import { printEthertype } from '../../wire/tcpdump/ethertype.ts';
import { printIpv4 } from '../../wire/tcpdump/ip.ts';
import { printIpv6 } from '../../wire/tcpdump/ip6.ts';
import { printLlc } from '../../wire/tcpdump/llc.ts';
import { Printer, Truncated, type Dissectors } from '../../wire/tcpdump/printer.ts';
import { TcpFlows } from '../../wire/tcpdump/tcp-flows.ts';
import { Timestamps } from '../../wire/tcpdump/timestamp.ts';
import type { CapturedFrame, TcpdumpOptions } from '../../wire/index.ts';
import { LLC_TYPE, readCooked, type CookedHeader } from './cooked.ts';
import type { CookedVersion } from './options.ts';

const DISSECTORS: Dissectors = {
  ethernet: printEthernet,
  ethertype: printEthertype,
  ipv4: printIpv4,
  ipv6: printIpv6,
};
const VLAN_TYPE = 0x8100;
const LARGEST_LENGTH = 1500;

const hexText = (type: number): string => `0x${type.toString(16).padStart(4, '0')}`;

function typeText(type: number): string {
  if (type > LARGEST_LENGTH) return `ethertype ${ETHERTYPE_NAMES.get(type) ?? 'Unknown'} (${hexText(type)})`;
  return type === LLC_TYPE ? '802.2' : `ethertype Unknown (${hexText(type)})`;
}

export class CookedPrinter {
  readonly #version: CookedVersion;
  readonly #options: TcpdumpOptions;
  readonly #nameOf: (ifindex: number) => string | undefined;
  readonly #flows = new TcpFlows();
  readonly #stamps: Timestamps;
  #count = 0;

  /** `nameOf` is asked when a packet is printed, as the real program asks the kernel then. */
  constructor(
    version: CookedVersion,
    options: TcpdumpOptions,
    nameOf: (ifindex: number) => string | undefined,
  ) {
    this.#version = version;
    this.#options = options;
    this.#nameOf = nameOf;
    this.#stamps = new Timestamps(options);
  }

  /** The packet's text and a newline. */
  print({ octets, length, time }: CapturedFrame): string {
    this.#count += 1;
    const p = new Printer(octets, this.#options, this.#flows, DISSECTORS);
    p.print(
      `${this.#options.packetNumber ? `${`${this.#count}`.padStart(5)}  ` : ''}${this.#stamps.text(time)}`,
    );
    let linkSize = 0;
    try {
      linkSize = this.#packet(p, length);
    } catch (problem) {
      if (!(problem instanceof Truncated)) throw problem;
      p.truncated();
    }
    p.snapEnd = octets.length;
    this.#dump(p, linkSize);
    return `${p.text}\n`;
  }

  #packet(p: Printer, length: number): number {
    p.protocol = this.#version === 1 ? 'sll' : 'sll2';
    const header = readCooked(this.#version, p.octets);
    if (header === undefined) p.truncate();
    if (header.ifindex !== null)
      p.print(`${(this.#nameOf(header.ifindex) ?? '?').padEnd(5)} ${header.direction.padEnd(3)} `);
    if (this.#options.linkHeader) this.#header(p, header, length);
    return this.#payload(p, header, length);
  }

  #header(p: Printer, header: CookedHeader, length: number): void {
    p.print(header.ifindex === null ? `${header.direction.padStart(3)} ` : `ifindex ${header.ifindex} `);
    if (header.address !== null) p.print(`${p.mac(header.address)} `);
    if (this.#options.quick === 0) p.print(`${typeText(header.type)}, length ${length}: `);
  }

  #payload(p: Printer, header: CookedHeader, whole: number): number {
    const { linkHeader, quick } = this.#options;
    let { type, size: at } = header;
    while (type === VLAN_TYPE) {
      if (!p.has(at, 4)) {
        p.protocol = 'vlan';
        p.truncated();
        return p.octets.length;
      }
      const tag = p.u16(at);
      if (linkHeader) p.print(`vlan ${tag & 0xfff}, p ${tag >>> 13}${(tag & 0x1000) === 0 ? '' : ', DEI'}, `);
      type = p.u16(at + 2);
      if (type <= LARGEST_LENGTH) type = LLC_TYPE;
      if (quick === 0) p.print(`ethertype ${ETHERTYPE_NAMES.get(type) ?? 'Unknown'}, `);
      at += 4;
    }
    const length = whole - at;
    const captured = p.octets.length - at;
    if (type === LLC_TYPE) {
      const size = printLlc(p, at, length, captured, null);
      if (size < 0) printUnlessSuppressed(p, at, captured);
      return at + Math.max(0, size);
    }
    if (type <= LARGEST_LENGTH) printUnlessSuppressed(p, at, captured);
    else if (!printEthertype(p, type, at, length, captured)) {
      if (!linkHeader) this.#header(p, header, length + header.size);
      printUnlessSuppressed(p, at, captured);
    }
    return at;
  }

  /** The octets that -x, -X or -A show, from after the link header or (given twice) from the start. */
  #dump(p: Printer, linkSize: number): void {
    const { hex, hexAscii, ascii } = this.#options;
    const from = (hexAscii || hex || ascii) > 1 ? 0 : linkSize;
    const size = p.octets.length - from;
    if (size <= 0) return;
    if (hexAscii > 0) printHexAscii(p, '\n\t', from, size);
    else if (hex > 0) printHex(p, '\n\t', from, size);
    else if (ascii > 0) printAscii(p, from, size);
  }
}
