/** `ip route`: routes that somebody added, and the addresses that the kernel's own routes tell of. */
import type { OutputReader, PastedFact } from './output.ts';

const TYPES = /^(?:unicast|blackhole|unreachable|prohibit|throw) /;
const ROUTE = /^(default|[\da-fA-F.:]+(?:\/\d+)?)\s+(?:via|dev|proto|scope|metric|nhid|src)\b/;
/** States of the moment, which a route is not added with. */
const STATES =
  /\s+(?:linkdown|dead|onlink|offload|trap|pref (?:low|medium|high)|expires \d+sec|nhid \d+|error -?\d+)\b/g;

/** Whether lines of this kind are routes of the kernel or of a daemon that has them from elsewhere. */
const KERNEL = /\bproto (?:kernel|ra|dhcp|bird|zebra|bgp|ospf|static-v6)\b/;

/** Facts that routes tell, given as `ip route` prints them. */
export function routeFacts(host: string | null, lines: readonly string[]): readonly PastedFact[] {
  const facts: PastedFact[] = [];
  const routes: string[] = [];
  for (const line of lines) {
    const text = line.trim().replace(STATES, '');
    const own = /^(\S+)\/(\d+) dev (\S+) proto kernel scope link\b.*\bsrc (\S+)/.exec(text);
    if (own) {
      const [, , length = '', name = '', address = ''] = own;
      facts.push({ kind: 'addresses', host, name, address: `${address}/${length}` });
    } else if (!KERNEL.test(text)) routes.push(`${text.includes(':') ? '-6 ' : ''}${text}`);
  }
  return routes.length === 0 ? facts : [...facts, { kind: 'routes', host, routes }];
}

export const readRoutes: OutputReader = ({ host, command, lines }, problem) => {
  const isRoute = (line: string): boolean => ROUTE.test(line.trim()) || TYPES.test(line.trim());
  const asked = /\bip\s+(?:-\S+\s+)*r(?:o|ou|out|oute)?\b/.test(command ?? '');
  if (!asked && !(lines.some(isRoute) && lines.every((line) => line.trim() === '' || isRoute(line))))
    return undefined;
  lines.forEach((line, at) => {
    if (line.trim() !== '' && !isRoute(line))
      problem(at, `this is no route that is read here: ${line.trim()}`);
  });
  return routeFacts(host, lines.filter(isRoute));
};
