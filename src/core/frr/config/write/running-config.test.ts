/** A configuration with a line of every kind, and what FRR 8.4.4 printed after reading it. */
import { expect, test } from 'vitest';
import { emptyConfig } from '../frr-config.ts';
import { Language } from '../language.ts';
import { VtySession } from '../session.ts';
import { writeRunningConfig } from './running-config.ts';

const TYPED = `route-map A permit 10
 set local-preference 100
 on-match goto 30
 set as-path prepend 1 2 3
 set community 3:3 1:2 no-export additive
 set large-community 3:4:5 1:2:3
 set extcommunity rt 1:3 1:2
 set extcommunity soo 4:4
 set metric +5
 call B
 match tag 9
 match ip address prefix-list P
 description hallo welt
 match community C exact-match
 set weight 4
 set tag 7
 set comm-list D delete
 match ipv6 address prefix-list P6
 match peer 1.2.3.4
 match interface eth0
 set ip next-hop 1.2.3.4
 set origin igp
exit
route-map A permit 5
 continue 7
 match ip address L
 match ip address prefix-list Q
 set as-path prepend last-as 3
 set as-path exclude 3 4
 set extcommunity bandwidth 100
exit
route-map A deny 7
exit
route-map Z permit 1
 on-match next
 set community none
route-map A optimization
no route-map Z optimization
ip prefix-list X permit 10.1.2.3/16 le 24
ip prefix-list X permit 10.2.0.0/16 ge 24
ip prefix-list X description foo bar
ip prefix-list A seq 3 deny any
ipv6 prefix-list A seq 3 deny any
ipv6 prefix-list A permit 2001:DB8::/32 le 64
access-list L permit 10.0.0.0/8
access-list L seq 3 deny 10.1.0.0 0.0.255.255
access-list 10 permit host 1.2.3.4
access-list 10 permit 10.0.0.0 0.255.255.255
access-list 100 permit ip host 1.2.3.4 any
access-list 100 permit ip 10.0.0.0 0.255.255.255 255.255.0.0 0.0.0.0
access-list L remark foo
access-list L permit any
access-list E permit 10.0.0.0/8 exact-match
ipv6 access-list L6 permit 2001:db8::/32
bgp community-list standard C permit 1:2 no-export
bgp community-list standard C permit 65000:1 3:4
bgp community-list 20 permit internet
bgp community-list expanded CE deny _64512:.*_
bgp community-list 120 permit .*
bgp large-community-list standard LC permit 1:2:3
bgp large-community-list expanded LE permit ^1:
bgp extcommunity-list standard EC permit rt 1:2 soo 3:4
bgp extcommunity-list expanded EE permit RT:1:
bgp as-path access-list AP permit ^1_2$
bgp as-path access-list AP seq 3 deny .*
interface dummy9
 description some thing
 ip address 1.2.3.4/24
 bandwidth 100
 ipv6 nd ra-interval 10
 no ipv6 nd suppress-ra
 link-detect
 shutdown
exit
vrf blue
 ip route 10.0.0.0/8 10.1.1.1
 vni 100
exit-vrf
bfd
 profile P
  detect-multiplier 5
  transmit-interval 100
  receive-interval 200
  echo-mode
  passive-mode
  minimum-ttl 3
 exit
 peer 1.2.3.4 multihop local-address 1.2.3.5 vrf blue
  profile P
 exit
 peer 10.0.0.1
  shutdown
  detect-multiplier 4
 exit
exit
ip forwarding
log file /tmp/x.log
debug bgp updates in
debug bgp neighbor-events
ip nht resolve-via-default
router-id 9.9.9.9
ipv6 nht resolve-via-default
router bgp 1
 neighbor G peer-group
 neighbor G remote-as external
 neighbor 10.0.0.9 peer-group G
 neighbor 10.0.0.8 remote-as 5
 neighbor eth7 interface peer-group G
 neighbor eth10 interface remote-as internal
 neighbor eth2 interface v6only remote-as external
 neighbor 2001:db8::5 remote-as 5
 neighbor 10.0.0.8 description hello
 neighbor 10.0.0.8 shutdown
 neighbor 10.0.0.8 timers 3 9
 neighbor 10.0.0.8 timers connect 5
 neighbor 10.0.0.8 bfd
 neighbor 10.0.0.8 bfd profile P
 neighbor 10.0.0.8 password secret
 neighbor 10.0.0.8 ebgp-multihop
 neighbor 10.0.0.8 update-source lo
 neighbor 10.0.0.8 capability extended-nexthop
 neighbor 10.0.0.8 local-as 7 no-prepend replace-as
 neighbor G timers 1 3
 neighbor 10.0.0.9 timers 4 12
 bgp listen range 10.9.0.0/16 peer-group G
 bgp bestpath med missing-as-worst confed
 no bgp default ipv4-unicast
 address-family ipv4 unicast
  neighbor 10.0.0.8 activate
  neighbor 10.0.0.8 next-hop-self
  neighbor 10.0.0.8 next-hop-self force
  neighbor 10.0.0.8 allowas-in
  neighbor 10.0.0.8 send-community large
  no neighbor 10.0.0.8 send-community
  neighbor 10.0.0.8 maximum-prefix 10 80 restart 3
  neighbor 10.0.0.8 attribute-unchanged med
  neighbor G activate
  neighbor G route-map FOO in
  neighbor 10.0.0.9 route-map BAR in
  maximum-paths 4
  maximum-paths ibgp 5
  network 10.4.0.0/16 route-map X
  network 10.3.0.0
  redistribute static metric 5 route-map R
  redistribute connected
  redistribute kernel
  aggregate-address 10.0.0.0/8 summary-only as-set
  distance bgp 20 200 201
 exit-address-family
 address-family ipv6 unicast
  neighbor 2001:db8::5 activate
  import vrf blue
  import vrf red
 address-family l2vpn evpn
  neighbor 10.0.0.8 activate
  advertise-all-vni
exit
router bgp 1 vrf blue
 neighbor 10.0.0.1 remote-as 3
 address-family ipv4 unicast
  rd vpn export 1:2
  rt vpn both 1:2 3:4
  label vpn export auto
  export vpn
  import vpn
exit
ip route 10.1.0.0/16 10.0.0.1 5 tag 3
ip route 10.1.0.0/16 10.0.0.2 eth0 onlink
ip route 10.5.0.0 255.255.0.0 eth0 nexthop-vrf default
ip route 10.6.0.0/16 reject
ip route 10.7.0.0/16 Null0
ip route 10.8.0.0/16 blackhole table 100
ipv6 route 2001:db8::/32 fe80::1 eth0`;

