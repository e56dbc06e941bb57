/** Port_Binding: one row for each port of a switch or router, each chassisredirect port and each port of a mirror. */
import type { Uuid } from '../../../base/uuid.ts';
import type { Binding } from '../model/bindings.ts';
import type { Port } from '../model/keys.ts';
import type { SwitchPort } from '../model/ports.ts';
import { portColumns } from './port-columns.ts';
import type { PortReferences } from './port-columns.ts';
import type { Sync } from './rows.ts';

/**
 * A port as the key of a query: nothing about it need be looked up in the list of all ports. Of two with one name, that of a
 * switch comes after that of a router, and so has the row.
 */
const portCode = (datapath: Uuid, port: Port): string =>
  [port.kind, datapath, port.row, port.name, port.kind === 'mirror' ? port.sink : ''].join('\n');

function decode(code: string): { readonly datapath: Uuid; readonly port: Port } {
  const [kind, datapath, row, name, sink] = code.split('\n') as [Port['kind'], Uuid, Uuid, string, string];
  const port: Port =
    kind === 'mirror'
      ? { kind, row, name, sink }
      : kind === 'switch' || kind === 'router'
        ? { kind, row, name, requested: 0 }
        : { kind, row, name };
  return { datapath, port };
}

/** Whether a port must get a new row: what its chassis knows of the old one would be wrong. */
function needsNewRow(row: Binding, port: SwitchPort | undefined, datapath: Uuid): boolean {
  if (row.datapath !== datapath) return true;
  if (port === undefined) return false;
  if (row.type === '' && port.type === '')
    return (row.parentPort === null) !== (port.row.parent_name === null);
  return row.type !== port.type && (row.type === 'virtual' || port.type === 'virtual');
}

/** Keeps the table, and gives the rows of ports by name. */
export function syncPorts(sync: Sync, references: PortReferences): (name: string) => Uuid {
  const { m } = sync;
  const table = sync.table('Port_Binding', { keyOf: (row) => row.logical_port, once: ['up'] });
  const rowId = m.graph.input<string, Uuid>('port row id', (name) => table.id(name));
  const row = table.derive(
    m.graph,
    (code: string) => {
      const { datapath, port } = decode(code);
      return portColumns(m, references, datapath, port);
    },
    (code) => decode(code).port.name,
  );
  const renewal = m.graph.query('port renewal', (code: string) => {
    const { datapath, port } = decode(code);
    const before = m.binding(port.name);
    const facts = port.kind === 'switch' ? m.lsp(port.row) : undefined;
    if (before?.uuid !== table.id(port.name) || !needsNewRow(before, facts, references.datapath(datapath)))
      return;
    table.renew(port.name);
    rowId.set(port.name, table.id(port.name));
  });
  const keepPort = (datapath: Uuid, port: Port): void => {
    const code = portCode(datapath, port);
    renewal.keep(code);
    row.keep(code);
  };
  const ofDatapath = m.graph.query('port rows of datapath', (datapath: Uuid) => {
    for (const port of m.portsOf(datapath)) keepPort(datapath, port);
  });
  const numbered = (): readonly Uuid[] =>
    m.datapaths().flatMap(({ uuid }) => (m.datapathKey(uuid) === undefined ? [] : [uuid]));
  m.graph
    .query('port rows', () => {
      for (const uuid of numbered()) ofDatapath.keep(uuid);
    })
    .pin('', function* () {
      for (const uuid of numbered()) {
        for (const port of m.portsOf(uuid)) yield () => keepPort(uuid, port);
        yield () => ofDatapath.keep(uuid);
      }
    });
  return rowId;
}
