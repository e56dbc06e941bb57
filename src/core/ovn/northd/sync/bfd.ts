/** BFD: one row for each session on a port that exists. Chassis report its state there. */
import type { Random } from '../../../base/random.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import type { Sync } from './rows.ts';

const FIRST_PORT = 49152;
const LAST_PORT = 65534;
const DEFAULTS = { minTx: 1000, minRx: 1000, multiplier: 5 };

export function syncBfd(sync: Sync, random: Random): void {
  const { m } = sync;
  const { nb, graph } = m;
  const sessions = graph.entries('bfd sessions', () => {
    const rows = new Map<string, NbRow<'BFD'>>();
    for (const row of nb.rows('BFD', m.bfdSessions())) rows.set(m.bfdKey(row), row);
    return rows;
  });
  const used = new Set([...m.sb.now('BFD')].map((row) => row.src_port));
  const freePort = (): number => {
    for (let port = FIRST_PORT; port <= LAST_PORT; port += 1) {
      if (used.has(port)) continue;
      used.add(port);
      return port;
    }
    return FIRST_PORT;
  };
  // What a session is given when it begins and keeps.
  const given = new Map<
    string,
    { readonly disc: number; readonly src_port: number; readonly chassis_name: string }
  >();
  const begin = (key: string, chassis: string): NonNullable<ReturnType<typeof given.get>> => {
    let values = given.get(key);
    if (values === undefined) {
      values = { disc: 1 + random.next32(), src_port: freePort(), chassis_name: chassis };
      given.set(key, values);
    }
    return values;
  };
  sync
    .table('BFD', {
      keyOf: (row) => `${row.logical_port} ${row.dst_ip}`,
      once: ['disc', 'src_port', 'chassis_name'],
    })
    .deriveAll(
      graph,
      () => nb.rows('BFD', m.bfdSessions()).map(m.bfdKey),
      (key) => {
        const row = sessions('', key);
        if (row === undefined) return undefined;
        const inUse = m.isBfdUsed(key);
        const reported = m.reportedBfd(key);
        const status = !inUse
          ? 'admin_down'
          : reported === undefined || reported === 'admin_down'
            ? 'down'
            : undefined;
        return {
          logical_port: row.logical_port,
          dst_ip: row.dst_ip,
          ...begin(key, m.boundChassis(row.logical_port)?.name ?? ''),
          ...(status === undefined ? {} : { status }),
          min_tx: row.min_tx ?? DEFAULTS.minTx,
          min_rx: row.min_rx ?? DEFAULTS.minRx,
          detect_mult: row.detect_mult ?? DEFAULTS.multiplier,
        };
      },
    );
}
