/** The post "OVN: Where is my packet?" typed into the terminals, in its order; outputs against the post's. */
import { beforeAll, expect, it } from 'vitest';
import { Session } from './session.ts';

const VM = '2001:db8::f816:3eff:fe1e:5a0f';
const TAP = 'tapdf8a80f8-0c';
const PACKET =
  'b6c9b96e5048fa163e1e5a0f86dd6000000000203aff20010db800000000f8163efffe1e5a0ffe80000000000000b4c9b9fffe6e504888004d626000000020010db800000000f8163efffe1e5a0f0201fa163e1e5a0f';

let session: Session;

interface Printed {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

async function run(host: string, line: string): Promise<Printed> {
  const text = { out: '', err: '' };
  const { status } = await session.exec(host, line, {
    signal: new AbortController().signal,
    output: (stream, part) => void (text[stream] += part),
    progress: () => undefined,
  });
  return { ...text, status };
}

const on = async (line: string): Promise<string> => (await run('cmp-3-1', line)).out;

/** Runs a line on the hypervisor that waits for packets, and a ping of the guest meanwhile. */
async function whilePinging(line: string): Promise<Printed> {
  const waiting = run('cmp-3-1', line);
  await run('client', `ping ${VM} -c2`);
  return waiting;
}

/** What differs from deployment to deployment: uuids, cookies, counters, times, ports and keys. */
const plain = (text: string): string =>
  text
    .replaceAll(/\([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\)/g, '(UUID)')
    .replaceAll(/\b\d\d:\d\d:\d\d\.\d{6}\b/g, 'TIME')
    .replaceAll(/cookie([ =])0x[0-9a-f]+/g, 'cookie$1COOKIE')
    .replaceAll(/\b(duration|n_packets|n_bytes|idle_age)=[\d.]+s?/g, '$1=N')
    .replaceAll(/set_field:0x[0-9a-f]+->/g, 'set_field:N->')
    .replaceAll(/\b(reg1[1-5]|metadata)=0x[0-9a-f]+/g, '$1=N')
    .replaceAll(/\bin_port=\d+/g, 'in_port=N')
    .replaceAll(/\btunnel_key \d+/g, 'tunnel_key N')
    .replaceAll(/time=?[ =][\d.]+ ?ms/g, 'time N')
    .replaceAll(/conj_id=\d+/g, 'conj_id=ID')
    .replaceAll(/conjunction\(\d+,/g, 'conjunction(ID,');

const NS = `b6:c9:b9:6e:50:48 > 33:33:ff:1e:5a:0f, ethertype IPv6 (0x86dd), length 86: `;
const KEY = `dl_src=fa:16:3e:1e:5a:0f,dl_dst=b6:c9:b9:6e:50:48,ipv6_src=${VM},ipv6_dst=fe80::b4c9:b9ff:fe6e:5048,ipv6_label=0x00000,nw_tos=0,nw_ecn=0,nw_ttl=255,icmp_type=136,icmp_code=0,nd_target=${VM},nd_sll=00:00:00:00:00:00,nd_tll=fa:16:3e:1e:5a:0f`;

const openScenario = (id = 'where-is-my-packet'): Promise<unknown> =>
  session.open(id, 1, {
    signal: new AbortController().signal,
    output: () => undefined,
    progress: () => undefined,
  });

beforeAll(async () => {
  session = new Session(() => undefined);
  await openScenario();
});

it('asks the ovn-controller of that time for what it had', async () => {
  const list = await on('ovs-appctl -t ovn-controller list-commands');
  expect(list).toContain('\n  flush-lflow-cache       \n');
  expect(list).not.toContain('inc-engine');
  expect((await run('cmp-3-1', 'ovs-appctl -t ovn-controller lflow-cache/flush')).err).toContain(
    '"lflow-cache/flush" is not a valid command',
  );
});

it('fails to ping the guest', async () => {
  const { out, status } = await run('client', `ping ${VM} -c2`);
  const error =
    'From f00d:f00d:f00d:f00d:f00d:f00d:f00d:9 icmp_seq=N Destination unreachable: Address unreachable';
  expect(status).toBe(1);
  expect(plain(out).replace(/^pipe \d\n/m, '')).toBe(
    [
      `PING ${VM}(${VM}) 56 data bytes`,
      error.replace('N', '1'),
      error.replace('N', '2'),
      '',
      `--- ${VM} ping statistics ---`,
      '2 packets transmitted, 0 received, +2 errors, 100% packet loss, time N',
      '',
    ].join('\n'),
  );
});

it('sees solicitations on br-ex, and the answers on the tap', async () => {
  const bridge = await whilePinging('tcpdump -i br-ex -ne "icmp6" -c2');
  const line = `TIME ${NS}fe80::b4c9:b9ff:fe6e:5048 > ff02::1:ff1e:5a0f: ICMP6, neighbor solicitation, who has ${VM}, length 32`;
  expect(plain(bridge.out)).toBe(`${line}\n${line}\n`);
  const tap = await whilePinging(`tcpdump -veni ${TAP} icmp6 -c2`);
  expect(plain(tap.out)).toBe(
    `TIME ${NS}(hlim 255, next-header ICMPv6 (58) payload length: 32) fe80::b4c9:b9ff:fe6e:5048 > ff02::1:ff1e:5a0f: [icmp6 sum ok] ICMP6, neighbor solicitation, length 32, who has ${VM}
\t  source link-address option (1), length 8 (1): b6:c9:b9:6e:50:48
TIME fa:16:3e:1e:5a:0f > b6:c9:b9:6e:50:48, ethertype IPv6 (0x86dd), length 86: (hlim 255, next-header ICMPv6 (58) payload length: 32) ${VM} > fe80::b4c9:b9ff:fe6e:5048: [icmp6 sum ok] ICMP6, neighbor advertisement, length 32, tgt is ${VM}, Flags [solicited, override]
\t  destination link-address option (2), length 8 (1): fa:16:3e:1e:5a:0f
`,
  );
});

it('shows switch and ports, and a delivery by the databases', async () => {
  const { out } = await run('central', 'ovn-nbctl show');
  for (const port of [
    '    port provnet-64e303a9-af62-4833-b713-6b361cdd6ecd\n        type: localnet\n        addresses: ["unknown"]\n',
    '    port 916eb7ea-4d64-4d9c-be28-b693af2e7ed3\n        type: localport\n        addresses: ["fa:16:3e:65:76:bd 172.24.100.2 2001:db8::f816:3eff:fe65:76bd"]\n',
    '    port df8a80f8-0cbf-48af-8b32-78377f034797 (aka vm-provider-flat-port)\n        addresses: ["fa:16:3e:1e:5a:0f 172.24.100.163 2001:db8::f816:3eff:fe1e:5a0f"]\n',
    '    port f1d49ca3-0e9c-4387-8d5d-c833fc3b7943\n        type: router\n        router-port: lrp-f1d49ca3-0e9c-4387-8d5d-c833fc3b7943\n',
  ])
    expect(out).toContain(port);
  expect(out).toContain(' (neutron-aab27d39-a3c0-4666-81a0-aa4be26ec873) (aka provider-flat)\n');
  const trace = await run(
    'central',
    `ovn-trace --summary neutron-aab27d39-a3c0-4666-81a0-aa4be26ec873 'inport == "df8a80f8-0cbf-48af-8b32-78377f034797" && eth.src == fa:16:3e:1e:5a:0f && eth.dst == b6:c9:b9:6e:50:48 && ip6.src == ${VM}  && nd.target == ${VM} && nd_na && nd.tll == fa:16:3e:1e:5a:0f'`,
  );
  // The recorded release has other stages than the post's, so that its run of \`next\` is shorter.
  expect(plain(trace.out).replaceAll(/(^ +next;\n)+/gm, '$1')).toBe(
    `# icmp6,reg14=N,vlan_tci=0x0000,dl_src=fa:16:3e:1e:5a:0f,dl_dst=b6:c9:b9:6e:50:48,ipv6_src=${VM},ipv6_dst=::,ipv6_label=0x00000,nw_tos=0,nw_ecn=0,nw_ttl=255,icmp_type=136,icmp_code=0,nd_target=${VM},nd_sll=00:00:00:00:00:00,nd_tll=fa:16:3e:1e:5a:0f
ingress(dp="provider-flat", inport="vm-provider-flat-port") {
    next;
    reg0[8] = 1;
    reg0[9] = 1;
    next;
    outport = "_MC_unknown";
    output;
    multicast(dp="provider-flat", mcgroup="_MC_unknown") {
        egress(dp="provider-flat", inport="vm-provider-flat-port", outport="provnet-64e303") {
            next;
            reg0[8] = 1;
            reg0[9] = 1;
            next;
            output;
            /* output to "provnet-64e303", type "localnet" */;
        };
    };
};
`,
  );
});

const STEPS = [
  [
    'in_port=N, priority 100, cookie COOKIE',
    'set_field:N->reg13',
    'set_field:N->reg11',
    'set_field:N->reg12',
    'set_field:N->metadata',
    'set_field:N->reg14',
    'resubmit(,8)',
  ],
  ['reg14=N,metadata=N,dl_src=fa:16:3e:1e:5a:0f, priority 50, cookie COOKIE', 'resubmit(,9)'],
  [
    `ipv6,reg14=N,metadata=N,dl_src=fa:16:3e:1e:5a:0f,ipv6_src=${VM}, priority 90, cookie COOKIE`,
    'resubmit(,10)',
  ],
  ['icmp6,reg14=N,metadata=N,nw_ttl=255,icmp_type=136,icmp_code=0, priority 80, cookie COOKIE', 'drop'],
] as const;
const TABLES = [0, 8, 9, 10];

it('captures the answer into a variable and traces it', async () => {
  const captured = await whilePinging(
    `flow=$(tcpdump -nXXi ${TAP} "icmp6 && ip6[40] = 136 && host ${VM}"  -c1 | ovs-tcpundump)`,
  );
  expect(captured.err).toMatch(
    /1 packet captured\n1 packet received by filter\n0 packets dropped by kernel\n$/,
  );
  expect(await on('echo $flow')).toBe(`${PACKET}\n`);
  const trace = plain(
    await on(`ovs-appctl ofproto/trace br-int in_port=\`ovs-vsctl get Interface ${TAP} ofport\` $flow`),
  );
  const steps = STEPS.map(([title, ...acts], at) =>
    [`${String(TABLES[at]).padStart(2)}. ${title}`, ...acts.map((act) => `    ${act}`)].join('\n'),
  );
  expect(trace.replace(/^Megaflow: .*$/m, 'Megaflow:')).toBe(
    `Flow: icmp6,in_port=N,vlan_tci=0x0000,${KEY}

bridge("br-int")
----------------
${steps.join('\n')}

Final flow: icmp6,reg11=N,reg12=N,reg13=N,reg14=N,metadata=N,in_port=N,vlan_tci=0x0000,${KEY}
Megaflow:
Datapath actions: drop
`,
  );
});

it('leads from each flow to its logical flow and port', async () => {
  const out = await on(
    `ovs-appctl ofproto/trace br-int in_port=\`ovs-vsctl get Interface ${TAP} ofport\` $flow | ovn-detrace --ovnsb="tcp:99.88.88.88:6642" --ovnnb="tcp:99.88.88.88:6641"`,
  );
  const datapath = '"neutron-aab27d39-a3c0-4666-81a0-aa4be26ec873" (UUID)';
  const port = `   *  Logical Switch Port: df8a80f8-0cbf-48af-8b32-78377f034797 type  (addresses ['fa:16:3e:1e:5a:0f 172.24.100.163 ${VM}'], dynamic addresses [], security ['fa:16:3e:1e:5a:0f 172.24.100.163 ${VM}']`;
  const logical = (text: string): string =>
    `  *  Logical datapaths:\n  *      ${datapath} [ingress]\n  *  Logical flow: ${text}\n${port}\n`;
  const notes = [
    `  *  Logical datapath: ${datapath}\n  *  Port Binding: logical_port "df8a80f8-0cbf-48af-8b32-78377f034797", tunnel_key N, chassis-name "cmp-3-1", chassis-str "cmp-3-1"\n`,
    logical(
      'table=0 (ls_in_port_sec_l2), priority=50, match=(inport == "df8a80f8-0cbf-48af-8b32-78377f034797" && eth.src == {fa:16:3e:1e:5a:0f}), actions=(next;)',
    ),
    logical(
      `table=1 (ls_in_port_sec_ip), priority=90, match=(inport == "df8a80f8-0cbf-48af-8b32-78377f034797" && eth.src == fa:16:3e:1e:5a:0f && ip6.src == {fe80::f816:3eff:fe1e:5a0f, ${VM}}), actions=(next;)`,
    ),
    logical(
      'table=2 (ls_in_port_sec_nd), priority=80, match=(inport == "df8a80f8-0cbf-48af-8b32-78377f034797" && (arp || nd)), actions=(drop;)',
    ),
  ];
  const blocks = STEPS.map(([title, ...acts], at) =>
    [`${TABLES[at]}. ${title}\n`, ...acts.map((act) => `${act}\n`), notes[at]].join(''),
  );
  expect(plain(out)).toContain(`bridge("br-int")\n----------------\n${blocks.join('')}\nFinal flow: `);
});

it('finds the clauses under one id and the action flow under another', async () => {
  const logical = await run(
    'central',
    'ovn-sbctl --columns=_uuid,match find Logical_Flow table_id=2 priority=90 actions="next;"',
  );
  expect(logical.out).toContain(
    '&& ip6 && nd && ((nd.sll == 00:00:00:00:00:00 || nd.sll == fa:16:3e:1e:5a:0f) ||',
  );
  const action = await on('ovs-ofctl dump-flows br-int table=10 | grep conj_id | grep icmp_type=136');
  expect(plain(action)).toBe(
    ' cookie=COOKIE, duration=N, table=10, n_packets=N, n_bytes=N, idle_age=N, priority=90,conj_id=ID,icmp6,reg14=N,metadata=N,dl_src=fa:16:3e:1e:5a:0f,nw_ttl=255,icmp_type=136,icmp_code=0 actions=resubmit(,11)\n',
  );
  expect(action).toContain('n_packets=0');
  const clause = await on(`ovs-ofctl dump-flows br-int table=10 | grep priority=90 | grep nd_target=${VM}`);
  expect(plain(clause)).toBe(
    ` cookie=COOKIE, duration=N, table=10, n_packets=N, n_bytes=N, idle_age=N, priority=90,icmp6,reg14=N,metadata=N,dl_src=fa:16:3e:1e:5a:0f,nw_ttl=255,icmp_type=136,icmp_code=0,nd_target=${VM} actions=conjunction(ID,1/2)\n`,
  );
  const id = /conjunction\((\d+),/.exec(clause)?.[1];
  expect(await on(`ovs-ofctl dump-flows br-int | grep conj_id=${id}, -c`)).toBe('0\n');
  const ids = "grep -o 'conjunction([0-9]*' | grep -o '[0-9]*' | sort -u";
  expect(await on(`ovs-ofctl dump-flows br-int table=10 | ${ids}`)).toBe(`${id}\n`);
});

it('shows what near lines show: a filter without its prerequisites is none, and names are as long as in a message', async () => {
  const count = (filter: string): Promise<string> => on(`ovs-ofctl dump-flows br-int ${filter} | wc -l`);
  // What is left of the filter asks for an Ethernet header.
  expect(await count(`table=10,nd_target=${VM} | grep table`)).toBe(
    await count("table=10 | grep -E '(arp|icmp6),'"),
  );
  expect(await count(`table=10,icmp6,icmp_type=136,icmp_code=0,nd_target=${VM}`)).toBe('2\n');
  expect(
    await on(`ovs-ofctl --names dump-flows br-int table=0 | grep -o 'in_port="patch[^"]*"' | sort -u`),
  ).toBe('in_port="patch-br-int-to"\n');
});

it('is repaired by hand, as the post does', async () => {
  const clause = await on(`ovs-ofctl dump-flows br-int table=10 | grep nd_target=${VM}`);
  const action = await on('ovs-ofctl dump-flows br-int table=10 | grep conj_id');
  const right = /conjunction\((\d+),/.exec(clause)?.[1];
  const [, cookie, wrong, match] = /cookie=(0x[0-9a-f]+),.*conj_id=(\d+),(\S+) /.exec(action) ?? [];
  expect(right).not.toBe(wrong);
  expect(await on('podman stop ovn_controller')).toBe('ovn_controller\n');
  await on(`ovs-ofctl del-flows --strict br-int table=10,priority=90,conj_id=${wrong},${match}`);
  expect(await on('ovs-ofctl dump-flows br-int table=10 | grep conj_id -c')).toBe('0\n');
  const added = await run(
    'cmp-3-1',
    `ovs-ofctl add-flow br-int "cookie=${cookie},table=10,priority=90,conj_id=${right},${match},actions=resubmit(,11)"`,
  );
  expect(added).toEqual({ out: '', err: '', status: 0 });

  const waiting = run('cmp-3-1', `tcpdump -ni ${TAP} -c4`);
  const ping = await run('client', `ping ${VM} -c2`);
  expect(ping.status).toBe(0);
  expect(plain((await waiting).out)).toBe(
    `TIME IP6 fe80::b4c9:b9ff:fe6e:5048 > ff02::1:ff1e:5a0f: ICMP6, neighbor solicitation, who has ${VM}, length 32
TIME IP6 ${VM} > fe80::b4c9:b9ff:fe6e:5048: ICMP6, neighbor advertisement, tgt is ${VM}, length 32
TIME IP6 f00d:f00d:f00d:4::1 > ${VM}: ICMP6, echo request, id ID, seq 1, length 64
TIME IP6 ${VM} > f00d:f00d:f00d:4::1: ICMP6, echo reply, id ID, seq 1, length 64
`.replaceAll('id ID', `id ${/ id (\d+),/.exec((await waiting).out)?.[1]}`),
  );
  const counted = await on(`sudo ovs-ofctl dump-flows br-int| grep cookie=${cookie}  | grep conj_id`);
  expect(Number(/n_packets=(\d+)/.exec(counted)?.[1])).toBeGreaterThan(0);
  expect(plain(counted)).toContain('priority=90,conj_id=ID,icmp6,');
});

it('works at once without the fault', async () => {
  await openScenario();
  const fault = { kind: 'release', host: 'cmp-3-1', fault: 'conjunction-drift' } as const;
  expect(session.world.faults.list()).toContainEqual({ fault, since: 0, until: null });
  await session.fault(fault, false);
  session.world.settle();
  expect((await run('client', `ping ${VM} -c2`)).status).toBe(0);
});

it('is let through by the OVN of today, in tables of its own', async () => {
  await openScenario('where-is-my-packet-now');
  expect((await run('client', `ping ${VM} -c2`)).status).toBe(0);
  const out = await on(
    `ovs-appctl ofproto/trace br-int in_port=$(ovs-vsctl get Interface ${TAP} ofport) ${PACKET} | ovn-detrace --ovnsb="tcp:99.88.88.88:6642" --ovnnb="tcp:99.88.88.88:6641"`,
  );
  expect(out).toMatch(/^ 8\. metadata=0x1, priority 50, cookie 0x[0-9a-f]+\n/m);
  expect(out).toMatch(/^ +74\. icmp6,reg14=/m);
  expect(out).toContain(' (ls_in_check_port_sec), priority=50, match=(1), ');
  expect(out).not.toMatch(/^Datapath actions: drop$/m);
});
