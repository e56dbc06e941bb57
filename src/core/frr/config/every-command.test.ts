/**
 * Every command of the configuration, typed where it belongs: it acts, or it is refused by its name. The list is that of FRR
 * 8.4.4's own `list permutations`, of which the commands that are not modelled stand in tables.
 */
import { expect, it } from 'vitest';
import { emptyConfig } from './frr-config.ts';
import { Language } from './language.ts';
import { VtySession } from './session.ts';
import { readSyntax, type Syntax, type Token } from './syntax.ts';
import type { NodeName } from './command.ts';

const BGP = 'router bgp 65000';
/** How a node is entered, with what its commands need to be there. */
const ENTRIES: Partial<Record<NodeName, readonly string[]>> = {
  config: [],
  bgp: [BGP],
  'bgp-ipv4': [BGP, 'address-family ipv4 unicast'],
  'bgp-ipv6': [BGP, 'address-family ipv6 unicast'],
  'bgp-vpnv4': [BGP, 'address-family ipv4 vpn'],
  'bgp-vpnv6': [BGP, 'address-family ipv6 vpn'],
  'bgp-evpn': [BGP, 'address-family l2vpn evpn'],
  'bgp-evpn-vni': [BGP, 'address-family l2vpn evpn', 'vni 100'],
  'route-map': ['route-map M permit 10'],
  vrf: ['vrf X'],
  interface: ['interface eth0'],
  bfd: ['bfd'],
  'bfd-peer': ['bfd', 'peer 10.0.0.2'],
  'bfd-profile': ['bfd', 'profile p'],
};

function word(token: Token): string {
  switch (token.token) {
    case 'word':
      return token.text;
    case 'range':
      return String(Math.min(token.maximum, Math.max(token.minimum, 7)));
    case 'ipv4':
      return '10.1.2.3';
    case 'ipv4-prefix':
      return '10.1.2.0/24';
    case 'ipv6':
      return '2001:db8::1';
    case 'ipv6-prefix':
      return '2001:db8::/64';
    case 'mac':
      return '00:01:02:03:04:05';
    case 'mac-prefix':
      return '00:01:02:03:04:05/48';
    case 'variable':
      if (/RTLIST|ASN:NN|RD|RT/.test(token.text)) return '1:2';
      return /AA:BB:CC/.test(token.text) ? '1:2:3' : /AA:NN/.test(token.text) ? '1:2' : 'zx';
  }
}

/** A line of a syntax: all that may be in it, and the last of each choice. */
function words(one: Syntax, isNegated: boolean): string[] {
  const inside = (inner: Syntax): string[] => words(inner, isNegated);
  switch (one.kind) {
    case 'token':
      return [word(one)];
    case 'choice':
      return (one.options.at(-1) ?? []).flatMap(inside);
    case 'optional':
      return one.negatedOnly && !isNegated ? [] : inside(one.body);
    case 'any-order':
      return one.options.flatMap((option) => option.flatMap(inside));
  }
}

const lineOf = (syntax: string): string =>
  readSyntax(syntax)
    .flatMap((one) => words(one, syntax.startsWith('no ')))
    .join(' ');

/** Lines that FRR takes and that say nothing to it either. */
const IDLE = /^(?:frr (?:defaults|version)|service |line vty|exit|quit|end|list|address-family|hostname)/;
/** Lines that say what holds without them. */
const USUAL = [
  'bgp client-to-client reflection',
  'bgp default ipv4-unicast',
  'bgp ebgp-requires-policy',
  'bgp fast-external-failover',
  'bgp graceful-restart notification',
  'bgp hard-administrative-reset',
  'bgp network import-check',
  'bgp suppress-duplicates',
  'nexthop vpn export',
  'route-map zx optimization',
];
/** The real program finds these ambiguous as well. */
const AMBIGUOUS = /^no (?:ip |ipv6 )?router-id$/;

it('acts or is refused by its name', () => {
  const language = new Language([]);
  const neither: string[] = [];
  let typed = 0;
  for (const [node, entry] of Object.entries(ENTRIES) as [NodeName, readonly string[]][])
    for (const line of new Set(language.syntaxes(node).map(lineOf))) {
      const config = emptyConfig('r1');
      let changes = 0;
      const session = new VtySession(
        language,
        {
          config,
          environment: {
            isLocalAddress: () => false,
            vrfExists: () => true,
            vrfNamespaces: () => new Map(),
            layer3Vni: () => null,
            forwards: () => true,
          },
          changed: () => {
            changes += 1;
          },
        },
        () => ({}),
      );
      session.execute('configure terminal');
      for (const one of entry) session.execute(one);
      const before = session.nodeNumber;
      changes = 0;
      const { status, text } = session.execute(line);
      typed += 1;
      const isKnown = !['unknown', 'incomplete', 'ambiguous'].includes(status) || AMBIGUOUS.test(line);
      const hasEffect =
        changes > 0 ||
        text !== '' ||
        session.nodeNumber !== before ||
        line.startsWith('no ') ||
        USUAL.includes(line) ||
        IDLE.test(line);
      if (!isKnown || !hasEffect) neither.push(`${node}: ${line} (${status})`);
    }
  expect(typed).toBeGreaterThan(1000);
  expect(neither).toEqual([]);
}, 120_000);
