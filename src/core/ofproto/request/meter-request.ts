/** What a switch does with meter_mod requests. */
import type { Bridge } from '../bridge/bridge.ts';
import type { MeterMod } from '../meter-text.ts';
import type { RequestError } from './flow-request.ts';

export const METER_ALL = 0xffffffff;

/** Adds or changes a meter. */
export function putMeter(bridge: Bridge, meter: MeterMod, command: 'add' | 'modify'): RequestError {
  const exists = bridge.meters.has(meter.id);
  if (command === 'add' && exists) return 'OFPMMFC_METER_EXISTS';
  if (command === 'modify' && !exists) return 'OFPMMFC_UNKNOWN_METER';
  // The datapath drops packets and does nothing else.
  if (meter.bands.some(({ type }) => type !== 'drop')) return 'OFPMMFC_BAD_BAND';
  bridge.addMeter(meter);
  return null;
}

/** Removes a meter, or all, and the flows that use them. */
export function removeMeters(bridge: Bridge, id: number): void {
  const gone = id === METER_ALL ? [...bridge.meters.keys()] : [id];
  for (const one of gone) {
    if (!bridge.meters.has(one)) continue;
    const users = [...bridge.tables.all()].filter((rule) =>
      rule.actions.some((act) => act.kind === 'meter' && act.meter === one),
    );
    for (const rule of users) bridge.tables.remove(rule, 'meter_delete');
    bridge.removeMeter(one);
  }
  bridge.tables.feed.announce();
}
