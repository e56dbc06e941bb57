/**
 * Kind `linux`: replays the transcript of each case on one kernel whose namespaces are the hosts, as the recording did,
 * and compares each recorded output. Point: one a recorded output.
 */
import { firstDifference, type GoldenFolder, type Point, type Runner } from '../runner.ts';
import { normaliseLinux } from './linux-normaliser.ts';
import { Replay, SECOND, type Topology } from './linux-replay.ts';
import { schedule, type Distance } from './linux-schedule.ts';
import {
  meanPhase,
  readBpduMoments,
  readCounters,
  readHoldTimers,
  readMoments,
  timersApart,
  type CounterReading,
  type Moment,
} from './linux-times.ts';
import { readOutputs, readTranscript, type Event, type Expected } from './linux-transcript.ts';

/** What happens within that time of a command is its doing. */
const AT_ONCE = 1e6;
/** Replays that only tell when things begin, before the one that counts. */
const ROUNDS = 2;

const trimmed = (text: string): string => text.replace(/\n+$/, '');

/** A command or an injection, whether its output was kept, and when it began (nanoseconds since 1970), if that is known. */
interface Timed {
  readonly event: Exclude<Event, { kind: 'wait' }>;
  /** How long the recorder waited after it, in nanoseconds. */
  readonly waits: number;
  readonly expected: Expected | undefined;
  readonly began: number | undefined;
}

/** The command as its output's file names it: without the daemon's control socket. */
const withoutSocket = (command: string): string => command.replace(/ -t \S+\/vs\.ctl(?= )/, '');

/** Joins the transcript with the outputs that were kept and the moments that are known; all three are in order. */
function joinTimes(events: readonly Event[], outputs: Expected[], moments: Moment[]): Timed[] {
  return events.flatMap((event, index): Timed[] => {
    if (event.kind === 'wait') return [];
    let waits = 0;
    for (let next = index + 1; events[next]?.kind === 'wait'; next += 1)
      waits += (events[next] as Event & { kind: 'wait' }).seconds * SECOND;
    const command = event.kind === 'command' ? event.command : null;
    let began: number | undefined;
    const [moment] = moments;
    if (moment !== undefined && moment.host === event.host && moment.command === command) {
      moments.shift();
      began = moment.began;
    }
    if (event.kind === 'inject') return [{ event, waits, expected: undefined, began }];
    const at = outputs.findIndex((each) => each.host === event.host);
    const next = outputs[at];
    const isKept =
      next !== undefined &&
      next.command === withoutSocket(event.command) &&
      trimmed(next.output) === trimmed(event.output);
    if (isKept) outputs.splice(at, 1);
    return [{ event, waits, expected: isKept ? next : undefined, began }];
  });
}

