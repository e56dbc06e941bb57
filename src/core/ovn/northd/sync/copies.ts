/** Southbound rows that are copies of northbound ones and have their uuids: mirrors, DNS records, template variables, static MAC bindings. */
import type { Uuid } from '../../../base/uuid.ts';
import { optionBool } from '../model/options.ts';
import type { Options } from '../model/options.ts';
import type { Rows, Sync } from './rows.ts';

const asUuid = (key: string): Uuid => key as Uuid;

export function syncCopies(sync: Sync, rows: Rows): void {
  const { m } = sync;
  const { nb, sb, graph } = m;

  sync
    .table('Mirror', { keyOf: (row) => row._uuid, uuidOf: asUuid, once: ['name'] })
    .deriveAll(graph, nb.all('Mirror'), (uuid: Uuid) => {
      const row = nb.row('Mirror', uuid);
      return row && { name: row.name, filter: row.filter, index: row.index, sink: row.sink, type: row.type };
    });

  sync
    .table('Chassis_Template_Var', { keyOf: (row) => row._uuid, uuidOf: asUuid })
    .deriveAll(graph, nb.all('Chassis_Template_Var'), (uuid: Uuid) => {
      const row = nb.row('Chassis_Template_Var', uuid);
      return row && { chassis: row.chassis, variables: row.variables };
    });

  sync
    .table('Static_MAC_Binding', { keyOf: (row) => row._uuid, uuidOf: asUuid })
    .deriveAll(graph, nb.all('Static_MAC_Binding'), (uuid: Uuid) => {
      const row = nb.row('Static_MAC_Binding', uuid);
      const port = row === undefined ? undefined : m.lrpNamed(row.logical_port);
      const router = port === undefined || m.lrp(port) === undefined ? undefined : m.routerOfPort(port);
      return row === undefined || router === undefined
        ? undefined
        : {
            logical_port: row.logical_port,
            ip: row.ip,
            mac: row.mac,
            override_dynamic_mac: row.override_dynamic_mac,
            datapath: rows.datapath(router),
          };
    });

  const switchesByDns = nb.index('Logical_Switch', (row) => row.dns_records);
  const optionsNow = graph.query(
    'dns options',
    (uuid: Uuid): Options => sb.row('DNS', uuid)?.options ?? new Map(),
  );
  sync
    .table('DNS', { keyOf: (row) => row._uuid, uuidOf: asUuid })
    .deriveAll(graph, nb.all('DNS'), (uuid: Uuid) => {
      const row = nb.row('DNS', uuid);
      const switches = switchesByDns(uuid);
      if (row === undefined || switches.length === 0) return undefined;
      const owned = String(optionBool(row.options, 'ovn-owned', false));
      return {
        options: new Map([...optionsNow(uuid), ['ovn-owned', owned]]),
        datapaths: switches.map(rows.datapath),
        records: new Map([...row.records].map(([name, addresses]) => [name, lowerCase(addresses)])),
      };
    });
}

/** ASCII letters only, as tolower(3) in the C locale. */
const lowerCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
