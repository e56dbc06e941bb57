/** Flow tables against models: requests against a plain list, megaflows against the packets that they cover, the past, checks, misses. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { present } from '../base/assert.ts';
import type { Context } from '../base/context.ts';
import { createRandom } from '../base/random.ts';
import { parseExactFlow } from '../flow/exact-flow.ts';
import { copyFlow, createFlow, type Flow } from '../flow/flow.ts';
import { keepKey } from '../flow/kept-key.ts';
import { matchCovers, matchKey } from '../flow/match.ts';
import { formatMatch } from '../flow/match-text.ts';
import { parseMatch } from '../flow/match-parse.ts';
import type { Bridge } from './bridge/bridge.ts';
import { DEFAULT_BUNDLE } from './bridge/port.ts';
import { checkTables } from './check/check-tables.ts';
import { formatDpActions } from './dp-action-text.ts';
import { parseFlow, type FlowMod } from './flow-parse.ts';
import { changeFlows } from './request/flow-request.ts';
import { Vswitch } from './vswitch/vswitch.ts';
import { nearMisses } from './why/near-misses.ts';
import { translate, type Translation } from './xlate/translate.ts';

function bridgeOf(flows: readonly string[]): Bridge {
  const context: Context = {
    clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
    random: createRandom(1),
    recorder: { active: false, record: () => 0 },
  };
  const vswitch = new Vswitch('host', context);
  const port = (name: string) => ({
    name,
    interfaces: [
      { name, type: '', options: new Map(), ofportRequest: null, device: { mac: 1n, mtu: 1500, up: true } },
    ],
    vlan: DEFAULT_BUNDLE,
    bondMode: 'active-backup' as const,
  });
  vswitch.reconfigure([
    {
      name: 'br0',
      failMode: 'secure',
      mac: null,
      datapathType: '',
      macAge: 300,
      macTableSize: 1000,
      floodVlans: [],
      forwardReserved: false,
      ports: ['p1', 'p2', 'p3'].map(port),
      mirrors: [],
    },
  ]);
  const bridge = present(vswitch.bridges.get('br0'));
  for (const flow of flows) request(bridge, 'add', flow);
  return bridge;
}

function read(command: FlowMod['command'], text: string): FlowMod {
  const parsed = parseFlow(text, command);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error}`);
  return parsed.value;
}

const request = (bridge: Bridge, command: NonNullable<FlowMod['command']>, text: string): void =>
  expect(changeFlows(bridge, read(command, text), 6)).toBeNull();

const aMatch = fc
  .record({
    port: fc.constantFrom('', 'in_port=1', 'in_port=2'),
    kind: fc.constantFrom('ip', 'tcp', 'udp', 'arp', ''),
    source: fc.constantFrom('', '10.0.0.1', '10.0.0.0/24', '10.0.0.0/8'),
    destination: fc.constantFrom('', '10.0.0.2', '10.0.0.2/31'),
    register: fc.constantFrom('', 'reg0=1', 'reg0=0/0x2', 'reg1=7'),
  })
  .map(({ port, kind, source, destination, register }) =>
    [
      port,
      kind,
      ...(kind === '' || source === '' ? [] : [kind === 'arp' ? `arp_spa=${source}` : `nw_src=${source}`]),
      ...(kind === '' || kind === 'arp' || destination === '' ? [] : [`nw_dst=${destination}`]),
      register,
    ].filter((part) => part !== ''),
  );
const anAction = fc.constantFrom(
  'drop',
  'output:1',
  'output:2',
  'output:2,output:3',
  'load:1->NXM_NX_REG0[],resubmit(,1)',
  'load:2->NXM_NX_REG0[0..1],resubmit(,2)',
  'load:7->NXM_NX_REG1[],resubmit(,1),output:3',
  'move:NXM_OF_IP_SRC[0..3]->NXM_NX_REG1[0..3],resubmit(,2)',
  'mod_dl_src:02:00:00:00:00:09,output:1',
);
const aFlow = fc
  .record({ table: fc.nat({ max: 2 }), priority: fc.nat({ max: 4 }), match: aMatch, actions: anAction })
  .map(({ table, priority, match, actions }) => {
    // An action on the IP header needs a match on it.
    const safe = actions.includes('IP_SRC') && !/ip|tcp|udp/.test(match.join()) ? 'output:1' : actions;
    const outside = safe.includes(`resubmit(,${table})`) ? 'drop' : safe;
    const backward = /resubmit\(,(\d)\)/.exec(outside);
    const forward = backward && Number(backward[1]) <= table ? 'output:2' : outside;
    return [`table=${table}`, `priority=${priority}`, ...match].join(',') + ` actions=${forward}`;
  });
const aPacket = fc
  .record({
    port: fc.integer({ min: 1, max: 3 }),
    kind: fc.constantFrom('tcp', 'udp', 'icmp'),
    source: fc.constantFrom('10.0.0.1', '10.0.0.7', '10.9.0.1', '11.0.0.1'),
    destination: fc.constantFrom('10.0.0.2', '10.0.0.3', '10.0.1.1'),
  })
  .map(({ port, kind, source, destination }) =>
    packet(
      `in_port=${port},${kind},dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,nw_src=${source},nw_dst=${destination},nw_ttl=64`,
    ),
  );

function packet(text: string): Flow {
  const parsed = parseExactFlow(text, {});
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const run = (bridge: Bridge, flow: Flow): Translation =>
  translate({
    bridge,
    flow: copyFlow(flow),
    packet: null,
    sideEffects: false,
    stats: null,
    trace: false,
    names: false,
    actions: null,
    inPacketOut: false,
    frozen: null,
  });

describe('flow tables', () => {
  it('make megaflows under which every covered packet fares alike', () => {
    fc.assert(
      fc.property(fc.array(aFlow, { maxLength: 25 }), aPacket, aPacket, (flows, packet, other) => {
        const bridge = bridgeOf(flows);
        const first = run(bridge, packet);
        const covered = copyFlow(other);
        first.mask.forEach((bits, at) => {
          covered[at] = ((other[at] as number) & ~bits) | ((packet[at] as number) & bits);
        });
        expect(formatDpActions(run(bridge, covered).actions)).toBe(formatDpActions(first.actions));
      }),
      { numRuns: 300 },
    );
  });

  it('add, modify and delete as a plain list does', () => {
    const anOrder = fc.record({
      command: fc.constantFrom(
        'add',
        'add',
        'add',
        'modify',
        'modify_strict',
        'delete',
        'delete_strict' as const,
      ),
      table: fc.nat({ max: 1 }),
      priority: fc.nat({ max: 2 }),
      match: aMatch,
      actions: fc.constantFrom('drop', 'output:1', 'output:2'),
    });
    fc.assert(
      fc.property(fc.array(anOrder, { maxLength: 40 }), (orders) => {
        const bridge = bridgeOf([]);
        let list: { table: number; priority: number; text: string; mod: FlowMod; actions: string }[] = [];
        const versions: { readonly version: number; readonly flows: readonly string[] }[] = [];
        const shown = (): string[] =>
          list
            .map((one) => `${one.table} ${one.priority} ${matchKey(one.mod.match)} ${one.actions}`)
            .toSorted();
        for (const { command, table, priority, match, actions } of orders) {
          const strict = command.endsWith('strict') || command === 'add';
          const head = [`table=${table}`, ...(strict ? [`priority=${priority}`] : []), ...match].join(',');
          const text = command.startsWith('delete') ? head : `${head} actions=${actions}`;
          const mod = read(command as 'add', text);
          request(bridge, command as 'add', text);
          const same = (one: (typeof list)[number]): boolean =>
            one.table === table &&
            one.priority === priority &&
            matchKey(one.mod.match) === matchKey(mod.match);
          const meant = (one: (typeof list)[number]): boolean =>
            one.table === table && (strict ? same(one) : matchCovers(mod.match, one.mod.match));
          if (command === 'add')
            list = [...list.filter((one) => !same(one)), { table, priority, text, mod, actions }];
          else if (command.startsWith('delete')) list = list.filter((one) => !meant(one));
          else list = list.map((one) => (meant(one) ? { ...one, actions } : one));
          const flows = (rules: Iterable<Parameters<typeof textOf>[0]>): string[] =>
            [...rules].map((rule) => textOf(rule)).toSorted();
          expect(flows(bridge.tables.all())).toEqual(shown());
          versions.push({ version: bridge.tables.version, flows: shown() });
        }
        // What the tables were at each moment can still be told.
        for (const { version, flows } of versions)
          expect(
            [0, 1]
              .flatMap((table) => [...bridge.tables.rulesAt(table, version)])
              .map(textOf)
              .toSorted(),
          ).toEqual(flows);
      }),
      { numRuns: 200 },
    );
  });
});

type Rule = ReturnType<Bridge['tables']['all']> extends Generator<infer R> ? R : never;

function textOf(rule: Rule): string {
  const [act] = rule.actions;
  // Matches on Ethernet fields say so of themselves in the table.
  const plain = parseMatch(formatMatch(rule.match));
  const match = plain.ok ? plain.value : rule.match;
  return `${rule.table} ${rule.priority} ${matchKey(match)} ${act?.kind === 'output' ? `output:${act.port}` : 'drop'}`;
}

describe('checkTables', () => {
  it.each([
    [
      [
        'table=10,priority=90,ip,nw_src=10.0.0.1 actions=conjunction(2,1/2)',
        'table=10,priority=90,tcp,tp_dst=80 actions=conjunction(2,2/2)',
        'table=10,priority=90,conj_id=4,ip actions=output:1',
      ],
      [
        'Table 10: the clauses are under conjunction 2, the action flow is under conj_id=4: packets that meet all clauses find no action.',
      ],
    ],
    [
      [
        'priority=5,ip,nw_src=10.0.0.1 actions=conjunction(7,1/2)',
        'priority=5,conj_id=7,ip actions=output:1',
      ],
      ['Table 0: conjunction 7 at priority 5 can never be complete: no flow for clause 2/2.'],
    ],
    [
      [
        'priority=9,ip actions=output:1',
        'priority=5,tcp,tp_dst=80 actions=output:2',
        'priority=1 actions=output:2',
      ],
      ['Table 0: tcp,tp_dst=80 at priority 5 never matches: ip at priority 9 takes its packets.'],
    ],
    [
      ['in_port=9 actions=resubmit(,3),output:8'],
      [
        'Port 8 does not exist, and 1 flow uses it.',
        'Table 0: a flow waits for packets from port 9, which does not exist.',
        'Table 3 is empty, and 1 flow leads to it.',
      ],
    ],
    [['ip actions=clone(output:2),write_actions(output:1),goto_table:1', 'table=1 actions=drop'], []],
  ])('tells what cannot work: %#', (flows, expected) => {
    const bridge = bridgeOf([]);
    // As a dump has them: references are not refused.
    for (const flow of flows) {
      const mod = read('add', flow);
      bridge.addFlow({
        table: mod.table ?? 0,
        priority: mod.priority,
        cookie: 0n,
        match: mod.match,
        actions: mod.actions,
      });
    }
    expect(checkTables(bridge).map(({ text }) => text)).toEqual(expected);
  });
});

describe('nearMisses', () => {
  const asked = (flows: readonly string[], text: string) => {
    const bridge = bridgeOf(flows);
    const key = packet(text);
    const rule = bridge.tables.classifier(0)?.lookup(key, createFlow()) ?? null;
    return nearMisses(bridge, {
      bridge: 'br0',
      tables: bridge.tables,
      table: 0,
      version: bridge.tables.version,
      key: keepKey(key),
      rule,
    });
  };

  it('puts the flow that lacked one term before the one that lacked two, and says what the packet has', () => {
    const { decided, misses } = asked(
      [
        'priority=5,tcp,nw_src=10.0.0.9,tp_dst=22 actions=output:1',
        'priority=5,tcp,nw_src=10.0.0.1,tp_dst=22 actions=output:2',
        'priority=9,udp,nw_src=10.0.0.1 actions=output:2',
        'priority=1 actions=drop',
      ],
      'in_port=1,tcp,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_ttl=64,tp_dst=80',
    );
    expect(decided).toMatchObject({ priority: 1, actions: 'drop' });
    expect(misses.map((miss) => (miss.kind === 'flow' ? miss.failed : []))).toEqual([
      [{ field: 'tp_dst', wanted: 'tp_dst=22', actual: 'tp_dst=80' }],
      [
        { field: 'nw_src', wanted: 'nw_src=10.0.0.9', actual: 'nw_src=10.0.0.1' },
        { field: 'tp_dst', wanted: 'tp_dst=22', actual: 'tp_dst=80' },
      ],
      [{ field: '', wanted: 'udp', actual: 'tcp' }],
    ]);
  });

  it('tells that all clauses are met and no flow acts on them', () => {
    const { decided, misses } = asked(
      [
        'priority=90,tcp,nw_src=10.0.0.1 actions=conjunction(2,1/2)',
        'priority=90,tcp,tp_dst=80 actions=conjunction(2,2/2)',
        'priority=90,conj_id=4,tcp actions=output:1',
        'priority=80,tcp actions=drop',
      ],
      'in_port=1,tcp,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_ttl=64,tp_dst=80',
    );
    expect(decided).toMatchObject({ priority: 80 });
    expect(misses[0]).toMatchObject({
      kind: 'conjunction',
      id: 2,
      clauses: [{ met: 'tcp,nw_src=10.0.0.1' }, { met: 'tcp,tp_dst=80' }],
      action: null,
    });
  });

  it('tells which clause of a conjunction was not met', () => {
    const { misses } = asked(
      [
        'priority=90,tcp,nw_src=10.0.0.1 actions=conjunction(2,1/2)',
        'priority=90,tcp,tp_dst=443 actions=conjunction(2,2/2)',
        'priority=90,conj_id=2,tcp actions=output:1',
      ],
      'in_port=1,tcp,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_ttl=64,tp_dst=80',
    );
    expect(misses).toMatchObject([
      {
        kind: 'conjunction',
        clauses: [
          { met: 'tcp,nw_src=10.0.0.1' },
          { met: null, failed: [{ wanted: 'tp_dst=443', actual: 'tp_dst=80' }] },
        ],
        action: { failed: [] },
      },
    ]);
  });
});
