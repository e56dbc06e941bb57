/** Devices that stack: VLAN, VRF, bond and dummy, by the commands that make them and what then reaches whom. */
import { describe, expect, it } from 'vitest';
import { Lab, twoHosts } from './fixture/lab.ts';

describe('VLAN devices', () => {
  it('carry a VLAN of their own over the device below, and lose the carrier with it', () => {
    const lab = twoHosts(1);
    for (const [host, end] of [
      ['a', 1],
      ['b', 2],
    ] as const)
      lab.type(`ip -n ${host} link add link ${host}0 name ${host}0.20 type vlan id 20
        ip -n ${host} link add link ${host}0 name other type vlan id ${30 + end}
        ip -n ${host} link set ${host}0.20 up
        ip -n ${host} link set other up
        ip -n ${host} addr add 10.20.0.${end}/24 dev ${host}0.20
        ip -n ${host} addr add 10.30.0.${end}/24 dev other`);
    lab.wait(2);
    expect(lab.reaches('a', '10.20.0.2')).toBe(true);
    // VLAN 31 on one side, 32 on the other.
    expect(lab.reaches('a', '10.30.0.2')).toBe(false);
    expect(lab.type('ip -n a -d link show a0.20')).toContain('vlan protocol 802.1Q id 20 <REORDER_HDR>');
    lab.type('ip -n b link set b0 down');
    expect(lab.type('ip -n a -br link show a0.20')).toMatch(/^a0\.20@a0 +LOWERLAYERDOWN .*NO-CARRIER/);
  });
});

describe('a VRF', () => {
  it('keeps the same addresses apart in two tables', () => {
    const lab = new Lab();
    lab.type('ip netns add r');
    for (const [color, table] of [
      ['red', 10],
      ['blue', 20],
    ] as const)
      lab.type(`ip netns add ${color}
        ip link add name r${color} netns r type veth peer name eth0 netns ${color}
        ip -n r link add ${color} type vrf table ${table}
        ip -n r link set ${color} up
        ip -n r link set r${color} master ${color}
        ip -n r link set r${color} up
        ip -n ${color} link set eth0 up
        ip -n r addr add 10.0.0.1/24 dev r${color}
        ip -n ${color} addr add 10.0.0.2/24 dev eth0`);
    lab.wait(2);
    expect(lab.type('ip -n r route show vrf red')).toBe(
      '10.0.0.0/24 dev rred proto kernel scope link src 10.0.0.1 \n',
    );
    expect(lab.type('ip -n r route')).toBe('');
    expect(lab.type('ip -n r -br link show type vrf').split('\n')).toHaveLength(3);
    expect(lab.reaches('red', '10.0.0.1')).toBe(true);
    expect(lab.reaches('r', '10.0.0.2', '-I', 'red')).toBe(true);
    expect(lab.type('ip netns exec r ping -c 1 -W 1 10.0.0.2')).toContain('Network is unreachable');
    lab.type('ip -n blue link set eth0 down');
    expect(lab.reaches('r', '10.0.0.2', '-I', 'blue')).toBe(false);
    expect(lab.reaches('r', '10.0.0.2', '-I', 'red')).toBe(true);
  });

  it('takes next hop objects from a device that enters or leaves it', () => {
    const lab = twoHosts(1);
    lab.type(`ip -n a link add red type vrf table 10
      ip -n a link set red up`);
    const objects = (): string => lab.type('ip -n a nexthop show');
    for (const master of ['master red', 'nomaster']) {
      lab.type('ip -n a nexthop add id 5 dev a0');
      expect(objects()).toContain('id 5 dev a0');
      lab.type(`ip -n a link set a0 ${master}`);
      expect(objects()).toBe('');
    }
  });
});

describe('a bond', () => {
  const bonded = (mode: string): Lab => {
    const lab = twoHosts(2);
    for (const [host, end] of [
      ['a', 1],
      ['b', 2],
    ] as const)
      lab.type(`ip -n ${host} link add bond0 type bond mode ${mode} miimon 100
        ip -n ${host} link set ${host}0 down
        ip -n ${host} link set ${host}1 down
        ip -n ${host} link set ${host}0 master bond0
        ip -n ${host} link set ${host}1 master bond0
        ip -n ${host} link set bond0 up
        ip -n ${host} addr add 10.0.0.${end}/24 dev bond0`);
    lab.wait(3);
    return lab;
  };

  it('in active-backup mode uses one cable and changes to the other when it is cut', () => {
    const lab = bonded('active-backup');
    expect(lab.reaches('a', '10.0.0.2')).toBe(true);
    expect(lab.type('ip -n a -d link show bond0')).toContain('bond mode active-backup active_slave a0 ');
    const announced: number[] = [];
    const close = lab.kernel.tap('b', lab.kernel.findLink('b', 'b1') ?? null, ({ octets, direction }) => {
      // A gratuitous ARP: sender and target are one address.
      if (direction === 'in' && octets[12] === 8 && octets[13] === 6 && octets[31] === octets[41])
        announced.push(octets[31] ?? 0);
    });
    lab.type('ip -n b link set b0 down');
    lab.wait(2);
    close();
    expect(announced).toEqual([1]);
    expect(lab.type('ip -n a -d link show bond0')).toContain('active_slave a1 ');
    expect(lab.reaches('a', '10.0.0.2')).toBe(true);
    lab.type('ip -n b link set b1 down');
    lab.wait(2);
    expect(lab.type('ip -n a -br link show bond0')).toMatch(/^bond0 +DOWN .*NO-CARRIER/);
    expect(lab.reaches('a', '10.0.0.2')).toBe(false);
  });

  it.each(['balance-rr', 'balance-xor'])('in %s mode carries what is sent', (mode) => {
    const lab = bonded(mode);
    expect(lab.reaches('a', '10.0.0.2')).toBe(true);
    expect(lab.type('ip -n a -br link show master bond0').split('\n')).toHaveLength(3);
  });
});

