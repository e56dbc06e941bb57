/**
 * Kind `linux`: replays the transcript of each case on one kernel whose namespaces are the hosts, as the recording did,
 * and compares each recorded output. Point: one a recorded output.
 */
import { firstDifference, type GoldenFolder, type Point, type Runner } from '../runner.ts';
import { normaliseLinux } from './linux-normaliser.ts';
import { Replay, SECOND, type Topology } from './linux-replay.ts';
import { meanPhase, readGcTimers, readHoldTimers, readMoments, type Moment } from './linux-times.ts';
import { readOutputs, readTranscript, type Event, type Expected } from './linux-transcript.ts';

/** How long the recorder needed for a command, where nothing later tells. */
const COMMAND_TIME = 0.1 * SECOND;
const SHORTEST = 0.005 * SECOND;

const trimmed = (text: string): string => text.replace(/\n+$/, '');

/** An event, whether its output was kept, and when it began (nanoseconds since 1970), if that is known. */
interface Timed {
  readonly event: Event;
  readonly expected: Expected | undefined;
  readonly began: number | undefined;
}

/** The command as its output's file names it: without the daemon's control socket. */
const withoutSocket = (command: string): string => command.replace(/ -t \S+\/vs\.ctl(?= )/, '');

/** Joins the transcript with the outputs that were kept and the moments that are known; all three are in order. */
function joinTimes(events: readonly Event[], outputs: Expected[], moments: Moment[]): Timed[] {
  return events.map((event) => {
    if (event.kind === 'wait') return { event, expected: undefined, began: undefined };
    const command = event.kind === 'command' ? event.command : null;
    let began: number | undefined;
    const [moment] = moments;
    if (moment !== undefined && moment.host === event.host && moment.command === command) {
      moments.shift();
      began = moment.began;
    }
    if (event.kind === 'inject') return { event, expected: undefined, began };
    const at = outputs.findIndex((each) => each.host === event.host);
    const next = outputs[at];
    const isKept =
      next !== undefined &&
      next.command === withoutSocket(event.command) &&
      trimmed(next.output) === trimmed(event.output);
    if (isKept) outputs.splice(at, 1);
    return { event, expected: isKept ? next : undefined, began };
  });
}

/** How long each command took between `from` and the next event whose moment is known. */
function commandTime(
  timed: readonly Timed[],
  from: number,
  now: number,
  base: number | undefined,
  lagBehind: (event: Event) => number | undefined,
): number {
  let waits = 0;
  let commands = 0;
  for (let at = from; at < timed.length; at += 1) {
    const { event, began } = timed[at] as Timed;
    const left =
      at === from
        ? undefined
        : began !== undefined && base !== undefined
          ? began - base - now
          : lagBehind(event);
    if (left !== undefined) {
      const share = Math.max(SHORTEST, (left - waits) / commands);
      // What a ping or an injection needs to be prepared comes after the commands before it.
      return began === undefined ? share : Math.min(share, COMMAND_TIME);
    }
    if (event.kind === 'wait') waits += event.seconds * SECOND;
    else commands += 1;
  }
  return COMMAND_TIME;
}

const MAC = /(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/g;

interface Case {
  readonly name: string;
  readonly topology: Topology;
  readonly switching: ReadonlySet<string>;
  readonly timed: readonly Timed[];
  readonly isGiven: (mac: string) => boolean;
}

/** Shorter lags come from the even shares of commands, not from the start of the captures. */
const LEAST_LAG = 0.3 * SECOND;

/** What a replay came to. */
interface Replayed {
  readonly points: Point[];
  /** What a later timer says was missing. */
  readonly lag: number;
  /** When in a second of the replay the recorder's kernel had whole seconds; undefined if no timer tells. */
  readonly phase: number | undefined;
}

/**
 * Replays a case. `preparing` passes before the first moment that the captures date: the recorder started them then.
 * Null measures it. The replay begins at `start`, since the kernel gathers timers at whole seconds of its own.
 */
function replayCase(
  { name, topology, switching, timed, isGiven }: Case,
  preparing: number | null,
  start = 0,
): Replayed {
  const points: Point[] = [];
  const replay = new Replay(topology, switching);
  const { clock } = replay;
  replay.pass(start);
  const seconds: number[] = [];
  let lag: number | undefined;
  /** Simulated zero in the recorder's time. */
  let base: number | undefined;
  for (const [at, { event, expected, began }] of timed.entries()) {
    if (began !== undefined) {
      if (base === undefined) {
        replay.pass(preparing ?? 0);
        base = began - clock.now();
      }
      clock.run(Math.max(clock.now(), began - base));
    }
    if (event.kind === 'wait') {
      replay.pass(event.seconds * SECOND);
      continue;
    }
    if (event.kind === 'inject') {
      replay.inject(event.host, event.device, event.octets);
      continue;
    }
    const lagging = began === undefined ? replay.lagBehind(event) : undefined;
    if (base !== undefined && lagging !== undefined && readGcTimers(event.command, event.output).length > 0)
      lag ??= lagging;
    replay.pass(Math.max(0, lagging ?? 0));
    // What is missing must come to light at a timer, not be spread over the commands before it.
    const ahead = (later: Event): number | undefined =>
      preparing === null && base !== undefined ? undefined : replay.lagBehind(later);
    const time = commandTime(timed, at, clock.now(), base, ahead);
    for (const left of readHoldTimers(event.command, event.output)) seconds.push(clock.now() + left);
    const actual = replay.run(event.host, event.command, time);
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
  return { points, lag: lag ?? 0, phase: meanPhase(seconds, SECOND) };
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
  const { lag } = replayCase(recorded, null);
  const preparing = lag > LEAST_LAG ? lag : 0;
  const first = replayCase(recorded, preparing);
  if (first.phase === undefined) yield* first.points;
  else yield* replayCase(recorded, preparing, SECOND - first.phase).points;
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
