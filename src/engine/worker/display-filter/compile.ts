/**
 * Which packets a list shows. Two languages, told apart by trying: display filters as Wireshark has them (`geneve.vni == 5 &&
 * icmp`), and what pcap-filter(7) has (`host 10.0.0.1 and port 53`). What follows `inner` may be pcap-filter's too when nothing
 * else stands beside it (`inner host 10.0.0.1 and port 53 of geneve`).
 */
import { err, ok, type Problem, type Result } from '../../../core/base/result.ts';
import { compileFilter, type Decoded } from '../../../core/wire/index.ts';
import { behindTunnel, parseDisplayFilter, TUNNELS } from './parse.ts';

export interface DisplayFilter {
  /** Which language the text was read in. */
  readonly language: 'display' | 'capture';
  readonly matches: (decoded: Decoded, frame: Uint8Array) => boolean;
}

/** `ip[8] == 64`: both languages have it, and pcap-filter's number is the one that is meant, not octets. */
const AS_IN_TCPDUMP =
  /\b[a-z0-9]+\[[^\]]*\]\s*(?:[<>]=?|!=|==?|&\s*\w+\s*(?:[<>]=?|!=|==?))\s*(?:0x[0-9a-f]+|\d+)(?![\w:.-])/i;

/** A word with a dot between letters, or what pcap-filter has not, was meant for display. */
const IN_WIRESHARK =
  /^\s*inner\b|\b[a-z]\w*\.[a-z]|==|&&|\|\||[~"{]|\b(?:contains|matches|eq|ne|lt|le|gt|ge)\b/;

/** Characters of the longest filter that is read. */
const LONGEST = 4096;
/** Brackets, `not` and `inner` in one filter: those inside one another take room on the stack. */
const MOST_NESTING = 256;
const NESTING = /[([]|!(?!=)|\b(?:not|inner)\b/g;

/** Where a text becomes more than a filter may be; null for one that can be read. */
function excessOf(text: string): Problem | null {
  const at = (offset: number, message: string): Problem => ({
    message,
    place: { offset, column: offset + 1 },
  });
  if (text.length > LONGEST) return at(LONGEST, `more than ${LONGEST} characters`);
  let count = 0;
  for (const { index } of text.matchAll(NESTING)) {
    count += 1;
    if (count > MOST_NESTING) return at(index, `more than ${MOST_NESTING} brackets and nots`);
  }
  return null;
}

/** '' lets everything through. A problem has its offset in the text. */
export function compileDisplayFilter(text: string): Result<DisplayFilter, Problem> {
  if (text.trim() === '') return ok({ language: 'display', matches: () => true });
  const excess = excessOf(text);
  if (excess) return err(excess);
  const capture = compileFilter(text);
  if (capture.ok && AS_IN_TCPDUMP.test(text)) return ok(inTcpdump(capture.value.matches));
  const display = parseDisplayFilter(text);
  if (display.ok) {
    const test = display.value;
    return ok({ language: 'display', matches: ({ layers }, frame) => test(layers, frame) });
  }
  const inner = compileInner(text);
  if (inner) return ok({ language: 'capture', matches: inner });
  if (capture.ok) return ok(inTcpdump(capture.value.matches));
  // Else the language that came further is the one that was meant.
  const reach = ({ place }: Problem): number => place?.offset ?? 0;
  return IN_WIRESHARK.test(text) || reach(display.error) > reach(capture.error)
    ? display
    : err(capture.error);
}

const inTcpdump = (matches: (frame: Uint8Array) => boolean): DisplayFilter => ({
  language: 'capture',
  matches: (_decoded, frame) => matches(frame),
});

/** `inner` before, and perhaps `of` a tunnel behind, what pcap-filter has: it sees the frame in the tunnel alone. */
function compileInner(text: string): DisplayFilter['matches'] | null {
  const [, words = '', tunnel = null] = /^\s*inner\s+(.+?)(?:\s+of\s+(\w+))?\s*$/.exec(text) ?? [];
  const filter = words === '' || (tunnel !== null && !TUNNELS.has(tunnel)) ? null : compileFilter(words);
  if (!filter?.ok) return null;
  return (decoded, frame) => {
    const inside = behindTunnel(decoded.layers, tunnel)?.[0];
    return inside?.kind === 'ethernet' && filter.value.matches(frame.subarray(inside.offset));
  };
}