const MAC = /(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/g;

interface Case {
  readonly name: string;
  readonly topology: Topology;
  readonly switching: ReadonlySet<string>;
  readonly timed: readonly Timed[];
  readonly isGiven: (mac: string) => boolean;
}

/** What a replay came to. */
interface Replayed {
  readonly points: Point[];
  /** When each event began here, and how long it took by itself. */
  readonly ran: readonly { readonly at: number; readonly took: number }[];
  /** What the recording tells of when its commands ran, by what the replay saw. */
  readonly distances: readonly Distance[];
  /** How far the topology change timers that it printed are from the recorded ones, in seconds. */
  readonly misfit: number;
}

/** Replays a case with each event at its moment of the replay's clock, or as soon as the one before it is done. */
function replayCase(
  { name, topology, switching, timed, isGiven }: Case,
  moments: readonly number[],
): Replayed {
  const points: Point[] = [];
  const ran: { at: number; took: number }[] = [];
  const distances: Distance[] = [];
  const replay = new Replay(topology, switching);
  const { clock } = replay;
  /** A frame circles, and counters told when the next command ended that. */
  let isEnding = false;
  let misfit = 0;
  for (const [index, { event, expected }] of timed.entries()) {
    if (!isEnding) clock.run(Math.max(clock.now(), moments[index] as number));
    isEnding = false;
    const at = clock.now();
    if (event.kind === 'inject') {
      isEnding = replay.inject(event.host, event.device, event.octets, countersAfter(timed, index));
      ran.push({ at, took: clock.now() - at });
      continue;
    }
    for (const { since, later } of replay.readDates(event)) {
      const start = startedBy(ran, timed, since);
      if (start !== undefined) distances.push({ at: index, since: start.index, apart: start.after + later });
    }
    const printed = replay.run(event.host, event.command);
    const actual = replay.withoutCollected(event.host, event.command, printed, event.output);
    ran.push({ at, took: clock.now() - at });
    misfit += timersApart(event.output, actual);
    if (expected === undefined) continue;
    const wanted = normaliseLinux(event.command, expected.output, isGiven);
    const got = normaliseLinux(event.command, actual, isGiven);
    const isWanted = (text: string): boolean =>
      trimmed(normaliseLinux(event.command, text, isGiven)) === trimmed(wanted);
    const pass =
      isWanted(actual) ||
      replay.isOtherWay(event.host, event.command, expected.output) ||
      replay.isOtherSeed(event.host, event.command, isWanted);
    const id = `${name}/${expected.file} ${event.host}# ${event.command}`;
    points.push(
      pass ? { kind: 'linux', id, pass } : { kind: 'linux', id, pass, why: firstDifference(wanted, got) },
    );
  }
  return { points, ran, distances, misfit };
}

/** The counters that a command printed before anything else was sent, of the first host that printed some. */
function countersAfter(timed: readonly Timed[], injection: number): CounterReading[] {
  for (let index = injection; timed[index]?.waits === 0;) {
    index += 1;
    const event = timed[index]?.event;
    if (event?.kind !== 'command' || isPrepared(event)) return [];
    const counters = readCounters(event.host, event.command, event.output);
    if (counters.length > 0) return counters;
  }
  return [];
}

/** The event that made something begin at `since`, and how long after its own beginning. */
function startedBy(
  ran: Replayed['ran'],
  timed: readonly Timed[],
  since: number,
): { index: number; after: number } | undefined {
  const index = ran.findLastIndex(({ at }) => at <= since);
  const start = ran[index];
  if (start === undefined) return undefined;
  const after = since - start.at;
  // What comes later than that may be a timer's doing, unless the captures tell when it was.
  const reach = timed[index]?.began === undefined ? AT_ONCE : start.took;
  return after <= reach ? { index, after } : undefined;
}

/** Whether the recorder had to get ready for it: for a ping or an injection. */
const isPrepared = (event: Timed['event']): boolean =>
  event.kind === 'inject' || event.command.startsWith('ping');

/** How near a whole second must be to the other knowledge of a command to date it. */
const NEAR = 0.45 * SECOND;

/**
 * When the recorder ran each event, by what is known, on a clock whose whole seconds are those of the recorder's kernel.
 * There its hold timers end, which dates a command exactly once the other timers tell about when it was.
 */
function plan(timed: readonly Timed[], bpdus: readonly number[], replayed: Replayed | undefined): number[] {
  const planned = timed.map(({ event, began, waits }, index) => ({
    began,
    printed: undefined as number | undefined,
    least: waits + (replayed?.ran[index]?.took ?? 0),
    isPrepared: isPrepared(event),
  }));
  const distances = replayed?.distances ?? [];
  let moments = schedule(planned, distances);
  const holds = timed.map(({ event }) =>
    event.kind === 'command' ? readHoldTimers(event.command, event.output) : [],
  );
  const ends = holds.flatMap((lefts, index) => lefts.map((left) => (moments[index] as number) + left));
  const phase = bpdus.length > 0 ? meanPhase(bpdus, SECOND) : meanPhase(ends, SECOND);
  if (phase !== undefined && replayed !== undefined) {
    for (const [index, each] of planned.entries()) {
      const [left] = holds[index] as number[];
      if (left === undefined || each.began !== undefined) continue;
      const about = (moments[index] as number) + left;
      const end = Math.round((about - phase) / SECOND) * SECOND + phase;
      if (Math.abs(end - about) < NEAR) each.printed = end - left;
    }
    moments = schedule(planned, distances);
  }
  const origin = Math.floor(((moments[0] ?? 0) - (phase ?? 0)) / SECOND) * SECOND + (phase ?? 0);
  return moments.map((moment) => moment - origin);
}

/**
 * The kernel's timers end at steps of its wheel, a quarter of a second apart for those of some seconds. How the steps lie
 * to whole seconds is not recorded; other whole seconds of the replay's clock give other ones.
 */
const WHEELS = 8;

/**
 * Replays a case at the moments that its recording tells. Where spanning trees run, the wheel is the one whose topology
 * change timers come nearest to those printed.
 */
function replayDated(recorded: Case, bpdus: readonly number[]): Point[] {
  let replayed: Replayed | undefined;
  for (let round = 0; round < ROUNDS; round += 1)
    replayed = replayCase(recorded, plan(recorded.timed, bpdus, replayed));
  const moments = plan(recorded.timed, bpdus, replayed);
  let best = replayCase(recorded, moments);
  for (let wheel = 1; wheel < WHEELS && bpdus.length > 0; wheel += 1) {
    const other = replayCase(
      recorded,
      moments.map((moment) => moment + wheel * SECOND),
    );
    if (other.misfit < best.misfit) best = other;
  }
  return best.points;
}

function* runCase(folder: GoldenFolder, name: string): Iterable<Point> {
  const path = `linux/${name}`;
  const topology = JSON.parse(folder.text(`${path}/topology.json`)) as Topology;
  const events = readTranscript(
    folder.text(`${path}/setup.txt`),
    new Set(topology.hosts.map((host) => host.name)),
  );
  const given = new Set([
    ...topology.links.flatMap(({ a, b }) => [a.mac, b.mac]),
    ...events.flatMap((event) => (event.kind === 'command' ? (event.command.match(MAC) ?? []) : [])),
    '00:00:00:00:00:00',
  ]);
  const pending = readOutputs(folder, path);
  const switching = new Set(
    events.flatMap((event) =>
      event.kind === 'command' && event.command.startsWith('ovs-') ? [event.host] : [],
    ),
  );
  const timed = joinTimes(events, pending, readMoments(folder, path));
  const recorded: Case = { name, topology, switching, timed, isGiven: (mac) => given.has(mac) };
  yield* replayDated(recorded, readBpduMoments(folder, path));
  for (const left of pending)
    yield {
      kind: 'linux',
      id: `${name}/${left.file}`,
      pass: false,
      why: 'its command is not in the transcript',
    };
}

export const linux: Runner = {
  kinds: ['linux'],
  *run(folder) {
    for (const name of folder.list('linux'))
      if (folder.exists(`linux/${name}/topology.json`)) yield* runCase(folder, name);
  },
};
