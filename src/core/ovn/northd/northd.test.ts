import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../base/context.ts';
import { createRandom } from '../../base/random.ts';
import type { Uuid } from '../../base/uuid.ts';
import { createDatabase, nbSchema, sbSchema } from '../../ovsdb/index.ts';
import type { NbDatabase, NbTxn, SbDatabase } from '../../ovsdb/index.ts';
import { Northd, STAGES } from './index.ts';

const context = (): Context => ({
  clock: { now: () => 0, wallMs: () => 1_700_000_000_000, after: () => () => undefined },
  random: createRandom(1),
  recorder: { isRecording: false, record: () => undefined } as unknown as Context['recorder'],
});

interface Edit {
  readonly kind: 'add-switch' | 'delete-switch' | 'add-port' | 'delete-port' | 'address' | 'acl';
  readonly at: number;
}

function pick<T>(items: Iterable<T>, at: number): T | undefined {
  const all = [...items];
  return all[at % Math.max(all.length, 1)];
}

/** Makes one edit; one that has nothing to work on does nothing. */
function apply(txn: NbTxn, { kind, at }: Edit): void {
  const ls = pick(txn.rows('Logical_Switch'), at);
  const port = pick(txn.rows('Logical_Switch_Port'), at);
  if (kind === 'add-switch') {
    if (txn.find('Logical_Switch', 'name', `s${at}`).length === 0)
      txn.insert('Logical_Switch', { name: `s${at}` });
  } else if (kind === 'delete-switch') {
    if (ls) txn.delete('Logical_Switch', ls._uuid);
  } else if (kind === 'add-port') {
    if (!ls || txn.find('Logical_Switch_Port', 'name', `p${at}`).length > 0) return;
    const added = txn.insert('Logical_Switch_Port', { name: `p${at}`, addresses: ['unknown'] });
    txn.update('Logical_Switch', ls._uuid, { ports: [...ls.ports, added] });
  } else if (kind === 'delete-port') {
    for (const each of txn.rows('Logical_Switch'))
      if (port && each.ports.includes(port._uuid))
        txn.update('Logical_Switch', each._uuid, { ports: each.ports.filter((one) => one !== port._uuid) });
  } else if (kind === 'address') {
    const address = `0a:00:00:00:00:${(at % 200).toString(16).padStart(2, '0')} 10.0.0.${at % 200}`;
    if (port)
      txn.update('Logical_Switch_Port', port._uuid, { addresses: [address], port_security: [address] });
  } else if (ls) {
    const match = `ip4.src == 10.0.0.${at % 200}`;
    const acl = txn.insert('ACL', {
      direction: 'to-lport',
      priority: 1000 + at,
      match,
      action: 'allow-related',
    });
    txn.update('Logical_Switch', ls._uuid, { acls: [...ls.acls, acl] });
  }
}

function edit(nb: NbDatabase, ...edits: Edit[]): void {
  const result = nb.transact((txn) => {
    for (const each of edits) apply(txn, each);
  });
  expect(result.ok).toBe(true);
}

/** The flows as text, one line for each datapath of a flow. */
function flowLines(sb: SbDatabase): string[] {
  const lines: string[] = [];
  for (const row of sb.rows('Logical_Flow')) {
    const group =
      row.logical_dp_group === null ? undefined : sb.get('Logical_DP_Group', row.logical_dp_group);
    const own = row.logical_datapath === null ? [] : [row.logical_datapath];
    for (const uuid of [...own, ...(group?.datapaths ?? [])]) {
      const name = sb.get('Datapath_Binding', uuid)?.external_ids.get('name') ?? '';
      lines.push(`${name} ${row.pipeline} ${row.table_id} ${row.priority} ${row.match} => ${row.actions}`);
    }
  }
  return lines.toSorted();
}

const databases = (): { nb: NbDatabase; sb: SbDatabase } => ({
  nb: createDatabase(nbSchema, createRandom(3)),
  sb: createDatabase(sbSchema, createRandom(4)),
});

const anEdit = fc.record({
  kind: fc.constantFrom(
    'add-switch',
    'add-port',
    'add-port',
    'address',
    'acl',
    'delete-port',
    'delete-switch',
  ),
  at: fc.nat({ max: 12 }),
}) as fc.Arbitrary<Edit>;

