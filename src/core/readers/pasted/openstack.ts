/** Tables of the openstack client and of those before it: `server list`, `port list`, `network list`, `nova list`. */
import type { OutputReader } from './output.ts';

const cells = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());

/** `ctlplane=192.168.24.15; private=10.0.0.5, 10.0.0.9`. */
function networks(text: string): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    text.split(';').flatMap((part) => {
      const [name = '', addresses] = part.split('=');
      return addresses === undefined ? [] : [[name.trim(), addresses.split(',').map((one) => one.trim())]];
    }),
  );
}

interface Table {
  /** The cell of a row under a column's name; '' where there is none. */
  readonly rows: readonly ((column: string) => string)[];
  has(...columns: readonly string[]): boolean;
}

function tableOf(lines: readonly string[], problem: (at: number, message: string) => void): Table {
  const rows = lines.map((line, at) => ({ line, at })).filter(({ line }) => line.trim().startsWith('|'));
  const header = cells(rows[0]?.line ?? '');
  return {
    has: (...columns) => columns.every((column) => header.includes(column)),
    rows: rows.slice(1).flatMap(({ line, at }) => {
      const row = cells(line);
      if (row.length !== header.length) {
        problem(at, `this row has ${row.length} of ${header.length} cells`);
        return [];
      }
      return [(column: string) => row[header.indexOf(column)] ?? ''];
    }),
  };
}

const silent = (): void => undefined;

export const readServers: OutputReader = ({ lines }, problem) => {
  if (!tableOf(lines, silent).has('ID', 'Networks')) return undefined;
  const servers = tableOf(lines, problem).rows.map((cell) => ({
    id: cell('ID'),
    name: cell('Name'),
    status: cell('Status'),
    networks: networks(cell('Networks')),
  }));
  return [{ kind: 'servers', servers }];
};

/** `openstack port list` and `neutron port-list`: which MAC has which addresses. */
export const readCloudPorts: OutputReader = ({ lines }, problem) => {
  const table = tableOf(lines, silent);
  const mac = ['MAC Address', 'mac_address'].find((name) => table.has(name));
  const fixed = ['Fixed IP Addresses', 'fixed_ips'].find((name) => table.has(name));
  if (mac === undefined || fixed === undefined) return undefined;
  const ports = tableOf(lines, problem).rows.map((cell) => ({
    mac: cell(mac).toLowerCase(),
    addresses: [...cell(fixed).matchAll(/ip_address["']?[=:]\s*["']([^"']+)["']/g)].map(
      ([, one = '']) => one,
    ),
  }));
  return [{ kind: 'cloud-ports', ports }];
};

/** Networks and subnets of a cloud tell of no machine and no wire: that is said. */
export const readCloudNetworks: OutputReader = ({ lines }, problem) => {
  const table = tableOf(lines, silent);
  const isNetworks = table.has('ID', 'Name', 'Subnets') || table.has('id', 'name', 'subnets');
  const isSubnets = table.has('ID', 'Name', 'Network', 'Subnet');
  if (!isNetworks && !isSubnets) return undefined;
  problem(0, 'a list of the networks of a cloud tells of no machine and no wire: nothing is drawn of it');
  return [];
};
