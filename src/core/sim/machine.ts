/** What a machine of a world is made of, before any command is typed on it. Plain data: scenarios and readers write it. */

export interface NicSpec {
  readonly name: string;
  readonly mac: string;
  readonly mtu?: number;
  /** With prefix length; set as the machine's own start-up scripts would. */
  readonly addresses: readonly string[];
  /** The segment that its cable leads to. */
  readonly segment: string;
}

/** Daemons that run on a machine from the start. */
type Service = 'ovn-central' | 'ovn-controller' | 'openvswitch';

export interface MachineSpec {
  readonly name: string;
  readonly kind: 'machine' | 'container';
  readonly services: readonly Service[];
  readonly nics: readonly NicSpec[];
}

export interface SegmentSpec {
  readonly id: string;
  readonly name: string;
  readonly mtu: number;
  /** One-way delay of a frame, in nanoseconds. */
  readonly delay: number;
}

/** One line typed on one machine. */
interface TranscriptLine {
  readonly machine: string;
  readonly line: string;
}

export interface WorldSpec {
  readonly machines: readonly MachineSpec[];
  readonly segments: readonly SegmentSpec[];
  readonly transcript: readonly TranscriptLine[];
}
