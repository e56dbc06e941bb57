/**
 * When the recorder began each ping and each injection. The transcript has no times, but the captures of the same case
 * do: where all hops of an entry fit the captures, they date the moment from which `hops.json` counts.
 */
import { toHex } from '../../core/base/bytes.ts';
import { readCapture } from '../../core/wire/index.ts';
import type { GoldenFolder } from '../runner.ts';

interface Hop {
  readonly t_us: number;
  readonly host: string;
  readonly interface: string;
  readonly hex: string;
}

interface HopList {
  readonly host: string;
  readonly command?: string;
  readonly hops: readonly Hop[];
}

/** A ping (`command`) or an injection (null), in order, and when it began in nanoseconds since 1970, if known. */
export interface Moment {
  readonly host: string;
  readonly command: string | null;
  readonly began: number | undefined;
}

/** When each frame of a capture was seen (nanoseconds since 1970), by its octets. */
function timesOfFrames(octets: Uint8Array): ReadonlyMap<string, readonly number[]> {
  const capture = readCapture(octets);
  const times = new Map<string, number[]>();
  for (const packet of capture.ok ? capture.value.packets : []) {
    const hex = toHex(packet.octets);
    const time = packet.time.seconds * 1e9 + packet.time.nanoseconds;
    const known = times.get(hex);
    if (known === undefined) times.set(hex, [time]);
    else known.push(time);
  }
  return times;
}

const NONE: readonly number[] = [];
/** `t_us` has one decimal place. */
const TOLERANCE = 2000;

export function readMoments(folder: GoldenFolder, path: string): Moment[] {
  if (!folder.exists(`${path}/hops.json`)) return [];
  const lists = JSON.parse(folder.text(`${path}/hops.json`)) as readonly HopList[];
  const captures = new Map<string, ReadonlyMap<string, readonly number[]>>();
  const timesOf = (hop: Hop): readonly number[] => {
    const file = `${path}/pcaps/${hop.host}_${hop.interface}.pcap`;
    let frames = captures.get(file);
    if (frames === undefined) {
      frames = folder.exists(file)
        ? timesOfFrames(folder.octets(file))
        : new Map<string, readonly number[]>();
      captures.set(file, frames);
    }
    return frames.get(hop.hex) ?? NONE;
  };
  const begin = (hops: readonly Hop[]): number | undefined => {
    const seen = hops.filter((hop) => timesOf(hop).length > 0);
    const rarest = seen.toSorted((a, b) => timesOf(a).length - timesOf(b).length)[0];
    if (rarest === undefined) return undefined;
    const starts = timesOf(rarest).map((time) => time - rarest.t_us * 1000);
    return starts.find((start) =>
      seen.every((hop) => timesOf(hop).some((time) => Math.abs(time - start - hop.t_us * 1000) < TOLERANCE)),
    );
  };
  return lists.map(({ host, command = null, hops }) => ({ host, command, began: begin(hops) }));
}

/** What an output says of a bridge's timer that runs for minutes: how long it still had, in nanoseconds. */
export interface GcReading {
  readonly bridge: string;
  readonly left: number;
}

/**
 * The gc timers that `brctl showstp` and `ip -d link` printed. They are not compared, but they date the command: the
 * same timer of the replayed bridge tells how much later it ran than the replay has come to.
 */
export function readGcTimers(command: string, output: string): GcReading[] {
  const stp = /^brctl showstp (\S+)/.exec(command)?.[1];
  if (stp !== undefined) {
    const left = /gc timer\t+ *([\d.]+)/.exec(output)?.[1];
    return left === undefined ? [] : [{ bridge: stp, left: Number(left) * 1e9 }];
  }
  if (!command.startsWith('ip -d link')) return [];
  const readings: GcReading[] = [];
  let bridge = '';
  for (const line of output.split('\n')) {
    bridge = /^\d+: ([^:@]+)/.exec(line)?.[1] ?? bridge;
    const left = / gc_timer +([\d.]+)/.exec(line)?.[1];
    if (left !== undefined) readings.push({ bridge, left: Number(left) * 1e9 });
  }
  return readings;
}

/** What an output says of a forwarding entry: since when, in nanoseconds, its address was not seen. */
export interface AgeReading {
  readonly bridge: string;
  readonly mac: string;
  readonly age: number;
}

/** The ages that `brctl showmacs` printed of learned addresses: they date the command as well. */
export function readAges(command: string, output: string): AgeReading[] {
  const bridge = /^brctl showmacs (\S+)/.exec(command)?.[1];
  if (bridge === undefined) return [];
  return [...output.matchAll(/^ *\d+\t(\S+)\tno\t\t *([\d.]+)$/gm)].map(([, mac = '', age]) => ({
    bridge,
    mac,
    age: Number(age) * 1e9,
  }));
}

/**
 * The hold timers that `brctl showstp` printed, in nanoseconds: they end when the recorder's kernel has a whole second
 * (`round_jiffies`). One that does not run, or is about to end, says nothing.
 */
export function readHoldTimers(command: string, output: string): number[] {
  if (!command.startsWith('brctl showstp ')) return [];
  return [...output.matchAll(/hold timer\t+ *([\d.]+)/g)]
    .map(([, left]) => Number(left) * 1e9)
    .filter((left) => left > 0);
}

/** The mean of `moments` on a circle of `period`; undefined if there are none. */
export function meanPhase(moments: readonly number[], period: number): number | undefined {
  if (moments.length === 0) return undefined;
  const angles = moments.map((moment) => ((moment % period) / period) * 2 * Math.PI);
  const sum = (of: (angle: number) => number): number =>
    angles.reduce((total, angle) => total + of(angle), 0);
  const angle = Math.atan2(sum(Math.sin), sum(Math.cos)) / (2 * Math.PI);
  return (angle < 0 ? angle + 1 : angle) * period;
}
