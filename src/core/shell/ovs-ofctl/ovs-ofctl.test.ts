import { beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../base/assert.ts';
import { createRandom } from '../../base/random.ts';
import { DEFAULT_BUNDLE } from '../../ofproto/bridge/port.ts';
import { readTraceRequest } from '../../ofproto/trace/trace-request.ts';
import { tracePacket } from '../../ofproto/trace/trace.ts';
import { Vswitch } from '../../ofproto/vswitch/vswitch.ts';
import { ovsOfctl } from './ovs-ofctl.ts';

interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** A switch with an empty bridge `br0` of two ports, and files to read. */
class Bench {
  readonly files = new Map<string, string>();
  readonly #context = {
    clock: { now: () => 5e9, wallMs: () => 0, after: () => () => undefined },
    random: createRandom(1),
    recorder: { active: false, record: () => 0 },
  };
  readonly #vswitch = new Vswitch('host', this.#context);

  constructor() {
    const ports = ['p1', 'p2'].map((name) => ({
      name,
      interfaces: [
        {
          name,
          type: '',
          options: new Map<string, string>(),
          ofportRequest: null,
          device: { mac: 1n, mtu: 1500, up: true },
        },
      ],
      vlan: DEFAULT_BUNDLE,
      bondMode: 'active-backup' as const,
    }));
    const settings = { mac: null, datapathType: '', macAge: 300, macTableSize: 10, floodVlans: [] };
    this.#vswitch.reconfigure([
      { name: 'br0', failMode: 'secure', ...settings, forwardReserved: false, ports, mirrors: [] },
    ]);
  }

  trace(flow: string): string {
    const request = readTraceRequest(this.#vswitch.datapath, ['br0', flow]);
    return request.ok ? tracePacket(request.value).text : request.error;
  }

  run(line: string, stdin = ''): Outcome {
    let out = '';
    let err = '';
    const exit = ovsOfctl({
      argv: ['ovs-ofctl', ...line.split(' ')],
      stdin,
      output: { out: (text) => void (out += text), err: (text) => void (err += text) },
      context: this.#context,
      host: {
        bridge: (name) => this.#vswitch.bridges.get(name),
        readFile: (path) => this.files.get(path),
        macOf: (port) => port.mac,
        packetOut: () => undefined,
      },
      namespace: '',
    });
    // A line of a log begins with its time.
    return {
      out,
      err: err.replaceAll(/^\S+?Z\|\d+\|/gm, ''),
      status: 'status' in exit ? present(exit.status) : 0,
    };
  }
}

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

describe('dump-flows', () => {
  beforeEach(() => {
    bench.run('add-flow br0 priority=5,ip,actions=output:1');
    bench.run('-O OpenFlow15 add-flow br0 priority=7,tcp,nw_src=10.0.0.1,actions=output:2');
  });

  it('tells ages only in a reply that is passed on as it came', () => {
    expect(bench.run('dump-flows br0').out).toContain(' n_bytes=0, idle_age=0, priority=5,ip ');
    expect(bench.run('--names dump-flows br0').out).toContain(' n_bytes=0, priority=5,ip actions=output:p1');
    expect(bench.run('-O OpenFlow13 dump-flows br0').out).toContain(' reset_counts priority=5,ip ');
    expect(bench.run('-O OpenFlow15 --names dump-flows br0').out).toContain(' idle_age=0, priority=7,tcp,');
  });

  it('asks for no term whose prerequisites are missing', () => {
    bench.run('add-flow br0 priority=9,udp,tp_dst=53,actions=drop');
    const rows = (filter: string): number =>
      bench.run(`--no-stats dump-flows br0 ${filter}`).out.match(/\n/g)?.length ?? 0;
    expect([rows('udp_dst=53'), rows('udp,tp_dst=53'), rows('tp_dst=53'), rows('nw_src=10.0.0.1')]).toEqual([
      3, 1, 3, 3,
    ]);
    expect(bench.run('dump-aggregate br0 nw_src=10.0.0.1').out).toContain(' flow_count=3\n');
  });

  it('sorts by priority last, whatever else was asked for', () => {
    bench.run('add-flow br0 priority=9,udp,actions=drop');
    expect(bench.run('--no-stats --sort=nw_src dump-flows br0').out).toBe(
      ' priority=7,tcp,nw_src=10.0.0.1 actions=output:2\n priority=9,udp actions=drop\n priority=5,ip actions=output:1\n',
    );
  });

  it.each([
    ['dump-flows br0 out_group=1', 'OXM,OpenFlow11', 'OpenFlow10,NXM'],
    ['-O OpenFlow11 dump-aggregate br0 reg1=1', 'NXM,OXM', 'OpenFlow11'],
  ])('says of %s that no format can carry it', (line, usable, allowed) => {
    expect(bench.run(line)).toEqual({
      out: '',
      err: `ovs-ofctl: none of the usable flow formats (${usable}) is among the allowed flow formats (${allowed})\n`,
      status: 1,
    });
  });
});

