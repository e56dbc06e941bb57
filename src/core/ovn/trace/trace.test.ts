import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { type Uuid } from '../../base/uuid.ts';
import { type SbDatabase, type SbTxn, createDatabase, sbSchema } from '../../ovsdb/index.ts';
import { DEFAULT_TRACE_OPTIONS, SouthboundTrace, type TraceForm, parseCtState, printTrace } from './index.ts';

type Flow = readonly [
  pipeline: 'ingress' | 'egress',
  table: number,
  priority: number,
  match: string,
  actions: string,
  stage?: string,
];

/** A switch `sw` with the ports `p1`, `p2` (`xx:01`, `xx:02`) and a group `_MC_flood` of both. */
function network(flows: readonly Flow[]): SbDatabase {
  const database = createDatabase(sbSchema, createRandom(7));
  const added = database.transact((txn: SbTxn) => {
    const datapath = txn.insert('Datapath_Binding', {
      tunnel_key: 1,
      external_ids: new Map([['name', 'sw']]),
    });
    const ports = [1, 2].map((key) =>
      txn.insert('Port_Binding', {
        datapath,
        logical_port: `p${key}`,
        tunnel_key: key,
        mac: [`00:00:00:00:00:0${key}`],
      }),
    );
    txn.insert('Multicast_Group', { datapath, name: '_MC_flood', tunnel_key: 32768, ports });
    for (const [pipeline, table_id, priority, match, actions, stage] of flows)
      txn.insert('Logical_Flow', {
        logical_datapath: datapath,
        pipeline,
        table_id,
        priority,
        match,
        actions,
        external_ids: new Map(stage === undefined ? [] : [['stage-name', stage]]),
      });
  });
  if (!added.ok) throw new Error(JSON.stringify(added.error));
  return database;
}

const FLOWS: readonly Flow[] = [
  ['ingress', 0, 100, 'vlan.present', 'drop;', 'ls_in_check'],
  ['ingress', 0, 50, '1', 'next;', 'ls_in_check'],
  ['ingress', 1, 60, 'eth.mcast', 'outport = "_MC_flood"; output;', 'ls_in_l2_lkup'],
  ['ingress', 1, 50, 'eth.dst == 00:00:00:00:00:02', 'outport = "p2"; output;', 'ls_in_l2_lkup'],
  ['ingress', 1, 40, 'ip4 && ip.ttl == 1', 'icmp4 { eth.dst <-> eth.src; next(0); };', 'ls_in_l2_lkup'],
  ['egress', 0, 0, '1', 'output;'],
];

function trace(
  flows: readonly Flow[],
  microflow: string,
  form: TraceForm,
  options = DEFAULT_TRACE_OPTIONS,
): string {
  const result = new SouthboundTrace(network(flows)).trace({ datapath: undefined, microflow }, options);
  return result.ok ? printTrace(result.value.root, form).replace(/uuid \w{8}/g, 'uuid X') : result.error;
}

const UNICAST = 'inport == "p1" && eth.src == 00:00:00:00:00:01 && eth.dst == 00:00:00:00:00:02';

it('follows a packet from table to table and to its port', () => {
  expect(trace(FLOWS, UNICAST, 'detailed')).toBe(`
ingress(dp="sw", inport="p1")
-----------------------------
 1. ls_in_l2_lkup: eth.dst == 00:00:00:00:00:02, priority 50, uuid X
    outport = "p2";
    output;

egress(dp="sw", inport="p1", outport="p2")
------------------------------------------
 0. 1, priority 0, uuid X
    output;
    /* output to "p2", type "" */
`);
  expect(trace(FLOWS, UNICAST, 'minimal')).toBe('output("p2");\n');
});

it('sends a copy to each port of a multicast group, but not back', () => {
  const microflow = 'inport == "p1" && eth.dst == ff:ff:ff:ff:ff:ff';
  expect(trace(FLOWS, microflow, 'minimal')).toBe('output("p2");\n');
  expect(trace(FLOWS, microflow, 'summary')).toContain('multicast(dp="sw", mcgroup="_MC_flood")');
});

it('tells of a drop by a flow and of a drop for want of one', () => {
  const tagged = 'inport == "p1" && vlan.vid == 5 && vlan.tci[12]';
  expect(trace(FLOWS, tagged, 'detailed')).toContain(
    'ls_in_check: vlan.present, priority 100, uuid X\n    drop;\n',
  );
  expect(trace(FLOWS, 'inport == "p1"', 'detailed')).toContain(
    ' 1. ls_in_l2_lkup: no match (implicit drop)\n',
  );
});

