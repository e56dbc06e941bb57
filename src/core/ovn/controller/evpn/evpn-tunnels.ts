/** The VXLAN ports of the integration bridge that EVPN uses: one a UDP port, its addresses set by flows. */
import type { OfPort } from '../../../flow/index.ts';
import type { OvsDatabase, OvsRow, SbRow } from '../../../ovsdb/index.ts';
import type { LogThread } from '../controller-log.ts';
import type { ControllerSettings } from '../settings.ts';

const MARK = 'ovn-evpn-tunnel';

const isMarked = (port: OvsRow<'Port'>): boolean => port.external_ids.get(MARK) === 'true';

const portsOf = (ovs: OvsDatabase, bridge: OvsRow<'Bridge'>): OvsRow<'Port'>[] =>
  bridge.ports.flatMap((uuid) => ovs.get('Port', uuid) ?? []);

const interfaceOf = (ovs: OvsDatabase, port: OvsRow<'Port'>): OvsRow<'Interface'> | undefined =>
  port.interfaces[0] === undefined ? undefined : ovs.get('Interface', port.interfaces[0]);

/** OpenFlow ports by UDP port. */
export function evpnTunnels(ovs: OvsDatabase, bridge: OvsRow<'Bridge'>): ReadonlyMap<number, OfPort> {
  const found = new Map<number, OfPort>();
  for (const port of portsOf(ovs, bridge)) {
    const iface = isMarked(port) ? interfaceOf(ovs, port) : undefined;
    if (iface?.ofport == null || iface.ofport <= 0) continue;
    const udp = Number(iface.options.get('dst_port') ?? 4789);
    if (!found.has(udp)) found.set(udp, iface.ofport as OfPort);
  }
  return found;
}

const optionsFor = (udp: string): ReadonlyMap<string, string> =>
  new Map([
    ['local_ip', 'flow'],
    ['remote_ip', 'flow'],
    ['key', 'flow'],
    ['dst_port', udp],
  ]);

/** UDP ports that the chassis is told to use. */
function wantedPorts(chassis: SbRow<'Chassis'>, log: LogThread): ReadonlySet<string> {
  const words = (chassis.other_config.get('ovn-evpn-vxlan-ports') ?? '')
    .split(',')
    .filter((word) => word !== '');
  return new Set(
    words.filter((word) => {
      const isPort = /^\d+$/.test(word) && Number(word) > 0 && Number(word) <= 0xffff;
      if (!isPort) log.warn('encaps', `Invalid VXLAN port number '${word}'`);
      return isPort;
    }),
  );
}

/** Makes the ports that are asked for by `ovn-evpn-vxlan-ports`, and takes the others away. */
export function updateEvpnTunnels(
  ovs: OvsDatabase,
  bridge: OvsRow<'Bridge'>,
  chassis: SbRow<'Chassis'>,
  settings: ControllerSettings,
  log: LogThread,
): void {
  const present = portsOf(ovs, bridge).filter(isMarked);
  const wanted = new Map(
    [...wantedPorts(chassis, log)].map((udp) => [
      `ovn${settings.option('ovn-chassis-idx')}-evpn-${udp}`,
      udp,
    ]),
  );
  const isRight = (port: OvsRow<'Port'>): boolean => {
    const udp = wanted.get(port.name);
    const iface = interfaceOf(ovs, port);
    if (udp === undefined || iface?.type !== 'vxlan') return false;
    return [...optionsFor(udp)].every(([key, value]) => iface.options.get(key) === value);
  };
  const stale = present.filter((port) => !isRight(port));
  const missing = [...wanted].filter(
    ([name]) => !present.some((port) => port.name === name && isRight(port)),
  );
  if (stale.length === 0 && missing.length === 0) return;
  ovs.transact((txn) => {
    txn.comment(`ovn-controller: modifying OVS tunnels '${chassis.name}'`);
    const gone = new Set(stale.map((port) => port._uuid));
    const made = missing.map(([name, udp]) => {
      const iface = txn.insert('Interface', { name, type: 'vxlan', options: optionsFor(udp) });
      return txn.insert('Port', { name, interfaces: [iface], external_ids: new Map([[MARK, 'true']]) });
    });
    txn.update('Bridge', bridge._uuid, {
      ports: [...bridge.ports.filter((uuid) => !gone.has(uuid)), ...made],
    });
  });
}
