/** Bonds by the commands that make them: every mode, failover, LACP and the refusals of the driver. */
import { describe, expect, it } from 'vitest';
import { BOND_MODES } from '../../linux/bond/option.table.ts';
import { Lab, twoHosts } from './fixture/lab.ts';

/** A bond over the first `links` of the cables between two hosts, with the addresses 10.0.0.1 and 10.0.0.2. */
function bonded(options: string, links = 2, cables = links): Lab {
  const lab = twoHosts(cables);
  for (const [host, end] of [
    ['a', 1],
    ['b', 2],
  ] as const) {
    lab.type(`ip -n ${host} link add bond0 type bond ${options}`);
    for (let i = 0; i < links; i += 1)
      lab.type(`ip -n ${host} link set ${host}${i} down
        ip -n ${host} link set ${host}${i} master bond0`);
    lab.type(`ip -n ${host} link set bond0 up
      ip -n ${host} addr add 10.0.0.${end}/24 dev bond0`);
  }
  lab.wait(6);
  return lab;
}

/** How often frames left by each of the host's links while `act` ran. */
function sentBy(lab: Lab, host: string, act: () => void): Record<string, number> {
  const sent: Record<string, number> = {};
  const close = lab.kernel.tap(host, null, ({ link, direction, octets }) => {
    const isIp = octets[12] === 8 && octets[13] === 0;
    if (direction === 'out' && isIp && link.kind === 'veth') sent[link.name] = (sent[link.name] ?? 0) + 1;
  });
  act();
  close();
  return sent;
}

const detail = (lab: Lab, host: string, link: string): string =>
  lab.type(`ip -n ${host} -d link show ${link}`);

describe('each mode', () => {
  it.each(BOND_MODES)('%s carries what is sent', (mode) => {
    const lab = bonded(`mode ${mode} miimon 100`);
    expect(detail(lab, 'a', 'bond0')).toContain(`bond mode ${mode} `);
    expect(lab.reaches('a', '10.0.0.2')).toBe(true);
    expect(lab.reaches('b', '10.0.0.1')).toBe(true);
  });

  it.each([
    ['balance-rr', { a0: 3, a1: 3 }],
    ['balance-rr packets_per_slave 3', { a0: 3, a1: 3 }],
    ['active-backup', { a0: 6 }],
    ['broadcast', { a0: 6, a1: 6 }],
  ])('%s shares six packets so', (options, shares) => {
    const lab = bonded(`mode ${options} miimon 100`);
    lab.reaches('a', '10.0.0.2');
    const before = lab.kernel.findLink('a', 'bond0')?.bond;
    if (before != null) before.sentByTurns = 0;
    expect(sentBy(lab, 'a', () => lab.type('ip netns exec a ping -c 6 -i 0.2 10.0.0.2'))).toEqual(shares);
  });

  it('balance-xor keeps a flow on one cable', () => {
    const lab = bonded('mode balance-xor xmit_hash_policy layer2+3 miimon 100');
    lab.reaches('a', '10.0.0.2');
    const shares = sentBy(lab, 'a', () => lab.type('ip netns exec a ping -c 6 -i 0.2 10.0.0.2'));
    expect(Object.values(shares)).toEqual([6]);
  });
});