it('names the logical flow in each node', () => {
  const result = new SouthboundTrace(network(FLOWS)).trace({ datapath: 'sw', microflow: UNICAST });
  if (!result.ok) throw new Error(result.error);
  const [table] = result.value.root.children;
  expect(table).toMatchObject({ kind: 'table', stage: 'ls_in_l2_lkup', priority: 50, table: 1 });
  const uuids = new Set<Uuid | null>(table?.children.map(({ lflow }) => lflow));
  expect([...uuids]).toEqual([table?.lflow]);
});

it('takes the state of connections from the user, in turn, and then assumes established ones', () => {
  const flows: readonly Flow[] = [
    ['ingress', 0, 1, 'ip', 'ct_next;'],
    ['ingress', 1, 1, 'ct.new', 'ct_next;'],
    ['ingress', 2, 1, 'ct.est', 'outport = "p2"; output;'],
    ['egress', 0, 0, '1', 'output;'],
  ];
  const state = parseCtState('new');
  const options = { ...DEFAULT_TRACE_OPTIONS, ctStates: state.ok ? [state.value] : [] };
  expect(trace(flows, 'inport == "p1" && ip4', 'minimal', options)).toBe(`ct_next(ct_state=new|trk) {
    ct_next(ct_state=est|trk /* default (use --ct to customize) */) {
        output("p2");
    };
};
`);
});

it.each([
  ['inport == "nobody"', 'unknown port "nobody"\n'],
  ['ip4', 'error parsing flow: flow match expression does not match on inport\n'],
  ['inport == "p1" && tcp && udp', 'error parsing flow: Constraints are contradictory.\n'],
  ['inport ==', 'error parsing flow: Syntax error at end of input expecting constant.\n'],
])('says why there is no trace of %s', (microflow, error) => {
  expect(trace(FLOWS, microflow, 'detailed')).toBe(error);
});

it('ends a trace that goes round in circles', () => {
  const loop: readonly Flow[] = [['ingress', 0, 1, '1', 'next(0);']];
  expect(trace(loop, 'inport == "p1"', 'detailed')).toContain('*** the trace goes on without end');
});

it('warns of flows that cannot be understood, visited or not, when it reads eagerly', () => {
  const warnings: string[] = [];
  const database = network([['egress', 5, 1, 'nonsense', 'next;']]);
  const made = new SouthboundTrace(database, { warn: (text) => warnings.push(text), isEager: true });
  expect(made.network.ports.size).toBe(2);
  expect(warnings).toEqual([
    "nonsense: parsing expression failed (Syntax error at `nonsense' expecting field name.)",
  ]);
});

it('knows no values of templates: a match with one is nothing, actions with one have no reason', () => {
  const warnings: string[] = [];
  const database = network([
    ['egress', 5, 2, 'ip4.dst == ^VIP', 'next;'],
    ['egress', 5, 1, 'ip4', 'reg0 = ^REG;'],
  ]);
  expect(new SouthboundTrace(database, { warn: (text) => warnings.push(text), isEager: true })).toBeDefined();
  expect(warnings.toSorted()).toEqual([
    'ip4.dst == ^VIP: parsing expression failed',
    'ip4.dst == ^VIP: parsing expression failed (Syntax error at end of input expecting constant.)',
    'reg0 = ^REG;: parsing actions failed',
  ]);
});

it('complains of virtual addresses that are none each time it looks for a hairpin', () => {
  const database = network([
    ['ingress', 0, 1, '1', 'reg0[6] = chk_lb_hairpin(); reg0[12] = chk_lb_hairpin_reply();'],
  ]);
  const vips = new Map([
    ['30.0.0.1:80', '10.0.0.1:80'],
    ['^VIP:^PORT', '^BACKEND'],
  ]);
  database.transact((txn: SbTxn) => void txn.insert('Load_Balancer', { name: 'lb', vips }));
  const errors: string[] = [];
  const made = new SouthboundTrace(database, { error: (module, text) => errors.push(`${module}: ${text}`) });
  expect(made.trace({ datapath: 'sw', microflow: 'inport == "p1" && ip4' }).ok).toBe(true);
  expect(errors).toEqual(Array(2).fill('socket_util: ^VIP:^PORT: bad port number "^PORT"'));
});