const PRINTED = `Building configuration...

Current configuration:
!
frr version 8.4.4
frr defaults traditional
hostname vm
log file /tmp/x.log
no ipv6 forwarding
!
debug bgp neighbor-events
debug bgp updates in
!
ip router-id 9.9.9.9
ip route 10.1.0.0/16 10.0.0.2 eth0 onlink
ip route 10.1.0.0/16 10.0.0.1 tag 3 5
ip route 10.5.0.0/16 eth0
ip route 10.6.0.0/16 reject
ip route 10.7.0.0/16 Null0
ip route 10.8.0.0/16 blackhole table 100
ipv6 route 2001:db8::/32 fe80::1 eth0
!
vrf blue
 vni 100
 ip route 10.0.0.0/8 10.1.1.1
exit-vrf
!
interface dummy9
 bandwidth 100
 description some thing
 ip address 1.2.3.4/24
 ipv6 nd ra-interval 10
 no ipv6 nd suppress-ra
 shutdown
exit
!
router bgp 1
 no bgp default ipv4-unicast
 bgp bestpath med confed missing-as-worst
 neighbor G peer-group
 neighbor G remote-as external
 neighbor G timers 1 3
 neighbor eth7 interface peer-group G
 neighbor 10.0.0.9 peer-group G
 neighbor 10.0.0.9 timers 4 12
 neighbor eth2 interface v6only remote-as external
 neighbor eth10 interface remote-as internal
 neighbor 10.0.0.8 remote-as 5
 neighbor 10.0.0.8 local-as 7 no-prepend replace-as
 neighbor 10.0.0.8 description hello
 neighbor 10.0.0.8 shutdown
 neighbor 10.0.0.8 bfd
 neighbor 10.0.0.8 bfd profile P
 neighbor 10.0.0.8 password secret
 neighbor 10.0.0.8 ebgp-multihop 255
 neighbor 10.0.0.8 update-source lo
 neighbor 10.0.0.8 timers 3 9
 neighbor 10.0.0.8 timers connect 5
 neighbor 10.0.0.8 capability extended-nexthop
 neighbor 2001:db8::5 remote-as 5
 bgp listen range 10.9.0.0/16 peer-group G
 !
 address-family ipv4 unicast
  distance bgp 20 200 201
  network 10.0.0.0/8
  network 10.4.0.0/16 route-map X
  aggregate-address 10.0.0.0/8 as-set summary-only
  redistribute kernel
  redistribute connected
  redistribute static metric 5 route-map R
  neighbor G activate
  neighbor G route-map FOO in
  neighbor 10.0.0.9 route-map BAR in
  neighbor eth2 activate
  neighbor eth10 activate
  neighbor 10.0.0.8 activate
  neighbor 10.0.0.8 next-hop-self force
  neighbor 10.0.0.8 next-hop-self
  no neighbor 10.0.0.8 send-community
  neighbor 10.0.0.8 maximum-prefix 10 80 restart 3
  neighbor 10.0.0.8 allowas-in
  neighbor 10.0.0.8 attribute-unchanged med
  neighbor 2001:db8::5 activate
  maximum-paths 4
  maximum-paths ibgp 5
 exit-address-family
 !
 address-family ipv6 unicast
  neighbor 2001:db8::5 activate
  import vrf blue
  import vrf red
 exit-address-family
 !
 address-family l2vpn evpn
  neighbor 10.0.0.8 activate
  advertise-all-vni
 exit-address-family
exit
!
router bgp 1 vrf blue
 neighbor 10.0.0.1 remote-as 3
 !
 address-family ipv4 unicast
  label vpn export auto
  rd vpn export 1:2
  rt vpn both 1:2 3:4
  export vpn
  import vpn
 exit-address-family
exit
!
router bgp 1 vrf red
exit
!
access-list L remark foo
access-list L seq 3 deny 10.1.0.0 0.0.255.255
access-list L seq 5 permit 10.0.0.0/8
access-list L seq 10 permit any
access-list 10 seq 5 permit 1.2.3.4
access-list 10 seq 10 permit 10.0.0.0 0.255.255.255
access-list 100 seq 5 permit ip host 1.2.3.4 any
access-list 100 seq 10 permit ip 10.0.0.0 0.255.255.255 255.255.0.0 0.0.0.0
access-list E seq 5 permit 10.0.0.0/8 exact-match
!
ip prefix-list X description foo bar
ip prefix-list X seq 5 permit 10.1.0.0/16 le 24
ip prefix-list X seq 10 permit 10.2.0.0/16 ge 24
ip prefix-list A seq 3 deny any
!
ipv6 access-list L6 seq 5 permit 2001:db8::/32
!
ipv6 prefix-list A seq 3 deny any
ipv6 prefix-list A seq 8 permit 2001:db8::/32 le 64
!
bgp as-path access-list AP seq 3 deny .*
bgp as-path access-list AP seq 5 permit ^1_2$
!
bgp community-list 20 seq 5 permit internet
bgp community-list 120 seq 5 permit .*
bgp community-list standard C seq 5 permit 1:2 no-export
bgp community-list standard C seq 10 permit 3:4 65000:1
bgp community-list expanded CE seq 5 deny _64512:.*_
bgp extcommunity-list standard EC seq 5 permit rt 1:2 soo 3:4
bgp extcommunity-list expanded EE seq 5 permit RT:1:
bgp large-community-list standard LC seq 5 permit 1:2:3
bgp large-community-list expanded LE seq 5 permit ^1:
!
route-map A permit 5
 match ip address L
 match ip address prefix-list Q
 on-match goto 7
 set as-path exclude 3 4
 set as-path prepend last-as 3
 set extcommunity bandwidth 100
exit
!
route-map A deny 7
exit
!
route-map A permit 10
 call B
 description hallo welt
 match community C exact-match
 match interface eth0
 match ip address prefix-list P
 match ipv6 address prefix-list P6
 match peer 1.2.3.4
 match tag 9
 on-match goto 30
 set as-path prepend 1 2 3
 set comm-list D delete
 set community 1:2 3:3 no-export additive
 set extcommunity rt 1:3 1:2
 set extcommunity soo 4:4
 set ip next-hop 1.2.3.4
 set large-community 3:4:5 1:2:3
 set local-preference 100
 set metric +5
 set origin igp
 set tag 7
 set weight 4
exit
!
no route-map Z optimization
!
route-map Z permit 1
 on-match next
 set community none
exit
!
ip nht resolve-via-default
!
ipv6 nht resolve-via-default
!
bfd
 profile P
  detect-multiplier 5
  transmit-interval 100
  receive-interval 200
  passive-mode
  echo-mode
  minimum-ttl 3
 exit
 !
 peer 10.0.0.1
  detect-multiplier 4
  shutdown
 exit
 !
 peer 1.2.3.4 multihop local-address 1.2.3.5 vrf blue
  profile P
 exit
 !
exit
!
end
`;

