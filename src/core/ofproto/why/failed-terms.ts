/** Which parts of a flow's match a packet does not meet, in ovs-ofctl's words, and how far off that is. */
import type { FailedTerm } from '../../base/step.ts';
import type { Flow } from '../../flow/flow.ts';
import type { Match } from '../../flow/match.ts';
import { formatMatch, type MatchTextOptions } from '../../flow/match-text.ts';
import { WORD } from '../../flow/words.table.ts';

/** A packet of another protocol is further off than one with another address. */
const PROTOCOL = 3;
/** A flow for another logical network is not about this packet. */
const ELSEWHERE = 100;

const differs = (flow: Flow, terms: readonly number[], at: number): number =>
  ((flow[terms[at] as number] as number) ^ (terms[at + 1] as number)) & (terms[at + 2] as number);

/** How many terms fail, weighed; 0 for a match. Cheap: asked of every flow of a table. */
export function distance(match: Match, flow: Flow): number {
  const { terms } = match;
  let sum = 0;
  let protocol = false;
  for (let at = 0; at < terms.length; at += 3) {
    if (differs(flow, terms, at) === 0) continue;
    const word = terms[at] as number;
    if (word === WORD.metadata || word === WORD.metadata + 1) sum += ELSEWHERE;
    else if (word === WORD.ethDst + 3 || word === WORD.packetType) {
      sum += PROTOCOL;
      protocol = true;
    } else if (word === WORD.nwProto && (differs(flow, terms, at) & 0xff) !== 0) {
      if (!protocol) sum += PROTOCOL;
      protocol = true;
    } else sum += 1;
  }
  return sum;
}

/** The match that a packet with this key meets in the very bits that `match` looks at. */
function met(match: Match, flow: Flow): Match {
  const terms = [...match.terms];
  for (let at = 0; at < terms.length; at += 3)
    terms[at + 1] = (((flow[terms[at] as number] as number) & (terms[at + 2] as number)) >>> 0) as number;
  return { terms };
}

const parts = (match: Match, options: MatchTextOptions): string[] => {
  const text = formatMatch(match, { ...options, priority: 32768 });
  return text === '' ? [] : text.split(/,(?![^(]*\))/);
};

const nameOf = (part: string): string => (part.includes('=') ? part.slice(0, part.indexOf('=')) : '');

/** The parts of `match` that fail, as ovs-ofctl prints them; empty when all hold. */
export function failedTerms(match: Match, flow: Flow, options: MatchTextOptions = {}): FailedTerm[] {
  const wanted = parts(match, options);
  const actual = parts(met(match, flow), options);
  const present = new Set(actual);
  const byName = new Map(actual.map((part) => [nameOf(part), part]));
  const failed = wanted.filter((part) => !present.has(part));
  // A packet of another protocol has none of the fields that only that protocol has: the protocol is what failed.
  const protocol = failed.find((part) => nameOf(part) === '');
  return failed
    .filter((part) => part === protocol || protocol === undefined || byName.has(nameOf(part)))
    .map((part) => {
      const name = nameOf(part);
      const instead =
        name === ''
          ? (actual.find(
              (other) => !wanted.includes(other) && /^[a-z0-9_]+$|^dl_type=|^nw_proto=/.test(other),
            ) ?? '')
          : (byName.get(name) ?? '');
      return { field: name, wanted: part, actual: instead };
    });
}
