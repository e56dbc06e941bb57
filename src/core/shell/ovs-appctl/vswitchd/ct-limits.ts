/** `dpctl/ct-...-limits`: how many connections a zone may hold. */
import { err, ok, type Result } from '../../../base/result.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import type { DaemonCommand, Reply } from '../reply.ts';
import { DATAPATH_NAMES } from './dpctl.ts';

const U16 = 0xffff;
const U32 = 0xffff_ffff;
const DEFAULT = 'default=';

const refusal = (text: string, reason = 'Invalid argument'): Result<never> =>
  err(`ovs-vswitchd: ${text} (${reason})`);

const BY_DATABASE = (program: string): Result<never> =>
  refusal(
    `the zone limits are set via database, use 'ovs-vsctl ${program}-zone-limit <...>' instead.`,
    'Operation not permitted',
  );

/** A whole number as strtoul reads it with any base, within bounds. */
function numberOf(text: string, most: number): number | undefined {
  const digits = /^\s*\+?(?:0x([0-9a-f]+)|0([0-7]*)|([1-9]\d*))$/i.exec(text);
  if (!digits) return undefined;
  const [, hex, octal, decimal] = digits;
  const value =
    hex !== undefined
      ? Number.parseInt(hex, 16)
      : decimal !== undefined
        ? Number(decimal)
        : Number.parseInt(octal || '0', 8);
  return value <= most ? value : undefined;
}

/** Arguments behind the datapath's name, if that is given. */
const behindName = (args: readonly string[]): readonly string[] =>
  DATAPATH_NAMES.has(args[0] ?? '') ? args.slice(1) : args;

/** `zone=N,limit=L`. */
function readLimit(text: string): Result<readonly [zone: number, limit: number]> {
  let zone: number | undefined;
  let limit: number | undefined;
  for (const part of text.split(/[, \t]+/).filter((one) => one !== '')) {
    const [key = '', value = ''] = part.split(/=(.*)/s);
    if (value === '') return refusal(`field ${key} missing value`);
    if (key !== 'zone' && key !== 'limit') return refusal(`invalid zone limit field: ${key}`);
    const number = numberOf(value, key === 'zone' ? U16 : U32);
    if (number === undefined) return refusal(`failed to parse field ${key}`);
    if (key === 'zone') zone = number;
    else limit = number;
  }
  return zone === undefined || limit === undefined
    ? refusal('failed to parse zone limit')
    : ok([zone, limit]);
}

function setLimits({ conntrack: { limits } }: Datapath, args: readonly string[]): Reply {
  const words = [...behindName(args)];
  const [first] = words;
  if (first === undefined) return refusal('too few arguments');
  let usual: number | undefined;
  if (first.startsWith(DEFAULT)) {
    const text = first.slice(DEFAULT.length);
    usual = /^\s*\+?\d+$/.test(text) ? Number(text) : undefined;
    if (usual === undefined || usual > U32) return refusal('invalid default limit');
    words.shift();
  }
  const wanted: (readonly [number, number])[] = [];
  for (const word of words) {
    const read = readLimit(word);
    if (!read.ok) return read;
    wanted.push(read.value);
  }
  if (limits.isProtected) return BY_DATABASE('set');
  if (usual !== undefined) limits.usual = usual;
  for (const [zone, limit] of wanted) limits.zones.set(zone, limit);
  return ok('');
}

/** The zones of `zone=N1,N2...`. */
function readZones(text: string): Result<readonly number[]> {
  if (!text.startsWith('zone=')) return refusal(`invalid argument ${text}`);
  const zones: number[] = [];
  for (const part of text
    .slice('zone='.length)
    .split(',')
    .filter((one) => one !== '')) {
    const digits = /^\s*[+-]?\d+/.exec(part)?.[0];
    if (digits === undefined) return refusal('invalid zone');
    zones.push(Number(digits) & U16);
  }
  return ok(zones);
}

function deleteLimits({ conntrack: { limits } }: Datapath, args: readonly string[]): Reply {
  const words = [...behindName(args)];
  if (words.length === 0) return refusal('too few arguments');
  const dropsUsual = words[0] === 'default';
  if (dropsUsual) words.shift();
  const zones = words[0] === undefined ? ok<readonly number[]>([]) : readZones(words[0]);
  if (!zones.ok) return zones;
  if (limits.isProtected) return BY_DATABASE('del');
  if (dropsUsual) limits.usual = 0;
  for (const zone of zones.value) limits.zones.delete(zone);
  return ok('');
}

function getLimits({ conntrack }: Datapath, args: readonly string[]): Reply {
  const { limits } = conntrack;
  const [text] = behindName(args);
  const asked = text === undefined ? ok([...limits.zones.keys()].toSorted((a, b) => a - b)) : readZones(text);
  if (!asked.ok) return asked;
  const rows = asked.value.map(
    (zone) => `\nzone=${zone},limit=${limits.of(zone)},count=${conntrack.connections(zone).length}`,
  );
  return ok(`default limit=${limits.usual}${rows.join('')}\n`);
}

export const CT_LIMIT_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  {
    name: 'dpctl/ct-set-limits',
    usage: '[dp] [default=L] [zone=N,limit=L]...',
    least: 1,
    most: Infinity,
    run: setLimits,
  },
  {
    name: 'dpctl/ct-del-limits',
    usage: '[dp] [default] [zone=N1[,N2]...]',
    least: 1,
    most: 3,
    run: deleteLimits,
  },
  { name: 'dpctl/ct-get-limits', usage: '[dp] [zone=N1[,N2]...]', least: 0, most: 2, run: getLimits },
];