test('running-config of every kind of line', () => {
  const config = emptyConfig('vm');
  const environment = {
    isLocalAddress: () => false,
    vrfExists: (name: string) => name === 'default',
    vrfNamespaces: () => new Map<string, string>(),
    layer3Vni: () => null,
    forwards: (family: 4 | 6) => family === 4,
  };
  const session = new VtySession(
    new Language([]),
    { config, environment, changed: () => undefined },
    () => ({}),
  );
  session.configure();
  const idle: string[] = [];
  for (const line of TYPED.split('\n')) {
    const { status, text } = session.execute(line);
    // What is kept without effect says so.
    const said = status === 'unsupported' ? `% Not modelled: ${line.trim()}\n` : '';
    expect([line, ['ok', 'unsupported'].includes(status), text]).toEqual([line, true, said || text]);
    if (status === 'unsupported') idle.push(line.trim());
  }
  expect(writeRunningConfig(config, environment)).toBe(PRINTED);
  expect(idle).toEqual(['echo-mode', 'label vpn export auto']);
});

test('what it prints, it reads again', () => {
  const config = emptyConfig('vm');
  const environment = {
    isLocalAddress: () => false,
    vrfExists: (name: string) => name === 'default',
    vrfNamespaces: () => new Map<string, string>(),
    layer3Vni: () => null,
    forwards: () => true,
  };
  const session = new VtySession(
    new Language([]),
    { config, environment, changed: () => undefined },
    () => ({}),
  );
  session.configure();
  const lines = PRINTED.split('\n').slice(4);
  for (const line of lines) session.execute(line);
  expect(writeRunningConfig(config, environment)).toBe(PRINTED);
});
