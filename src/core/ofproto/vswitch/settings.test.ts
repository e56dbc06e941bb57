import { beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../base/assert.ts';
import type { Context } from '../../base/context.ts';
import { createRandom } from '../../base/random.ts';
import { encodeEthernet } from '../../wire/index.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { DEFAULT_BUNDLE } from '../bridge/port.ts';
import { receivePacket } from '../receive.ts';
import type { BondConfig, BridgeConfig, InterfaceConfig, PortConfig } from './config.ts';
import { Vswitch } from './vswitch.ts';

const SECOND = 1e9;

const device = (name: string, up = true): InterfaceConfig => ({
  name,
  type: '',
  options: new Map(),
  ofportRequest: null,
  device: { mac: 1n, mtu: 1500, up },
});

const port = (name: string, settings: Partial<PortConfig> = {}): PortConfig => ({
  name,
  interfaces: [device(name)],
  vlan: DEFAULT_BUNDLE,
  bondMode: 'active-backup',
  ...settings,
});

let now: number;
let vswitch: Vswitch;
let sent: string[];
beforeEach(() => {
  now = 0;
  sent = [];
  const context: Context = {
    clock: { now: () => now, wallMs: () => 0, after: () => () => undefined },
    random: createRandom(1),
    recorder: { active: false, record: () => 0 },
  };
  vswitch = new Vswitch('host', context);
});

const bridgeOf = (settings: Partial<BridgeConfig> = {}): BridgeConfig => ({
  name: 'br0',
  failMode: 'standalone',
  mac: null,
  datapathType: '',
  macAge: 300,
  macTableSize: 8192,
  floodVlans: [],
  forwardReserved: false,
  ports: [port('p1'), port('p2')],
  mirrors: [],
  ...settings,
});

/** The bridge `br0` with these settings; others as they are by default. */
function configure(settings: Partial<BridgeConfig>): Bridge {
  vswitch.reconfigure([bridgeOf(settings)]);
  return present(vswitch.bridges.get('br0'));
}

/** A frame of 60 octets, or of 64 with a tag, that comes in through `from`. */
function send(bridge: Bridge, from: string, source: bigint, vid?: number): void {
  const body = new Uint8Array(46);
  const address = { destination: 0xffffffffffffn, source };
  const frame =
    vid === undefined
      ? encodeEthernet({ ...address, type: 0x1234 }, body)
      : encodeEthernet(
          { ...address, type: 0x8100 },
          new Uint8Array([vid >> 8, vid & 255, 0x12, 0x34, ...body]),
        );
  receivePacket(vswitch.datapath, present(bridge.portByName(from)), frame, null, null, {
    output: (dpPort, octets) =>
      void sent.push(`${vswitch.datapath.ports.get(dpPort)?.name ?? ''} ${octets.length}`),
    packetIn: () => undefined,
  });
}

describe('the forwarding database', () => {
  it('forgets after `mac-aging-time`, not below fifteen seconds', () => {
    const bridge = configure({ macAge: 60 });
    send(bridge, 'p1', 7n);
    now = 59 * SECOND;
    expect(bridge.macs.size).toBe(1);
    now = 61 * SECOND;
    expect(bridge.macs.stats).toMatchObject({ learned: 1, expired: 1 });
    configure({ macAge: 1 });
    send(bridge, 'p1', 7n);
    now += 14 * SECOND;
    expect(bridge.macs.size).toBe(1);
  });

  it('holds `mac-table-size` entries, but at least ten', () => {
    const bridge = configure({ macTableSize: 2 });
    for (let mac = 1n; mac <= 12n; mac += 1n) send(bridge, 'p1', mac * 2n);
    expect(bridge.macs.size).toBe(10);
    expect(bridge.macs.stats.evicted).toBe(2);
  });

  it('learns nothing in `flood_vlans`, and begins anew when they change', () => {
    const bridge = configure({});
    send(bridge, 'p1', 2n, 5);
    expect(bridge.macs.size).toBe(1);
    configure({ floodVlans: [5] });
    expect(bridge.macs.size).toBe(0);
    send(bridge, 'p1', 2n, 5);
    send(bridge, 'p1', 2n, 6);
    expect(bridge.macs.list().map(({ entry }) => entry.vlan)).toEqual([6]);
  });
});

it('counts the octets that a port really sends', () => {
  const bridge = configure({
    ports: [port('p1'), port('p2', { vlan: { ...DEFAULT_BUNDLE, vlanMode: 'access', vlan: 5 } })],
  });
  send(bridge, 'p1', 2n, 5);
  expect(sent).toContain('p2 60');
  expect(present(bridge.portByName('p1')).counters.received).toEqual({ packets: 1, bytes: 64 });
  expect(present(bridge.portByName('p2')).counters.sent).toEqual({ packets: 1, bytes: 60 });
});

describe('a bond', () => {
  const bonded = (settings: Partial<PortConfig>, up = true): Bridge =>
    configure({
      ports: [port('p1'), port('bond0', { interfaces: [device('m1'), device('m2', up)], ...settings })],
    });
  const bondOf = (bridge: Bridge) => present(bridge.bundles.find(({ name }) => name === 'bond0')?.bond);

  const BOND: BondConfig = {
    basis: 0,
    updelay: 0,
    downdelay: 0,
    rebalanceInterval: 10_000,
    lacpFallback: false,
    allMembersActive: false,
    primary: null,
    activeMac: 0n,
  };

  it('prefers its primary member as soon as that is up', () => {
    const bond = { ...BOND, primary: 'm2' };
    expect(bondOf(bonded({ bond }, false)).active?.name).toBe('m1');
    expect(bondOf(bonded({ bond })).active?.name).toBe('m2');
  });

  it('takes another mode without losing its active member', () => {
    const bridge = bonded({});
    bondOf(bridge).setActive(present(bridge.portByName('m2')));
    bonded({ bondMode: 'balance-slb', bond: { ...BOND, basis: 7, allMembersActive: true } });
    expect(bondOf(bridge).settings).toMatchObject({ mode: 'balance-slb', basis: 7, allMembersActive: true });
    expect(bondOf(bridge).active?.name).toBe('m2');
  });

  it('lets a member follow its link after `bond_updelay` and `bond_downdelay`', () => {
    const bond = { ...BOND, updelay: 300, downdelay: 200 };
    const enabled = (): boolean | undefined => {
      const one = bondOf(bridge);
      one.run();
      return one.members.get(present(bridge.portByName('m2')))?.enabled;
    };
    const bridge = bonded({ bond });
    bonded({ bond }, false);
    now += 0.199 * SECOND;
    expect(enabled()).toBe(true);
    now += 0.001 * SECOND;
    expect(enabled()).toBe(false);
    bonded({ bond });
    now += 0.299 * SECOND;
    expect(enabled()).toBe(false);
    now += 0.001 * SECOND;
    expect(enabled()).toBe(true);
  });
});

describe('interfaces that cannot be', () => {
  const tunnel = (name: string, type: string, options: Record<string, string>): PortConfig =>
    port(name, {
      interfaces: [{ ...device(name), type, options: new Map(Object.entries(options)), device: null }],
    });
  const errors = (...ports: PortConfig[]): (string | null)[] => {
    const statuses = vswitch.reconfigure([{ ...bridgeOf(), ports }]);
    return ports.map(({ name }) => present(statuses.get(name)).error);
  };
  const remote = { remote_ip: '10.0.0.1' };

  it('refuses a tunnel that takes in the same packets as another', () => {
    expect(errors(tunnel('a', 'vxlan', remote), tunnel('b', 'vxlan', remote))[1]).toBe(
      'could not add network device b to ofproto (File exists)',
    );
    expect(errors(tunnel('a', 'vxlan', remote), tunnel('b', 'vxlan', { ...remote, key: '1' }))[1]).toBe(null);
  });

  it('keeps VXLAN with and without group policy to ports of their own', () => {
    const policy = { ...remote, exts: 'gbp', key: '1' };
    expect(errors(tunnel('a', 'vxlan', remote), tunnel('b', 'vxlan', policy))[1]).toBe(
      "b: VXLAN-GBP, and non-VXLAN-GBP tunnels can't be configured on the same dst_port",
    );
    expect(
      errors(tunnel('a', 'vxlan', remote), tunnel('b', 'vxlan', { ...policy, dst_port: '8472' }))[1],
    ).toBe(null);
  });

  it('wants a peer for a patch port, and another one', () => {
    expect(errors(tunnel('a', 'patch', {}), tunnel('b', 'patch', { peer: 'b' }))).toEqual([
      "a: patch type requires valid 'peer' argument",
      'b: patch peer must not be self',
    ]);
  });
});

describe('another process', () => {
  it('has bonds, trees and addresses anew, the member that was active, and the ports that the kernel kept', () => {
    const own = (name: string, mac: bigint): InterfaceConfig => ({
      ...device(name),
      device: { mac, mtu: 1500, up: true },
    });
    const bonded = (activeMac: bigint): Partial<BridgeConfig> => ({
      stp: new Map(),
      ports: [
        port('p1'),
        port('b0', {
          interfaces: [own('e1', 0x11n), own('e2', 0x12n)],
          bond: {
            basis: 0,
            updelay: 0,
            downdelay: 0,
            rebalanceInterval: 10_000,
            lacpFallback: false,
            allMembersActive: false,
            primary: null,
            activeMac,
          },
        }),
      ],
    });
    const before = configure(bonded(0n));
    const bundle = present(before.bundles.find(({ name }) => name === 'p1'));
    before.macs.addStatic(5n, 0, bundle);
    before.setTableMiss(3, 'drop');
    const { bond } = present(before.bundles.find(({ name }) => name === 'b0'));
    expect(bond?.active?.name).toBe('e1');
    const numbers = [...vswitch.datapath.ports.values()].map(({ name, number }) => [name, number]);
    vswitch.end();
    vswitch.begin();
    const after = configure(bonded(0x12n));
    expect(after.bundles.find(({ name }) => name === 'b0')?.bond?.active?.name).toBe('e2');
    expect([after.macs.size, after.tableMiss.size, after.tables.size]).toEqual([0, 0, 1]);
    expect(present(after.stp)).not.toBe(before.stp);
    expect([...vswitch.datapath.ports.values()].map(({ name, number }) => [name, number])).toEqual(numbers);
    // What the database no longer has goes.
    vswitch.begin();
    configure({ ports: [port('p1')] });
    expect([...vswitch.datapath.ports.values()].map(({ name }) => name)).toEqual(['p1']);
  });

  it('ports of before keep their numbers, then come those that ask for one, then the rest', () => {
    const numbered = (name: string, own: Partial<InterfaceConfig>): PortConfig =>
      port(name, { interfaces: [{ ...device(name), ...own }] });
    const numbers = (bridge: Bridge) =>
      Object.fromEntries([...bridge.ports.values()].map(({ name, ofPort }) => [name, ofPort]));
    configure({ ports: [numbered('old', { ofport: 1 }), numbered('twin', { ofport: 2 })] });
    vswitch.end();
    vswitch.begin();
    const after = configure({
      ports: [
        numbered('new', {}),
        numbered('greedy', { ofportRequest: 2 }),
        numbered('asking', { ofportRequest: 4 }),
        numbered('old', { ofport: 1 }),
        numbered('twin', { ofport: 2 }),
      ],
    });
    expect(numbers(after)).toEqual({ old: 1, twin: 2, greedy: 3, asking: 4, new: 5 });
  });

  it('a port without a request leaves the number that another one asks for', () => {
    const asking = port('asking', { interfaces: [{ ...device('asking'), ofportRequest: 1 }] });
    const { ports } = configure({ ports: [port('any'), asking] });
    expect([...ports.values()].map(({ name, ofPort }) => [name, ofPort])).toEqual([
      ['asking', 1],
      ['any', 2],
    ]);
  });
});
