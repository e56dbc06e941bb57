/** vtysh line by line: nodes, error texts, and what the daemons are told. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConfigChange } from './frr-config.ts';
import { emptyConfig } from './frr-config.ts';
import { Language } from './language.ts';
import { VtySession, type LineResult } from './session.ts';
import { SHOW_COMMANDS } from '../show/commands.ts';

const language = new Language(SHOW_COMMANDS);

function open(): { session: VtySession; changes: ConfigChange[] } {
  const changes: ConfigChange[] = [];
  const session = new VtySession(
    language,
    {
      config: emptyConfig('r1'),
      environment: {
        isLocalAddress: (address) => address === '10.0.0.1',
        vrfExists: (name) => name === 'default',
        vrfNamespaces: () => new Map(),
        layer3Vni: () => null,
        forwards: () => true,
      },
      changed: (change) => changes.push(change),
    },
    () => ({ text: 'shown\n' }),
  );
  return { session, changes };
}

/** Types lines; the last one's text and the prompt after it. */
function check(lines: readonly string[], text: string, prompt: string): void {
  const { session } = open();
  let last: LineResult = { text: '', status: 'ok' };
  for (const line of lines) last = session.execute(line);
  expect([lines.join(' / '), last.text, session.prompt]).toEqual([lines.join(' / '), text, prompt]);
}

const BGP = ['configure terminal', 'router bgp 65000'];

test('a node that is not modelled keeps its lines from the node around it', () => {
  const multicast = [...BGP, 'neighbor 10.0.0.2 remote-as 2', 'address-family ipv4 multicast'];
  const inside = 'r1(config-router-af)# ';
  check(multicast, '% Not modelled: address-family ipv4 multicast\n', inside);
  const activate = 'neighbor 10.0.0.2 activate';
  check([...multicast, activate], `% Not modelled: ${activate}\n`, inside);
  check([...multicast, 'nonsense'], '% Unknown command: nonsense\n', inside);
  check([...multicast, 'exit-address-family'], '', 'r1(config-router)# ');
  check([...multicast, 'exit'], '', 'r1(config-router)# ');
  const key = ['configure', 'key chain one', 'key 1'];
  check([...key, 'key-string x'], '% Not modelled: key-string x\n', 'r1(config-keychain-key)# ');
  check([...key, 'exit'], '', 'r1(config-keychain)# ');
  const link = ['configure', 'interface eth0', 'link-params'];
  check([...link, 'exit-link-params'], '', 'r1(config-if)# ');
  check([...link, 'vrf red'], '', 'r1(config-vrf)# ');
});

test('daemons that do not run say so to who types, and are passed over in files', () => {
  const config = 'r1(config)# ';
  check(['configure', 'router ospf'], 'ospfd is not running\n', config);
  check(['configure', 'mpls ldp'], 'ldpd is not running\n', config);
  check(['show ip ospf neighbor'], 'ospfd is not running\n', 'r1# ');
  const { session } = open();
  session.configure();
  const read = ['router ospf', ' network 10.0.0.0/8 area 0', ' nonsense', 'router bgp 65000', 'mpls ldp'];
  const said = [...read, ' address-family ipv4', '  interface eth0'].map(
    (line) => session.execute(line).text,
  );
  expect(said).toEqual(['', '', '% Unknown command:  nonsense\n', '', '', '', '']);
  expect(session.prompt).toBe('r1(config-ldp-af-if)# ');
});

test('a log takes one level, and the usual one is not written', () => {
  const config = 'r1(config)# ';
  check(['configure', 'log syslog errors errors'], '% Unknown command: log syslog errors errors\n', config);
  check(['configure', 'log stdout nonsense'], '% Unknown command: log stdout nonsense\n', config);
  const { session } = open();
  for (const line of ['configure', 'log file /x debugging', 'log stdout debugging', 'log syslog err'])
    session.execute(line);
  expect(session.execute('do show running-config').text).toContain(
    'log file /x\nlog stdout\nlog syslog errors\n',
  );
  session.execute('no log syslog local0 errors');
  expect(session.execute('do show running-config').text).not.toContain('log syslog');
});

test('an abbreviation of two commands is ambiguous, modelled or not', () => {
  check(['configure', 'debug ospf t'], '% Ambiguous command: debug ospf t\n', 'r1(config)# ');
  check(['configure', 'no ipv6 router-id'], '% Ambiguous command: no ipv6 router-id\n', 'r1(config)# ');
});

test('an abbreviation of two words of one command is ambiguous as well', () => {
  const family = [...BGP, 'address-family ipv4 unicast'];
  check([...family, 'redistribute o'], '% Ambiguous command: redistribute o\n', 'r1(config-router-af)# ');
});

