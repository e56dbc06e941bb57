/** Without ovs-vswitchd the kernel forwards what it knows and loses the rest; started again, its tables are empty for a while. */
import { beforeEach, expect, it } from 'vitest';
import { MULTINODE_OVN } from '../../../scenarios/multinode-ovn.ts';
import { replay, type LineOutcome } from '../../shell/transcript.ts';
import { World } from '../world.ts';

const SECOND = 1_000_000_000;

let world: World;
const run = (line: string, machine = 'worker1'): LineOutcome => replay(world, machine, line);
const ping = (): string => run('ip netns exec vm1 ping -c1 -W1 192.168.0.12').out;
const flows = (): number => world.hosts.get('worker1')?.switch?.tableSizes('br-int').length ?? -1;
const pass = (seconds: number): void => world.clock.run(world.clock.now() + seconds * SECOND);

beforeEach(() => {
  world = new World(MULTINODE_OVN, 1);
  for (const { machine, line } of MULTINODE_OVN.transcript) replay(world, machine, line);
  world.settle();
});

it('megaflows go on for as long as it is gone, what fits none is lost', () => {
  expect(ping()).toContain('1 received');
  expect(run('systemctl stop ovs-vswitchd')).toEqual({ out: '', err: '', status: 0 });
  expect(run('systemctl is-active ovs-vswitchd').out).toBe('inactive\n');
  expect(ping()).toContain('1 received');
  pass(60);
  expect(ping()).toContain('1 received');
  expect(run('ip netns exec vm1 traceroute -n -q1 -m2 -w1 192.168.0.12').out).not.toContain('192.168.0.12  ');
  expect(world.busy).toBe(false);
});

it('nothing passes where no packet had passed before', () => {
  run('systemctl stop ovs-vswitchd');
  expect(ping()).toContain('0 received');
});

it('its sockets are gone with it, the database is not', () => {
  expect(run('ovs-appctl exit')).toEqual({ out: '', err: '', status: 0 });
  expect(run('ovs-ofctl dump-flows br-int')).toEqual({
    out: '',
    err: 'ovs-ofctl: br-int is not a bridge or a socket\n',
    status: 1,
  });
  expect(run('ovs-appctl dpctl/show').err).toContain(
    'cannot read pidfile "/var/run/openvswitch/ovs-vswitchd.pid" (No such file or directory)',
  );
  expect(run('pidof ovs-vswitchd').out).toBe('');
  expect(run('ovs-vsctl list-br').out).toBe('br-int\n');
});

it('started again it has no flows until ovn-controller has reached it', () => {
  ping();
  run('systemctl stop ovs-vswitchd');
  pass(4);
  run('ovn-nbctl --no-leader-only acl-add network1 to-lport 1000 "ip4.src == 192.168.0.12" drop', 'central');
  expect(ping()).toContain('1 received');
  run('systemctl start ovs-vswitchd');
  expect(flows()).toBe(0);
  expect(ping()).toContain('0 received');
  // Tries came after 1, 3 and 7 seconds.
  pass(4);
  expect(flows()).toBeGreaterThan(10);
  expect(ping()).toContain('0 received');
  run('ovn-nbctl acl-del network1', 'central');
  pass(1);
  expect(ping()).toContain('1 received');
  expect(run('ovs-appctl dpctl/show').out).toMatch(/lookups: hit:\d+ missed:\d+ lost:\d+/);
});

it('as a fault it is stopped and started, once', () => {
  const fault = { kind: 'stopped', host: 'worker1', program: 'ovs-vswitchd' } as const;
  expect(world.faults.switch(fault, true).ok).toBe(true);
  expect(ping()).toContain('0 received');
  expect(world.faults.switch(fault, true)).toEqual({
    ok: false,
    error: 'ovs-vswitchd does not run on worker1',
  });
  expect(world.faults.switch(fault, false).ok).toBe(true);
  pass(8);
  expect(ping()).toContain('1 received');
  expect(world.faults.switch(fault, true).ok).toBe(true);
  run('systemctl start ovs-vswitchd');
  expect(world.faults.list().map(({ until }) => until === null)).toEqual([false, false]);
  pass(8);
  expect(ping()).toContain('1 received');
});

it('started again it has of its settings what the database tells, and the ports their numbers and counts', () => {
  const show = (line: string): string => run(line).out.replace(/duration=[\d.]+s/g, '');
  ping();
  run('ovs-vsctl add-br br9 -- add-port br9 dummy1 -- set interface dummy1 type=internal ofport_request=7');
  world.settle();
  run('ovs-vsctl remove interface dummy1 ofport_request 7');
  world.settle();
  const asNew = [
    'ovs-ofctl show br9',
    'ovs-ofctl get-frags br9',
    'ovs-ofctl dump-tlv-map br9',
    'ovs-ofctl dump-tables br9',
    'ovs-ofctl dump-table-features br9',
    'ovs-appctl fdb/show br9',
    'ovs-appctl vlog/list',
    'ovs-ofctl dump-meters br9 -OOpenFlow13',
  ];
  const numbers = 'ovs-vsctl --columns=name,ofport list interface';
  const before = [...asNew, numbers].map(show);
  // The kernel counts for its devices, vswitchd itself for tunnels.
  const counts = () =>
    ['ovn-worker-0', 'vm1'].map(
      (name) => /rx pkts=(\d+)/.exec(run(`ovs-ofctl dump-ports br-int ${name}`).out)?.[1],
    );
  run('ovs-ofctl mod-port br9 dummy1 no-flood');
  run('ovs-ofctl set-frags br9 drop');
  run('ovs-ofctl add-tlv-map br9 "{class=0x1,type=2,len=4}->tun_metadata3"');
  run('ovs-ofctl -OOpenFlow14 mod-table br9 0 evict');
  run('ovs-ofctl -OOpenFlow14 mod-table br9 0 vacancy:20,80');
  run('ovs-ofctl -OOpenFlow13 mod-table br9 5 drop');
  run('ovs-ofctl -OOpenFlow13 add-meter br9 meter=1,pktps,band=type=drop,rate=5');
  run('ovs-appctl fdb/add br9 dummy1 0 02:00:00:00:00:09');
  run('ovs-appctl vlog/set bridge:file:dbg');
  const changed = asNew.map(show).filter((text, at) => text !== before[at]);
  expect(changed.length).toBeGreaterThan(5);
  const [tunnelled, received] = counts();
  expect([Number(tunnelled), Number(received)].every((count) => count > 0)).toBe(true);
  run('systemctl restart ovs-vswitchd');
  expect(counts()).toEqual(['0', received]);
  pass(20);
  expect([...asNew, numbers].map(show)).toEqual(before);
  expect(ping()).toContain('1 received');
});