describe('failover', () => {
  const cut = (lab: Lab, seconds: number): void => {
    lab.clock.after(seconds * 1e9, () => void lab.type('ip -n b link set b0 down'));
  };

  it.each([
    ['', 1],
    ['downdelay 400', 5],
  ])('of a ping that goes on loses what was sent before it was found out (%s)', (options, most) => {
    const lab = bonded(`mode active-backup miimon 100 ${options}`);
    cut(lab, 1.05);
    const text = lab.type('ip netns exec a ping -c 30 -i 0.1 10.0.0.2');
    const received = Number(/(\d+) received/.exec(text)?.[1]);
    expect(received).toBeGreaterThanOrEqual(30 - most);
    expect(received).toBeLessThan(30 - most + 2);
    expect(detail(lab, 'a', 'bond0')).toContain(' active_slave a1 ');
    expect(detail(lab, 'a', 'a0')).toContain('bond_slave state BACKUP mii_status DOWN link_failure_count 1 ');
    expect(detail(lab, 'a', 'a1')).toContain('bond_slave state ACTIVE mii_status UP link_failure_count 0 ');
  });

  it('announces as often as num_grat_arp says, and goes back as primary_reselect says', () => {
    const lab = bonded('mode active-backup miimon 100 num_grat_arp 3');
    lab.type('ip -n a link set bond0 type bond primary a0 primary_reselect failure');
    const announced: string[] = [];
    lab.kernel.tap('a', null, ({ link, direction, octets }) => {
      if (direction === 'out' && octets[13] === 6 && octets[31] === octets[41] && link.kind === 'veth')
        announced.push(link.name);
    });
    lab.type('ip -n b link set b0 down');
    lab.wait(2);
    expect(announced).toEqual(['a1', 'a1', 'a1']);
    lab.type('ip -n b link set b0 up');
    lab.wait(2);
    expect(detail(lab, 'a', 'bond0')).toContain(' active_slave a1 ');
    lab.type('ip -n a link set bond0 type bond primary_reselect always');
    lab.wait(1);
    expect(detail(lab, 'a', 'bond0')).toContain(' active_slave a0 ');
  });

  it('announces nothing any more once the bond is gone', () => {
    const lab = bonded('mode active-backup miimon 100 num_grat_arp 9');
    let announced = 0;
    lab.type('ip -n b link set b0 down');
    lab.wait(0.3);
    lab.kernel.tap('a', null, ({ direction, octets }) => {
      if (direction === 'out' && octets[13] === 6 && octets[31] === octets[41]) announced += 1;
    });
    lab.wait(0.15);
    expect(announced).toBeGreaterThan(0);
    lab.type('ip -n a link del bond0');
    announced = 0;
    lab.wait(2);
    expect(announced).toBe(0);
    expect(lab.kernel.findLink('a', 'a1')?.master).toBeNull();
  });

  it('waits for updelay before a link that came back carries traffic', () => {
    const lab = bonded('mode active-backup miimon 100 updelay 3000');
    lab.type('ip -n b link set b0 down');
    lab.wait(1);
    lab.type('ip -n b link set b0 up');
    lab.wait(1);
    expect(detail(lab, 'a', 'a0')).toContain('mii_status GOING_BACK ');
    lab.wait(3);
    expect(detail(lab, 'a', 'a0')).toContain('mii_status UP ');
  });

  it('is not noticed without monitoring', () => {
    const lab = bonded('mode active-backup');
    lab.type('ip -n b link set b0 down');
    lab.wait(3);
    expect(detail(lab, 'a', 'bond0')).toContain(' active_slave a0 ');
  });

  it('with fail_over_mac active the bond takes the address of the slave', () => {
    const lab = bonded('mode active-backup miimon 100 fail_over_mac active');
    const macOf = (name: string): bigint | undefined => lab.kernel.findLink('a', name)?.mac;
    expect(macOf('a0')).not.toBe(macOf('a1'));
    expect(macOf('bond0')).toBe(macOf('a0'));
    lab.type('ip -n b link set b0 down');
    lab.wait(2);
    expect(macOf('bond0')).toBe(macOf('a1'));
    expect(lab.reaches('a', '10.0.0.2')).toBe(true);
  });
});

describe('802.3ad', () => {
  it('brings two bonds together, and each end knows the other', () => {
    const lab = bonded('mode 802.3ad lacp_rate fast');
    const system = lab.type('ip -n b -br link show bond0').split(/\s+/)[2];
    expect(detail(lab, 'a', 'bond0')).toContain(
      `ad_aggregator 1 ad_num_ports 2 ad_actor_key 15 ad_partner_key 15 ad_partner_mac ${system} `,
    );
    for (const slave of ['a0', 'a1'])
      expect(detail(lab, 'a', slave)).toContain(
        'ad_aggregator_id 1 ad_actor_oper_port_state 63 ad_actor_oper_port_state_str <active,short_timeout,aggregating,in_sync,collecting,distributing> ' +
          'ad_partner_oper_port_state 63 ',
      );
    expect(lab.reaches('a', '10.0.0.2')).toBe(true);
    lab.type('ip -n b link set b0 down');
    lab.wait(2);
    expect(detail(lab, 'a', 'bond0')).toContain(' ad_num_ports 1 ');
    expect(lab.reaches('a', '10.0.0.2')).toBe(true);
  });

  it.each([
    ['fast', 10],
    ['slow', 1],
  ])('with lacp_rate %s the partner is told at its rate', (rate, least) => {
    const lab = bonded(`mode 802.3ad lacp_rate ${rate}`);
    lab.wait(10);
    let pdus = 0;
    lab.kernel.tap('a', lab.kernel.findLink('a', 'a0') ?? null, ({ direction, octets }) => {
      if (direction === 'in' && octets[12] === 0x88 && octets[13] === 9) pdus += 1;
    });
    lab.wait(least === 1 ? 31 : 10);
    expect(pdus).toBeGreaterThanOrEqual(least);
    expect(pdus).toBeLessThanOrEqual(least + 1);
  });

  it('leaves out a slave whose partner does not speak LACP', () => {
    const lab = bonded('mode 802.3ad miimon 100 xmit_hash_policy layer3+4', 2, 3);
    lab.type(`ip -n a link set a2 down
      ip -n a link set a2 master bond0`);
    lab.wait(8);
    expect(detail(lab, 'a', 'a2')).toContain('bond_slave state BACKUP ');
    expect(detail(lab, 'a', 'bond0')).toContain(' ad_num_ports 2 ');
    const shares = sentBy(lab, 'a', () => {
      for (let i = 0; i < 12; i += 1) expect(lab.reaches('a', '10.0.0.2')).toBe(true);
    });
    expect(shares.a2).toBeUndefined();
  });

  it.each([
    ['off', 'on', 2],
    ['off', 'off', 1],
  ])('with lacp_active %s here and %s there %i slaves join', (here, there, slaves) => {
    const lab = bonded(`mode 802.3ad lacp_active ${there}`);
    lab.type(`ip -n a link set bond0 down
      ip -n a link set bond0 type bond lacp_active ${here}
      ip -n a link set bond0 up`);
    lab.wait(100);
    expect(detail(lab, 'a', 'bond0')).toContain(` ad_num_ports ${slaves} `);
  });

  it('uses one slave when nobody answers', () => {
    const lab = twoHosts(2);
    lab.type('ip -n a link add bond0 type bond mode 802.3ad');
    for (const slave of ['a0', 'a1'])
      lab.type(`ip -n a link set ${slave} down
        ip -n a link set ${slave} master bond0`);
    lab.type('ip -n a link set bond0 up');
    lab.wait(8);
    expect(detail(lab, 'a', 'bond0')).toContain(' ad_num_ports 1 ');
    expect(detail(lab, 'a', 'a0')).toContain('state ACTIVE ');
    expect(detail(lab, 'a', 'a1')).toContain('state BACKUP ');
  });
});

