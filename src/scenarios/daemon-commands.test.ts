/** What ovn-controller and ovn-northd answer to ovs-appctl, beside what the real ones answered on the same network. */
import { beforeAll, expect, it } from 'vitest';
import { replay, type LineOutcome } from '../core/shell/transcript.ts';
import { World } from '../core/sim/index.ts';

const HOST = 'hv1';
const SECOND = 1_000_000_000;

let world: World;
const run = (line: string): LineOutcome => replay(world, HOST, line);
const ask = (command: string): string => run(`ovs-appctl -t ovn-controller ${command}`).out;
const northd = (command: string): LineOutcome => run(`ovn-appctl -t ovn-northd ${command}`);

const NETWORK = [
  `ovs-vsctl set open . external-ids:system-id=${HOST} external-ids:hostname=${HOST} external-ids:ovn-remote=unix:/var/run/ovn/ovnsb_db.sock external-ids:ovn-encap-type=geneve external-ids:ovn-encap-ip=192.168.0.1`,
  'ovs-vsctl add-br br-ex -- set open . external-ids:ovn-bridge-mappings=phys:br-ex',
  'ovn-nbctl ls-add s1 -- lsp-add s1 p1 -- lsp-set-addresses p1 "00:00:00:00:01:01 10.0.1.5" -- lsp-add s1 p2 -- lsp-set-addresses p2 "00:00:00:00:01:02 10.0.1.6"',
  'ovn-nbctl lsp-add s1 c1 p1 10 -- lsp-set-addresses c1 "00:00:00:00:01:09 10.0.1.9" -- lsp-add s1 c2 p1 11 -- lsp-set-addresses c2 "00:00:00:00:01:10 10.0.1.10"',
  'ovn-nbctl lsp-add s1 lp -- lsp-set-type lp localport -- lsp-set-addresses lp "00:00:00:00:01:19 10.0.1.19"',
  'ovn-nbctl lr-add r1 -- lrp-add r1 r1-s1 00:00:00:00:ff:01 10.0.1.1/24 -- lsp-add-router-port s1 s1-r1 r1-s1',
  'ovn-nbctl ls-add ext -- lrp-add r1 r1-ext 00:00:00:00:ff:02 172.16.0.1/24 -- lsp-add-router-port ext ext-r1 r1-ext -- lsp-add ext ln -- lsp-set-type ln localnet -- lsp-set-addresses ln unknown -- lsp-set-options ln network_name=phys -- lrp-set-gateway-chassis r1-ext hv1 20',
  `ovn-nbctl acl-add s1 to-lport 1000 'outport == {"p1","p2"} && ip4.src == {10.0.0.1, 10.0.0.2}' allow-related`,
  'ovn-nbctl create Chassis_Template_Var chassis=hv1 variables:vip=1.2.3.4 variables:back=10.0.1.5',
  'ovs-vsctl add-port br-int if-p1 -- set interface if-p1 type=internal external_ids:iface-id=p1',
  'ovs-vsctl add-port br-int if-p2 -- set interface if-p2 type=internal external_ids:iface-id=p2',
  'ovs-vsctl add-port br-int if-lp -- set interface if-lp type=internal external_ids:iface-id=lp',
  'ovs-vsctl add-port br-int if-x -- set interface if-x type=internal external_ids:iface-id=nobody',
];

beforeAll(() => {
  const nic = { name: 'eth0', mac: '52:54:00:00:00:01', addresses: ['192.168.0.1/24'], segment: 'under' };
  world = new World(
    {
      machines: [
        {
          name: HOST,
          kind: 'machine',
          services: ['openvswitch', 'ovn-central', 'ovn-controller'],
          nics: [nic],
        },
      ],
      segments: [{ id: 'under', name: 'under', mtu: 1500, delay: 60_000 }],
    },
    7,
  );
  for (const line of NETWORK) expect([line, run(line)]).toMatchObject([line, { status: 0, err: '' }]);
  run('ovn-nbctl --wait=hv sync');
});

it('lists local bindings with the ports behind each', () => {
  expect(ask('debug/dump-local-bindings')).toBe(`Local bindings:
name: [lp], OVS interface name : [if-lp], num binding lports : [1]
localport lport : [lp]
----------------------------------------
name: [nobody], OVS interface name : [if-x], num binding lports : [0]
----------------------------------------
name: [p1], OVS interface name : [if-p1], num binding lports : [3]
primary lport : [p1]
child lport[1] : [c1], type : [CONTAINER]
child lport[2] : [c2], type : [CONTAINER]
----------------------------------------
name: [p2], OVS interface name : [if-p2], num binding lports : [1]
primary lport : [p2]
----------------------------------------
`);
});

