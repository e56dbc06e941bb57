import { describe, expect, it } from 'vitest';
import { multinode } from '../../view/fixtures/chassis.ts';
import { host, link, modelOptions, namespace, world } from '../../view/fixtures/world.ts';
import { assignNetworks, diagramModel } from '../../view/index.ts';
import { closedAbove, countItems, explorerRows, type ExplorerRow } from './explorer-rows.ts';
import { rowWords } from './row-words.ts';
import { treeKey } from './tree-keys.ts';

const rows = (...turned: string[]): readonly ExplorerRow[] => explorerRows(multinode, [], new Set(turned));
const shown = (list: readonly ExplorerRow[]): readonly string[] =>
  list.map((row) => `${'  '.repeat(row.level - 1)}${row.name}`);

describe('words of a row', () => {
  const model = diagramModel(multinode, modelOptions(assignNetworks(multinode, [])));
  const fault = { kind: 'cut', host: 'worker1', device: 'eth1' } as const;
  const words = rowWords({
    snapshot: multinode,
    model,
    faults: [fault],
    dimmed: new Set(['bridge:worker2/br-int']),
  });
  const all = explorerRows(multinode, [], new Set());
  const of = (id: string): string => {
    const row = all.find((other) => other.id === id);
    if (!row) throw new Error(`no row ${id}`);
    return words(row);
  };

  it('tell the kind, the lines, the network, faults and what is dimmed', () => {
    expect(of('host:worker1')).toBe('machine, 192.168.50.100');
    expect(of('port:worker1/br-int/vm1')).toBe(
      'port 3 of br-int on worker1; joined to vm1 of worker1; in network1',
    );
    expect(of('link:worker1//eth1')).toContain('broken, eth1 of worker1: cable out');
    expect(of('bridge:worker2/br-int')).toMatch(/^Open vSwitch bridge on worker2.*; dimmed$/);
    expect(of('group:machines')).toBe('');
  });

  it('tell which NICs a tunnel passes', () => {
    const tunnel = all.find(({ name }) => name === 'worker1 to worker2');
    expect(tunnel && words(tunnel)).toMatch(
      /^geneve tunnel, port .*; over eth1 of worker1; over eth1 of worker2/,
    );
  });
});

describe('a thing in closed branches', () => {
  it('is found, outermost branch first', () => {
    const machine = 'host:worker1';
    const bridge = 'bridge:worker1/br-int';
    const port = 'port:worker1/br-int/vm1';
    const above = (...turned: string[]): readonly string[] =>
      closedAbove(multinode, [], new Set(turned), port);
    expect(above()).toEqual([]);
    expect(above(machine, bridge)).toEqual([machine, bridge]);
    expect(above(bridge)).toEqual([bridge]);
    expect(closedAbove(multinode, [], new Set(), 'host:nowhere')).toEqual([]);
  });
});

describe('devices with a master', () => {
  it('stand under it, whatever order they are in, and each once', () => {
    const slave = (name: string, master: string | null) => link(name, 'tap', { master });
    const snapshot = world({
      hosts: [
        host('node', {
          namespaces: [
            namespace('', [
              slave('tap1', 'br0'),
              link('br0', 'bridge'),
              slave('tap2', 'br0'),
              slave('lost', 'gone'),
              link('vlan9', 'vlan', { vlan: 9 }),
            ]),
          ],
        }),
      ],
    });
    const list = explorerRows(snapshot, [], new Set());
    expect(list.map(({ level, name, note }) => `${level} ${name} ${note}`.trim()).slice(2)).toEqual([
      '3 br0',
      '4 tap1',
      '4 tap2',
      '3 lost',
      '3 vlan9 VLAN 9',
    ]);
  });
});

describe('explorer rows', () => {
  it('nest as the world does', () => {
    const text = shown(rows());
    const worker1 = text.indexOf('  worker1');
    expect(text.slice(worker1, worker1 + 10)).toEqual([
      '  worker1',
      '    vm1',
      '      vm1',
      '    br-int',
      '      ovn-centra-0',
      '      ovn-worker-0',
      '      vm1',
      '      br-int',
      '    eth1',
      '    genev_sys_6081',
    ]);
    expect(text).toContain('Logical');
    expect(text).toContain('  network1');
  });

  it('join both directions of a tunnel', () => {
    const tunnels = rows().filter((row) => row.subject?.kind === 'tunnel');
    expect(tunnels.map((row) => row.name)).toEqual([
      'central to worker1',
      'central to worker2',
      'worker1 to worker2',
    ]);
  });

  it('leave out what a closed branch holds', () => {
    const host = rows().find((row) => row.name === 'worker1');
    expect(rows(host?.id ?? '').length).toBeLessThan(rows().length);
    expect(shown(rows(host?.id ?? '')).filter((name) => name.trim() === 'vm1')).toHaveLength(1);
  });

  it('tell place and number among siblings', () => {
    for (const row of rows()) expect(row.position).toBeLessThanOrEqual(row.size);
    expect(
      rows()
        .filter((row) => row.level === 1)
        .map((row) => `${row.position}/${row.size}`),
    ).toEqual(['1/4', '2/4', '3/4', '4/4']);
  });

  it('count what the whole tree would show', () => {
    const all = rows(
      ...rows()
        .filter((row) => row.open === false)
        .map((row) => row.id),
    );
    const groups = all.filter((row) => row.level === 1 || row.name === 'Programs');
    expect(countItems(multinode)).toBe(all.length - groups.length);
  });
});

describe('tree keys', () => {
  const list = rows();
  const at = (name: string): number => list.findIndex((row) => row.name === name);
  const check = (from: number, key: string, expected: unknown, letters = '', shift = false): void =>
    expect(treeKey(list, from, key, shift, letters, 10)).toEqual(expected);

  it('moves, opens and closes', () => {
    check(0, 'ArrowUp', { kind: 'go', to: 0 });
    check(0, 'ArrowDown', { kind: 'go', to: 1 });
    check(0, 'End', { kind: 'go', to: list.length - 1 });
    check(0, 'ArrowRight', { kind: 'go', to: 1 });
    check(0, 'ArrowLeft', { kind: 'turn', at: 0 });
    check(at('Programs'), 'ArrowRight', { kind: 'turn', at: at('Programs') });
    check(at('Programs'), 'ArrowLeft', { kind: 'go', to: at('central') });
    check(at('central'), 'Enter', { kind: 'choose', at: at('central') });
    check(at('central'), 'F10', { kind: 'menu', at: at('central') }, '', true);
  });

  it('finds by letters, going round', () => {
    check(0, 'w', { kind: 'go', to: at('worker1') }, 'w');
    check(at('worker1'), '2', { kind: 'go', to: at('worker2') }, 'worker2');
    check(list.length - 1, 'c', { kind: 'go', to: at('central') }, 'c');
  });

  it('leaves other keys alone', () => {
    check(0, 'F10', null);
    check(0, 'Tab', null);
  });
});
