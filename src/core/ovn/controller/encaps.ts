/**
 * Tunnel ports on the integration bridge: one to each encapsulation of every other chassis in a common transport zone, or
 * one for each type of encapsulation where flows say between which addresses they send.
 */
import type { Uuid } from '../../base/uuid.ts';
import type { OvsDatabase, OvsRow, SbDatabase, SbRow } from '../../ovsdb/index.ts';
import { optionBool } from '../northd/index.ts';
import type { ControllerSettings } from './settings.ts';

/** The key in Port.external_ids that marks a tunnel of ours: `CHASSIS@REMOTE_IP%LOCAL_IP`. */
export const TUNNEL_ID = 'ovn-chassis-id';

/** What stands under that key for a port whose flows name the ends, and the key of its type. */
export const FLOW_TUNNEL = 'flow';
export const TUNNEL_TYPE = 'ovn-tunnel-type';

/** Of SB_Global, repeated for `ovs-monitor-ipsec` where tunnels are to be encrypted. */
const IPSEC_OPTIONS = ['ipsec_encapsulation', 'ipsec_forceencaps'];

/** Higher is preferred when both ends have several types. */
const PREFERENCE: ReadonlyMap<string, number> = new Map([
  ['vxlan', 1],
  ['geneve', 2],
]);

interface WantedTunnel {
  readonly id: string;
  readonly chassis: string;
  readonly type: string;
  readonly options: ReadonlyMap<string, string>;
  /** Interface.other_config. */
  readonly config: ReadonlyMap<string, string>;
}

const encapsOf = (sb: SbDatabase, chassis: SbRow<'Chassis'>): SbRow<'Encap'>[] =>
  chassis.encaps.flatMap((uuid) => sb.get('Encap', uuid) ?? []);

/** The type that both have and that is preferred; undefined when they have none in common. */
function commonType(ours: readonly SbRow<'Encap'>[], theirs: readonly SbRow<'Encap'>[]): string | undefined {
  let best: string | undefined;
  for (const { type } of theirs)
    if (
      ours.some((encap) => encap.type === type) &&
      (PREFERENCE.get(type) ?? 0) > (PREFERENCE.get(best ?? '') ?? 0)
    )
      best = type;
  return best;
}

function inCommonZone(zones: readonly string[], chassis: SbRow<'Chassis'>): boolean {
  if (zones.length === 0 && chassis.transport_zones.length === 0) return true;
  return chassis.transport_zones.some((zone) => zones.includes(zone));
}

/** Chassis of other availability zones have tunnels to gateways between zones only. */
const isOutOfReach = (self: SbRow<'Chassis'>, chassis: SbRow<'Chassis'>): boolean =>
  optionBool(chassis.other_config, 'is-remote', false) &&
  !optionBool(self.other_config, 'is-interconn', false);

function wantedTunnels(sb: SbDatabase, self: SbRow<'Chassis'>, settings: ControllerSettings): WantedTunnel[] {
  const ours = encapsOf(sb, self);
  const tos = settings.option('ovn-encap-tos', 'none');
  const dontFragment = settings.option('ovn-encap-df_default');
  const [global] = sb.rows('SB_Global');
  const wanted: WantedTunnel[] = [];
  for (const chassis of sb.rows('Chassis')) {
    if (chassis.name === self.name || !inCommonZone(settings.transportZones, chassis)) continue;
    if (isOutOfReach(self, chassis)) continue;
    const theirs = encapsOf(sb, chassis);
    const type = commonType(ours, theirs);
    if (type === undefined) continue;
    for (const remote of theirs.filter((encap) => encap.type === type))
      for (const local of ours.filter((encap) => encap.type === type)) {
        const options = new Map([
          ['remote_ip', remote.ip],
          ['local_ip', local.ip],
          ['key', 'flow'],
        ]);
        const csum = remote.options.get('csum');
        const port = remote.options.get('dst_port');
        if (csum === 'true' || csum === 'false') options.set('csum', csum);
        if (port !== undefined) options.set('dst_port', port);
        if (tos !== 'none') options.set('tos', tos);
        if (dontFragment !== '') options.set('df_default', dontFragment);
        if (global?.ipsec === true) {
          options.set('remote_name', chassis.name);
          for (const key of IPSEC_OPTIONS)
            if (optionBool(global.options, key, false)) options.set(key, 'yes');
        }
        const config: ReadonlyMap<string, string> =
          chassis.other_config.get('is-vtep') === 'true' ? new Map([['is-vtep', 'true']]) : new Map();
        wanted.push({
          id: `${chassis.name}@${remote.ip}%${local.ip}`,
          chassis: chassis.name,
          type,
          options,
          config,
        });
      }
  }
  return wanted;
}

/** Gives names that no port has: the chassis's, cut, with the lowest number that is free. */
function portNamer(taken: Set<string>, index: string): (chassis: string) => string {
  const next = new Map<string, number>();
  return (chassis) => {
    const head = `ovn${index}-${chassis.slice(0, index === '' ? 6 : 5)}`;
    for (let i = next.get(head) ?? 0; ; i += 1) {
      const name = `${head}-${i.toString(16)}`;
      if (taken.has(name)) continue;
      taken.add(name);
      next.set(head, i + 1);
      return name;
    }
  };
}

