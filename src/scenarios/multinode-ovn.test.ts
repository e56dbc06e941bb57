import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../core/base/bytes.ts';
import { replay, type LineOutcome } from '../core/shell/transcript.ts';
import { World } from '../core/sim/index.ts';
import { MULTINODE_OVN, MULTINODE_OVN_EMPTY } from './multinode-ovn.ts';
import type { Scenario } from './scenario.ts';

function start(scenario: Scenario, seed = 1): World {
  const world = new World(scenario, seed);
  for (const { machine, line } of scenario.transcript)
    expect([line, replay(world, machine, line)]).toEqual([line, { status: 0, out: '', err: '' }]);
  return world;
}

/** uuids differ from deployment to deployment. */
const plain = (text: string): string => text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID');

describe('the three machines', () => {
  let world: World;
  const run = (host: string, line: string): LineOutcome => replay(world, host, line);
  beforeAll(() => {
    world = start(MULTINODE_OVN);
  });

  it('have tunnels to one another', () => {
    const { out } = run('central', 'ovs-vsctl show');
    expect(plain(out)).toContain(
      '    Bridge br-int\n        fail_mode: secure\n        datapath_type: system\n',
    );
    expect(out).toContain(
      'options: {csum="true", key=flow, local_ip="192.168.50.10", remote_ip="192.168.50.100"}',
    );
    expect(out).toContain(
      'options: {csum="true", key=flow, local_ip="192.168.50.10", remote_ip="192.168.50.101"}',
    );
    expect(
      run('worker1', 'ovs-vsctl list-ports br-int')
        .out.split('\n')
        .filter((line) => line !== ''),
    ).toHaveLength(3);
  });

  it('tell which OpenFlow flows a logical flow became there, and of a switch that is not there', () => {
    const sb = '--db=tcp:192.168.50.10:6642';
    const trace = `ovn-trace ${sb} --ovs --detailed network1 'inport == "vm1" && eth.src == 40:44:00:00:00:01 && eth.dst == 40:44:00:00:00:02'`;
    const { out, err } = run('worker1', trace);
    expect(err).toBe('');
    const [, row = '', cookie = ''] =
      /uuid ([0-9a-f]{8})\n    cookie=0x([0-9a-f]+), duration=[\d.]+s, table=\d+, n_packets=\d+, n_bytes=\d+, idle_age=\d+, priority=\d+.* actions=/.exec(
        out,
      ) ?? [];
    expect(Number.parseInt(cookie, 16)).toBe(Number.parseInt(row, 16));
    // A flow that only leads to the next stage has no flow of its own on a chassis without the port.
    expect(run('central', trace).out).toContain('*** no OpenFlow flows');
    expect(run('worker1', trace.replace('--ovs', '--ovs=unix:/var/run/openvswitch/br9.mgmt')).err).toMatch(
      /\|WARN\|unix:\/var\/run\/openvswitch\/br9\.mgmt: connection failed \(No such file or directory\)\n$/,
    );
    const list = run('worker1', `ovn-sbctl ${sb} --ovs lflow-list network1 ${row}`).out.split('\n');
    expect(list[1]).toMatch(/^  table=/);
    expect(list[2]).toMatch(/^    table=\d+ .*actions=/);
    expect(run('worker1', `ovn-sbctl ${sb} --ovs --stats lflow-list network1 ${row}`).out).toContain(
      `    cookie=0x${cookie}, duration=`,
    );
  });

  it('show the switch and where its ports are bound', () => {
    // Ports are in the order of their uuids' hashes, which differ from deployment to deployment.
    const ports = ['1', '2'].map(
      (n) => `    port vm${n}\n        addresses: ["40:44:00:00:00:0${n} 192.168.0.1${n}"]\n`,
    );
    expect(
      [ports.join(''), ports.toReversed().join('')].map((text) => `switch UUID (network1)\n${text}`),
    ).toContain(plain(run('central', 'ovn-nbctl show').out));
    const { out } = run('central', 'ovn-sbctl show');
    expect(out).toMatch(
      /Chassis worker1\n {4}hostname: worker1\n {4}Encap geneve\n {8}ip: "192\.168\.50\.100"\n {8}options: \{csum="true"\}\n {4}Port_Binding vm1\n/,
    );
    expect(out).toMatch(/Chassis worker2\n(?: .*\n)* {4}Port_Binding vm2\n/);
  });

  it('report their ports up', () => {
    expect(run('central', 'ovn-nbctl lsp-get-up vm1').out).toBe('up\n');
    expect(run('central', 'ovn-nbctl --wait=hv sync').status).toBe(0);
  });

  it('keep a network without ports until everything is computed anew', () => {
    const zones = (): number =>
      run('worker1', 'ovs-vsctl get Bridge br-int external_ids').out.match(/ct-zone-\S+_[ds]nat=/g)?.length ??
      0;
    expect(zones()).toBe(2);
    run('worker1', 'ovs-vsctl remove Interface vm1 external_ids iface-id');
    expect(zones()).toBe(2);
    run('worker1', 'ovs-vsctl set Open_vSwitch . external_ids:something=new');
    expect(zones()).toBe(0);
    run('worker1', 'ovs-vsctl set Interface vm1 external_ids:iface-id=vm1');
    expect(zones()).toBe(2);
  });

  it('remember the zones of their ports on the integration bridge', () => {
    const zone = (): string => run('worker1', 'ovs-vsctl get Bridge br-int external_ids:ct-zone-vm1').out;
    const before = zone();
    expect(before).toMatch(/^"[1-9]\d*"\n$/);
    run('worker1', 'ovs-vsctl remove Interface vm1 external_ids iface-id');
    expect(run('worker1', 'ovs-vsctl --if-exists get Bridge br-int external_ids:ct-zone-vm1').out).toBe('\n');
    run('worker1', 'ovs-vsctl set Interface vm1 external_ids:iface-id=vm1');
    expect(zone()).toMatch(/^"[1-9]\d*"\n$/);
  });

  it('answer a ping through the tunnel', () => {
    const { out, status } = run('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c2');
    expect(status).toBe(0);
    expect(
      out
        .split('\n')
        .slice(0, 3)
        .map((line) => line.replace(/time=[\d.]+/, 'time=T')),
    ).toEqual([
      'PING 192.168.0.12 (192.168.0.12) 56(84) bytes of data.',
      '64 bytes from 192.168.0.12: icmp_seq=1 ttl=64 time=T ms',
      '64 bytes from 192.168.0.12: icmp_seq=2 ttl=64 time=T ms',
    ]);
    expect(out).toContain('2 packets transmitted, 2 received, 0% packet loss');
    expect(run('worker2', 'ip netns exec vm2 ping 192.168.0.11 -c1').status).toBe(0);
  });

  it('reach the northbound database over the network, and say so when they cannot', () => {
    expect(run('worker2', 'ovn-nbctl --db=tcp:192.168.50.10:6641 ls-list').out).toMatch(/ \(network1\)\n$/);
    expect(run('worker2', 'ovn-nbctl ls-list').err).toMatch(
      /database connection failed \(No such file or directory\)/,
    );
  });
});