describe('northd', () => {
  it('numbers datapaths and ports from 1, and delivers to a known address', () => {
    const { nb, sb } = databases();
    edit(nb, { kind: 'add-switch', at: 1 }, { kind: 'add-port', at: 7 }, { kind: 'address', at: 9 });
    new Northd(nb, sb, context()).run();
    expect([...sb.rows('Datapath_Binding')].map((row) => row.tunnel_key)).toEqual([1]);
    expect([...sb.rows('Port_Binding')].map((row) => [row.logical_port, row.tunnel_key])).toEqual([
      ['p7', 1],
    ]);
    const lookup = STAGES.find(({ name }) => name === 'ls_in_l2_lkup')?.table ?? -1;
    expect(flowLines(sb)).toContain(
      `s1 ingress ${lookup} 50 eth.dst == 0a:00:00:00:00:09 => outport = "p7"; output;`,
    );
  });

  it('binds a router port before a switch port of the same name, and comes to rest', () => {
    const { nb, sb } = databases();
    nb.transact((txn) => {
      const mac = '0a:00:00:00:00:01';
      const lrp = txn.insert('Logical_Router_Port', { name: 'same', mac, networks: ['10.0.0.1/24'] });
      txn.insert('Logical_Router', { name: 'r', ports: [lrp] });
      const options = new Map([['router-port', 'same']]);
      const lsp = txn.insert('Logical_Switch_Port', { name: 'same', type: 'router', options });
      txn.insert('Logical_Switch', { name: 's', ports: [lsp] });
    });
    const northd = new Northd(nb, sb, context());
    northd.run();
    expect([...sb.rows('Port_Binding')].map((row) => [row.logical_port, row.options])).toEqual([
      ['same', new Map()],
    ]);
    nb.transact((txn) =>
      txn.delete('Logical_Router', txn.find('Logical_Router', 'name', 'r')[0]?._uuid as Uuid),
    );
    northd.run();
    expect([...sb.rows('Port_Binding')].map((row) => row.options)).toEqual([new Map([['peer', 'same']])]);
  });

  it('knows which row a flow comes from', () => {
    const { nb, sb } = databases();
    edit(nb, { kind: 'add-switch', at: 1 }, { kind: 'acl', at: 5 });
    const northd = new Northd(nb, sb, context());
    northd.run();
    const [ls] = nb.rows('Logical_Switch');
    const [acl] = nb.rows('ACL');
    if (!ls || !acl) throw new Error('edits were not made');
    const flows = northd.flowsOf(acl._uuid);
    expect(flows.map((uuid) => sb.get('Logical_Flow', uuid)?.match)).toContainEqual(
      expect.stringContaining('ip4.src == 10.0.0.5'),
    );
    for (const flow of flows) expect(northd.causesOf(flow)).toEqual([acl._uuid]);
    const ofSwitch = northd.flowsOf(ls._uuid);
    expect(ofSwitch.length).toBeGreaterThan(0);
    expect(ofSwitch.filter((flow) => flows.includes(flow))).toEqual([]);
  });

  it('writes nothing when nothing has changed', () => {
    const { nb, sb } = databases();
    edit(nb, { kind: 'add-switch', at: 1 }, { kind: 'add-port', at: 1 });
    const northd = new Northd(nb, sb, context());
    northd.run();
    const before = [nb.version, sb.version, northd.work];
    northd.run();
    expect([nb.version, sb.version, northd.work]).toEqual(before);
  });

  it('comes step by step to the flows that it makes at once', () => {
    fc.assert(
      fc.property(fc.array(anEdit, { maxLength: 12 }), (edits) => {
        const { nb, sb } = databases();
        const northd = new Northd(nb, sb, context());
        for (const each of edits) {
          edit(nb, each);
          northd.run();
        }
        northd.run();
        const fresh = createDatabase(sbSchema, createRandom(5));
        new Northd(nb, fresh, context()).run();
        expect(flowLines(sb)).toEqual(flowLines(fresh));
      }),
      { numRuns: 40 },
    );
  });
});
