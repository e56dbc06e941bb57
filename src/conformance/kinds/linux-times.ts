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
  readonly inject?: { readonly interface: string; readonly hex: string };
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
  return lists.map(({ host, command = null, inject, hops }) => {
    const began = begin(hops);
    // An entry begins some time before its frame is put in.
    const putIn = hops.find(
      (hop) => hop.host === host && hop.interface === inject?.interface && hop.hex === inject.hex,
    );
    return { host, command, began: began === undefined ? undefined : began + (putIn?.t_us ?? 0) * 1000 };
  });
}

/** Timers that date a command: they run from a moment that the replay knows as well. */
export type DatingTimer = 'gc' | 'topology change' | 'forward delay';

/** What an output says of a timer: how long it still had, in nanoseconds. `port` is null for the bridge's own. */
export interface TimerReading {
  readonly timer: DatingTimer;
  readonly bridge: string;
  readonly port: string | null;
  readonly left: number;
}

const DATING = /\b(gc|topology change|forward delay) timer\t+ *([\d.]+)/g;
const DATING_DETAIL = /\b(gc|topology_change|forward_delay)_timer +([\d.]+)/g;

/**
 * The running timers that `brctl showstp` and `ip -d link` printed. They are not compared, but they date the command: the
 * same timer of the replayed bridge tells how much later it ran than the replay has come to.
 */
export function readTimers(command: string, output: string): TimerReading[] {
  const stp = /^brctl showstp (\S+)/.exec(command)?.[1];
  if (stp === undefined && !command.startsWith('ip -d link')) return [];
  const readings: TimerReading[] = [];
  let bridge = stp ?? '';
  let port: string | null = null;
  for (const line of output.split('\n')) {
    if (stp === undefined) {
      const head = /^\d+: ([^:@]+)[^:]*:(?:.* master (\S+))?/.exec(line);
      if (head !== null)
        [bridge, port] = [head[2] ?? (head[1] as string), head[2] === undefined ? null : (head[1] as string)];
    } else port = /^(\S+) \(\d+\)$/.exec(line)?.[1] ?? port;
    for (const [, timer = '', left] of line.matchAll(stp === undefined ? DATING_DETAIL : DATING))
      if (Number(left) > 0)
        readings.push({
          timer: timer.replace('_', ' ') as DatingTimer,
          bridge,
          port: timer.startsWith('forward') ? port : null,
          left: Number(left) * 1e9,
        });
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

const TOPOLOGY_CHANGE = /topology[ _]change[ _]timer[\t ]+ *([\d.]+)/g;
/** A timer further off runs for something else, in seconds. */
const FURTHEST = 0.5;

/**
 * How far the topology change timers that two outputs of a command tell are apart, in seconds. Most of them were started
 * when a forward delay ended, which is a step of the kernel's timer wheel. None of them is compared.
 */
export function timersApart(expected: string, actual: string): number {
  const [left, right] = [expected, actual].map((text) =>
    [...text.matchAll(TOPOLOGY_CHANGE)].map(([, value]) => Number(value)),
  ) as [number[], number[]];
  return left.reduce(
    (sum, value, at) => sum + Math.min(FURTHEST, Math.abs(value - (right[at] ?? Infinity))),
    0,
  );
}

/** How many frames a device had sent and received, and whether it was down. */
export interface CounterReading {
  readonly host: string;
  readonly device: string;
  readonly sent: number;
  readonly received: number;
  readonly isDown: boolean;
}

/** The counters that `ip -s link` printed. */
export function readCounters(host: string, command: string, output: string): CounterReading[] {
  if (command !== 'ip -s link') return [];
  return output.split(/^(?=\d+: )/m).flatMap((block) => {
    const device = /^\d+: ([^:@]+)/.exec(block)?.[1];
    const [received, sent] = ['RX', 'TX'].map((way) =>
      Number(new RegExp(`^ +${way}: .*\\n *\\d+ +(\\d+)`, 'm').exec(block)?.[1] ?? 0),
    ) as [number, number];
    return device === undefined ? [] : [{ host, device, sent, received, isDown: / state DOWN /.test(block) }];
  });
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

/** `01:80:c2:00:00:00`, and the LLC header of a configuration BPDU. */
const CONFIGURATION = /^0180c2000000[0-9a-f]{16}424203/;

/**
 * When bridges sent BPDUs (nanoseconds since 1970): hello and hold timers, of which most come, end at whole seconds of the
 * recorder's kernel.
 */
export function readBpduMoments(folder: GoldenFolder, path: string): number[] {
  const moments: number[] = [];
  for (const file of folder.list(`${path}/pcaps`)) {
    const capture = readCapture(folder.octets(`${path}/pcaps/${file}`));
    for (const { time, octets } of capture.ok ? capture.value.packets : [])
      if (CONFIGURATION.test(toHex(octets.subarray(0, 17))))
        moments.push(time.seconds * 1e9 + time.nanoseconds);
  }
  return moments;
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
