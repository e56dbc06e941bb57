/** What vswitchd writes into its database: its versions at the start, then its ports' numbers, addresses, states, errors. */
import { formatMac } from '../../base/address.ts';
import type { Link } from '../../linux/index.ts';
import { bfdStatus } from '../../ofproto/bridge/bfd-text.ts';
import type { SwitchRelease } from '../../ofproto/bridge/datapath.ts';
import type { Port } from '../../ofproto/bridge/port.ts';
import type { InterfaceStatuses, Vswitch } from '../../ofproto/vswitch/vswitch.ts';
import { vswitchSchema, type OvsDatabase, type OvsRow } from '../../ovsdb/index.ts';

const VERSIONS: Readonly<Record<SwitchRelease, string>> = { '2.15': '2.15.0', '3.7': '3.7.0' };
const DATAPATH_TYPES = ['netdev', 'system'];
const IFACE_TYPES = [
  'bareudp',
  'erspan',
  'geneve',
  'gre',
  'gtpu',
  'internal',
  'ip6erspan',
  'ip6gre',
  'patch',
  'srv6',
  'system',
  'tap',
  'vxlan',
];

const NO_STATUS: ReadonlyMap<string, string> = new Map();

const sameMap = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);

/** The row that ovs-ctl makes when the database is new. */
export function initialiseDatabase(ovs: OvsDatabase, hostname: string, release: SwitchRelease): void {
  ovs.transact((txn) => {
    txn.insert('Open_vSwitch', {
      ovs_version: VERSIONS[release],
      db_version: vswitchSchema.version,
      datapath_types: DATAPATH_TYPES,
      iface_types: IFACE_TYPES,
      dpdk_version: 'none',
      external_ids: new Map([
        ['hostname', hostname],
        ['rundir', '/var/run/openvswitch'],
      ]),
    });
  });
}

interface Reported {
  readonly ovs: OvsDatabase;
  readonly vswitch: Vswitch;
  readonly statuses: InterfaceStatuses;
  /** The host's device behind an interface. */
  linkOf(name: string): Link | undefined;
  portOf(name: string): Port | undefined;
}

/** Writes the outcome of a configuration. */
export function reportStatus({ ovs, vswitch, statuses, linkOf, portOf }: Reported): void {
  ovs.transact((txn) => {
    for (const row of ovs.rows('Interface')) {
      const status = statuses.get(row.name);
      if (!status) continue;
      const link = linkOf(row.name);
      const values = {
        ofport: status.ofport,
        error: status.error,
        ...(link
          ? {
              mac_in_use: formatMac(link.mac),
              mtu: link.mtu,
              ifindex: link.index,
              admin_state: link.up ? ('up' as const) : ('down' as const),
              link_state: link.up && link.carrier ? ('up' as const) : ('down' as const),
            }
          : {}),
      };
      const changed = Object.entries(values).some(
        ([column, value]) => row[column as keyof OvsRow<'Interface'>] !== value,
      );
      const session = portOf(row.name)?.bfd;
      const bfdStatusNow = session ? bfdStatus(session) : NO_STATUS;
      if (changed || !sameMap(row.bfd_status, bfdStatusNow))
        txn.update('Interface', row._uuid, { ...values, bfd_status: bfdStatusNow });
    }
    for (const row of ovs.rows('Bridge')) {
      const id = vswitch.bridges.get(row.name)?.datapathId ?? 0n;
      const text = id.toString(16).padStart(16, '0');
      if (row.datapath_id !== text) txn.update('Bridge', row._uuid, { datapath_id: text });
    }
    for (const root of ovs.rows('Open_vSwitch'))
      if (root.cur_cfg !== root.next_cfg) txn.update('Open_vSwitch', root._uuid, { cur_cfg: root.next_cfg });
  });
}