test('options of a neighbour are taken in the families that have them', () => {
  const unchanged = 'neighbor 10.0.0.2 nexthop-local unchanged';
  const neighbor = [...BGP, 'neighbor 10.0.0.2 remote-as 2'];
  const prompt = 'r1(config-router-af)# ';
  check([...neighbor, 'address-family ipv4 unicast', unchanged], `% Unknown command: ${unchanged}\n`, prompt);
  check([...neighbor, 'address-family ipv6 unicast', unchanged], '', prompt);
});

test('texts and nodes', () => {
  check(['conf t'], '', 'r1(config)# ');
  check([...BGP, 'router bgp 65001'], 'BGP is already running; AS is 65000\n', 'r1(config-router)# ');
  check([...BGP, 'nonsense'], '% Unknown command: nonsense\n', 'r1(config-router)# ');
  check([...BGP, 'neighbor'], '% Command incomplete: neighbor\n', 'r1(config-router)# ');
  check(['configure terminal', 'rou'], '% Command incomplete: rou\n', 'r1(config)# ');
  check(
    [...BGP, 'neighbor 1.1.1.1 activate'],
    '% Specify remote-as or peer-group commands first\n',
    'r1(config-router)# ',
  );
  check(
    [...BGP, 'neighbor 10.0.0.1 remote-as 1'],
    '% Can not configure the local system as neighbor\n',
    'r1(config-router)# ',
  );
  check(
    [...BGP, 'neighbor FOO remote-as 3'],
    '% Create the peer-group or interface first\n',
    'r1(config-router)# ',
  );
  check(
    [...BGP, 'neighbor 1.1.1.2 peer-group G'],
    '% Configure the peer-group first\n',
    'r1(config-router)# ',
  );
  check(
    [...BGP, 'neighbor 1.1.1.2 remote-as 65000', 'neighbor 1.1.1.2 remove-private-AS'],
    '% remove-private-AS cannot be configured for IBGP peers\n',
    'r1(config-router)# ',
  );
  check(
    [...BGP, 'address-family ipv4 unicast', 'no network 1.2.3.0/24'],
    "% Can't find static route specified\n",
    'r1(config-router-af)# ',
  );
  check(
    [...BGP, 'address-family ipv4', 'aggregate-address 1.2.3.4/32'],
    'Specified prefix: 1.2.3.4/32 will not result in any useful aggregation, disallowing\n',
    'r1(config-router-af)# ',
  );
  check(['conf t', 'no router bgp 5'], "% Can't find BGP instance\n", 'r1(config)# ');
  check(
    ['conf t', 'ip prefix-list G permit 10.0.0.0/8 ge 20 le 18'],
    '% Configuration failed.\n\nError type: validation\nError description: Invalid prefix range for 10.0.0.0/8: Make sure that mask length <= ge <= le\n',
    'r1(config)# ',
  );
  check(
    ['conf t', 'bgp community-list standard S permit foo'],
    '% Malformed community-list value\n',
    'r1(config)# ',
  );
  check(['conf t', 'bgp as-path access-list Q permit [1'], "can't compile regexp [1\n", 'r1(config)# ');
  check(
    ['conf t', 'route-map R permit 10', 'set community 1:2 additive none'],
    "% Malformed communities attribute '1:2 none'\n",
    'r1(config-route-map)# ',
  );
  check(
    ['conf t', 'ip route 10.99.0.0/16 blackhole', 'ip route 10.99.0.0/16 1.1.1.1'],
    '% Configuration failed.\n\nError type: validation\nError description: Route cannot have blackhole and non-blackhole nexthops simultaneously\n',
    'r1(config)# ',
  );
  check(
    ['conf t', 'no ip route 10.9.0.0/16 1.1.1.9'],
    '% Refusing to remove a non-existent route\n',
    'r1(config)# ',
  );
  check([...BGP, 'do show version'], 'shown\n', 'r1(config-router)# ');
  check([...BGP, 'bgp dampening'], '% Not modelled: bgp dampening\n', 'r1(config-router)# ');
});

test('local-as is for external neighbours', () => {
  check(
    [...BGP, 'neighbor 10.0.0.2 remote-as 65000', 'neighbor 10.0.0.2 local-as 65123'],
    '% Local-AS allowed only for EBGP peers\n',
    'r1(config-router)# ',
  );
});

