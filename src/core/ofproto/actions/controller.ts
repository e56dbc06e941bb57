/** Text of `controller`: a packet to the controller, with OVN's userdata and pause. */
import { toHex } from '../../base/bytes.ts';
import { err, ok } from '../../base/result.ts';
import { parseUint32, parseUnsigned } from '../../flow/c-integer.ts';
import { keyValues } from '../../flow/key-value.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import type { ActFormatter, ActParser } from './act-text.ts';
import { scanHex } from './hex-text.ts';
import type { PacketInReason } from './ofpact.ts';

const REASONS: readonly PacketInReason[] = [
  'no_match',
  'action',
  'invalid_ttl',
  'action_set',
  'group',
  'packet_out',
];

/** As packet-in messages and `controller(reason=)` print it: the two miss reasons have no text. */
const reasonText = (reason: PacketInReason): string =>
  reason === 'explicit_miss' || reason === 'implicit_miss' ? '' : reason;

const parseController: ActParser = (text) => {
  let reason: PacketInReason = 'action';
  let controllerId = 0;
  let maxLen = 65535;
  let meter = 0;
  let userdata: Uint8Array | undefined;
  let pause = false;
  const u16 = (value: string, name: string): { readonly value: number } | { readonly error: string } => {
    const number = parseUnsigned(value, 65536);
    return number === undefined ? { error: `invalid ${name} "${value}"` } : { value: number };
  };
  if (/^\d+$/.test(text)) {
    const size = u16(text, 'max_len');
    if ('error' in size) return err(size.error);
    maxLen = size.value;
  } else {
    for (const { key, value } of keyValues(text)) {
      switch (key) {
        case 'reason': {
          const found = REASONS.find((name) => name === value.toLowerCase());
          if (!found) return err(`unknown reason "${value}"`);
          reason = found;
          break;
        }
        case 'max_len':
        case 'id': {
          const number = u16(value, key);
          if ('error' in number) return err(number.error);
          if (key === 'id') controllerId = number.value;
          else maxLen = number.value;
          break;
        }
        case 'userdata': {
          const scanned = scanHex(value);
          if (scanned.rest !== '') return err("bad hex digit in `controller' action `userdata'");
          userdata = scanned.octets;
          break;
        }
        case 'pause':
          pause = true;
          break;
        case 'meter_id': {
          const number = parseUint32(value);
          if (!number.ok) return number;
          meter = number.value;
          break;
        }
        default:
          return err(`unknown key "${key}" parsing controller action`);
      }
    }
  }
  if (reason === 'action' && controllerId === 0 && !userdata && !pause && meter === 0)
    return ok({ kind: 'output', port: OFPP.controller, maxLen });
  return ok({
    kind: 'controller',
    maxLen,
    controllerId,
    reason,
    pause,
    userdata: userdata ?? new Uint8Array(0),
    meter,
  });
};

export const CONTROLLER_PARSERS: Readonly<Record<string, ActParser>> = { controller: parseController };

export const CONTROLLER_FORMATTERS: { readonly controller: ActFormatter<'controller'> } = {
  controller: (act) => {
    const parts: string[] = [];
    if (act.reason !== 'action') parts.push(`reason=${reasonText(act.reason)}`);
    if (act.maxLen !== 65535) parts.push(`max_len=${act.maxLen}`);
    if (act.controllerId !== 0) parts.push(`id=${act.controllerId}`);
    if (act.userdata.length > 0) parts.push(`userdata=${toHex(act.userdata, '.')}`);
    if (act.pause) parts.push('pause');
    if (act.meter !== 0) parts.push(`meter_id=${act.meter}`);
    const plain = act.reason === 'action' && act.controllerId === 0 && !act.pause && act.meter === 0;
    return plain && act.userdata.length === 0 ? `CONTROLLER:${act.maxLen}` : `controller(${parts.join(',')})`;
  },
};
