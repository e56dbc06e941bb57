import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Context } from '../../../base/context.ts';
import { createRandom } from '../../../base/random.ts';
import { ok } from '../../../base/result.ts';
import { matchKey } from '../../../flow/index.ts';
import { formatFlow } from '../../../ofproto/flow-text.ts';
import type { FlowSpec } from '../../../ofproto/index.ts';
import {
  createDatabase,
  nbSchema,
  sbSchema,
  vswitchSchema,
  type NbDatabase,
  type NbTxn,
  type OvsDatabase,
  type SbDatabase,
} from '../../../ovsdb/index.ts';
import { Northd } from '../../northd/index.ts';
import { ControllerLog } from '../controller-log.ts';
import { OvnController } from '../controller.ts';
import type { RouteKernel } from '../route-exchange/route-kernel.ts';
import { Numbers } from '../numbers.ts';
import { TranslationCache } from '../translation-cache.ts';
import { DesiredFlows } from './desired-flows.ts';

const context: Context = {
  clock: { now: () => 0, wallMs: () => 1_700_000_000_000, after: () => () => undefined },
  random: createRandom(7),
  recorder: { active: false, record: () => 0 },
};

/** One chassis of two, its switch a map from table, priority and match to the text of the flow. */
class Chassis {
  readonly nb: NbDatabase = createDatabase(nbSchema, createRandom(1));
  readonly sb: SbDatabase = createDatabase(sbSchema, createRandom(2));
  readonly ovs: OvsDatabase = createDatabase(vswitchSchema, createRandom(3));
  readonly installed = new Map<string, FlowSpec>();
  readonly #northd: Northd;
  readonly controller: OvnController;

  constructor() {
    this.nb.transact((txn) => txn.insert('NB_Global', {}));
    this.ovs.transact((txn) => {
      txn.insert('Open_vSwitch', {
        external_ids: new Map([
          ['system-id', 'one'],
          ['ovn-remote', 'tcp:1.1.1.1:6642'],
          ['ovn-encap-type', 'geneve'],
          ['ovn-encap-ip', '10.0.0.1'],
          ['ovn-bridge-mappings', 'net:br-int'],
        ]),
      });
    });
    this.#northd = new Northd(this.nb, this.sb, context);
    this.controller = new OvnController({
      ovs: this.ovs,
      context,
      release: '26.03',
      log: new ControllerLog(context.clock),
      routes: NO_KERNEL,
      neighbours: {
        neighbours: () => null,
        addNeighbour: () => ok(undefined),
        deleteNeighbour: () => ok(undefined),
      },
      connect: () => this.sb,
      flushConnections: () => undefined,
      install: (_, tables) => {
        if (!tables.changes) this.installed.clear();
        for (const flow of tables.changes?.put ?? tables.flows) this.installed.set(keyOf(flow), flow);
        for (const flow of tables.changes?.gone ?? []) this.installed.delete(keyOf(flow));
      },
      wake: () => undefined,
    });
    this.#northd.run();
    this.sb.transact((txn) => {
      const encap = txn.insert('Encap', { type: 'geneve', ip: '10.0.0.2', chassis_name: 'two' });
      txn.insert('Chassis', { name: 'two', hostname: 'two', encaps: [encap] });
    });
  }

  settle(): void {
    for (let round = 0; round < 3; round += 1) {
      this.#northd.run();
      this.controller.run();
      this.#open();
    }
  }

  /** What vswitchd does: interfaces get their OpenFlow port. */
  #open(): void {
    this.ovs.transact((txn) => {
      let next = txn.count('Interface') + 1;
      for (const row of [...txn.rows('Interface')])
        if (row.ofport === null) txn.update('Interface', row._uuid, { ofport: (next += 1) });
    });
  }

  /** Flows with what groups and meters are for in place of their numbers. */
  texts(flows: Iterable<FlowSpec>, groups: Numbers, meters: Numbers): string[] {
    const named = (numbers: Numbers): Map<string, string> =>
      new Map([...numbers.entries()].map(([text, id]) => [String(id), text]));
    const [group, meter] = [named(groups), named(meters)];
    return [...flows]
      .map((flow) =>
        formatFlow(flow)
          .replaceAll(/group:(\d+)/g, (_, id: string) => `group:{${group.get(id)}}`)
          .replaceAll(/(meter:|meter_id=)(\d+)/g, (_, key: string, id: string) => `${key}{${meter.get(id)}}`),
      )
      .toSorted();
  }

  get kept(): string[] {
    const { groups, meters } = this.controller.memory;
    return this.texts(this.installed.values(), groups, meters);
  }

  get fromNothing(): string[] {
    const { state } = this.controller;
    if (!state) throw new Error('no state');
    const memory = { groups: new Numbers(), meters: new Numbers(), cache: new TranslationCache() };
    const desired = new DesiredFlows(state, memory);
    desired.run(state);
    desired.close();
    return this.texts(desired.flows, memory.groups, memory.meters);
  }
}

