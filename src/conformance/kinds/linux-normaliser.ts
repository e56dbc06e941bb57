/**
 * Takes out of an output what golden/linux/README.md calls unstable: times and timers, interface indexes, the names of
 * the recorder's namespaces, the order of hash-ordered lists. Promiscuity counts are masked too, because the recorder's own
 * captures raise them and their beginning is not recorded; so are addresses that the kernel drew by chance.
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

/** What only Open vSwitch's programs print: ages of flows, and the uuid of a database made anew. */
const SWITCH_RULES: readonly (readonly [RegExp, string])[] = [
  [/duration=[\d.]+s/g, 'duration=T'],
  [/idle_age=\d+/g, 'idle_age=T'],
  [/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/gm, 'UUID'],
  [/^( *(?:\d+|LOCAL) +\d+ +[0-9a-f:]{17}) +\d+$/gm, '$1 T'],
];

/** Commands whose lines come in the order of a hash table. */
const UNORDERED = /^(?:bridge (?:-\S+ )*fdb|ip (?:-\S+ )*neigh|ovs-appctl .*fdb\/show)/;
/** Commands that print a tree in the order of uuids. */
const UNORDERED_TREE = /^ovs-vsctl (?:-\S+ )*show/;

const ETHERNET = /link\/ether ([0-9a-f:]{17})/g;

/** `isGiven` tells an address that the case sets from one that the kernel drew by chance. */
export function normaliseLinux(
  command: string,
  text: string,
  isGiven: (mac: string) => boolean = () => true,
): string {
  let result = text.replace(/\n+$/, '\n');
  for (const [pattern, replacement] of RULES) result = result.replace(pattern, replacement);
  if (command.startsWith('ovs-'))
    for (const [pattern, replacement] of SWITCH_RULES) result = result.replace(pattern, replacement);
  // Drawn addresses are numbered as they come, so that one in the place of another still shows.
  const drawn: string[] = [];
  result = result.replace(ETHERNET, (all, mac: string) => {
    if (isGiven(mac)) return all;
    if (!drawn.includes(mac)) drawn.push(mac);
    return `link/ether RANDOM ${drawn.indexOf(mac)}`;
  });
  if (UNORDERED.test(command)) result = result.split('\n').sort().join('\n');
  if (UNORDERED_TREE.test(command)) result = sortedTree(result.split('\n'), 0).join('\n');
  return result;
}

const depthOf = (line: string): number => line.length - line.trimStart().length;

/** Lines with those indented deeper under them, siblings in alphabetical order. */
function sortedTree(lines: readonly string[], depth: number): string[] {
  const branches: string[][] = [];
  for (const line of lines)
    if (depthOf(line) > depth && branches.length > 0) branches.at(-1)?.push(line);
    else branches.push([line]);
  return branches
    .map(([head = '', ...below]) =>
      [head, ...(below.length === 0 ? [] : sortedTree(below, depthOf(below[0] as string)))].join('\n'),
    )
    .sort();
}