describe('what is logged while a flow is read', () => {
  it.each([
    ['actions=set_field:1->tcp_dst', 'ofp_actions|WARN|set_field tcp_dst lacks correct prerequisites'],
    ['actions=move:nw_src->reg0', 'meta_flow|WARN|source field ip_src lacks correct prerequisites'],
    ['actions=move:reg0->nw_src', 'meta_flow|WARN|destination field ip_src lacks correct prerequisites'],
    ['table=256,actions=drop', 'ofp_table|WARN|table 256 is outside the supported range 0 through 255'],
    [
      'actions=resubmit:70000',
      'ofp_port|WARN|port 70000 is outside the supported range 0 through ffff or 0xffffff00 through 0xffffffff',
    ],
  ])('of %s', (flow, line) => {
    const { err, status } = bench.run(`add-flow br0 ${flow}`);
    expect(err.split('\n')[0]).toBe(line);
    expect(status).toBe(1);
  });

  it('keeps still about a flow without VLAN header', () => {
    expect(bench.run('-O OpenFlow15 add-flow br0 dl_vlan=0xffff,actions=drop').err).toBe('');
    expect(bench.run('--no-stats dump-flows br0').out).toContain(' vlan_tci=0x0000/0x1fff actions=drop');
  });
});

it('forgets fragments of what is no IP packet, as messages do', () => {
  bench.run('add-flow br0 nw_frag=later,actions=drop');
  expect(bench.run('--no-stats --no-names dump-flows br0').out).toBe(' actions=drop\n');
});

it('refuses flows on what belongs to the switch', () => {
  expect(bench.run('add-flow br0 dp_hash=1,actions=drop').err).toMatch(
    /^OFPT_ERROR \(xid=0x\w+\): OFPBRC_EPERM\n/,
  );
});

it('knows tunnel options only as they are mapped', () => {
  const flow = 'add-flow br0 tun_metadata0=1,actions=set_field:2->tun_metadata1';
  expect(bench.run(flow).err).toContain(': NXFMFC_INVALID_TLV_FIELD\n');
  bench.run('add-tlv-map br0 {class=0x102,type=0x80,len=4}->tun_metadata0');
  expect(bench.run(flow).err).toContain(': NXFMFC_INVALID_TLV_FIELD\n');
  bench.run('add-tlv-map br0 {class=0x102,type=0x81,len=4}->tun_metadata1');
  expect(bench.run(flow)).toEqual({ out: '', err: '', status: 0 });
  expect(bench.run('dump-tlv-map br0').out).toMatch(/^NXT_TLV_TABLE_REPLY \(xid=0x2\):\n/);
  expect(bench.run('-O OpenFlow13 dump-tlv-map br0').out).toMatch(
    /^NXT_TLV_TABLE_REPLY \(OF1.3\) \(xid=0x2\):\n/,
  );
});

