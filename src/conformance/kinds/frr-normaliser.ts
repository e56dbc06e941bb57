/**
 * Takes out of an output what golden/frr/README.md calls unstable. Times, counters, ids and ports of vtysh's texts are
 * `frr-vtysh-normaliser.ts`; here are the kernel's ids and timers, and what hangs on the moment: who opened a TCP session,
 * how many decisions were made of routes that came together, and whether a whole second of the machine's clock passed
 * between the last UPDATE and the End-of-RIB. Everything else is compared letter by letter.
 */
import { formatIpv6, linkLocalOf, parseMac } from '../../core/base/address.ts';
import { normaliseVtysh } from './frr-vtysh-normaliser.ts';
import { normaliseLinux } from './linux-normaliser.ts';

type Rule = readonly [RegExp, string];

/** Ids of next hop objects; and neighbour states, which move with the kernel's random timers. */
const IP_RULES: readonly Rule[] = [
  [/ nhid \d+/g, ' nhid N'],
  [/"nhid":\d+/g, '"nhid":N'],
  [/^id \d+ /gm, 'id N '],
  [/ group [\d/]+ /g, ' group N '],
  [/ (?:REACHABLE|STALE|DELAY|PROBE) $/gm, ' KNOWN '],
];

/** A side that never lost a session shows one of two reasons: one when it opened the connection, one when it took it. */
const NEVER_LOST = String.raw`(?:No AFI\\?/SAFI activated for peer|Waiting for peer OPEN)`;

const MOMENT_RULES: readonly Rule[] = [
  [new RegExp(`${NEVER_LOST}(",\n *"lastResetCode":)3[02]\\b`, 'g'), '(never lost a session)$1N'],
  [new RegExp(NEVER_LOST, 'g'), '(never lost a session)'],
  [/(table version(?: is)?|, version) \d+/g, '$1 N'],
  [/(End-of-RIB sent after update: )(?:Yes|No)/g, '$1N'],
  [/("endOfRibSentAfterUpdate":)(?:true|false)/g, '$1N'],
  [/("(?:version|tableVersion|bgpTableVersion)": *)\d+/g, '$1N'],
];

const apply = (text: string, rules: readonly Rule[]): string => {
  let result = text;
  for (const [pattern, replacement] of rules) result = result.replace(pattern, replacement);
  return result;
};

/**
 * A bridge gets its link-local address of the MAC address that the kernel draws for it, before it takes over a port's. A drawn
 * one is locally administered, and the address shows it (RFC 4291, appendix A): others are compared.
 */
function withoutDrawnAddresses(text: string): string {
  let own = '';
  return text
    .split('\n')
    .map((line) => {
      const mac = parseMac(/^ +link\/ether (\S+)/.exec(line)?.[1] ?? '');
      if (mac !== undefined) own = formatIpv6(linkLocalOf(mac));
      return line.replace(
        /^( +inet6 )(fe80::[0-9a-f]?[048c][0-9a-f]{2}:[0-9a-f]{0,2}ff:fe[0-9a-f]{2}:[0-9a-f]{1,4})(?=\/64 scope link)/,
        (whole, head: string, address: string) => (address === own ? whole : `${head}DRAWN`),
      );
    })
    .join('\n');
}

/** The lines in an order that does not depend on the ids. */
const sortLines = (text: string): string => text.split('\n').sort().join('\n');

export function normaliseFrr(command: string, text: string): string {
  const trimmed = text.replace(/\n+$/, '\n');
  if (!command.startsWith('ip ')) return apply(normaliseVtysh(command, trimmed), MOMENT_RULES);
  const result = apply(normaliseLinux(command, trimmed), IP_RULES);
  if (command === 'ip addr') return withoutDrawnAddresses(result);
  return command === 'ip nexthop' ? sortLines(result) : result;
}
