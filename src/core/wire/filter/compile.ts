/** From the text of a filter to what runs on packets. */
import { err, ok, type Problem, type Result } from '../../base/result.ts';
import { LINK_TYPE, LINK_TYPES } from '../link-type.table.ts';
import { evaluate, type PacketFacts } from './evaluate.ts';
import { FilterError } from './filter-error.ts';
import type { NameLookup } from './identifier.ts';
import { Offsets } from './offsets.ts';
import { FilterParser } from './parse.ts';
import { programOf, type Target } from './program.ts';
import type { Test } from './test.ts';

export interface FilterOptions {
  /** A LINKTYPE_ number; Ethernet if not given. */
  readonly linkType?: number;
  /** Names of hosts and networks; by default there are none. Ports and protocols are those of Debian 12. */
  readonly lookup?: Partial<NameLookup>;
  /** False with `tcpdump -O`: an expression that can never match is then no error. */
  readonly optimize?: boolean;
  /** True while capturing on an interface: `inbound`, `outbound` and `ifindex` are known. */
  readonly live?: boolean;
  /** Mask of the captured network for `ip broadcast`; 0, as `tcpdump -r` has it, if not given, null if unknown. */
  readonly netmask?: number | null;
}

export interface Filter {
  readonly text: string;
  /** Null: every packet passes. */
  readonly test: Test | null;
  /** `octets` are a frame as captured; `facts.length` is its length on the wire (by default that of `octets`). */
  readonly matches: (octets: Uint8Array, facts?: Partial<PacketFacts>) => boolean;
}

/**
 * Compiles a filter of pcap-filter(7).
 *
 * The problem carries libpcap's text (without the `tcpdump: ` before it) and the offset in `text`.
 */
export function compileFilter(text: string, options: FilterOptions = {}): Result<Filter, Problem> {
  const { lookup = {}, optimize = true, live = false, netmask = 0, linkType = LINK_TYPE.ethernet } = options;
  const kind = LINK_TYPES.get(linkType)?.kind;
  if (kind === undefined) return err(problemAt(`filters on link type ${linkType} are not modelled`, 0));
  const names: NameLookup = {
    host: lookup.host ?? ((): readonly never[] => []),
    ether: lookup.ether ?? ((): undefined => undefined),
    network: lookup.network ?? ((): undefined => undefined),
  };
  const parser = new FilterParser(text, new Offsets(kind, netmask), names, live);
  let test: Test | null;
  let program: Target = 'accept';
  try {
    test = parser.parse();
    if (test !== null) program = programOf(test, optimize);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return err(problemAt(error.message, error.offset ?? parser.offset));
  }
  if (program === 'reject' && optimize) return err(problemAt('expression rejects all packets', 0));
  return ok({ text, test, matches: matcher(program) });
}

const problemAt = (message: string, offset: number): Problem => ({
  message,
  place: { line: 1, column: offset + 1, offset },
});

function matcher(program: Target): Filter['matches'] {
  return (octets, facts = {}) =>
    evaluate(program, octets, {
      length: facts.length ?? octets.length,
      outgoing: facts.outgoing ?? false,
      interfaceIndex: facts.interfaceIndex ?? 0,
    });
}
