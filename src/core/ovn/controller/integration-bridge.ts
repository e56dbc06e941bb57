/** The integration bridge: made when missing, kept in fail mode `secure`, with a datapath type set. */
import { formatMac } from '../../base/address.ts';
import type { Context } from '../../base/context.ts';
import type { OvsDatabase, OvsRow } from '../../ovsdb/index.ts';
import { rootRow, type ControllerSettings } from './settings.ts';

/** A random locally administered unicast address. */
function randomMac(context: Context): string {
  const high = BigInt((context.random.below(0x10000) & 0xfeff) | 0x0200);
  return formatMac((high << 32n) | BigInt(context.random.next32()));
}

export function findBridge(ovs: OvsDatabase, name: string): OvsRow<'Bridge'> | undefined {
  return ovs.find('Bridge', 'name', name)[0];
}

/** The bridge as it is after the work; undefined while the database has no Open_vSwitch row. */
export function ensureIntegrationBridge(
  ovs: OvsDatabase,
  settings: ControllerSettings,
  context: Context,
): OvsRow<'Bridge'> | undefined {
  const root = rootRow(ovs);
  if (!root) return undefined;
  const name = settings.integrationBridge;
  const bridge = findBridge(ovs, name);
  if (!bridge) {
    ovs.transact((txn) => {
      txn.comment(`ovn-controller: creating integration bridge '${name}'`);
      const iface = txn.insert('Interface', { name, type: 'internal' });
      const port = txn.insert('Port', { name, interfaces: [iface] });
      const made = txn.insert('Bridge', {
        name,
        fail_mode: 'secure',
        ports: [port],
        datapath_type: settings.datapathType ?? 'system',
        other_config: new Map([
          ['disable-in-band', 'true'],
          ['hwaddr', randomMac(context)],
        ]),
      });
      txn.update('Open_vSwitch', root._uuid, { bridges: [...root.bridges, made] });
    });
    return findBridge(ovs, name);
  }
  const datapathType =
    settings.datapathType ?? (bridge.datapath_type === '' ? 'system' : bridge.datapath_type);
  if (bridge.fail_mode !== 'secure' || bridge.datapath_type !== datapathType)
    ovs.transact((txn) =>
      txn.update('Bridge', bridge._uuid, { fail_mode: 'secure', datapath_type: datapathType }),
    );
  return findBridge(ovs, name);
}
