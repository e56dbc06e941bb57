/** Settings of the connection tracker: a userspace datapath has them, the kernel's refuses them. */
import { expect, it } from 'vitest';
import { oneSwitch } from '../fixture/one-switch.ts';

function newSwitch(bridge: string): (line: string) => string {
  const type = oneSwitch(...(bridge === '' ? [] : [`ovs-vsctl add-br ${bridge}`]));
  const run = (line: string): string =>
    type(line).replace('ovs-appctl: ovs-vswitchd: server returned an error\n', '');
  return run;
}

const KERNEL = 'br0';
const USERSPACE = 'br0 -- set bridge br0 datapath_type=netdev';
const ct = (args: string): string => `ovs-appctl dpctl/${args}`;

it.each([
  ['ct-get-nconns', 'nconns could not be retrieved (Operation not supported)'],
  ['ct-get-maxconns nosuch', 'datapath not found (Invalid argument)'],
  ['ct-set-maxconns 5', 'ct set maxconns failed (Operation not supported)'],
  ['ct-set-maxconns x', 'maxconns missing or malformed (Invalid argument)'],
  ['ct-set-maxconns 5 6', 'datapath not found (Invalid argument)'],
  ['ct-disable-tcp-seq-chk nosuch', 'disabling TCP sequence checking failed (Operation not supported)'],
  ['ct-set-sweep-interval 0', 'invalid sweep value (Invalid argument)'],
  ['ipf-set-disabled x v4', 'disabling fragmentation reassembly failed (Operation not supported)'],
  ['ipf-set-enabled v5', "parameter missing: 'v4' for IPv4 or 'v6' for IPv6 (Invalid argument)"],
  ['ipf-set-min-frag v4 x', 'parameter missing for minimum fragment size (Invalid argument)'],
  ['ipf-set-min-frag v5 5', 'parameter missing: v4 for IPv4 or v6 for IPv6 (Invalid argument)'],
  ['dump-conntrack-exp zone=1', 'starting conntrack expectations dump (Operation not supported)'],
  ['dump-conntrack-exp zone=x', 'datapath not found (Invalid argument)'],
  ['ipf-get-status ovs-system', 'ipf status could not be retrieved (Operation not supported)'],
])('the kernel does not do %s', (args, text) => {
  expect(newSwitch(KERNEL)(ct(args))).toBe(`ovs-vswitchd: ${text}\n`);
});

it('asks for a datapath', () => {
  expect(newSwitch('')(ct('ct-get-maxconns'))).toBe(
    'ovs-vswitchd: no datapaths exist\novs-vswitchd: datapath not found (Invalid argument)\n',
  );
});

it('keeps no more connections than a userspace datapath may, and lets their packets pass', () => {
  const run = newSwitch(USERSPACE);
  expect(run(ct('ct-get-maxconns'))).toBe('3000000\n');
  for (const [given, kept] of [
    ['10abc', '10'],
    ['5000000000', '705032704'],
    ['0x7', '0'],
    ['+1', '1'],
  ] as const) {
    expect(run(ct(`ct-set-maxconns ${given}`))).toBe('setting maxconns successful\n');
    expect(run(ct('ct-get-maxconns'))).toBe(`${kept}\n`);
  }
  run('ovs-ofctl del-flows br0');
  run('ovs-ofctl add-flow br0 "table=0,udp,actions=ct(commit,table=1)"');
  run('ovs-ofctl add-flow br0 "table=1,ct_state=+new+trk,udp,actions=drop"');
  const packet = (port: string): string =>
    `ffffffffffff020000000001080045000024000000004011000001020304050607 08${port}00020010000000000000000000000000`.replace(
      ' ',
      '',
    );
  for (const port of ['0001', '0003'])
    run(`ovs-ofctl packet-out br0 in_port=LOCAL,packet=${packet(port)},actions=table`);
  expect(run(ct('ct-get-nconns'))).toBe('1\n');
  expect(run('ovs-ofctl dump-flows br0 table=1')).toContain('n_packets=2');
});