const keyOf = (flow: FlowSpec): string => `${flow.table}/${flow.priority}/${matchKey(flow.match)}`;

const NO_KERNEL: RouteKernel = {
  addVrf: () => ok(undefined),
  deleteLink: () => ok(undefined),
  routes: () => [],
  addRoute: () => ok(undefined),
  deleteRoute: () => ok(undefined),
};

const nth = <T>(items: Iterable<T>, at: number): T | undefined => {
  const all = [...items];
  return all[at % Math.max(1, all.length)];
};

/** Two switches, a router between them, a port group and an address set. */
function build(txn: NbTxn): void {
  const router = txn.insert('Logical_Router', { name: 'r' });
  const ports = [0, 1].map((at) => {
    txn.insert('Logical_Switch', {
      name: `s${at}`,
      ports: [
        txn.insert('Logical_Switch_Port', {
          name: `s${at}-r`,
          type: 'router',
          addresses: ['router'],
          options: new Map([['router-port', `r-s${at}`]]),
        }),
      ],
    });
    return txn.insert('Logical_Router_Port', {
      name: `r-s${at}`,
      mac: `0a:00:00:00:ff:0${at}`,
      networks: [`10.${at}.0.254/24`],
    });
  });
  txn.update('Logical_Router', router, { ports });
  txn.insert('Port_Group', { name: 'pg' });
  txn.insert('Address_Set', { name: 'as', addresses: ['10.0.0.1', '10.0.0.2'] });
}

const MATCHES = [
  'outport == @pg && ip4.src == $as && tcp.dst == {80, 443}',
  'inport == @pg && ip4',
  'ip4.dst == $as && udp',
  'ip4.src == {10.0.0.1, 10.1.0.0/24} && ip4.dst == {10.0.0.3, 10.1.0.4}',
];

type Edit = (chassis: Chassis, at: number, count: number) => void;

const vifs = (nb: NbDatabase) => [...nb.rows('Logical_Switch_Port')].filter((row) => row.type === '');