describe('a run', () => {
  const ping = (seed: number): World => {
    const world = start(MULTINODE_OVN, seed);
    replay(world, 'worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1');
    return world;
  };
  const steps = (world: World): string[] =>
    Array.from({ length: world.recorder.length }, (_, id) => {
      const { frame, ...step } = world.recorder.step(id);
      return `${JSON.stringify(step)} ${frame === null ? '' : toHex(frame)}`;
    });

  const COMMANDS = [
    ['worker1', 'ip netns exec vm1 ping 192.168.0.12 -c2'],
    ['worker2', 'ip netns exec vm2 ping 192.168.0.11 -c1 -s 1400'],
    ['worker1', 'ip netns exec vm1 ping 192.168.0.99 -c1 -W1'],
    ['worker1', 'ip netns exec vm1 arping -c1 -I vm1 192.168.0.12'],
    ['worker1', 'ip netns exec vm1 ip neigh flush dev vm1'],
    ['worker2', 'ip netns exec vm2 ip link set vm2 down'],
    ['worker2', 'ip netns exec vm2 ip link set vm2 up'],
    ['central', 'ovn-nbctl lsp-set-port-security vm1 "40:44:00:00:00:01 192.168.0.11"'],
    ['central', 'ovn-nbctl lsp-set-enabled vm2 disabled'],
    ['central', 'ovn-nbctl lsp-set-enabled vm2 enabled'],
    ['worker2', 'ovs-vsctl del-port br-int vm2'],
  ] as const;

  it('is the same octet for octet from the same seed, whatever is typed', () => {
    const play = (seed: number, typed: readonly number[]): readonly unknown[] => {
      const world = start(MULTINODE_OVN, seed);
      const outcomes = typed.map((index) => {
        const [host, line] = COMMANDS[index] ?? COMMANDS[0];
        return replay(world, host, line);
      });
      return [outcomes, steps(world)];
    };
    const typed = fc.array(fc.nat(COMMANDS.length - 1), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.nat(), typed, (seed, lines) => {
        expect(play(seed, lines)).toEqual(play(seed, lines));
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it('differs from seed to seed', () => {
    expect(steps(ping(7))).not.toEqual(steps(ping(8)));
  });

  it('crosses the tunnel with the logical ports in its Geneve option', () => {
    const world = ping(1);
    const all = Array.from({ length: world.recorder.length }, (_, id) => world.recorder.step(id));
    const wrapped = all.find((step) => step.what.kind === 'encapsulated');
    expect(wrapped?.where.host).toBe('worker1');
    expect(wrapped?.what).toMatchObject({
      protocol: 'geneve',
      vni: 1,
      local: '192.168.50.100',
      remote: '192.168.50.101',
    });
    expect(all.some((step) => step.what.kind === 'decapsulated' && step.where.host === 'worker2')).toBe(true);
  });
});

it('begins with nothing but tunnels when built by hand', () => {
  const world = start(MULTINODE_OVN_EMPTY);
  expect(replay(world, 'central', 'ovn-nbctl show').out).toBe('');
  for (const { host, line } of MULTINODE_OVN_EMPTY.tryNext.slice(0, -2))
    expect([line, replay(world, host, line).status]).toEqual([line, 0]);
  expect(replay(world, 'worker2', 'ip netns exec vm2 ping 192.168.0.11 -c1').status).toBe(0);
});
