/** Spanning trees of Open vSwitch bridges, as they are set up, shown and joined with one of the kernel's. */
import { beforeEach, expect, it } from 'vitest';
import { oneSwitch } from '../fixture/one-switch.ts';

let run: (line: string) => string;

/** Two bridges with two patches between them, a device each, and a bridge of the kernel behind that of the first. */
beforeEach(() => {
  run = oneSwitch();
  for (const name of ['p1', 'p2']) {
    run(`ip link add ${name} type veth peer name ${name}-far`);
    run(`ip link set ${name} up`);
    run(`ip link set ${name}-far up`);
  }
  run('ip link add lb type bridge stp_state 1');
  run('ip link set p1-far master lb');
  run('ip link set lb up');
  const bridge = (at: number, letter: string, far: string): string =>
    `-- add-br br${at} -- set bridge br${at} other_config:hwaddr=aa:66:aa:66:00:0${at} stp_enable=true ` +
    [1, 2]
      .map(
        (n) =>
          `-- add-port br${at} ${letter}${n} -- set Interface ${letter}${n} type=patch options:peer=${far}${n} `,
      )
      .join('') +
    `-- add-port br${at} p${at + 1} `;
  run(`ovs-vsctl ${bridge(0, 'a', 'b')}${bridge(1, 'b', 'a')}`);
});

const ports = (bridge: string): string[] =>
  run(`ovs-appctl stp/show ${bridge}`)
    .split('\n')
    .filter((line) => /\d\.\d+$/.test(line))
    .map((line) => line.trim().replace(/ +/g, ' '));

const BROADCAST = 'dl_src=00:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff';

// Ports, numbers, ages and texts as Open vSwitch 3.7.0 gave them for the same two bridges.
it('shows what the real one shows, from listening to forwarding', () => {
  expect(ports('br0')).toEqual([
    'a1 designated listening 2 128.1',
    'a2 designated listening 2 128.2',
    'p1 designated listening 2 128.3',
  ]);
  run('sleep 3');
  expect(run('ovs-appctl stp/show br1')).toBe(`---- br1 ----
Root ID:
  stp-priority  32768
  stp-system-id   aa:66:aa:66:00:00
  stp-hello-time  2s
  stp-max-age     20s
  stp-fwd-delay   15s
  root-port       b1
  root-path-cost  2

Bridge ID:
  stp-priority  32768
  stp-system-id   aa:66:aa:66:00:01
  stp-hello-time  2s
  stp-max-age     20s
  stp-fwd-delay   15s

  Interface  Role       State      Cost  Pri.Nbr${' '}
  ---------- ---------- ---------- ----- -------
  p2         designated listening  2     128.1
  b1         root       listening  2     128.2
  b2         alternate  blocking   2     128.3

`);
  run('sleep 36');
  expect(run('ovs-vsctl get port b1 status')).toBe(
    '{stp_port_id="32770", stp_role=root, stp_sec_in_state="9", stp_state=forwarding}\n',
  );
  expect(run('ovs-vsctl get bridge br1 status')).toBe(
    '{stp_bridge_id="8000.aa66aa660001", stp_designated_root="8000.aa66aa660000", stp_root_path_cost="2"}\n',
  );
});

it('drops, learns and forwards by state', () => {
  run('sleep 3');
  expect(run(`ovs-appctl ofproto/trace br0 in_port=p1,${BROADCAST}`)).toContain(
    ' 0. priority 0\n\nFinal flow: unchanged\n',
  );
  run('sleep 16');
  expect(run(`ovs-appctl ofproto/trace br0 in_port=p1,${BROADCAST}`)).toContain(
    '     >> STP not in forwarding state, skipping output\n'.repeat(2) + '\nFinal flow: unchanged\n',
  );
  run('sleep 20');
  const trace = run(`ovs-appctl ofproto/trace br0 in_port=p1,${BROADCAST}`);
  expect(trace).toContain('             >> STP not in forwarding state, skipping output\n');
  expect(trace).toContain('bridge("br1")\n-------------\n\nFinal flow: unchanged\n');
  expect(run('ovs-appctl ofproto/trace br1 in_port=p2,dl_dst=01:80:c2:00:00:00,dl_type=0x05ff')).toContain(
    'Datapath actions: drop\nThis flow is handled by the userspace slow path because it:\n  - Consists of STP packets.\n',
  );
});

it('makes one tree with a bridge of the kernel', () => {
  run('sleep 40');
  expect(run('brctl showstp lb')).toMatch(/designated root\t8000\.aa66aa660000/);
  run('ip link set lb type bridge priority 4096');
  run('sleep 5');
  expect(ports('br0')[2]).toBe('p1 root forwarding 2 128.3');
  expect(run('ovs-vsctl get bridge br1 status:stp_root_path_cost')).toBe('"4"\n');
});

it('follows settings, and ends when it is told to', () => {
  run('ovs-vsctl set bridge br1 other_config:stp-priority=0 other_config:stp-max-age=10');
  run('ovs-vsctl set port b1 other_config:stp-path-cost=7 -- set port p2 other_config:stp-enable=false');
  run('sleep 3');
  expect(ports('br1')).toEqual(['b1 designated listening 7 128.1', 'b2 designated listening 2 128.2']);
  expect(run('ovs-vsctl get bridge br0 status:stp_designated_root')).toBe('"0000.aa66aa660001"\n');
  expect(run('ovs-appctl stp/tcn br1')).toBe('OK\n');
  run('ovs-vsctl set bridge br0 stp_enable=false');
  expect(run('ovs-appctl stp/show br0')).toMatch(/ovs-appctl: ovs-vswitchd: server returned an error\n$/);
  expect(run('ovs-vsctl get port a1 status')).toBe('{}\n');
});