const EDITS: readonly Edit[] = [
  ({ nb }, at, count) => {
    const ls = nth(nb.rows('Logical_Switch'), at);
    nb.transact((txn) => {
      if (!ls) return;
      const mac = `0a:00:00:00:01:${(count + 16).toString(16)}`;
      const port = txn.insert('Logical_Switch_Port', {
        name: `p${count}`,
        addresses: [`${mac} 10.0.0.${count + 1}`, ...(at % 3 === 0 ? ['unknown'] : [])],
        port_security: at % 2 === 0 ? [`${mac} 10.0.0.${count + 1}`] : [],
      });
      txn.update('Logical_Switch', ls._uuid, { ports: [...ls.ports, port] });
    });
  },
  ({ nb }, at) => {
    const port = nth(vifs(nb), at);
    const [ls] = port ? nb.find('Logical_Switch', 'ports', port._uuid) : [];
    nb.transact((txn) => {
      if (ls && port)
        txn.update('Logical_Switch', ls._uuid, { ports: ls.ports.filter((uuid) => uuid !== port._uuid) });
    });
  },
  ({ nb, ovs }, at) => {
    const port = nth(vifs(nb), at);
    const [bridge] = ovs.find('Bridge', 'name', 'br-int');
    if (!port || !bridge) return;
    const name = `i-${port.name}`;
    const [old] = ovs.find('Port', 'name', name);
    ovs.transact((txn) => {
      if (old) {
        txn.update('Bridge', bridge._uuid, { ports: bridge.ports.filter((uuid) => uuid !== old._uuid) });
        return;
      }
      const external_ids = new Map([['iface-id', port.name]]);
      const iface = txn.insert('Interface', { name, external_ids });
      const made = txn.insert('Port', { name, interfaces: [iface] });
      txn.update('Bridge', bridge._uuid, { ports: [...bridge.ports, made] });
    });
  },
  ({ nb }, at, count) => {
    const ls = nth(nb.rows('Logical_Switch'), at);
    nb.transact((txn) => {
      if (!ls) return;
      const acl = txn.insert('ACL', {
        direction: at % 4 === 1 ? 'from-lport' : 'to-lport',
        priority: 1000 + count,
        match: nth(MATCHES, at) ?? '',
        action: nth(['allow-related', 'drop', 'reject'] as const, count) ?? 'drop',
      });
      txn.update('Logical_Switch', ls._uuid, { acls: [...ls.acls, acl] });
    });
  },
  ({ nb }, at) => {
    const ls = nth(nb.rows('Logical_Switch'), at);
    nb.transact((txn) => ls && txn.update('Logical_Switch', ls._uuid, { acls: ls.acls.slice(1) }));
  },
  ({ nb }, at) => {
    const [set] = nb.rows('Address_Set');
    const addresses = [1, 2, 3, 4].filter((one) => (at & one) !== 0).map((one) => `10.0.0.${one}`);
    nb.transact((txn) => set && txn.update('Address_Set', set._uuid, { addresses }));
  },
  ({ nb }, at) => {
    const [group] = nb.rows('Port_Group');
    const ports = vifs(nb).filter((_, index) => ((at + 1) >> index) % 2 === 1);
    nb.transact(
      (txn) => group && txn.update('Port_Group', group._uuid, { ports: ports.map((row) => row._uuid) }),
    );
  },
  ({ nb }, at, count) => {
    const ls = nth(nb.rows('Logical_Switch'), at);
    nb.transact((txn) => {
      if (!ls) return;
      const vips = new Map([[`172.16.0.${count + 1}:80`, '10.0.0.1:8080,10.0.0.2:8080']]);
      const balancer = txn.insert('Load_Balancer', { name: `lb${count}`, protocol: 'tcp', vips });
      txn.update('Logical_Switch', ls._uuid, { load_balancer: at % 2 === 0 ? [balancer] : [] });
    });
  },
  ({ sb }, at) => {
    const port = nth(
      [...sb.rows('Port_Binding')].filter((row) => row.type === ''),
      at,
    );
    const [two] = sb.find('Chassis', 'name', 'two');
    sb.transact(
      (txn) =>
        port &&
        two &&
        port.chassis === null &&
        txn.update('Port_Binding', port._uuid, { chassis: two._uuid }),
    );
  },
  ({ nb }, at, count) => {
    const ls = nth(nb.rows('Logical_Switch'), at);
    nb.transact((txn) => {
      if (!ls) return;
      const port = txn.insert('Logical_Switch_Port', {
        name: `net${count}`,
        type: 'localnet',
        addresses: ['unknown'],
        tag: count + 1,
        options: new Map([['network_name', at % 2 === 0 ? 'net' : 'other']]),
      });
      txn.update('Logical_Switch', ls._uuid, { ports: [...ls.ports, port] });
    });
  },
  ({ sb }, at, count) => {
    const port = nth(
      [...sb.rows('Port_Binding')].filter((row) => row.type === 'patch'),
      at,
    );
    sb.transact(
      (txn) =>
        port &&
        txn.insert('MAC_Binding', {
          logical_port: port.logical_port,
          ip: `10.0.0.${count + 1}`,
          mac: `0a:00:00:00:02:${(count + 16).toString(16)}`,
          datapath: port.datapath,
        }),
    );
  },
  ({ nb }, at) => {
    const [router] = nb.rows('Logical_Router');
    nb.transact((txn) => {
      if (!router) return;
      const nat = txn.insert('NAT', {
        type: 'snat',
        external_ip: `192.0.2.${at + 1}`,
        logical_ip: `10.${at % 2}.0.0/24`,
      });
      const options = at % 2 === 0 ? new Map([['chassis', 'one']]) : new Map<string, string>();
      txn.update('Logical_Router', router._uuid, { options, nat: [...router.nat, nat] });
    });
  },
  // A distributed gateway port, its chassis in either order, or none.
  ({ nb }, at) => {
    const [port] = nb.rows('Logical_Router_Port');
    nb.transact((txn) => {
      if (!port) return;
      const members = at % 3 === 0 ? [] : ['one', 'two'];
      const gateways = members.map((chassis_name, index) =>
        txn.insert('Gateway_Chassis', {
          name: `${port.name}-${chassis_name}`,
          chassis_name,
          priority: at % 3 === 1 ? index : 9 - index,
        }),
      );
      txn.update('Logical_Router_Port', port._uuid, { gateway_chassis: gateways });
    });
  },
  // BFD tells that a tunnel is up or down.
  ({ ovs }, at) => {
    const tunnel = nth(
      [...ovs.rows('Interface')].filter((row) => row.type === 'geneve' || row.type === 'vxlan'),
      at,
    );
    const bfd_status = new Map([['state', at % 2 === 0 ? 'up' : 'down']]);
    ovs.transact((txn) => tunnel && txn.update('Interface', tunnel._uuid, { bfd_status }));
  },
  // The other chassis gets another address, or a second one.
  ({ sb }, at) => {
    const [two] = sb.find('Chassis', 'name', 'two');
    sb.transact((txn) => {
      if (!two) return;
      const encaps = [0, ...(at % 3 === 0 ? [1] : [])].map((more) =>
        txn.insert('Encap', {
          type: at % 4 === 1 ? 'vxlan' : 'geneve',
          ip: `10.0.${more}.${10 + at}`,
          chassis_name: 'two',
        }),
      );
      txn.update('Chassis', two._uuid, { encaps });
    });
  },
  ({ ovs }, at) => {
    const [root] = ovs.rows('Open_vSwitch');
    ovs.transact((txn) => {
      if (!root) return;
      const external_ids = new Map(root.external_ids);
      if (at % 3 === 0) external_ids.delete('ct-zone-range');
      else external_ids.set('ct-zone-range', at % 3 === 1 ? '100-200' : '300-400');
      txn.update('Open_vSwitch', root._uuid, { external_ids });
    });
  },
  ({ nb }, at, count) => {
    const ls = nth(nb.rows('Logical_Switch'), at);
    const parents = vifs(nb).map((row) => row.name);
    nb.transact((txn) => {
      if (!ls) return;
      const port = txn.insert('Logical_Switch_Port', {
        name: `vip${count}`,
        type: 'virtual',
        options: new Map([
          ['virtual-ip', `10.0.0.${100 + count}`],
          ['virtual-parents', parents.join()],
        ]),
      });
      txn.update('Logical_Switch', ls._uuid, { ports: [...ls.ports, port] });
    });
  },
  // Whoever has the address of a virtual port tells so.
  ({ sb }, at) => {
    const virtual = nth(
      [...sb.rows('Port_Binding')].filter((row) => row.type === 'virtual'),
      at,
    );
    const parent = nth(sb.rows('Port_Binding'), at);
    sb.transact(
      (txn) =>
        virtual &&
        parent?.type === '' &&
        txn.update('Port_Binding', virtual._uuid, {
          virtual_parent: parent.logical_port,
          chassis: parent.chassis,
        }),
    );
  },
];