it('lists what the chassis knows', () => {
  // In the order of a hash table, which depends on what went in first.
  const sorted = (text: string): string => text.trim().split('\n').toSorted().join(' ');
  expect(sorted(ask('debug/dump-related-ports'))).toBe(
    'c1 c2 cr-r1-ext ext-r1 ln lp p1 p2 r1-ext r1-s1 s1-r1',
  );
  expect(sorted(ask('ct-zone-list').replaceAll(/ \d+$/gm, ''))).toBe(
    'c1 c2 cr-r1-ext ext_dnat ext_snat ln lp p1 p2 r1_dnat r1_snat s1_dnat s1_snat',
  );
  expect(ask('debug/dump-local-template-vars')).toBe(
    "Local template vars:\nname: 'back' value: '10.0.1.5'\nname: 'vip' value: '1.2.3.4'\n",
  );
  expect(ask('debug/dump-local-datapaths').split('\n').toSorted()).toEqual([
    '',
    'Datapath: ext, type: switch',
    'Datapath: r1, type: router',
    'Datapath: s1, type: switch',
    'Local datapaths:',
  ]);
  expect(ask('debug/dump-peer-ports').split('\n').toSorted()).toEqual([
    '',
    'dp ext : local = ext-r1, remote = r1-ext',
    'dp r1 : local = r1-ext, remote = ext-r1',
    'dp r1 : local = r1-s1, remote = s1-r1',
    'dp s1 : local = s1-r1, remote = r1-s1',
  ]);
});

it('tells the conjunction ids that flows have', () => {
  const text = ask('debug/dump-lflow-conj-ids');
  const ids = [...text.matchAll(/^lflow: \S+, dp: \S+, start: (\d+), n: 1$/gm)].map(([, id]) => id);
  expect(text).toContain(`---\nTotal ${ids.length} IDs used.\n`);
  const flows = run('ovs-ofctl dump-flows br-int').out;
  for (const id of ids) expect(flows).toContain(`conj_id=${id},`);
});

