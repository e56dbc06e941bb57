/**
 * Takes out of an output what golden/linux/README.md calls unstable: times and timers, interface indexes, the names of
 * the recorder's namespaces, the order of hash-ordered lists. Promiscuity counts are masked too, because the recorder's own
 * captures raise them and their beginning is not recorded.
 */

const RULES: readonly (readonly [RegExp, string])[] = [
  [/^\d+: /gm, 'N: '],
  [/@if\d+/g, '@ifN'],
  [/ link-netns(?:id)? \S+/g, ''],
  [/"(ifindex|link_index|link_netnsid|index)":\d+/g, '"$1":N'],
  [/time=[\d.]+ ms/g, 'time=T ms'],
  [/, time \d+ms$/gm, ', time T'],
  [/^rtt min\/avg\/max\/mdev = [\d./]+ ms/gm, 'rtt T'],
  [/promiscuity \d+/g, 'promiscuity N'],
  [/((?:hello|tcn|topology_change|gc|hold|message_age|forward_delay)_timer) +\d+\.\d\d/g, '$1 T'],
  [/((?:hello|tcn|topology change|gc|hold|message age|forward delay) timer\t+) *\d+\.\d\d/g, '$1T'],
  [/^( *\d+\t[0-9a-f:]{17}\tno\t\t) *\d+\.\d\d$/gm, '$1T'],
  [/used \d+\/\d+(?:\/\d+)?/g, 'used T'],
  [/expires \d+sec/g, 'expires T'],
];

/** Commands whose lines come in the order of a hash table. */
const UNORDERED = /^(?:bridge (?:-\S+ )*fdb|ip (?:-\S+ )*neigh)/;

export function normaliseLinux(command: string, text: string): string {
  let result = text.replace(/\n+$/, '\n');
  for (const [pattern, replacement] of RULES) result = result.replace(pattern, replacement);
  if (UNORDERED.test(command)) result = result.split('\n').sort().join('\n');
  return result;
}
