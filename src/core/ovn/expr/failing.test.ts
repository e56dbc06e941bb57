import { expect, it } from 'vitest';
import { annotate } from './annotate.ts';
import { describeFailing, failingTerms } from './failing.ts';
import { logicalSymbols } from './logical-symbols.table.ts';
import { parseExpr } from './parse.ts';
import { parseMicroflow } from './microflow.ts';
import { simplify } from './simplify.ts';

const SYMBOLS = logicalSymbols();
const NAMES = { addressSet: () => undefined, portGroup: () => undefined };
const port = (): undefined => undefined;

/** `symbol: what the packet has`, of each term that fails. */
function failing(match: string, packet: string): readonly string[] {
  const flow = parseMicroflow(packet, SYMBOLS, port, NAMES);
  const parsed = parseExpr(match, SYMBOLS, NAMES);
  const annotated = parsed.ok ? annotate(parsed.value, SYMBOLS) : parsed;
  if (!flow.ok || !annotated.ok) throw new Error('the test has a mistake');
  return (failingTerms(simplify(annotated.value), flow.value, port) ?? []).map((term) => {
    const { field, actual } = describeFailing(term, flow.value, () => undefined);
    return `${field}: ${actual}`;
  });
}

it.each([
  ['ip.ttl == 63', 'ip4 && ip.ttl == 64', ['ip.ttl: 64']],
  // ARP's operation stands where an IP packet has its protocol.
  ['arp.op == 1', 'icmp6', ['eth.type: 0x86dd', 'arp.op: ']],
  [
    'arp.op == 1 && arp.tpa == 192.0.2.1',
    'arp.op == 2 && arp.tpa == 192.0.2.7',
    ['arp.op: 2', 'arp.tpa: 192.0.2.7'],
  ],
  ['tcp.dst == 80', 'ip4 && udp.dst == 53', ['ip.proto: 17', 'tcp.dst: ']],
])('what %s lacks in %s', (match, packet, expected) =>
  expect([...failing(match, packet)].toSorted()).toEqual([...expected].toSorted()),
);