test('only the variant of remove-private-AS that is named goes, and a default route is asked for as often as it is typed', () => {
  const { session, changes } = open();
  for (const line of [...BGP, 'neighbor 10.0.0.2 remote-as 65002', 'address-family ipv4 unicast'])
    session.execute(line);
  session.execute('neighbor 10.0.0.2 remove-private-AS all replace-AS');
  session.execute('no neighbor 10.0.0.2 remove-private-AS');
  const shown = (): string => session.execute('do show running-config').text;
  expect(shown()).toContain('neighbor 10.0.0.2 remove-private-AS all replace-AS\n');
  session.execute('no neighbor 10.0.0.2 remove-private-AS all replace-AS');
  expect(shown()).not.toContain('remove-private-AS');
  const before = changes.length;
  for (let time = 0; time < 2; time += 1) session.execute('neighbor 10.0.0.2 default-originate');
  expect(changes.length - before).toBe(2);
});

test('route maps refuse what cannot be, and a repeated entry of a prefix list is none', () => {
  const map = (verdict: string): string[] => ['configure terminal', `route-map A ${verdict} 10`];
  check([...map('permit'), 'continue'], '% Command incomplete: continue\n', 'r1(config-route-map)# ');
  const invalid = '% Configuration failed.\n\nError type: validation\n';
  check([...map('deny'), 'on-match next'], invalid, 'r1(config-route-map)# ');
  check([...map('permit'), 'on-match goto 10'], invalid, 'r1(config-route-map)# ');
  const { session, changes } = open();
  session.configure();
  for (const seq of [5, 10]) session.execute(`ip prefix-list P seq ${seq} permit 10.0.0.0/8`);
  expect(changes.length).toBe(1);
});

test('a malformed entry leaves a community list that is empty', () => {
  const line = 'bgp community-list standard C permit 4200000101:100';
  const missing = "% Can't find community-list\n";
  const prompt = 'r1(config)# ';
  check(['conf t', line], '% Malformed community-list value\n', prompt);
  check(['conf t', 'no bgp community-list standard C'], missing, prompt);
  check(['conf t', line, 'no bgp community-list standard C'], '', prompt);
  check(['conf t', line, 'bgp community-list expanded C permit ^1:'], '', prompt);
  check(
    ['conf t', 'bgp community-list standard C permit 1:2', 'no bgp community-list standard C permit 1:3'],
    missing,
    prompt,
  );
});

test('a line of an outer node is taken there', () => {
  check([...BGP, 'address-family ipv4', 'bgp router-id 1.1.1.1'], '', 'r1(config-router)# ');
  check([...BGP, 'address-family ipv4', 'ip prefix-list P permit any'], '', 'r1(config)# ');
  check([...BGP, 'end'], '', 'r1# ');
  check([...BGP, 'address-family ipv6 unicast', 'exit'], '', 'r1(config-router)# ');
});

test('the daemons hear of changes, and of nothing else', () => {
  const { session, changes } = open();
  for (const line of [
    ...BGP,
    'neighbor 1.1.1.2 remote-as 65001',
    'neighbor 1.1.1.2 remote-as 65001',
    'neighbor 1.1.1.2 timers 3 9',
    'neighbor 1.1.1.2 timers 3 9',
    'address-family ipv4',
    'neighbor 1.1.1.2 next-hop-self',
    'network 10.0.0.0/8',
    'no neighbor 1.1.1.2 next-hop-self',
    'exit-address-family',
    'no neighbor 1.1.1.2',
  ])
    session.execute(line);
  expect(changes.map((change) => change.kind)).toEqual([
    'bgp-added',
    'peer-added',
    'peer-option',
    'peer-family',
    'network',
    'peer-family',
    'peer-removed',
  ]);
});

const WORDS = [
  ...'no neighbor router bgp address-family ipv4 ipv6 unicast network route-map permit deny set match community'.split(
    ' ',
  ),
  ...'ip route prefix-list seq 10 65000 4294967296 10.0.0.1 10.0.0.0/8 2001:db8::/32 fe80::1 eth0 NAME any le 24'.split(
    ' ',
  ),
  ...'interface vrf bfd peer profile exit end access-list as-path [ ( \\ _65000$ rd vpn export import -1 show json'.split(
    ' ',
  ),
];

test('damaged lines give an answer, never an exception', () => {
  const word = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 1, arbitrary: fc.string() },
  );
  const line = fc.array(word, { minLength: 1, maxLength: 9 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(line, { minLength: 20, maxLength: 20 }), (lines) => {
      const { session } = open();
      session.configure();
      for (const one of lines) {
        const { status, text } = session.execute(one);
        if (status === 'unknown' || status === 'ambiguous' || status === 'incomplete')
          expect(text).toMatch(/^% /);
      }
    }),
    { numRuns: 500, seed: 7 },
  );
});
