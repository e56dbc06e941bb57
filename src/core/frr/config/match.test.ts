/** The matcher: abbreviations, precedence of kinds, ambiguity, incomplete lines. */
import { expect, test } from 'vitest';
import { Grammar } from './match.ts';
import { readSyntax } from './syntax.ts';

const SYNTAX = [
  'show ip route [vrf NAME$vrf] [json]',
  'show ip bgp [<ipv4|ipv6>$afi [<unicast|multicast>]] [json]',
  'show ip prefix-list [WORD$name]',
  'neighbor <A.B.C.D|X:X::X:X|WORD>$peer remote-as <(1-4294967295)|internal|external>$as',
  'neighbor WORD$peer interface remote-as (1-10)$as',
  'network A.B.C.D/M$prefix [{route-map NAME$map|backdoor|label-index (0-9)$index}]',
  'description LINE...$text',
  'router bgp [(1-100)$asn]',
  'router babel',
];

const grammar = new Grammar(
  SYNTAX.map((text) => ({ command: text, syntax: readSyntax(text) })),
  () => false,
);

function check(line: string, expected: string | Record<string, string>): void {
  const match = grammar.match(line.split(' '));
  if (typeof expected === 'string') expect([line, match.kind]).toEqual([line, expected]);
  else {
    const found = match.kind === 'command' ? match.args : undefined;
    const named = Object.fromEntries(Object.keys(expected).map((name) => [name, found?.find(name)]));
    expect([line, match.kind, named]).toEqual([line, 'command', expected]);
  }
}

test('lines and what they mean', () => {
  check('sh ip ro vrf red json', { vrf: 'red' });
  check('show ip bgp ipv6', { afi: 'ipv6' });
  check('show ip b ipv4 uni', { afi: 'ipv4' });
  check('show ip', 'incomplete');
  check('sho', 'incomplete');
  check('show ip nothing', 'unknown');
  check('neighbor 10.0.0.1 remote-as external', { peer: '10.0.0.1', as: 'external' });
  check('neighbor 10.0.0.1 remote-as 4294967296', 'unknown');
  check('neighbor eth0 remote-as 65001', { peer: 'eth0', as: '65001' });
  check('neighbor eth0 interface remote-as 3', { peer: 'eth0', as: '3' });
  check('neighbor eth0 interface remote-as 30', 'unknown');
  check('network 10.0.0.0/8 backdoor route-map M', { prefix: '10.0.0.0/8', map: 'M' });
  check('network 10.0.0.0/8 backdoor backdoor', 'unknown');
  check('network 10.0.0.0/33', 'unknown');
  check('network 10.0.0.0/8 route-map', 'incomplete');
  check('description many words of text', { text: 'many words of text' });
  check('router b', 'ambiguous');
  check('router bg', {});
  check('router b 7', { asn: '7' });
});