it('a dummy device is up without a cable and answers for its address', () => {
  const lab = new Lab();
  lab.type(`ip link set lo up
    ip link add d0 type dummy
    ip link set d0 up
    ip addr add 192.0.2.1/32 dev d0`);
  expect(lab.type('ip -br addr show d0')).toMatch(/^d0 +UNKNOWN +192\.0\.2\.1\/32 fe80::/);
  expect(lab.type('ping -c 1 192.0.2.1')).toContain(' 1 received');
});

describe('tunnels', () => {
  const ends = (options: (local: string, remote: string) => string): Lab => {
    const lab = twoHosts(1);
    for (const [host, end, other] of [
      ['a', 1, 2],
      ['b', 2, 1],
    ] as const)
      lab.type(`ip -n ${host} addr add 10.0.0.${end}/24 dev ${host}0
        ip -n ${host} link add tun type ${options(`10.0.0.${end}`, `10.0.0.${other}`)}
        ip -n ${host} addr add 192.168.1.${end}/24 dev tun
        ip -n ${host} link set tun up`);
    lab.wait(2);
    return lab;
  };

  it.each<[string, number, (local: string, remote: string) => string]>([
    ['geneve', 1450, (_, remote) => `geneve id 5 remote ${remote}`],
    ['gretap', 1462, (local, remote) => `gretap local ${local} remote ${remote}`],
    ['gre', 1476, (local, remote) => `gre local ${local} remote ${remote}`],
    ['gre', 1468, (local, remote) => `gre local ${local} remote ${remote} key 7 csum`],
  ])('%s carries packets of its MTU and %d octets', (_, mtu, options) => {
    const lab = ends(options);
    expect(lab.type('ip -n a link show tun')).toContain(` mtu ${mtu} `);
    expect(lab.reaches('a', '192.168.1.2', '-M', 'do', '-s', String(mtu - 28))).toBe(true);
    expect(lab.reaches('a', '192.168.1.2', '-M', 'do', '-s', String(mtu - 27))).toBe(false);
    lab.type('ip -n b link set tun down');
    expect(lab.reaches('a', '192.168.1.2')).toBe(false);
  });

  it('keep apart what carries another key or VNI', () => {
    const keys = { '10.0.0.1': 5, '10.0.0.2': 6 } as const;
    const keyOf = (local: string): number => keys[local as '10.0.0.1'];
    expect(
      ends((local, remote) => `geneve id ${keyOf(local)} remote ${remote}`).reaches('a', '192.168.1.2'),
    ).toBe(false);
    expect(
      ends((local, remote) => `gre local ${local} remote ${remote} key ${keyOf(local)}`).reaches(
        'a',
        '192.168.1.2',
      ),
    ).toBe(false);
  });

  it('are printed with their ends', () => {
    const lab = ends((local, remote) => `gre local ${local} remote ${remote} ttl 9 ikey 1.2.3.4 nopmtudisc`);
    const text = lab.type('ip -n a -d link show tun');
    expect(text).toContain('tun@NONE: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1476');
    expect(text).toContain('link/gre 10.0.0.1 peer 10.0.0.2 ');
    expect(text).toContain('gre remote 10.0.0.2 local 10.0.0.1 ttl 9 nopmtudisc ikey 1.2.3.4 ');
    expect(lab.type('ip -n a -br -6 addr show tun')).toContain('fe80::5efe:a00:1/64');
    expect(lab.type('ip -n a link add tun2 type gre local 10.0.0.1 remote 10.0.0.2 ikey 1.2.3.4')).toBe(
      'RTNETLINK answers: File exists\n',
    );
  });
});

describe('a master', () => {
  const BUSY = 'RTNETLINK answers: Device or resource busy\n';
  it.each([
    ['bridge', 'br0', 'br0', 'Error: Can not enslave a bridge to a bridge.\n'],
    ['bridge', 'br0', 'br0.10', BUSY],
    ['bridge', 'br0', 'over', BUSY],
    ['bond', 'bond0', 'bond0', 'Error: Cannot enslave bond to itself.\n'],
    ['bond', 'bond0', 'bond0.10', BUSY],
    ['bond', 'bond0', 'over', BUSY],
    ['vrf table 10', 'red', 'red', 'Error: Can not enslave an L3 master device to a VRF.\n'],
    ['vrf table 10', 'red', 'red.10', BUSY],
  ])('of type %s does not come to stand over itself: %s over %s', (type, master, link, answer) => {
    const lab = new Lab();
    lab.type(`ip link add ${master} type ${type}
      ip link add link ${master} name ${master}.10 type vlan id 10
      ip link add over type bond`);
    if (link === 'over') lab.type(`ip link set ${master}.10 master over`);
    expect(lab.type(`ip link set ${link} master ${master}`)).toBe(answer);
    expect(lab.type(`ip link show ${link}`)).not.toContain(`master ${master} `);
  });
});
