/** Meter and Meter_Band: copies of the northbound ones, and one of its own for each ACL that logs through a fair meter. */
import type { Uuid } from '../../../base/uuid.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import { fairMeterName } from '../switch/acl-log.ts';
import type { Sync } from './rows.ts';

export function syncMeters(sync: Sync): void {
  const { m } = sync;
  const { nb, graph } = m;
  const meterRows = nb.all('Meter');
  const loggingAcls = nb.index('ACL', (row) => (row.log && row.meter !== null ? [''] : []));
  /** The names of southbound meters, each with the northbound row that it follows. */
  const wanted = graph.entries('meters', () => {
    const meters = new Map<string, NbRow<'Meter'>>();
    for (const row of nb.rows('Meter', meterRows())) meters.set(row.name, row);
    for (const acl of nb.rows('ACL', loggingAcls(''))) {
      const meter = acl.meter === null ? undefined : m.meter(acl.meter);
      if (acl.meter !== null && meter?.fair === true) meters.set(fairMeterName(acl.meter, acl), meter);
    }
    return meters;
  });
  const names = graph.query('meter names', () => [
    ...nb.rows('Meter', meterRows()).map((row) => row.name),
    ...nb
      .rows('ACL', loggingAcls(''))
      .filter((acl) => acl.meter !== null && m.meter(acl.meter)?.fair === true)
      .map((acl) => fairMeterName(acl.meter ?? '', acl)),
  ]);
  const meterOfBand = new Map(
    [...m.sb.now('Meter')].flatMap((row) =>
      row.bands.map((band, at) => [band, `${row.name}\n${at}`] as const),
    ),
  );
  const bandKey = (meter: string, at: number): string => `${meter}\n${at}`;
  const bands = sync.table('Meter_Band', { keyOf: (row) => meterOfBand.get(row._uuid), keepStrays: true });
  bands.deriveAll(
    graph,
    () =>
      names('').flatMap((name) =>
        (wanted('', name)?.bands ?? []).map((_band: Uuid, at: number) => bandKey(name, at)),
      ),
    (key) => {
      const [name = '', at = ''] = key.split('\n');
      const band = nb.row('Meter_Band', wanted('', name)?.bands[Number(at)]);
      return band && { action: band.action, rate: band.rate, burst_size: band.burst_size };
    },
  );
  sync.table('Meter', { keyOf: (row) => row.name }).deriveAll(
    graph,
    () => names(''),
    (name) => {
      const meter = wanted('', name);
      return (
        meter && {
          name,
          unit: meter.unit,
          bands: meter.bands.map((_band, at) => bands.id(bandKey(name, at))),
        }
      );
    },
  );
}
