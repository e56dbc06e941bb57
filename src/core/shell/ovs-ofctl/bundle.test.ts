/** Bundles and packets of a controller; texts as Open vSwitch 3.7.0 gives them. */
import { expect, it } from 'vitest';
import { oneSwitch } from '../fixture/one-switch.ts';

const newSwitch = (): ((line: string) => string) =>
  oneSwitch(
    'ip link add p1 type veth peer name p1-far',
    'ip link set p1 up',
    'ip link set p1-far up',
    'ovs-vsctl add-br br0 -- add-port br0 p1 -- set Interface p1 ofport_request=1',
    'ovs-ofctl del-flows br0',
    'ovs-ofctl add-flow br0 table=1,actions=drop',
    'ovs-ofctl packet-out br0 in_port=LOCAL,packet=ffffffffffff0200000000010806,actions=resubmit(,1)',
  );
const bundle = (...lines: string[]): string => `ovs-ofctl bundle br0 - <<E\n${lines.join('\n')}\nE`;
const ARP = 'ffffffffffff02000000000108060001080006040001020000000001' + '0a0000010000000000000a000002';
const ARP_TEXT =
  'arp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,arp_spa=10.0.0.1,arp_tpa=10.0.0.2,arp_op=1,' +
  'arp_sha=02:00:00:00:00:01,arp_tha=00:00:00:00:00:00';
const KEPT = ' table=1, n_packets=1, n_bytes=14, actions=drop\n';
const flows = (run: (line: string) => string): string =>
  run('ovs-ofctl dump-flows br0').replaceAll(/^NXST.*\n| (?:cookie|duration|idle_age)=[^,]*,/gm, '');
const failed = (commit: string): string =>
  `Error OFPBFC_MSG_FAILED for: OFPT_BUNDLE_CONTROL (OF1.4) (xid=${commit}):
 bundle_id=0 type=COMMIT_REQUEST flags=atomic ordered
ovs-ofctl: talking to unix:/var/run/openvswitch/br0.mgmt (Protocol error)
`;

it('carries out all lines, packets at their place among them', () => {
  const run = newSwitch();
  const lines = [
    '# remark',
    'group group_id=1,type=indirect,bucket=p1',
    'f add table=2,actions=group:1',
    `packet-out in_port=LOCAL packet=${ARP} actions=resubmit(,2)`,
    'flow delete table=1',
  ];
  expect(run(bundle(...lines))).toBe('');
  expect(flows(run)).toBe(' table=2, n_packets=1, n_bytes=42, actions=group:1\n');
});

it('undoes everything at an error, and keeps what flows have counted', () => {
  const run = newSwitch();
  const lines = ['flow delete table=1', 'group add group_id=2,type=all', 'flow table=5 actions=group:7'];
  expect(run(bundle(...lines))).toBe(
    `Error OFPBAC_BAD_OUT_GROUP for: OFPT_FLOW_MOD (OF1.4) (xid=0x8): ADD table:5 actions=group:7\n${failed('0xb')}`,
  );
  expect(flows(run)).toBe(KEPT);
  expect(run('ovs-ofctl dump-groups br0')).toBe('NXST_GROUP_DESC reply (xid=0x2):\n');
});

it('commits nothing when it cannot read a part, and tells all such parts', () => {
  const run = newSwitch();
  const lines = ['flow modify table=1 actions=2', 'g group_id=4,type=indirect', 'flow table=254,actions=1'];
  expect(run(bundle(...lines))).toBe(
    `Error OFPGMFC_INVALID_GROUP for: OFPT_GROUP_MOD (OF1.4) (xid=0x7): ***decode error: OFPGMFC_INVALID_GROUP***
Error OFPBRC_EPERM for: OFPT_FLOW_MOD (OF1.4) (xid=0x8): ADD table:254 actions=output:1
ovs-ofctl: talking to unix:/var/run/openvswitch/br0.mgmt (Protocol error)
`,
  );
  expect(flows(run)).toBe(KEPT);
});

it('leaves the tables alone when replace-flows fails in a bundle', () => {
  const run = newSwitch();
  expect(run('ovs-ofctl --bundle replace-flows br0 - <<E\ntable=3,actions=group:7\nE')).toBe(
    `Error OFPBAC_BAD_OUT_GROUP for: OFPT_FLOW_MOD (OF1.4) (xid=0x8): ADD table:3 actions=group:7\n${failed('0xb')}`,
  );
  expect(flows(run)).toBe(KEPT);
});

it.each([
  [['flow add actions=1', 'xflow add actions=1'], '-:2: Unsupported bundle message type: xflow'],
  [['flow add actions=1', '', 'flow bad actions=1'], '-:3: field bad missing value'],
  [['group group_id=1'], '-:1: must specify a type'],
  [
    ['group insert_bucket group_id=1,command_bucket_id=last,bucket=1'],
    "insert-bucket needs OpenFlow 1.5 or later ('-O OpenFlow15')",
  ],
  [['packet-out in_port=1'], '-:1: must specify packet'],
  [['packet-out in_port=1 packet=5054'], '-:1: packet: Packet data too short for Ethernet'],
  [[`packet-out packet=${ARP},eth_src=1`], '-:1: 1: invalid Ethernet address'],
  [[`packet-out packet=${ARP},ip_ttl=1`], '-:1: unknown keyword ip_ttl'],
  [['packet-out in_port=normal'], '-:1: normal is not a valid OpenFlow port for PACKET_OUT'],
])('refuses %s', (lines, text) => {
  expect(newSwitch()(bundle(...lines))).toBe(`ovs-ofctl: ${text}\n`);
});

it('shows a packet that is refused, and sends with the registers of OpenFlow 1.5', () => {
  const run = newSwitch();
  expect(run(`ovs-ofctl packet-out br0 'in_port=1 packet=${ARP} metadata=5 actions=group:4'`)).toBe(
    `OFPT_ERROR (xid=0x8): OFPBAC_BAD_OUT_GROUP
OFPT_PACKET_OUT (xid=0x8): in_port=1 actions=group:4 data_len=42
${ARP_TEXT}
`,
  );
  run('ovs-ofctl add-flow br0 table=3,reg0=5,actions=drop');
  run(`ovs-ofctl -O OpenFlow14 packet-out br0 'reg0=5 packet=${ARP} actions=resubmit(,3)'`);
  expect(flows(run)).toContain('table=3, n_packets=0');
  run(`ovs-ofctl -O OpenFlow15 packet-out br0 'reg0=5 packet=${ARP} actions=resubmit(,3)'`);
  expect(flows(run)).toContain('table=3, n_packets=1');
});
