/**
 * Takes out of vtysh's texts what golden/frr/README.md calls unstable: times and uptimes, memory sizes, numbers of messages
 * and of the kinds that make them vary (OPEN, UPDATE, KEEPALIVE), next hop ids, interface indexes, TCP ports, update-group numbers, BFD discriminators.
 */

type Rule = readonly [RegExp, string];

const TIME = String.raw`(?:\d\d:\d\d:\d\d|\d+d\d\dh\d\dm|\d\dw\dd\d\dh)`;

/**
 * Why a session that never fell is said to have been reset: it depends on which end's connection won, as does the OPEN that
 * a lost connection left behind.
 */
const BEGINNINGS = [
  'No AFI/SAFI activated for peer',
  'Waiting for peer OPEN',
  'Waiting for NHT',
  'Waiting for Peer IPv6 LLA',
].map((words) => words.replace('/', String.raw`\\?/`));

const TEXT_RULES: readonly Rule[] = [
  [new RegExp(TIME, 'g'), 'TIME'],
  [
    new RegExp(
      String.raw`(Last reset TIME, ) (?:${BEGINNINGS.join('|')})\n(?: {2}Message received that caused BGP to send a NOTIFICATION:\n(?: {4}.*\n)+)?`,
      'g',
    ),
    '$1 BEGINNING\n',
  ],
  [/Last update: .*$/gm, 'Last update: TIME'],
  [/Invoked(:?) \d+/g, 'Invoked$1 N'],
  [/using .* of memory/g, 'using MEMORY'],
  [/^( {4}(?:Opens|Updates|Keepalives|Total):) .*$/gm, '$1 N N'],
  [/(Local|Foreign) port: \d+/g, '$1 port: N'],
  [/FD used: -?\d+/g, 'FD used: N'],
  [/^Estimated round trip time: .*\n/gm, ''],
  [/Next (start|connect) timer due in \d+ seconds/g, 'Next $1 timer due in N seconds'],
  [/Update group \d+, subgroup \d+/g, 'Update group N, subgroup N'],
  [/(remaining time of \w+ timer is|Remaining\(sec\):|stale route deleted:|will restart in) \d+/g, '$1 N'],
  [/(?<=\t\t(?:ID|Remote ID|Uptime|Downtime): ).*$/gm, 'N'],
  [/(?<=\t\tControl packet (?:in|out)put: )\d+/gm, 'N'],
  [/^\d{4,10} {1,7}(?=\S+ {5,}\S+ {5,}\w+ +$)/gm, 'ID '],
];

/** Members of JSON whose value says nothing. */
const JSON_KEYS = [
  'peerUptime',
  'peerUptimeMsec',
  'peerUptimeEstablishedEpoch',
  'bgpTimerUpMsec',
  'bgpTimerUpString',
  'bgpTimerUpEstablishedEpoch',
  'bgpTimerLastRead',
  'bgpTimerLastWrite',
  'bgpInUpdateElapsedTimeMsecs',
  'lastResetTimerMsecs',
  'portLocal',
  'portForeign',
  'msgRcvd',
  'msgSent',
  'opensSent',
  'opensRecv',
  'updatesSent',
  'updatesRecv',
  'keepalivesSent',
  'keepalivesRecv',
  'totalSent',
  'totalRecv',
  'updateGroupId',
  'subGroupId',
  'ribMemory',
  'peerMemory',
  'nextConnectTimerDueInMsecs',
  'nextStartTimerDueInMsecs',
  'nexthopGroupId',
  'installedNexthopGroupId',
  'interfaceIndex',
  'uptime',
  'downtime',
  'epoch',
  'gracefulRestartSecondsRemaining',
  'gracefulRestartTimerMsecs',
  'gracefulStalepathTimerMsecs',
  'restartTimerRemaining',
  'stalePathTimerRemaining',
  'lastUpdate',
  'id',
  'remote-id',
  'control-packet-input',
  'control-packet-output',
] as const;

const JSON_RULES: readonly Rule[] = [
  [
    new RegExp(String.raw`("lastResetDueTo":)"(?:${BEGINNINGS.join('|')})",\n *"lastResetCode":\d+`, 'g'),
    '$1BEGINNING',
  ],
  [new RegExp(`^( *"(?:${JSON_KEYS.join('|')})":)(?!\\{)[^,\n]*`, 'gm'), '$1N'],
  [/("epoch":N,\n *"string":).*$/gm, '$1N'],
  [/^ *"estimatedRttInMsecs":.*\n/gm, ''],
];

/** MsgRcvd and MsgSent of the summary's rows, and the column of the uptime that goes with the time. */
const summaryRow = (line: string): string =>
  line.replace(/^(\S+ +4 +\d+) +\d+ +\d+( +\d+ +\d+ +\d+) +(TIME|never)/, '$1 N N$2 $3');

export function normaliseVtysh(command: string, text: string): string {
  let result = text;
  for (const [pattern, replacement] of command.endsWith(' json') ? JSON_RULES : TEXT_RULES)
    result = result.replace(pattern, replacement);
  return command.endsWith(' summary') ? result.split('\n').map(summaryRow).join('\n') : result;
}
