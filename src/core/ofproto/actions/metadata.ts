/** Text of the actions about a packet's metadata and queue, its flow, and of notes. */
import { toHex } from '../../base/bytes.ts';
import { err, ok } from '../../base/result.ts';
import { parseUint32, parseUint64 } from '../../flow/c-integer.ts';
import { formatHex } from '../../flow/field-text.ts';
import { keyValues } from '../../flow/key-value.ts';
import { formatSubfield, parseSubfield } from '../../flow/subfield-text.ts';
import { PROTOCOLS } from '../protocol.table.ts';
import type { ActFormatter, ActParser } from './act-text.ts';
import { formatTable, parseTable } from './act-text.ts';
import { parseNamed } from './header.ts';
import { scanHex } from './hex-text.ts';
import { splitArrow } from './set-field.ts';

const MAX64 = (1n << 64n) - 1n;

const tunnel =
  (wide: boolean): ActParser =>
  (text) => {
    const id = parseUint64(text);
    return id.ok ? ok({ kind: 'set_tunnel', id: id.value, wide }) : id;
  };

const finTimeout: ActParser = (text) => {
  let idleTimeout = 0;
  let hardTimeout = 0;
  for (const { key, value } of keyValues(text)) {
    if (key !== 'idle_timeout' && key !== 'hard_timeout')
      return err(`invalid key '${key}' in 'fin_timeout' argument`);
    const seconds = parseNamed(value, key, 65536);
    if (!seconds.ok) return seconds;
    if (key === 'idle_timeout') idleTimeout = seconds.value;
    else hardTimeout = seconds.value;
  }
  return ok({ kind: 'fin_timeout', idleTimeout, hardTimeout });
};

const checkPktLarger: ActParser = (text, parse) => {
  const split = splitArrow(text);
  if (!split.ok) return split;
  const sizeText = split.value.value.replace(/\)$/, '');
  const destination = parseSubfield(split.value.key, parse.tlv);
  if (!destination.ok) return destination;
  if (destination.value.length !== 1) return err('Only 1-bit destination field is allowed');
  const size = parseNamed(sizeText, '(null)', 65536);
  return size.ok ? ok({ kind: 'check_pkt_larger', size: size.value, destination: destination.value }) : size;
};

const writeMetadata: ActParser = (text, parse) => {
  parse.protocols &= PROTOCOLS.nxmOf11Up;
  const [valueText = '', ...maskText] = text.split('/');
  let mask = MAX64;
  if (maskText.length > 0) {
    const parsed = parseUint64(maskText.join('/'));
    if (!parsed.ok) return parsed;
    mask = parsed.value;
  }
  const value = parseUint64(valueText);
  return value.ok ? ok({ kind: 'write_metadata', value: value.value, mask }) : value;
};

export const METADATA_PARSERS: Readonly<Record<string, ActParser>> = {
  set_tunnel: tunnel(false),
  set_tunnel64: tunnel(true),
  set_queue: (text) => {
    const queue = parseUint32(text);
    return queue.ok ? ok({ kind: 'set_queue', queue: queue.value }) : queue;
  },
  pop_queue: () => ok({ kind: 'pop_queue' }),
  fin_timeout: finTimeout,
  note: (text) => {
    const scanned = scanHex(text);
    return scanned.rest === ''
      ? ok({ kind: 'note', data: scanned.octets })
      : err("bad hex digit in `note' argument");
  },
  exit: () => ok({ kind: 'exit' }),
  unroll_xlate: () => err("UNROLL is an internal action that shouldn't be used via OpenFlow"),
  debug_recirc: () => ok({ kind: 'debug_recirc' }),
  debug_slow: () => ok({ kind: 'debug_slow' }),
  check_pkt_larger: checkPktLarger,
  meter: (text, parse) => {
    parse.protocols &= PROTOCOLS.of13Up;
    const meter = parseUint32(text);
    return meter.ok ? ok({ kind: 'meter', meter: meter.value }) : meter;
  },
  clear_actions: () => ok({ kind: 'clear_actions' }),
  write_metadata: writeMetadata,
  goto_table: (text, parse) => {
    const table = parseTable(text, parse);
    return table === undefined ? err(`unknown table "${text}"`) : ok({ kind: 'goto_table', table });
  },
};

type MetadataKind =
  | 'set_tunnel'
  | 'set_queue'
  | 'pop_queue'
  | 'fin_timeout'
  | 'note'
  | 'exit'
  | 'debug_recirc'
  | 'debug_slow'
  | 'check_pkt_larger'
  | 'meter'
  | 'clear_actions'
  | 'write_metadata'
  | 'goto_table';

export const METADATA_FORMATTERS: { readonly [K in MetadataKind]: ActFormatter<K> } = {
  set_tunnel: ({ id, wide }) => `set_tunnel${wide || id > 0xffffffffn ? '64' : ''}:${formatHex(id)}`,
  set_queue: ({ queue }) => `set_queue:${queue}`,
  pop_queue: () => 'pop_queue',
  fin_timeout: ({ idleTimeout, hardTimeout }) => {
    const parts = [
      ...(idleTimeout === 0 ? [] : [`idle_timeout=${idleTimeout}`]),
      ...(hardTimeout === 0 ? [] : [`hard_timeout=${hardTimeout}`]),
    ];
    return `fin_timeout(${parts.join(',')})`;
  },
  note: ({ data }) => `note:${toHex(data, '.')}`,
  exit: () => 'exit',
  debug_recirc: () => 'debug_recirc',
  debug_slow: () => 'debug_slow',
  check_pkt_larger: ({ size, destination }) => `check_pkt_larger(${size})->${formatSubfield(destination)}`,
  meter: ({ meter }) => `meter:${meter}`,
  clear_actions: () => 'clear_actions',
  write_metadata: ({ value, mask }) =>
    `write_metadata:${formatHex(value)}${mask === MAX64 ? '' : `/${formatHex(mask)}`}`,
  goto_table: ({ table }, { tables }) => `goto_table:${formatTable(table, tables)}`,
};
