/** Meters and their bands. */
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { scanInteger } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';
import { compareText, type NbctlContext } from './lookup.ts';

function addMeter(ctx: NbctlContext): void {
  const [, name = '', action = '', rateText = '', unit = '', burstText] = ctx.argv;
  const [existing] = ctx.find('Meter', 'name', name);
  if (existing !== undefined && !ctx.has('--may-exist')) fail(`meter with name "${name}" already exists`);
  if (name.startsWith('__')) fail('meter names that begin with "__" are reserved');
  if (action !== 'drop') return fail('action must be "drop"');
  const rate = scanInteger(rateText) ?? 0;
  if (rate < 1 || rate > 0xffffffff) fail('rate must be in the range 1...4294967295');
  if (unit !== 'kbps' && unit !== 'pktps') return fail('unit must be "kbps" or "pktps"');
  const burst_size = burstText === undefined ? 0 : (scanInteger(burstText) ?? -1);
  if (burst_size < 0 || burst_size > 0xffffffff) fail('burst must be in the range 0...4294967295');
  const [held] = existing?.bands ?? [];
  const band = held ?? ctx.insert('Meter_Band', {});
  ctx.update('Meter_Band', band, { action, rate, burst_size });
  const values = { name, unit, bands: [band], ...(ctx.has('--fair') ? { fair: true } : {}) } as const;
  if (existing === undefined) ctx.insert('Meter', values);
  else ctx.update('Meter', existing._uuid, values);
  return undefined;
}

function meterText(ctx: NbctlContext, meter: NbRow<'Meter'>): string {
  const fair = meter.fair === null ? '' : meter.fair ? ' (fair)' : ' (shared)';
  const bands = ctx.targets('Meter_Band', meter.bands).map(({ action, rate, burst_size }) => {
    const burst = burst_size === 0 ? '' : `, ${burst_size} ${meter.unit === 'kbps' ? 'kb' : 'packet'} burst`;
    return `  ${action}: ${rate} ${meter.unit}${burst}`;
  });
  return `${meter.name}:${fair} bands:\n${bands.join('')}\n`;
}

export const METER_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'meter-add',
    least: 4,
    most: 5,
    synopsis: 'NAME ACTION RATE UNIT [BURST]',
    options: '--fair,--may-exist',
    writes: true,
    run: addMeter,
  },
  {
    name: 'meter-del',
    least: 0,
    most: 1,
    synopsis: '[NAME]',
    options: '',
    writes: true,
    run(ctx) {
      const [, name] = ctx.argv;
      const gone = name === undefined ? ctx.rows('Meter') : ctx.find('Meter', 'name', name).slice(0, 1);
      for (const { _uuid } of gone) ctx.delete('Meter', _uuid);
    },
  },
  {
    name: 'meter-list',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: false,
    run(ctx) {
      for (const meter of ctx.rows('Meter').sort((a, b) => compareText(a.name, b.name)))
        ctx.print(meterText(ctx, meter));
    },
  },
];
