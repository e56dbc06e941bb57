/** What tcpdump's command line says about the text of a packet. */
import { serviceName } from './services.table.ts';

/** Names for numbers, asked only without `-n`. Each gives undefined where it has no name. */
export interface Names {
  host4?(address: string): string | undefined;
  host6?(address: string): string | undefined;
  port?(protocol: 'tcp' | 'udp', port: number): string | undefined;
  /** Of an interface number in a capture on all interfaces; asked also with `-n`. */
  interface?(index: number): string | undefined;
}

/** Each member is the option letter's meaning; counts say how often it was given. */
export interface TcpdumpOptions {
  /** `-e`: the link-level header. */
  readonly linkHeader: boolean;
  /** `-n`: numbers instead of names. */
  readonly numeric: boolean;
  /** `-v`, `-vv`, `-vvv`. */
  readonly verbose: number;
  /** `-q`. */
  readonly quick: number;
  /** `-t` to `-ttttt`: 0 time of day, 1 none, 2 seconds, 3 since the previous, 4 date and time, 5 since the first. */
  readonly timestamp: number;
  /** `-x`, `-xx`. */
  readonly hex: number;
  /** `-X`, `-XX`. */
  readonly hexAscii: number;
  /** `-A`, `-AA`. */
  readonly ascii: number;
  /** `-S`. */
  readonly absoluteSequence: boolean;
  /** `-#`. */
  readonly packetNumber: boolean;
  /** `-K`. */
  readonly skipChecksums: boolean;
  /** `-b`: AS numbers as two halves. */
  readonly asDot: boolean;
  /** `--nano`. */
  readonly nanoseconds: boolean;
  readonly names: Names;
}

/** A plain `tcpdump` on a host that resolves ports but no addresses. */
export const DEFAULT_OPTIONS: TcpdumpOptions = {
  linkHeader: false,
  numeric: false,
  verbose: 0,
  quick: 0,
  timestamp: 0,
  hex: 0,
  hexAscii: 0,
  ascii: 0,
  absoluteSequence: false,
  packetNumber: false,
  skipChecksums: false,
  asDot: false,
  nanoseconds: false,
  names: { port: serviceName },
};
