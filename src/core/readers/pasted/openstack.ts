/** Tables of the openstack client: `server list`. */
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

export const readServers: OutputReader = ({ lines }, problem) => {
  const rows = lines.map((line, at) => ({ line, at })).filter(({ line }) => line.trim().startsWith('|'));
  const header = cells(rows[0]?.line ?? '');
  const column = (name: string): number => header.indexOf(name);
  if (column('ID') < 0 || column('Networks') < 0) return undefined;
  const servers = rows.slice(1).flatMap(({ line, at }) => {
    const row = cells(line);
    if (row.length !== header.length) {
      problem(at, `this row has ${row.length} of ${header.length} cells`);
      return [];
    }
    return [
      {
        id: row[column('ID')] ?? '',
        name: row[column('Name')] ?? '',
        status: row[column('Status')] ?? '',
        networks: networks(row[column('Networks')] ?? ''),
      },
    ];
  });
  return [{ kind: 'servers', servers }];
};
