/** What an administrator tells ovn-controller through the Open_vSwitch row's external_ids (ovn-controller(8), "Configuration"). */
import type { OvsDatabase, OvsRow } from '../../ovsdb/index.ts';

const DEFAULT_BRIDGE = 'br-int';

export interface ControllerSettings {
  /** The chassis name; null while `system-id` is not set: then nothing is done. */
  readonly chassis: string | null;
  readonly hostname: string;
  /** Southbound remote, e.g. `tcp:192.168.50.10:6642`; null when not set. */
  readonly remote: string | null;
  readonly integrationBridge: string;
  readonly datapathType: string | null;
  readonly encapTypes: readonly string[];
  /** In the order of their ids: the default first, then by text. */
  readonly encapIps: readonly string[];
  readonly encapIpDefault: string | null;
  readonly encapCsum: string;
  /** Physical network name to bridge name. */
  readonly bridgeMappings: ReadonlyMap<string, string>;
  readonly transportZones: readonly string[];
  /** `ovn-monitor-all`: rows that only concern other chassis are read, too. */
  readonly seesAll: boolean;
  /** A value by its key: `KEY-CHASSIS` before `KEY`. */
  option(key: string, otherwise?: string): string;
}

/** The one row of the Open_vSwitch table, once the database is initialised. */
export function rootRow(ovs: OvsDatabase): OvsRow<'Open_vSwitch'> | undefined {
  for (const row of ovs.rows('Open_vSwitch')) return row;
  return undefined;
}

const words = (text: string): string[] => text.split(',').filter((word) => word !== '');

const encapIps = (ips: readonly string[], first: string): string[] =>
  [...new Set(ips)].toSorted((a, b) => Number(b === first) - Number(a === first) || (a < b ? -1 : 1));

export function readSettings(ovs: OvsDatabase): ControllerSettings {
  const ids = rootRow(ovs)?.external_ids ?? new Map<string, string>();
  const chassis = ids.get('system-id') ?? null;
  const option = (key: string, otherwise = ''): string =>
    ids.get(`${key}-${chassis}`) ?? ids.get(key) ?? otherwise;
  const mappings = words(option('ovn-bridge-mappings')).flatMap((entry): [string, string][] => {
    const [network, bridge] = entry.split(':').map((part) => part.trim());
    return network && bridge ? [[network, bridge]] : [];
  });
  return {
    chassis,
    hostname: option('hostname'),
    remote: option('ovn-remote') || null,
    integrationBridge: option('ovn-bridge', DEFAULT_BRIDGE),
    datapathType: option('ovn-bridge-datapath-type') || null,
    encapTypes: words(option('ovn-encap-type')),
    encapIps: encapIps(words(option('ovn-encap-ip')), option('ovn-encap-ip-default')),
    encapIpDefault: option('ovn-encap-ip-default') || null,
    encapCsum: option('ovn-encap-csum', 'true'),
    bridgeMappings: new Map(mappings),
    seesAll: option('ovn-monitor-all') === 'true',
    transportZones: words(option('ovn-transport-zones')),
    option,
  };
}
