/** The chassis's own rows in the southbound database: Chassis, Encap and Chassis_Private. */
import type { Uuid } from '../../base/uuid.ts';
import type { OvsDatabase, SbDatabase, SbRow } from '../../ovsdb/index.ts';
import { rootRow, type ControllerSettings } from './settings.ts';

/** What this ovn-controller says that it can do, in Chassis.other_config. */
const FEATURES: readonly string[] = [
  'port-up-notif',
  'ct-no-masked-label',
  'mac-binding-timestamp',
  'ovn-ct-lb-related',
  'fdb-timestamp',
  'ls-dpg-column',
  'ct-commit-nat-v2',
  'ct-commit-to-zone',
  'ovn-sample-with-registers',
  'ct-next-zone',
  'ct-label-flush',
  'ct-state-save',
];

/** Settings that are repeated in other_config as they are, '' when not set. */
const REPEATED: readonly string[] = [
  'ovn-bridge-mappings',
  'ovn-chassis-mac-mappings',
  'ovn-cms-options',
  'ovn-evpn-local-ip',
  'ovn-evpn-vxlan-ports',
  'ovn-limit-lflow-cache',
  'ovn-memlimit-lflow-cache-kb',
  'ovn-trim-limit-lflow-cache',
  'ovn-trim-timeout-ms',
  'ovn-trim-wmark-perc-lflow-cache',
];

function otherConfig(
  ovs: OvsDatabase,
  settings: ControllerSettings,
  datapathType: string,
): ReadonlyMap<string, string> {
  const config = new Map<string, string>();
  for (const key of REPEATED) config.set(key, settings.option(key));
  config.set('ovn-monitor-all', settings.option('ovn-monitor-all', 'false'));
  config.set('ovn-enable-lflow-cache', settings.option('ovn-enable-lflow-cache', 'true'));
  config.set('is-interconn', String(settings.option('ovn-is-interconn').toLowerCase() === 'true'));
  config.set('datapath-type', datapathType);
  config.set('iface-types', (rootRow(ovs)?.iface_types ?? []).join(','));
  for (const feature of FEATURES) config.set(feature, 'true');
  return config;
}

const sameMap = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));

interface WantedEncap {
  readonly type: string;
  readonly ip: string;
  readonly options: ReadonlyMap<string, string>;
}

function wantedEncaps(settings: ControllerSettings): WantedEncap[] {
  return settings.encapIps.flatMap((ip) =>
    settings.encapTypes.map((type) => ({
      type,
      ip,
      options: new Map([
        ['csum', settings.encapCsum],
        ...(settings.encapIpDefault === ip ? ([['is_default', 'true']] as const) : []),
      ]),
    })),
  );
}

/** Encaps that another chassis has already are left out, as the real one does with a warning. */
function free(sb: SbDatabase, chassis: string, encap: WantedEncap): boolean {
  return !sb
    .find('Encap', 'ip', encap.ip)
    .some((row) => row.type === encap.type && row.chassis_name !== chassis);
}

/**
 * Writes the rows of `settings.chassis` so that they say what the settings say. Gives the Chassis row, or undefined while
 * the name, the type or the address of the encapsulation is missing.
 */
export function registerChassis(
  sb: SbDatabase,
  ovs: OvsDatabase,
  settings: ControllerSettings,
  datapathType: string,
): SbRow<'Chassis'> | undefined {
  const name = settings.chassis;
  if (name === null || settings.encapTypes.length === 0 || settings.encapIps.length === 0) return undefined;
  const wanted = wantedEncaps(settings).filter((encap) => free(sb, name, encap));
  const current = sb.find('Chassis', 'name', name)[0];
  const config = otherConfig(ovs, settings, datapathType);
  const encapsOf = (uuids: readonly Uuid[]): SbRow<'Encap'>[] =>
    uuids.flatMap((uuid) => sb.get('Encap', uuid) ?? []);
  const kept = encapsOf(current?.encaps ?? []);
  const encapsRight =
    kept.length === wanted.length &&
    wanted.every((encap) =>
      kept.some(
        (row) => row.type === encap.type && row.ip === encap.ip && sameMap(row.options, encap.options),
      ),
    );
  const right =
    current !== undefined &&
    encapsRight &&
    current.hostname === settings.hostname &&
    sameMap(current.other_config, config) &&
    sameSet(current.transport_zones, settings.transportZones);
  const isPrivate = sb.find('Chassis_Private', 'name', name)[0];
  if (right && isPrivate?.chassis === current._uuid) return current;

  sb.transact((txn) => {
    txn.comment(`ovn-controller: ${current ? 'updating' : 'registering'} chassis '${name}'`);
    const encaps = encapsRight
      ? (current?.encaps ?? [])
      : wanted.map((encap) => {
          const row = kept.find((one) => one.type === encap.type && one.ip === encap.ip);
          if (!row)
            return txn.insert('Encap', {
              ...encap,
              type: encap.type as SbRow<'Encap'>['type'],
              chassis_name: name,
            });
          txn.update('Encap', row._uuid, { options: encap.options });
          return row._uuid;
        });
    const values = {
      hostname: settings.hostname,
      encaps,
      other_config: config,
      transport_zones: settings.transportZones,
    };
    const chassis = current?._uuid ?? txn.insert('Chassis', { name, ...values });
    if (current) txn.update('Chassis', chassis, values);
    if (isPrivate) txn.update('Chassis_Private', isPrivate._uuid, { chassis });
    else txn.insert('Chassis_Private', { name, chassis });
  });
  return sb.find('Chassis', 'name', name)[0];
}

/** Takes the rows of a chassis away. */
export function removeChassis(sb: SbDatabase, name: string): void {
  sb.transact((txn) => {
    txn.comment(`ovn-controller: unregistering chassis '${name}'`);
    for (const row of sb.find('Chassis_Private', 'name', name)) txn.delete('Chassis_Private', row._uuid);
    for (const row of sb.find('Chassis', 'name', name)) txn.delete('Chassis', row._uuid);
  });
}