it('injects a packet as if a port had sent it', () => {
  const packet =
    'inport == "p1" && eth.src == 00:00:00:00:01:01 && eth.dst == 00:00:00:00:01:02 && ip.ttl == 64 && ip4.src == 10.0.1.5 && ip4.dst == 10.0.1.6 && icmp4.type == 8';
  const seen = (): number =>
    Number(/rx_packets="?(\d+)|RX packets (\d+)/.exec(run('ip -s link show if-p2').out)?.[1] ?? received());
  const received = (): number =>
    Number(/RX:[^\n]*\n\s+\d+\s+(\d+)/.exec(run('ip -s link show if-p2').out)?.[1] ?? Number.NaN);
  run('ip link set if-p2 up');
  const before = seen();
  expect(run(`ovs-appctl -t ovn-controller inject-pkt '${packet}'`)).toMatchObject({ status: 0, out: '' });
  world.clock.run(world.clock.now() + SECOND);
  expect(seen()).toBe(before + 1);
  expect(run('ovs-appctl -t ovn-controller inject-pkt foo').err).toContain(
    "Syntax error at `foo' expecting field name.\n",
  );
  expect(run(`ovs-appctl -t ovn-controller inject-pkt 'inport == "nobody here"'`).err).toContain(
    'ingress port not found on hypervisor.\n',
  );
});

it('tells later that flows are installed, when it is told to', () => {
  expect(run('ovs-appctl -t ovn-controller debug/delay-nb-cfg-report x').err).toContain(
    'unsigned integer required\n',
  );
  expect(ask('debug/delay-nb-cfg-report 2')).toBe('delay nb_cfg report for 2 seconds.\n');
  const before = world.clock.now();
  run('ovn-nbctl --wait=hv sync');
  expect(world.clock.now() - before).toBeGreaterThanOrEqual(2 * SECOND);
  expect(ask('debug/delay-nb-cfg-report 0')).toBe('no delay for nb_cfg report.\n');
  expect(run('ovs-vsctl get Bridge br-int external_ids:ovn-nb-cfg').out).toBe(
    run('ovn-nbctl get NB_Global . nb_cfg').out.replace(/(\d+)/, '"$1"'),
  );
});

it('northd is paused and goes on', () => {
  const has = (name: string): boolean => run('ovn-sbctl list Datapath_Binding').out.includes(name);
  expect(northd('status').out).toBe('Status: active\n');
  expect(northd('pause')).toMatchObject({ status: 0, out: '' });
  expect([northd('status').out, northd('is-paused').out]).toEqual(['Status: paused\n', 'true\n']);
  run('ovn-nbctl ls-add later');
  world.clock.run(world.clock.now() + SECOND);
  expect(has('later')).toBe(false);
  northd('resume');
  world.clock.run(world.clock.now() + SECOND);
  expect([has('later'), northd('is-paused').out]).toEqual([true, 'false\n']);
  expect(northd('parallel-build/set-n-threads 300').err).toContain('invalid n_threads: 300\n');
  expect(northd('debug/chassis-features-list').out).toContain('mac_binding_timestamp: true\n');
});

it('follows a northd of its own version alone, when it is told to', () => {
  const hasZone = (): boolean => ask('ct-zone-list').includes('p9 ');
  run('ovs-vsctl set open . external-ids:ovn-match-northd-version=true external-ids:ct-zone-range=500-600');
  expect(ask('ct-zone-list')).toMatch(/^p1 5\d\d$/m);
  run('ovn-nbctl lsp-add s1 p9');
  northd('pause');
  run('ovn-sbctl set SB_Global . options:northd_internal_version=other');
  run('ovs-vsctl add-port br-int if-p9 -- set interface if-p9 type=internal external_ids:iface-id=p9');
  expect(hasZone()).toBe(false);
  northd('resume');
  run('ovn-nbctl --wait=sb sync');
  expect(ask('ct-zone-list')).toMatch(/^p9 5\d\d$/m);
  run(
    'ovs-vsctl remove open . external-ids ovn-match-northd-version -- remove open . external-ids ct-zone-range',
  );
});

it('leaves its rows when it ends, where ovn-cleanup-on-exit says so', () => {
  const isRegistered = (): boolean => run('ovn-sbctl show').out.includes('Chassis');
  run('ovs-vsctl set open . external-ids:ovn-cleanup-on-exit=false');
  ask('exit');
  expect(isRegistered()).toBe(true);
  run('systemctl start ovn-controller');
  run('ovs-vsctl remove open . external-ids ovn-cleanup-on-exit');
  ask('exit');
  expect(isRegistered()).toBe(false);
  run('systemctl start ovn-controller');
  expect(isRegistered()).toBe(true);
});

it('northd ends when it is told to, and a service starts it again', () => {
  const has = (name: string): boolean => run('ovn-sbctl list Datapath_Binding').out.includes(name);
  expect(northd('exit')).toMatchObject({ status: 0, out: '' });
  expect([run('systemctl is-active ovn-northd').out, run('pgrep ovn-northd').status]).toEqual([
    'inactive\n',
    1,
  ]);
  expect(northd('status').err).toContain('cannot read pidfile "/var/run/ovn/ovn-northd.pid"');
  run('ovn-nbctl ls-add unseen');
  world.clock.run(world.clock.now() + SECOND);
  expect(has('unseen')).toBe(false);
  run('systemctl start ovn-northd');
  world.clock.run(world.clock.now() + SECOND);
  expect([has('unseen'), northd('status').out]).toEqual([true, 'Status: active\n']);
});

// Answers as Open vSwitch 3.7.0 gave them.
it('the servers of the databases tell what they serve, and listen where they are told to', () => {
  const db = (target: string, command: string): string => {
    const { out, err } = run(`ovs-appctl -t ${target} ovsdb-server/${command}`);
    return out + err;
  };
  const nb = '/var/run/ovn/ovnnb_db.ctl';
  expect(db('ovsdb-server', 'list-dbs')).toBe('Open_vSwitch\n_Server\n');
  expect(db(nb, 'list-dbs')).toBe('OVN_Northbound\n_Server\n');
  expect(db(nb, 'list-remotes')).toBe(
    'db:OVN_Northbound,NB_Global,connections\npunix:/var/run/ovn/ovnnb_db.sock\n',
  );
  expect(db(nb, 'sync-status')).toBe('state: active\n');
  expect(db(nb, 'get-db-storage-status OVN_Northbound')).toBe('status: ok\n');
  expect([db(nb, 'compact'), db(nb, 'compact OVN_Northbound')]).toEqual(['', '']);
  expect(db(nb, 'compact _Server')).toContain('cannot compact built-in databases\n');
  expect(db(nb, 'compact x')).toBe(`no database by that name\novs-appctl: ${nb}: server returned an error\n`);

  const show = (port: number): LineOutcome => run(`ovs-vsctl --db=tcp:127.0.0.1:${port} br-exists br-int`);
  expect(show(6640).err).toContain('Connection refused');
  db('ovsdb-server', 'add-remote ptcp:6640:127.0.0.1');
  expect(db('ovsdb-server', 'list-remotes')).toContain('\nptcp:6640:127.0.0.1\n');
  expect(show(6640)).toMatchObject({ status: 0, err: '' });
  expect(run('ovs-vsctl --db=tcp:192.168.0.1:6640 br-exists br-int').err).toContain('Connection refused');
  db('ovsdb-server', 'remove-remote ptcp:6640:127.0.0.1');
  expect(show(6640).err).toContain('Connection refused');
  expect(db('ovsdb-server', 'remove-remote ptcp:1')).toContain('no such remote\n');
  run('ovs-vsctl set-manager ptcp:6641');
  expect(show(6641).status).toBe(0);
  run('ovs-vsctl del-manager');
});

const LISTED = [
  ['ovn-controller', 48],
  ['ovn-northd', 33],
  ['ovsdb-server', 39],
] as const;

it.each(LISTED)(
  '%s lists as many commands as the real one, and each is done or refused by name',
  (daemon, count) => {
    const list = run(`ovs-appctl -t ${daemon} list-commands`).out.trim().split('\n').slice(1);
    expect(list).toHaveLength(count);
    for (const line of list) {
      const [name = ''] = line.trim().split(' ');
      expect(run(`ovs-appctl -t ${daemon} ${name} a b c d`).err).toMatch(
        daemon !== 'ovsdb-server' && name === 'vlog/set'
          ? /^no destination, level, or module "a"/
          : daemon !== 'ovsdb-server' && name.endsWith('-rate-limit')
            ? /^unknown module/
            : new RegExp(`^("${name}" command takes at most|${name} is not modelled here: )`),
      );
    }
  },
);