const sameOptions = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);

/** Makes one port for each type of encapsulation of this chassis, and removes all other tunnels. */
export function updateFlowTunnels(
  sb: SbDatabase,
  ovs: OvsDatabase,
  bridge: OvsRow<'Bridge'>,
  self: SbRow<'Chassis'>,
  settings: ControllerSettings,
): void {
  const head = `ovn${settings.option('ovn-chassis-idx')}-`;
  const wanted = new Map(encapsOf(sb, self).map(({ type }) => [`${head}${type}`, type]));
  const ports = bridge.ports.flatMap((uuid) => ovs.get('Port', uuid) ?? []);
  const names = new Set(ports.map(({ name }) => name));
  const gone = new Set(
    ports
      .filter((port) => port.external_ids.has(TUNNEL_ID) && !wanted.has(port.name))
      .map((port) => port._uuid),
  );
  const missing = [...wanted].filter(([name]) => !names.has(name));
  if (missing.length === 0 && gone.size === 0) return;
  const tos = settings.option('ovn-encap-tos', 'none');
  const dontFragment = settings.option('ovn-encap-df_default');
  const options = new Map([
    ['remote_ip', 'flow'],
    ['local_ip', 'flow'],
    ['key', 'flow'],
  ]);
  if (tos !== 'none') options.set('tos', tos);
  if (dontFragment !== '') options.set('df_default', dontFragment);
  ovs.transact((txn) => {
    txn.comment(`ovn-controller: modifying OVS tunnels '${self.name}'`);
    const made = missing.map(([name, type]) =>
      txn.insert('Port', {
        name,
        interfaces: [txn.insert('Interface', { name, type, options })],
        external_ids: new Map([
          [TUNNEL_ID, FLOW_TUNNEL],
          [TUNNEL_TYPE, type],
        ]),
      }),
    );
    txn.update('Bridge', bridge._uuid, {
      ports: [...bridge.ports.filter((uuid) => !gone.has(uuid)), ...made],
    });
  });
}

/** Makes, changes and removes tunnel ports so that they are what the southbound database asks for. */
export function updateTunnels(
  sb: SbDatabase,
  ovs: OvsDatabase,
  bridge: OvsRow<'Bridge'>,
  self: SbRow<'Chassis'>,
  settings: ControllerSettings,
): void {
  const wanted = wantedTunnels(sb, self, settings);
  const ports = bridge.ports.flatMap((uuid) => ovs.get('Port', uuid) ?? []);
  const tunnels = new Map<string, OvsRow<'Port'>>();
  for (const port of ports) {
    const id = port.external_ids.get(TUNNEL_ID);
    if (id !== undefined) tunnels.set(id, port);
  }
  const interfaceOf = (port: OvsRow<'Port'>): OvsRow<'Interface'> | undefined =>
    port.interfaces[0] === undefined ? undefined : ovs.get('Interface', port.interfaces[0]);
  const missing = wanted.filter((tunnel) => {
    const port = tunnels.get(tunnel.id);
    const iface = port && interfaceOf(port);
    return !(iface && iface.type === tunnel.type && sameOptions(iface.options, tunnel.options));
  });
  const ids = new Set(wanted.map((tunnel) => tunnel.id));
  const stale = [...tunnels].filter(([id]) => !ids.has(id) || missing.some((tunnel) => tunnel.id === id));
  if (missing.length === 0 && stale.length === 0) return;

  ovs.transact((txn) => {
    txn.comment(`ovn-controller: modifying OVS tunnels '${self.name}'`);
    const freeName = portNamer(new Set(ports.map((port) => port.name)), settings.option('ovn-chassis-idx'));
    const gone = new Set<Uuid>(stale.map(([, port]) => port._uuid));
    const made = missing.map((tunnel) => {
      // A tunnel that changes keeps its port name.
      const name = tunnels.get(tunnel.id)?.name ?? freeName(tunnel.chassis);
      const iface = txn.insert('Interface', {
        name,
        type: tunnel.type,
        options: tunnel.options,
        other_config: tunnel.config,
      });
      return txn.insert('Port', {
        name,
        interfaces: [iface],
        external_ids: new Map([[TUNNEL_ID, tunnel.id]]),
      });
    });
    txn.update('Bridge', bridge._uuid, {
      ports: [...bridge.ports.filter((uuid) => !gone.has(uuid)), ...made],
    });
  });
}

/** Takes all tunnels to other chassis from the bridge. */
export function removeTunnels(ovs: OvsDatabase, bridge: OvsRow<'Bridge'>): void {
  const isTunnel = (uuid: Uuid): boolean => ovs.get('Port', uuid)?.external_ids.has(TUNNEL_ID) ?? false;
  if (!bridge.ports.some(isTunnel)) return;
  ovs.transact((txn) => {
    txn.comment('ovn-controller: removing all tunnels');
    txn.update('Bridge', bridge._uuid, { ports: bridge.ports.filter((uuid) => !isTunnel(uuid)) });
  });
}
