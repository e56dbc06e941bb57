/** The post "OVN: Where is my packet?" from top to end in the browser's terminals. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

const VM = '2001:db8::f816:3eff:fe1e:5a0f';
const TAP = 'tapdf8a80f8-0c';
const HYPERVISOR = 'cmp-3-1';
const SWITCH = 'neutron-aab27d39-a3c0-4666-81a0-aa4be26ec873';
const MICROFLOW = `inport == "df8a80f8-0cbf-48af-8b32-78377f034797" && eth.src == fa:16:3e:1e:5a:0f && eth.dst == b6:c9:b9:6e:50:48 && ip6.src == ${VM}  && nd.target == ${VM} && nd_na && nd.tll == fa:16:3e:1e:5a:0f`;
const PACKET =
  'b6c9b96e5048fa163e1e5a0f86dd6000000000203aff20010db800000000f8163efffe1e5a0ffe80000000000000b4c9b9fffe6e504888004d626000000020010db800000000f8163efffe1e5a0f0201fa163e1e5a0f';

test('a neighbour advertisement is lost, found and repaired', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('where-is-my-packet');

  /** Types a line that waits for packets, pings the guest meanwhile, and gives what the line printed. */
  const whilePinging = async (line: string): Promise<string> => {
    const input = await bench.terminal(HYPERVISOR);
    await input.pressSequentially(line);
    await input.press('Enter');
    await bench.type('client', `ping ${VM} -c2`);
    await bench.terminal(HYPERVISOR);
    return bench.outputOf(HYPERVISOR, line);
  };

  await test.step('the ping fails', async () => {
    const text = await bench.type('client', `ping ${VM} -c2`);
    expect(text).toContain(`PING ${VM}(${VM}) 56 data bytes\n`);
    expect(text).toContain(
      'From f00d:f00d:f00d:f00d:f00d:f00d:f00d:9 icmp_seq=1 Destination unreachable: Address unreachable\n',
    );
    expect(text).toContain('2 packets transmitted, 0 received, +2 errors, 100% packet loss');
  });

  await test.step('solicitations are on br-ex, answers on the tap', async () => {
    const bridge = await whilePinging('tcpdump -i br-ex -ne "icmp6" -c2');
    expect(
      bridge.match(/ICMP6, neighbor solicitation, who has 2001:db8::f816:3eff:fe1e:5a0f, length 32/g),
    ).toHaveLength(2);
    const tap = await whilePinging(`tcpdump -veni ${TAP} icmp6 -c2`);
    expect(tap).toContain(
      `ICMP6, neighbor advertisement, length 32, tgt is ${VM}, Flags [solicited, override]\n`,
    );
  });

  await test.step('the databases would deliver it', async () => {
    expect(await bench.type('central', 'ovn-nbctl show')).toContain(
      '    port df8a80f8-0cbf-48af-8b32-78377f034797 (aka vm-provider-flat-port)\n',
    );
    const text = await bench.type('central', `ovn-trace --summary ${SWITCH} '${MICROFLOW}'`);
    expect(text).toContain('/* output to "provnet-64e303", type "localnet" */;');
  });

  await test.step('the packet itself is dropped in table 10', async () => {
    await whilePinging(
      `flow=$(tcpdump -nXXi ${TAP} "icmp6 && ip6[40] = 136 && host ${VM}"  -c1 | ovs-tcpundump)`,
    );
    expect(await bench.type(HYPERVISOR, 'echo $flow')).toBe(`${PACKET}\n`);
    const trace = await bench.type(
      HYPERVISOR,
      `ovs-appctl ofproto/trace br-int in_port=\`ovs-vsctl get Interface ${TAP} ofport\` $flow`,
    );
    expect(trace).toMatch(
      /\n10\. icmp6,reg14=0x\d,metadata=0x1,nw_ttl=255,icmp_type=136,icmp_code=0, priority 80, cookie 0x[0-9a-f]+\n {4}drop\n/,
    );
    const flows = await bench.type(
      HYPERVISOR,
      `ovs-appctl ofproto/trace br-int in_port=2 $flow | ovn-detrace --ovnsb="tcp:99.88.88.88:6642" --ovnnb="tcp:99.88.88.88:6641"`,
    );
    expect(flows).toContain(
      '  *  Logical flow: table=2 (ls_in_port_sec_nd), priority=80, match=(inport == "df8a80f8-0cbf-48af-8b32-78377f034797" && (arp || nd)), actions=(drop;)\n',
    );
  });

  await test.step('the repaired flow counts its packets', async () => {
    const clause = await bench.type(
      HYPERVISOR,
      `ovs-ofctl dump-flows br-int table=10 | grep nd_target=${VM}`,
    );
    const action = await bench.type(HYPERVISOR, 'ovs-ofctl dump-flows br-int table=10 | grep conj_id');
    const right = /conjunction\((\d+),/.exec(clause)?.[1] ?? '';
    const [, cookie = '', wrong = '', match = ''] =
      /cookie=(0x[0-9a-f]+),.*conj_id=(\d+),(\S+) /.exec(action) ?? [];
    expect(wrong).not.toBe(right);
    expect(await bench.type(HYPERVISOR, `ovs-ofctl dump-flows br-int | grep conj_id=${right}, -c`)).toBe(
      '0\n',
    );
    await bench.type(HYPERVISOR, 'systemctl stop ovn-controller');
    await bench.type(
      HYPERVISOR,
      `ovs-ofctl del-flows --strict br-int table=10,priority=90,conj_id=${wrong},${match}`,
    );
    await bench.type(
      HYPERVISOR,
      `ovs-ofctl add-flow br-int "cookie=${cookie},table=10,priority=90,conj_id=${right},${match},actions=resubmit(,11)"`,
    );
    const text = await bench.type('client', `ping ${VM} -c2`);
    expect(text).toContain('2 packets transmitted, 2 received, 0% packet loss');
    const counted = await bench.type(HYPERVISOR, `sudo ovs-ofctl dump-flows br-int| grep conj_id=${right},`);
    expect(Number(/n_packets=(\d+)/.exec(counted)?.[1])).toBeGreaterThan(0);
  });
  expect(bench.problems).toEqual([]);
});