it('any edits leave the flows that a computation from nothing gives', () => {
  const edit = fc.tuple(fc.nat({ max: EDITS.length - 1 }), fc.nat({ max: 40 }));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 10 }), (edits) => {
      const chassis = new Chassis();
      chassis.nb.transact(build);
      for (const at of [0, 1, 2, 3]) EDITS[0]?.(chassis, at, 100 + at);
      chassis.settle();
      for (const at of [0, 1, 2]) EDITS[2]?.(chassis, at, 0);
      chassis.settle();
      for (const [count, [kind, at]] of edits.entries()) {
        EDITS[kind]?.(chassis, at, count);
        chassis.settle();
        expect(chassis.kept).toEqual(chassis.fromNothing);
      }
    }),
    { numRuns: 6 },
  );
});

it('a new port costs what it touches', () => {
  const chassis = new Chassis();
  chassis.nb.transact(build);
  for (let at = 0; at < 40; at += 1) EDITS[0]?.(chassis, at, at);
  chassis.settle();
  for (let at = 0; at < 20; at += 1) EDITS[2]?.(chassis, at, 0);
  chassis.settle();
  expect(chassis.installed.size).toBeGreaterThan(500);
  const all = chassis.controller.work;
  EDITS[0]?.(chassis, 0, 90);
  chassis.settle();
  const added = chassis.controller.work - all;
  expect(added).toBeGreaterThan(0);
  expect(added).toBeLessThan(60);
  chassis.settle();
  expect(chassis.controller.work - all).toBe(added);
});