it.each([
  [
    'dump-flows br0 table=3,tun_metadata5',
    'OFPT_ERROR (xid=0x8): NXFMFC_INVALID_TLV_FIELD\nNXST_FLOW request (xid=0x8): table=3 tun_metadata5\n',
  ],
  [
    '-O OpenFlow13 dump-flows br0 in_port=1,tun_metadata5=1/0',
    'OFPT_ERROR (OF1.3) (xid=0x6): NXFMFC_INVALID_TLV_FIELD\nOFPST_FLOW request (OF1.3) (xid=0x6): tun_metadata5,in_port=1\n',
  ],
  [
    '--names dump-aggregate br0 recirc_id=1,tcp,tun_metadata5=7',
    'OFPT_ERROR (xid=0x8): NXFMFC_INVALID_TLV_FIELD\nNXST_AGGREGATE request (xid=0x8): recirc_id=0x1,eth,tcp,tun_metadata5=0x7\n',
  ],
  [
    '--no-names dump-flows br0 ipv6,ipv6_label=0x123456/0xfffff',
    'OFPT_ERROR (xid=0x4): OFPBMC_BAD_VALUE\nNXST_FLOW request (xid=0x4): ***decode error: OFPBMC_BAD_VALUE***\n',
  ],
  [
    '-O OpenFlow15 dump-flows br0 tcp,ip_frag=later,tcp_src=5,tun_metadata5',
    'OFPT_ERROR (OF1.5) (xid=0x6): OFPBMC_BAD_PREREQ\nOFPST_FLOW request (OF1.5) (xid=0x6): ***decode error: OFPBMC_BAD_PREREQ***\n',
  ],
])('passes on that a switch does not read %s', (line, out) => {
  expect(bench.run(line)).toEqual({ out, err: '', status: 0 });
});

it('lists connections whose address has no family, though no flow may look at them so', () => {
  const { out, err } = bench.run('dump-flows br0 ct_state=+trk+est,ct_nw_src=1.2.3.4');
  expect({ out, err }).toEqual({ out: 'NXST_FLOW reply (xid=0x8):\n', err: '' });
});

it.each(['--sort', '--no-stats', '--names'])('ends with an error when flows are to be read: %s', (option) => {
  const { out, err, status } = bench.run(`${option} dump-flows br0 in_port=p1,tun_metadata3`);
  expect({ out, status }).toEqual({ out: '', status: 1 });
  expect(err).toBe(`vconn|WARN|received bad reply: OFPT_ERROR (xid=0x8): NXFMFC_INVALID_TLV_FIELD
NXST_FLOW request (xid=0x8): tun_metadata3,in_port=1
ovs-ofctl: dump flows (Protocol error)
`);
});

it.each([
  'tun_metadata5=1,tun_metadata5=2',
  'tun_metadata5,tun_metadata5=2/2',
  'tun_metadata5[0..7]=2,tun_metadata5[8..11]=3',
])('takes a tunnel option once: %s', (match) => {
  expect(bench.run(`parse-flow ${match},actions=drop`).err).toBe(
    'ovs-ofctl: field tun_metadata5 set multiple times\n',
  );
});

it.each([
  ['ipv6,ipv6_label=0x100000', '***decode error: OFPBMC_BAD_VALUE***'],
  ['ipv6,ipv6_label=0x123456/0x3fffff', '***decode error: OFPBMC_BAD_VALUE***'],
  ['ipv6,ipv6_label=0x12345/0xfff00000', 'ADD ipv6,ipv6_label=0x00000/0xfff00000 actions=drop'],
  ['ipv6,ipv6_label=5/0xfffff', 'ADD ipv6,ipv6_label=0x00005 actions=drop'],
  ['recirc_id=1,nd_tll=00:01:02:03:04:05', 'ADD recirc_id=0x1,eth actions=drop'],
])('reads %s as the switch does', (match, said) => {
  expect(bench.run(`parse-flow ${match},actions=drop`).out.split('\n')[2]).toBe(
    `NXT_FLOW_MOD (xid=0x1): ${said}`,
  );
});

it('asks for an Ethernet header by terms that are left out', () => {
  bench.run('add-flow br0 priority=1,actions=drop');
  bench.run('add-flow br0 priority=2,udp,actions=drop');
  bench.run('add-flow br0 priority=3,packet_type=(1,0x800),actions=drop');
  expect(bench.run('dump-flows br0 nd_tll=00:01:02:03:04:05').out.match(/priority=\d/g)).toEqual([
    'priority=2',
  ]);
  bench.run('--strict del-flows br0 priority=1,tp_src=5');
  expect(bench.run('dump-flows br0').out).toContain(' priority=1 actions=drop');
});

