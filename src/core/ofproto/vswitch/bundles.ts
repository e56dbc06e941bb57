/** The bundles of a bridge brought in line with its Port rows: members, VLANs, bonds and LACP. */
import { TABLE_INTERNAL, type Bridge } from '../bridge/bridge.ts';
import { isFloodable, type Bundle, type Port } from '../bridge/port.ts';
import { Bond, type BondSettings } from '../bond/bond.ts';
import { Lacp, type LacpSettings } from '../lacp/lacp.ts';
import type { PortConfig } from './config.ts';

const LOWEST_PRIORITY = 0xffff;
const REBALANCE_INTERVAL = 10_000;

/**
 * Makes the bundles of `bridge` what `configs` say. One whose ports and settings are as before stays the same object,
 * so that its addresses stay learned.
 */
export function configureBundles(bridge: Bridge, configs: readonly PortConfig[]): void {
  const old = new Map(bridge.bundles.map((bundle) => [bundle.name, bundle]));
  const bundles = configs.flatMap((config): Bundle[] => {
    const ports = config.interfaces.flatMap((one) => bridge.portByName(one.name) ?? []);
    if (ports.length === 0) return [];
    const before = old.get(config.name);
    const same =
      before &&
      before.ports.length === ports.length &&
      before.ports.every((port, at) => port === ports[at]) &&
      sameVlan(before, config);
    const bundle: Bundle = same
      ? before
      : {
          name: config.name,
          ports,
          config: config.vlan,
          bond: before?.bond ?? null,
          lacp: before?.lacp ?? null,
          floodable: true,
        };
    bundle.lacp = lacpOf(bridge, config, ports, bundle.lacp);
    bundle.bond = bondOf(bridge, config, ports, bundle);
    for (const port of ports) port.bundle = bundle;
    if (!same) bundle.floodable = isFloodable(bundle);
    return [bundle];
  });
  for (const bundle of old.values()) {
    if (bundles.includes(bundle)) continue;
    bridge.macs.flush(bundle);
    const heir = bundles.find(({ name }) => name === bundle.name);
    if (!heir) leave(bridge, bundle);
  }
  // Flooding goes by age: what was there before stands first, and in a new bridge its own port.
  const ages = new Map(bridge.bundles.map((bundle, index) => [bundle.name, index]));
  const age = (bundle: Bundle): number =>
    ages.get(bundle.name) ?? (bundle.name === bridge.name ? ages.size : ages.size + 1);
  bridge.bundles = bundles.toSorted((a, b) => age(a) - age(b));
}

/** To be called when the bridge itself goes. */
export function leaveBundles(bridge: Bridge): void {
  for (const bundle of bridge.bundles) leave(bridge, bundle);
  bridge.bundles = [];
}

function leave(bridge: Bridge, { bond, lacp }: Bundle): void {
  if (bond) freeId(bridge, bond);
  if (lacp) bridge.datapath.lacps.delete(lacp);
}

function sameSet(a: ReadonlySet<number> | null, b: ReadonlySet<number> | null): boolean {
  if (a === null || b === null) return a === b;
  return a.size === b.size && [...a].every((one) => b.has(one));
}

const sameVlan = ({ config }: Bundle, { vlan }: PortConfig): boolean =>
  config.vlanMode === vlan.vlanMode &&
  config.vlan === vlan.vlan &&
  sameSet(config.trunks, vlan.trunks) &&
  sameSet(config.cvlans, vlan.cvlans) &&
  config.qinqEthType === vlan.qinqEthType &&
  config.priorityTags === vlan.priorityTags &&
  config.protected === vlan.protected;

function bondSettings({ bondMode, bond }: PortConfig): BondSettings {
  return {
    mode: bondMode,
    basis: bond?.basis ?? 0,
    updelay: bond?.updelay ?? 0,
    downdelay: bond?.downdelay ?? 0,
    rebalanceInterval: bond?.rebalanceInterval ?? REBALANCE_INTERVAL,
    lacpFallback: bond?.lacpFallback ?? false,
    allMembersActive: bond?.allMembersActive ?? false,
    primary: bond?.primary ?? null,
  };
}

/** The bond as configured; one that was there before keeps its state. */
function bondOf(
  bridge: Bridge,
  config: PortConfig,
  ports: readonly Port[],
  { bond: before, lacp }: Bundle,
): Bond | null {
  if (config.interfaces.length < 2) {
    if (before) freeId(bridge, before);
    return null;
  }
  const settings = bondSettings(config);
  const bond = before ?? new Bond(config.name, settings, bridge.clock, config.bond?.activeMac);
  bond.lacp = lacp;
  if (settings.mode === 'active-backup') freeId(bridge, bond);
  else if (bond.recircId === 0)
    bond.recircId = bridge.datapath.frozen.allocateForBond(bridge, TABLE_INTERNAL);
  bond.configure(settings, ports);
  return bond;
}

function freeId(bridge: Bridge, bond: Bond): void {
  if (bond.recircId !== 0) bridge.datapath.frozen.release(bond.recircId);
  bond.recircId = 0;
}

function lacpOf(
  bridge: Bridge,
  config: PortConfig,
  ports: readonly Port[],
  before: Lacp | null,
): Lacp | null {
  const { lacps } = bridge.datapath;
  const systemId = config.lacp?.systemId ?? bridge.datapathId;
  if (!config.lacp || systemId === 0n) {
    if (before) lacps.delete(before);
    return null;
  }
  const settings: LacpSettings = {
    ...config.lacp,
    systemId,
    // Bonds are preferred to single links.
    systemPriority:
      config.lacp.systemPriority ?? (config.interfaces.length > 1 ? LOWEST_PRIORITY - 1 : LOWEST_PRIORITY),
  };
  const lacp = before ?? new Lacp(config.name, settings, bridge.clock);
  lacps.add(lacp);
  lacp.configure(settings);
  lacp.keepOnly(ports);
  for (const port of ports) {
    const own = config.interfaces.find(({ name }) => name === port.name)?.lacp;
    lacp.register(port, {
      portId: own?.portId || port.ofPort,
      priority: own?.priority || LOWEST_PRIORITY,
      key: own?.key ?? 0,
    });
  }
  return lacp;
}
