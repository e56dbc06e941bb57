/** The JSON forms: `ip -j`, `bridge -j`, `openstack ... -f json`, `podman ps --format json`. */
import type { OutputReader, PastedFact, PastedLink, PastedPortVlan } from './output.ts';
import { routeFacts } from './routes.ts';

type Row = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const rowsOf = (value: unknown): Row[] => (Array.isArray(value) ? value.filter(isRow) : []);

function parse(lines: readonly string[]): readonly Row[] | undefined {
  const whole = lines.join('\n').trim();
  if (!/^[[{]/.test(whole)) return undefined;
  try {
    const value: unknown = JSON.parse(whole);
    return isRow(value) ? [value] : rowsOf(value);
  } catch {
    return undefined;
  }
}

function linkOf(row: Row): PastedLink {
  const info = isRow(row['linkinfo']) ? row['linkinfo'] : {};
  const data = isRow(info['info_data']) ? info['info_data'] : {};
  const kind = text(info['info_kind']);
  const flags = Array.isArray(row['flags']) ? row['flags'] : [];
  return {
    index: Number(row['ifindex']),
    name: text(row['ifname']) ?? '',
    lower: text(row['link']),
    up: flags.includes('UP'),
    mtu: Number(row['mtu'] ?? 1500),
    master: text(row['master']),
    kind,
    vlan: kind === 'vlan' && typeof data['id'] === 'number' ? data['id'] : null,
    mac: text(row['address'])?.toLowerCase() ?? null,
    addresses: rowsOf(row['addr_info']).flatMap((one) => {
      const local = text(one['local']);
      return local === null ? [] : [`${local}/${String(one['prefixlen'])}`];
    }),
  };
}

const WORDS = ['dst', 'gateway', 'dev', 'protocol', 'scope', 'prefsrc', 'metric'] as const;
const BEFORE: Readonly<Record<string, string>> = {
  gateway: 'via ',
  dev: 'dev ',
  protocol: 'proto ',
  scope: 'scope ',
  prefsrc: 'src ',
  metric: 'metric ',
};

/** A route as the plain output has it. */
const routeText = (row: Row): string =>
  WORDS.flatMap((key) => {
    const value = row[key];
    return typeof value === 'string' || typeof value === 'number' ? [`${BEFORE[key] ?? ''}${value}`] : [];
  }).join(' ');

function networksOf(value: unknown): Readonly<Record<string, readonly string[]>> {
  if (isRow(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, list]) => [name, Array.isArray(list) ? list.map(String) : []]),
    );
  return Object.fromEntries(
    (text(value) ?? '').split(';').flatMap((part) => {
      const [name = '', addresses] = part.split('=');
      return addresses === undefined ? [] : [[name.trim(), addresses.split(',').map((one) => one.trim())]];
    }),
  );
}

function addressesOf(value: unknown): readonly string[] {
  if (typeof value === 'string')
    return [...value.matchAll(/ip_address='([^']+)'/g)].map(([, one = '']) => one);
  return rowsOf(value).flatMap((one) => text(one['ip_address']) ?? []);
}

const vlanOf = (row: Row): PastedPortVlan => {
  const flags = Array.isArray(row['flags']) ? row['flags'] : [];
  return {
    id: Number(row['vlan']),
    last: Number(row['vlanEnd'] ?? row['vlan']),
    pvid: flags.includes('PVID'),
    untagged: flags.includes('Egress Untagged'),
  };
};

/** Recognised by the keys of a row. */
function factsOf(host: string | null, rows: readonly Row[]): readonly PastedFact[] | undefined {
  const has = (...keys: readonly string[]): boolean =>
    rows.some((row) => keys.every((key) => row[key] !== undefined));
  if (has('ifname', 'vlans'))
    return [
      {
        kind: 'port-vlans',
        host,
        ports: rows.map((row) => ({
          name: text(row['ifname']) ?? '',
          vlans: rowsOf(row['vlans']).map(vlanOf),
        })),
      },
    ];
  if (has('ifindex', 'ifname'))
    return [{ kind: 'links', host, links: rows.filter((row) => row['ifname'] !== undefined).map(linkOf) }];
  if (has('dst', 'dev')) return routeFacts(host, rows.map(routeText));
  if (has('Name', 'Networks'))
    return [
      {
        kind: 'servers',
        servers: rows.map((row) => ({
          id: text(row['ID']) ?? '',
          name: text(row['Name']) ?? '',
          status: text(row['Status']) ?? '',
          networks: networksOf(row['Networks']),
        })),
      },
    ];
  if (has('MAC Address'))
    return [
      {
        kind: 'cloud-ports',
        ports: rows.map((row) => ({
          mac: text(row['MAC Address'])?.toLowerCase() ?? '',
          addresses: addressesOf(row['Fixed IP Addresses']),
        })),
      },
    ];
  if (has('Names', 'Image'))
    return [
      {
        kind: 'containers',
        host,
        names: rows.flatMap((row) =>
          Array.isArray(row['Names']) ? row['Names'].map(String) : (text(row['Names']) ?? []),
        ),
      },
    ];
  return undefined;
}

export const readJson: OutputReader = ({ host, lines }) => {
  const rows = parse(lines);
  return rows === undefined || rows.length === 0 ? undefined : factsOf(host, rows);
};