it('lets a modification change the cookie in OpenFlow 1.0 only', () => {
  bench.run('add-flow br0 cookie=3,ip,actions=drop');
  bench.run('-O OpenFlow13 mod-flows br0 ip,cookie=4,actions=output:1');
  expect(bench.run('--no-stats dump-flows br0').out).toContain(' cookie=0x3, ip actions=output:1');
  bench.run('mod-flows br0 ip,cookie=4,actions=output:1');
  expect(bench.run('--no-stats dump-flows br0').out).toContain(' cookie=0x4, ip actions=output:1');
});

it('takes commands before the flows of `add-flow -`', () => {
  bench.run('add-flow br0 -', 'ip,actions=drop\narp,actions=drop\ndelete ip\n');
  expect(bench.run('--no-stats --no-names dump-flows br0').out).toBe(' arp actions=drop\n');
});

it('sends a whole file in a format that fits each of its flows', () => {
  expect(
    bench.run('-O OpenFlow11 add-flows br0 -', 'tcp6,reg2=3,actions=drop\ntable=1,ip,actions=dec_ttl\n').err,
  ).toBe(
    'ovs-ofctl: none of the usable flow formats (OXM,NXM+table_id) is among the allowed flow formats (OpenFlow11)\n',
  );
});

describe('replace-flows and diff-flows', () => {
  beforeEach(() => {
    bench.run('add-flow br0 priority=5,ip,actions=output:1');
    bench.run('add-flow br0 table=2,priority=7,arp,idle_timeout=9,cookie=3,actions=drop');
    bench.files.set(
      '/flows',
      'priority=5,ip,actions=output:1\n# nothing\nudp,hard_timeout=4,actions=output:2\n',
    );
  });

  it('shows each difference as a row of its own form', () => {
    expect(bench.run('diff-flows br0 /flows')).toEqual({
      out: '+udp hard_timeout=4 actions=output:2\n-table=2 priority=7,arp cookie=0x3 idle_timeout=9 actions=drop\n',
      err: '',
      status: 2,
    });
  });

  it('leaves nothing to differ', () => {
    expect(bench.run('replace-flows br0 /flows').status).toBe(0);
    expect(bench.run('diff-flows br0 /flows')).toEqual({ out: '', err: '', status: 0 });
  });

  it('names the line that cannot be read', () => {
    bench.files.set('/flows', 'ip,actions=drop\n\nfrob=1,actions=drop\n');
    expect(bench.run('replace-flows br0 /flows').err).toBe('ovs-ofctl: /flows:3: unknown keyword frob\n');
  });

  it('cannot list by table in the formats of OpenFlow 1.0', () => {
    bench.files.set('/flows', 'table=1,priority=5,ip,actions=output:1\n');
    expect(bench.run('replace-flows br0 /flows').err).toBe(
      'ovs-ofctl: switch does not support any of the usable flow formats (OXM,OpenFlow10+table_id,NXM+table_id,OpenFlow11)\n',
    );
  });
});

describe('groups', () => {
  it('come many from a file, each line with its own command', () => {
    bench.files.set(
      '/groups',
      'group_id=1,type=all,bucket=output:1\n# nothing\nadd group_id=2,type=indirect,bucket=output:2\ndelete group_id=1\n',
    );
    expect(bench.run('-O OpenFlow15 add-groups br0 /groups')).toEqual({ out: '', err: '', status: 0 });
    expect(bench.run('-O OpenFlow15 dump-groups br0').out).toBe(
      'OFPST_GROUP_DESC reply (OF1.5) (xid=0x2):\n group_id=2,type=indirect,bucket=bucket_id:0,actions=output:2\n',
    );
    bench.files.set('/groups', 'group_id=3,type=all,bucket=output:1\ngroup_id=4,type=odd\n');
    expect(bench.run('-O OpenFlow15 add-groups br0 /groups').err).toBe(
      'ovs-ofctl: /groups:2: invalid group type odd\n',
    );
    expect(bench.run('-O OpenFlow15 dump-groups br0').out).not.toContain('group_id=3');
  });

  it('lose in OpenFlow 1.1 to 1.4 what those have no words for', () => {
    bench.run(
      '-O OpenFlow13 add-group br0 group_id=1,type=select,selection_method=hash,fields(ip_src),bucket=bucket_id=7,output:1',
    );
    expect(bench.run('-O OpenFlow15 dump-groups br0').out).toContain(
      ' group_id=1,type=select,bucket=bucket_id:0,actions=output:1\n',
    );
    expect(bench.run('-O OpenFlow13 add-group br0 group_id=2,type=select,selection_method=hash').err).toBe(
      'ovs-ofctl: none of the usable flow formats (OpenFlow10,NXM,OXM-OpenFlow15) is among the allowed flow formats (OXM-OpenFlow13)\n',
    );
    expect(
      bench.run('-O OpenFlow13 insert-buckets br0 group_id=1,command_bucket_id=last,bucket=output:2').err,
    ).toBe("ovs-ofctl: insert-bucket needs OpenFlow 1.5 or later ('-O OpenFlow15')\n");
  });

  it('may name others that are not there yet', () => {
    expect(bench.run('-O OpenFlow13 add-group br0 group_id=1,type=all,bucket=group:9').status).toBe(0);
    expect(bench.run('-O OpenFlow13 add-flow br0 actions=group:9').err).toContain(': OFPBAC_BAD_OUT_GROUP\n');
  });
});