it('balance-alb tells clients the addresses of different slaves', () => {
  const lab = twoHosts(2);
  lab.type(`ip netns add sw
    ip -n sw link add br0 type bridge
    ip -n sw link set br0 up
    ip -n a link add bond0 type bond mode balance-alb
    ip -n a addr add 10.0.0.1/24 dev bond0`);
  for (const slave of ['a0', 'a1'])
    lab.type(`ip -n a link set ${slave} down
      ip -n a link set ${slave} master bond0`);
  lab.type('ip -n a link set bond0 up');
  for (const port of ['b0', 'b1'])
    lab.type(`ip -n b link set ${port} netns sw
      ip -n sw link set ${port} master br0
      ip -n sw link set ${port} up`);
  for (const [client, number] of [
    ['c', 3],
    ['d', 4],
  ] as const)
    lab.type(`ip netns add ${client}
      ip link add name p${client} netns sw type veth peer name eth0 netns ${client}
      ip -n sw link set p${client} master br0
      ip -n sw link set p${client} up
      ip -n ${client} link set eth0 up
      ip -n ${client} addr add 10.0.0.${number}/24 dev eth0`);
  lab.wait(20);
  for (const client of ['c', 'd']) expect(lab.reaches(client, '10.0.0.1')).toBe(true);
  const told = ['c', 'd'].map(
    (client) => /lladdr (\S+)/.exec(lab.type(`ip -n ${client} neigh show 10.0.0.1`))?.[1],
  );
  expect(new Set(told).size).toBe(2);
});

describe('options', () => {
  it.each([
    ['miimon x', 'Error: argument "x" is wrong: invalid miimon\n'],
    ['mode 9', 'Error: argument "9" is wrong: invalid mode\n'],
    ['num_unsol_na 300', 'Error: argument "300" is wrong: invalid num_grat_arp|num_unsol_na\n'],
    ['primary nosuch', 'Cannot find device "nosuch"\n'],
    ['mode 1 lacp_rate fast', 'Error: option not supported in mode.\n'],
    ['mode 4 ad_user_port_key 1024', 'Error: invalid option value.\n'],
    ['updelay 100', 'RTNETLINK answers: Operation not permitted\n'],
    ['arp_interval 100', 'ip: arp_interval 100 of a bond is not modelled\n'],
  ])('%s is refused', (options, text) => {
    const lab = new Lab();
    expect(lab.type(`ip link add bond7 type bond ${options}`)).toBe(text);
    expect(lab.type('ip -br link show bond7')).toContain('does not exist');
  });

  it('that need a bond that is down or empty are refused else', () => {
    const lab = bonded('mode 802.3ad');
    expect(lab.type('ip -n a link set bond0 type bond lacp_rate fast')).toBe(
      'Error: unable to set option because the bond is up.\n',
    );
    expect(lab.type('ip -n a link set bond0 type bond mode 1')).toBe(
      'Error: unable to set option because the bond has slaves.\n',
    );
    expect(lab.type('ip -n a link set bond0 type bond xmit_hash_policy layer3+4')).toBe('');
    expect(detail(lab, 'a', 'bond0')).toContain(' xmit_hash_policy layer3+4 ');
  });
});
