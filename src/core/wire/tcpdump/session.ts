/** One run of tcpdump over packets: what it remembers between them, and the text of each. */
import type { Unsupported } from '../../base/result.ts';
import { LINK_TYPE, LINK_TYPES } from '../link-type.table.ts';
import { printCooked, printRaw } from './cooked.ts';
import { printAscii, printHex, printHexAscii } from './dump.ts';
import { printEthernet } from './ethernet.ts';
import { printEthertype } from './ethertype.ts';
import { printIpv4 } from './ip.ts';
import { printIpv6 } from './ip6.ts';
import { DEFAULT_OPTIONS, type TcpdumpOptions } from './options.ts';
import { Printer, Truncated, type Dissectors } from './printer.ts';
import { TcpFlows } from './tcp-flows.ts';
import { Timestamps, type Moment } from './timestamp.ts';

/**
 * A captured frame. `length` is its size on the wire, `octets` what was captured of it, `linkType` a LINKTYPE_
 * number, Ethernet if not given.
 */
export interface CapturedFrame {
  readonly linkType?: number;
  readonly octets: Uint8Array;
  readonly length: number;
  readonly time: Moment;
}

/** The text of one packet, ending in a newline, and what of it is not modelled. */
export interface PrintedFrame {
  readonly text: string;
  readonly unsupported: readonly Unsupported[];
}

const DISSECTORS: Dissectors = {
  ethernet: printEthernet,
  ethertype: printEthertype,
  ipv4: printIpv4,
  ipv6: printIpv6,
};

const MAXIMUM_SNAPLEN = 262_144;

/** What is wrong with the sizes of a packet, as tcpdump says it instead of printing the packet. */
function sizeProblems(captured: number, length: number): string {
  const problems: string[] = [];
  if (length === 0) problems.push(' len==0');
  else if (length < captured) problems.push(` len(${length}) < caplen(${captured})`);
  if (captured > MAXIMUM_SNAPLEN) problems.push(` caplen(${captured}) > ${MAXIMUM_SNAPLEN}`);
  if (length > MAXIMUM_SNAPLEN) problems.push(` len(${length}) > ${MAXIMUM_SNAPLEN}`);
  if (captured === 0)
    return `[Invalid header: caplen==0${problems.map((problem) => `,${problem}`).join('')}]`;
  return problems.length === 0 ? '' : `[Invalid header:${problems.join(',')}]`;
}

/** The octets that -x, -X or -A show, from after the link header or (given twice) from the start. */
function printOctets(p: Printer, linkSize: number): void {
  const { hex, hexAscii, ascii } = p.options;
  const size = p.octets.length;
  const from = Math.max(hexAscii, hexAscii > 0 ? 0 : hex, hexAscii + hex > 0 ? 0 : ascii) > 1 ? 0 : linkSize;
  if (size <= from && from > 0) return;
  if (hexAscii > 0) printHexAscii(p, '\n\t', from, size - from);
  else if (hex > 0) printHex(p, '\n\t', from, size - from);
  else if (ascii > 0) printAscii(p, from, size - from);
}

/** Prints a frame of a kind of link; returns the size of the link header. */
function printLink(p: Printer, linkType: number, length: number): number {
  const captured = p.octets.length;
  const kind = LINK_TYPES.get(linkType)?.kind;
  switch (kind) {
    case 'ethernet':
      return printEthernet(p, 0, length, captured);
    case 'cooked':
      return printCooked(p, 1, 0, length, captured);
    case 'cooked2':
      return printCooked(p, 2, 0, length, captured);
    case 'raw':
      return printRaw(p, 0, length);
    case undefined:
      p.notModelled(`link type ${linkType}`);
      return 0;
  }
}

/** Remembers TCP sequence numbers, the time of earlier packets, and how many there were. */
export class TcpdumpSession {
  private readonly options: TcpdumpOptions;
  private readonly flows = new TcpFlows();
  private readonly timestamps: Timestamps;
  private count = 0;

  constructor(options: Partial<TcpdumpOptions>) {
    this.options = { ...DEFAULT_OPTIONS, ...options };
    this.timestamps = new Timestamps(this.options);
  }

  print({ octets, length, time, linkType = LINK_TYPE.ethernet }: CapturedFrame): PrintedFrame {
    this.count += 1;
    const number = this.options.packetNumber ? `${`${this.count}`.padStart(5)}  ` : '';
    const problems = sizeProblems(octets.length, length);
    if (problems !== '') return { text: `${number}${problems}\n`, unsupported: [] };
    const p = new Printer(octets, this.options, this.flows, DISSECTORS);
    p.print(number + this.timestamps.text(time));
    let linkSize = 0;
    try {
      linkSize = printLink(p, linkType, length);
    } catch (problem) {
      if (!(problem instanceof Truncated)) throw problem;
      p.truncated();
    }
    p.snapEnd = octets.length;
    printOctets(p, linkSize);
    return { text: `${p.text}\n`, unsupported: p.unsupported };
  }
}

/** tcpdump's text of one whole frame, as `tcpdump -t` with the options given prints it. */
export function printFrame(octets: Uint8Array, options: Partial<TcpdumpOptions> = {}): string {
  const session = new TcpdumpSession({ timestamp: 1, ...options });
  return session.print({ octets, length: octets.length, time: { seconds: 0, nanoseconds: 0 } }).text;
}
