/** Commands about meters. */
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import { formatDuration } from '../../ofproto/flow-text.ts';
import { formatMeter, meterName, parseMeter } from '../../ofproto/meter-text.ts';
import { PROTOCOLS, type OfVersion } from '../../ofproto/protocol.table.ts';
import { METER_ALL, putMeter, removeMeters } from '../../ofproto/request/meter-request.ts';
import { OfctlError } from './error.ts';
import type { OfctlOptions } from './options.ts';
import { messageHead, versionFor } from './protocol.ts';
import { errorReply, SwitchError } from './refused-request.ts';
import { meterModText } from './request-text.ts';

export function changeMeter(
  bridge: Bridge,
  text: string,
  command: 'add' | 'modify',
  options: OfctlOptions,
): void {
  const parsed = parseMeter(text, true);
  if (!parsed.ok) throw new OfctlError(parsed.error);
  const version = versionFor(options, PROTOCOLS.of13Up);
  const error = putMeter(bridge, parsed.value, command);
  if (error !== null)
    throw new SwitchError(
      errorReply(error, version, 'OFPT_METER_MOD', ` ${meterModText(parsed.value, command)}`),
    );
}

function meterId(text: string | undefined): number {
  if (text === undefined) return METER_ALL;
  const parsed = parseMeter(text, false);
  if (!parsed.ok) throw new OfctlError(parsed.error);
  return parsed.value.id;
}

export function deleteMeters(bridge: Bridge, text: string | undefined, options: OfctlOptions): void {
  const id = meterId(text);
  versionFor(options, PROTOCOLS.of13Up);
  removeMeters(bridge, id);
}

const selected = (bridge: Bridge, id: number) =>
  [...bridge.meters.values()]
    .filter((meter) => id === METER_ALL || meter.id === id)
    .toSorted((a, b) => a.id - b.id);

/** The switch's answer to a question about a meter that it does not have: printed, no failure of the program. */
function unknownMeter(bridge: Bridge, id: number, version: OfVersion, request: string): string | undefined {
  if (id === METER_ALL || bridge.meters.has(id)) return undefined;
  return `${errorReply('OFPMMFC_UNKNOWN_METER', version, request, ` meter=${id}`)}\n`;
}

export function dumpMeters(bridge: Bridge, text: string | undefined, options: OfctlOptions): string {
  const id = meterId(text);
  const version = versionFor(options, PROTOCOLS.of13Up);
  const unknown = unknownMeter(bridge, id, version, 'OFPST_METER_CONFIG request');
  if (unknown !== undefined) return unknown;
  return `${messageHead('OFPST_METER_CONFIG reply', version)}\n${selected(bridge, id).map(formatMeter).join('\n')}`;
}

export function meterStats(
  bridge: Bridge,
  text: string | undefined,
  options: OfctlOptions,
  now: number,
): string {
  const id = meterId(text);
  const version = versionFor(options, PROTOCOLS.of13Up);
  const unknown = unknownMeter(bridge, id, version, 'OFPST_METER request');
  if (unknown !== undefined) return unknown;
  const rows = selected(bridge, id).map((meter) => {
    const flows = [...bridge.tables.all()].filter((rule) =>
      rule.actions.some((act) => act.kind === 'meter' && act.meter === meter.id),
    ).length;
    const duration = formatDuration(Math.floor((now - meter.created) / 1e6) * 1e6);
    const bands = meter.dp.bandStats.map(
      ({ packets, bytes }, index) => `${index}: packet_count:${packets} byte_count:${bytes}\n`,
    );
    return `meter:${meterName(meter.id)} flow_count:${flows} packet_in_count:${meter.dp.packets} byte_in_count:${meter.dp.bytes} duration:${duration}s bands:\n${bands.join('')}`;
  });
  return `${messageHead('OFPST_METER reply', version)}\n${rows.join('')}`;
}
