/** Which tracked connections a person means: `zone=`, `mark=`, `labels=` and the tuples of `flush-conntrack` and `ct-flush`. */
import { parseIpv4, parseIpv6 } from '../../base/address.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { parseUnsigned, scanSized } from '../../flow/c-integer.ts';
import type { Connection } from './connection.ts';
import { isIcmp, type Tuple } from './tuple.ts';

interface Masked {
  readonly value: bigint;
  readonly mask: bigint;
}

/** What is asked of one direction; addresses that are left out do not count. */
interface AskedTuple {
  source?: bigint;
  destination?: bigint;
  sourcePort: number;
  destinationPort: number;
  icmpId: number;
  icmpType: number;
  icmpCode: number;
}

interface Asked {
  family: 4 | 6 | null;
  protocol: number;
  readonly original: AskedTuple;
  readonly reply: AskedTuple;
}

export interface CtMatch {
  readonly zone: number | undefined;
  /** The one connection that the original tuple names, where it is whole and nothing else is asked. */
  readonly isWholeTuple: boolean;
  readonly fits: (connection: Connection) => boolean;
}

const noTuple = (): AskedTuple => ({
  sourcePort: 0,
  destinationPort: 0,
  icmpId: 0,
  icmpType: 0,
  icmpCode: 0,
});

/** `5` or `5/0xf`; a mask that cannot be read counts as all ones. */
function parseMasked(text: string, size: number): Masked | undefined {
  const value = scanSized(text, size);
  if (value.kind !== 'value') return undefined;
  const mask = value.rest.startsWith('/') ? scanSized(value.rest.slice(1), size) : value;
  const ones = (1n << BigInt(8 * size)) - 1n;
  return {
    value: value.value,
    mask: value.rest.startsWith('/') && mask.kind === 'value' ? mask.value : ones,
  };
}

type AddressKey = 'source' | 'destination';

function setAddress(asked: Asked, tuple: AskedTuple, key: string, value: string): string | undefined {
  const family = key.startsWith('ct_nw') ? 4 : 6;
  const end: AddressKey = key.endsWith('src') ? 'source' : 'destination';
  if (asked.family !== null && asked.family !== family) return `the L3 protocol does not match ${value}`;
  if (tuple[end] !== undefined) return `${key} is set multiple times`;
  const address = family === 4 ? parseIpv4(value) : parseIpv6(value);
  if (address === undefined) return `failed to parse field ${key}`;
  asked.family = family;
  if (address !== 0n) tuple[end] = BigInt(address);
  return undefined;
}

const NUMBERS = {
  ct_tp_src: ['sourcePort', 0x10000],
  ct_tp_dst: ['destinationPort', 0x10000],
  icmp_id: ['icmpId', 0x10000],
  icmp_type: ['icmpType', 0x100],
  icmp_code: ['icmpCode', 0x100],
} as const;

function setNumber(
  asked: Asked,
  tuple: AskedTuple,
  key: keyof typeof NUMBERS,
  value: string,
): string | undefined {
  if (key.startsWith('icmp') && !isIcmp(asked.protocol)) return 'invalid L4 fields';
  const [part, limit] = NUMBERS[key];
  const number = parseUnsigned(value, limit);
  if (number === undefined) return `failed to parse field ${key}`;
  tuple[part] = number;
  return undefined;
}

