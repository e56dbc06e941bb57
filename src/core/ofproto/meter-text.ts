/** Text of OpenFlow meters, as `ovs-ofctl add-meter` reads it and `dump-meters` prints it. */
import { err, ok, type Result } from '../base/result.ts';
import { parseUint32 } from '../flow/c-integer.ts';
import { parseNamed } from './actions/header.ts';
import { METER_CONTROLLER, type MeterBand, type MeterSpec } from './bridge/meter.ts';

const METER_SLOWPATH = 0xfffffffd;
const METER_ALL = 0xffffffff;
const MAX_METER = 0xffff0000;

/** A request about meters; `bands` is empty for requests that only name one. */
export interface MeterMod extends MeterSpec {
  /** Number of the meter, `METER_ALL` for every one. */
  readonly id: number;
}

const NAMES: Readonly<Record<string, number>> = {
  all: METER_ALL,
  controller: METER_CONTROLLER,
  slowpath: METER_SLOWPATH,
};

const tokens = (text: string): string[] => text.split(/[=, \t\r\n]+/).filter((token) => token !== '');

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function parseId(name: string, value: string): Result<number> {
  const special = NAMES[value];
  if (special !== undefined) return ok(special);
  const id = parseUint32(value);
  if (!id.ok) return id;
  return id.value > MAX_METER || id.value === 0 ? err(`invalid value for ${name}`) : id;
}

function parseBands(text: string): Result<MeterBand[]> {
  const words = tokens(text);
  const bands: Mutable<MeterBand>[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at] as string;
    const value = words[at + 1];
    if (value === undefined) return err(`field ${name} missing value`);
    if (name === 'type') {
      if (value !== 'drop' && value !== 'dscp_remark') return err(`field ${name} unknown value ${value}`);
      bands.push({ type: value, rate: 0, burst: 0, precedence: 0 });
      continue;
    }
    const band = bands.at(-1);
    if (!band) return err("band must start with the 'type' keyword");
    if (name === 'rate' || name === 'burst_size') {
      const number = parseUint32(value);
      if (!number.ok) return number;
      band[name === 'rate' ? 'rate' : 'burst'] = number.value;
    } else if (name === 'prec_level') {
      const level = parseNamed(value, name, 256);
      if (!level.ok) return level;
      band.precedence = level.value;
    } else {
      return err(`unknown keyword ${name}`);
    }
  }
  return bands.length === 0 ? err('meter must have bands') : ok(bands);
}

function checkBand(band: MeterBand, burst: boolean): string | undefined {
  if (band.type === 'dscp_remark') {
    if (band.precedence === 0) return "'dscp_remark' band must have 'prec_level'";
  } else if (band.precedence !== 0) {
    return "Only 'dscp_remark' band may have 'prec_level'";
  }
  if (band.rate === 0) return "band must have 'rate'";
  if (burst && band.burst === 0) return "band must have 'burst_size' when 'burst' flag is set";
  if (!burst && band.burst !== 0) return "band may have 'burst_size' only when 'burst' flag is set";
  return undefined;
}

/** Reads a meter; `whole` when it must have bands, as for adding, else only its number is taken. */
export function parseMeter(text: string, whole: boolean): Result<MeterMod> {
  const at = whole ? text.indexOf('band') : -1;
  const equals = at < 0 ? -1 : text.indexOf('=', at + 1);
  if (whole && equals < 0) return err('must specify bands');
  const meter: Mutable<MeterMod> = { id: 0, unit: 'kbps', burst: false, stats: false, bands: [] };
  let flags = false;
  const words = tokens(whole ? text.slice(0, at) : text);
  for (let i = 0; i < words.length; i += 1) {
    const name = words[i] as string;
    if (whole && (name === 'kbps' || name === 'pktps' || name === 'burst' || name === 'stats')) {
      flags = true;
      if (name === 'burst') meter.burst = true;
      else if (name === 'stats') meter.stats = true;
      else meter.unit = name;
      continue;
    }
    i += 1;
    const value = words[i];
    if (value === undefined) return err(`field ${name} missing value`);
    if (name !== 'meter') return err(`unknown keyword ${name}`);
    const id = parseId(name, value);
    if (!id.ok) return id;
    meter.id = id.value;
  }
  if (meter.id === 0) return err("must specify 'meter'");
  if (!whole) return ok(meter);
  if (!flags) return err("meter must specify either 'kbps' or 'pktps'");
  const bands = parseBands(text.slice(equals + 1));
  if (!bands.ok) return bands;
  for (const band of bands.value) {
    const problem = checkBand(band, meter.burst);
    if (problem !== undefined) return err(problem);
  }
  meter.bands = bands.value;
  return ok(meter);
}

/** `controller` and `slowpath` for the switch's own, else the number. */
export const meterName = (id: number): string =>
  Object.entries(NAMES).find(([, number]) => number === id)?.[0] ?? String(id);

/** A meter as `dump-meters` prints it, bands on lines of their own. */
export function formatMeter(meter: MeterSpec): string {
  const flags = [meter.unit, ...(meter.burst ? ['burst'] : []), ...(meter.stats ? ['stats'] : [])];
  const bands = meter.bands.map((band) => {
    const burst = meter.burst ? ` burst_size=${band.burst}` : '';
    const level = band.type === 'dscp_remark' ? ` prec_level=${band.precedence}` : '';
    return `\ntype=${band.type} rate=${band.rate}${burst}${level}`;
  });
  return `meter=${meterName(meter.id)} ${flags.join(' ')} bands=${bands.join('')}\n`;
}
