/** Queues that ovn-controller makes of ports' rates, beside what the real one made on the same network. */
import { expect, it } from 'vitest';
import { replay } from '../core/shell/transcript.ts';
import { World } from '../core/sim/index.ts';

const nic = (name: string, mac: string, address: readonly string[]) => ({
  name,
  mac,
  addresses: address,
  segment: 'under',
});

it('rates of ports are queues of the device by which the provider network leaves', () => {
  const world = new World(
    {
      machines: [
        {
          name: 'hv1',
          kind: 'machine',
          services: ['openvswitch', 'ovn-central', 'ovn-controller'],
          nics: [nic('eth0', '52:54:00:00:00:01', ['192.168.0.1/24']), nic('eth1', '52:54:00:00:00:02', [])],
        },
      ],
      segments: [{ id: 'under', name: 'under', mtu: 1500, delay: 60_000 }],
    },
    7,
  );
  const run = (line: string): string => {
    const { out, err } = replay(world, 'hv1', line);
    expect(err).toBe('');
    return out;
  };
  const queues = (): string[] =>
    run('ovs-vsctl --format=csv --no-headings --data=bare --columns=external_ids,other_config list Queue')
      .trim()
      .split('\n')
      .toSorted();
  run(
    'ovs-vsctl set open . external-ids:system-id=hv1 external-ids:ovn-remote=unix:/var/run/ovn/ovnsb_db.sock external-ids:ovn-encap-type=geneve external-ids:ovn-encap-ip=192.168.0.1 external-ids:ovn-bridge-mappings=phys:br-ex',
  );
  run('ovs-vsctl add-br br-ex -- add-port br-ex eth1');
  run('ovn-nbctl ls-add s -- lsp-add s p1 -- lsp-add s p2 -- lsp-add s ln -- lsp-set-type ln localnet');
  run('ovn-nbctl lsp-set-addresses ln unknown -- lsp-set-options ln network_name=phys');
  run(
    'ovn-nbctl lsp-set-options p1 qos_max_rate=10000 qos_burst=1000 -- lsp-set-options p2 qos_min_rate=500',
  );
  run('ovs-vsctl add-port br-int i1 -- set interface i1 type=internal external_ids:iface-id=p1');
  run('ovs-vsctl add-port br-int i2 -- set interface i2 type=internal external_ids:iface-id=p2');

  expect(queues()).toEqual([
    'ovn_port=p1,burst=1000 max-rate=10000 min-rate=0',
    'ovn_port=p2,burst=0 max-rate=0 min-rate=500',
  ]);
  expect(run('ovs-vsctl --bare --columns=type,other_config,external_ids list QoS')).toBe(
    'linux-htb\nmax-rate=34359738360\novn_qos=true\n',
  );
  const qos = run('ovs-vsctl get Port eth1 qos');
  expect(qos).toBe(run('ovs-vsctl --columns=_uuid --bare list QoS'));

  run('ovn-nbctl lsp-set-options p1 qos_max_rate=20000');
  expect(queues()[0]).toBe('ovn_port=p1,burst=0 max-rate=20000 min-rate=0');
  const queue = run('ovs-vsctl --bare --columns=_uuid find Queue external_ids:ovn_port=p1').trim();
  run(`ovs-vsctl set Queue ${queue} other_config:max-rate=7`);
  run('ovs-vsctl set Port eth1 external_ids:x=1');
  expect(queues()[0]).toBe('ovn_port=p1,burst=0 max-rate=7 min-rate=0');

  run('ovn-nbctl lsp-set-options p2');
  expect(queues()).toEqual(['ovn_port=p1,burst=0 max-rate=7 min-rate=0']);
  run('ovs-vsctl del-port br-int i1');
  expect([queues(), run('ovs-vsctl list QoS'), run('ovs-vsctl get Port eth1 qos')]).toEqual([
    [''],
    '',
    '[]\n',
  ]);
});