/** Reads `ct_nw_src=10.0.0.1,...` into `tuple`; what is wrong with it, if anything. */
function readTuple(asked: Asked, tuple: AskedTuple, text: string): string | undefined {
  for (const word of text.split(/[,\s]+/).filter((one) => one !== '')) {
    const [, key = word, value = ''] = /^([^=(]*)[=(](.*?)\)?$/.exec(word) ?? [];
    let wrong: string | undefined;
    if (value === '') wrong = `field ${key} missing value`;
    else if (/^ct_(?:nw|ipv6)_(?:src|dst)$/.test(key)) wrong = setAddress(asked, tuple, key, value);
    else if (key === 'ct_nw_proto') {
      const protocol = parseUnsigned(value, 0x100);
      if (protocol === undefined) wrong = `failed to parse field ${key}`;
      else asked.protocol = protocol;
    } else if (key in NUMBERS) wrong = setNumber(asked, tuple, key as keyof typeof NUMBERS, value);
    else wrong = `invalid conntrack tuple field: ${key}`;
    if (wrong !== undefined) return wrong;
  }
  return asked.protocol === 0 && (tuple.sourcePort !== 0 || tuple.destinationPort !== 0)
    ? 'port is set without protocol'
    : undefined;
}

function fitsTuple(asked: AskedTuple, tuple: Tuple, protocol: number): boolean {
  if (asked.source !== undefined && asked.source !== tuple.source) return false;
  if (asked.destination !== undefined && asked.destination !== tuple.destination) return false;
  if (isIcmp(protocol))
    return (
      asked.icmpId === tuple.sourcePort &&
      asked.icmpType === tuple.icmpType &&
      asked.icmpCode === tuple.icmpCode
    );
  return (
    (asked.sourcePort === 0 || asked.sourcePort === tuple.sourcePort) &&
    (asked.destinationPort === 0 || asked.destinationPort === tuple.destinationPort)
  );
}

const hasAddress = ({ source, destination }: AskedTuple): boolean =>
  source !== undefined || destination !== undefined;

function isWhole({ protocol, original, reply }: Asked): boolean {
  const icmp = isIcmp(protocol);
  const hasPorts = (tuple: AskedTuple, both: boolean): boolean =>
    both
      ? tuple.sourcePort !== 0 && tuple.destinationPort !== 0
      : tuple.sourcePort !== 0 || tuple.destinationPort !== 0;
  return (
    original.source !== undefined &&
    original.destination !== undefined &&
    (icmp || hasPorts(original, true)) &&
    !hasAddress(reply) &&
    (icmp || !hasPorts(reply, false))
  );
}

/**
 * Reads what stands behind the datapath or switch: zone, mark, labels and up to two tuples, each only in this order. The
 * error is ovs-vswitchd's.
 */
export function parseCtMatch(words: readonly string[]): Result<CtMatch> {
  const rest = [...words];
  const take = (prefix: string): string | undefined =>
    rest[0]?.startsWith(prefix) === true ? rest.shift()?.slice(prefix.length) : undefined;
  const zoneText = take('zone=');
  const zoneDigits = zoneText === undefined ? undefined : /^\s*\+?(\d+)/.exec(zoneText)?.[1];
  if (zoneText !== undefined && zoneDigits === undefined) return err('failed to parse zone');
  const zone = zoneDigits === undefined ? undefined : Number(BigInt(zoneDigits) & 0xffffn);
  const masked = new Map<'mark' | 'labels', Masked>();
  for (const [name, size] of [
    ['mark', 4],
    ['labels', 16],
  ] as const) {
    const text = take(`${name}=`);
    const found = text === undefined ? undefined : parseMasked(text, size);
    if (text !== undefined && !found) return err(`failed to parse ${name}`);
    if (found) masked.set(name, found);
  }
  const asked: Asked = { family: null, protocol: 0, original: noTuple(), reply: noTuple() };
  for (const tuple of [asked.original, asked.reply]) {
    const wrong = readTuple(asked, tuple, rest.shift() ?? '');
    if (wrong !== undefined) return err(wrong);
  }
  if (rest.length > 0) return err('invalid arguments');
  const holds = (name: 'mark' | 'labels', value: bigint): boolean => {
    const wanted = masked.get(name);
    return wanted === undefined || ((value ^ wanted.value) & wanted.mask) === 0n;
  };
  return ok({
    zone,
    isWholeTuple: masked.size === 0 && isWhole(asked),
    fits: ({ original, reply, mark, label }) =>
      (asked.family === null || asked.family === original.family) &&
      (asked.protocol === 0 || asked.protocol === original.protocol) &&
      fitsTuple(asked.original, original, asked.protocol) &&
      fitsTuple(asked.reply, reply, asked.protocol) &&
      holds('mark', BigInt(mark)) &&
      holds('labels', label),
  });
}