// What parse-flow of Open vSwitch 3.7.0 made of them.
it.each([
  ['-O OpenFlow13', 'actions=load:1->tun_erspan_idx[]', 'ADD actions=set_field:0x1/0xfffff->tun_erspan_idx'],
  ['', 'dl_type=0x894f,actions=set_field:5->nsh_si', 'ADD dl_type=0x894f actions=set_field:5->nsh_si'],
  ['-O OpenFlow11', 'actions=output:NXM_NX_XXREG0[]', 'ADD actions=output:NXM_NX_XXREG0[1..64]'],
  ['-O OpenFlow12', 'recirc_id=5,actions=drop', 'ADD recirc_id=0x5 actions=drop'],
  ['-O OpenFlow14', 'actions=move:tun_ttl[0]->NXM_NX_REG0[0]', '***decode error: OFPBMC_BAD_FIELD***'],
  ['-O OpenFlow12', 'actions=set_field:1->in_port_oxm', '***decode error: OFPBAC_BAD_SET_ARGUMENT***'],
  ['', 'dl_type=0x894f,nsh_ttl=255,actions=drop', '***decode error: OFPBMC_BAD_VALUE***'],
  ['-O OpenFlow13', 'actions=write_actions(drop)', 'ADD actions=drop'],
])('carries %s %s', (version, flow, expected) => {
  const line = `${version} parse-flow ${flow}`.trim();
  expect(/xid=0x1\): (.*)/.exec(bench.run(line).out)?.[1]).toBe(expected);
});

it('lists a flow that was replaced or changed as the newest of its kind', () => {
  const order = (): string =>
    [...bench.run('--no-stats dump-flows br0').out.matchAll(/=10,(\w+)/g)].map(([, name]) => name).join(' ');
  for (const kind of ['ip', 'arp', 'ipv6', 'mpls']) bench.run(`add-flow br0 priority=10,${kind},actions=1`);
  expect(order()).toBe('ip arp ipv6 mpls');
  bench.run('mod-flows br0 ip,actions=1');
  expect(order()).toBe('arp ipv6 mpls ip');
  bench.run('add-flow br0 priority=10,ipv6,actions=2');
  expect(order()).toBe('arp mpls ip ipv6');
});

it('follows a flow that becomes a clause of a conjunction by being changed', () => {
  for (const flow of ['ip,nw_src=10.0.0.1', 'ip,nw_dst=10.0.0.2'])
    bench.run(`add-flow br0 priority=10,${flow},actions=drop`);
  bench.run('add-flow br0 conj_id=5,ip,actions=2');
  bench.run('mod-flows br0 ip,nw_src=10.0.0.1,actions=conjunction(5,1/2)');
  bench.run('mod-flows br0 ip,nw_dst=10.0.0.2,actions=conjunction(5,2/2)');
  expect(bench.trace('in_port=1,ip,nw_src=10.0.0.1,nw_dst=10.0.0.2')).toContain('Datapath actions: 2');
});
