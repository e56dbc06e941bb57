/** Datapath_Binding: one row for each switch and each enabled router that has a tunnel key. */
import type { Uuid } from '../../../base/uuid.ts';
import { agingThreshold } from '../model/aging.ts';
import type { Router, Switch } from '../model/datapaths.ts';
import { optionBool, optionInt, optionLong, optionUint } from '../model/options.ts';
import type { Options } from '../model/options.ts';
import type { Rows, Sync } from './rows.ts';

const MAX_INTERFACE_NAME = 16;

/** external_ids of a switch's row: what ovn-controller needs to know of the switch. */
function switchIds(ls: Switch): Options {
  const { config } = ls;
  const ids = new Map([['name', ls.name]]);
  const network = ls.externalIds.get('neutron:network_name');
  if (network !== undefined && network !== '') ids.set('name2', network);
  addZoneLimit(config, ids);
  const transit = config.get('interconn-ts');
  if (transit !== undefined) ids.set('interconn-ts', transit);
  const age = optionUint(config, 'fdb_age_threshold', 0);
  if (age > 0) ids.set('fdb_age_threshold', String(age));
  if (config.has('dynamic-routing-vni')) {
    const fits = (name: string): boolean => name.length <= MAX_INTERFACE_NAME;
    const copy = (key: string, good: (value: string) => boolean): void => {
      const value = config.get(key);
      if (value !== undefined && good(value)) ids.set(key, value);
    };
    copy('dynamic-routing-vni', () => true);
    copy('dynamic-routing-bridge-ifname', fits);
    copy('dynamic-routing-vxlan-ifname', (names) => names.split(',').every(fits));
    copy('dynamic-routing-advertise-ifname', fits);
    copy('dynamic-routing-redistribute', () => true);
    copy('dynamic-routing-arp-prefer-local', () => true);
  }
  return ids.set('logical-switch', ls.uuid);
}

function routerIds(lr: Router): Options {
  const { options } = lr;
  const ids = new Map([['name', lr.name]]);
  const name = lr.externalIds.get('neutron:router_name');
  if (name !== undefined && name !== '') ids.set('name2', name);
  addZoneLimit(options, ids);
  const zone = optionInt(options, 'snat-ct-zone', -1);
  if (zone >= 0) ids.set('snat-ct-zone', String(zone));
  if (!optionBool(options, 'always_learn_from_arp_request', true))
    ids.set('always_learn_from_arp_request', 'false');
  const age = agingThreshold(options.get('mac_binding_age_threshold'));
  if (age > 0) ids.set('mac_binding_age_threshold', String(age));
  ids.set('disable_garp_rarp', String(optionBool(options, 'disable_garp_rarp', false)));
  const vrf = optionLong(options, 'dynamic-routing-vrf-id', -1);
  if (vrf > 0) ids.set('dynamic-routing-vrf-id', String(vrf));
  for (const key of ['dynamic-routing-v4-prefix-nexthop', 'dynamic-routing-v6-prefix-nexthop']) {
    const value = options.get(key);
    if (value !== undefined && value !== '') ids.set(key, value);
  }
  return ids.set('logical-router', lr.uuid);
}

function addZoneLimit(options: Options, ids: Map<string, string>): void {
  const limit = optionLong(options, 'ct-zone-limit', -1);
  if (limit > 0) ids.set('ct-zone-limit', String(limit));
}

/** Keeps the table; gives the row of each datapath, and the datapath of each row. */
export function syncDatapaths(sync: Sync): Pick<Rows, 'datapath' | 'datapathOf'> {
  const { m } = sync;
  const table = sync.table('Datapath_Binding', { keyOf: (row) => row.nb_uuid ?? undefined });
  table.deriveAll(
    m.graph,
    () => m.datapaths().map(({ uuid }) => uuid),
    (uuid: Uuid) => {
      const ls = m.switch(uuid);
      const lr = m.router(uuid);
      const key = m.datapathKey(uuid);
      if (key === undefined) return undefined;
      const common = { tunnel_key: key, nb_uuid: uuid };
      if (ls !== undefined) return { ...common, type: 'logical-switch', external_ids: switchIds(ls) };
      return lr && { ...common, type: 'logical-router', external_ids: routerIds(lr) };
    },
  );
  return {
    datapath: (datapath) => table.id(datapath),
    datapathOf: (row) => table.keyOf(row) as Uuid | undefined,
  };
}
