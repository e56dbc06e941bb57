/**
 * Kind `linux`: replays the transcript of each case on one kernel whose namespaces are the hosts, as the recording did,
 * and compares each recorded output. Point: one a recorded output.
 */
import type { Context } from '../../core/base/context.ts';
import { fromHex } from '../../core/base/bytes.ts';
import { formatMac, parseMac } from '../../core/base/address.ts';
import { createRandom } from '../../core/base/random.ts';
import { findLink, rename, setMac, setUp } from '../../core/linux/device.ts';
import { allRoutes, Kernel, type Link } from '../../core/linux/index.ts';
import { fibLookup, type FibFlow } from '../../core/linux/route-lookup.ts';
import { parseIp, formatIp, type IpAddress } from '../../core/linux/family.ts';
import { SwitchHost } from '../../core/sim/switch-host.ts';
import type { Database } from '../../core/ovsdb/index.ts';
import { err, ok } from '../../core/base/result.ts';
import type { IpHost } from '../../core/shell/ip/host.ts';
import type { DatabaseHost } from '../../core/shell/ovsdb/host.ts';
import type { AppctlHost } from '../../core/shell/ovs-appctl/host.ts';
import { ovsAppctl } from '../../core/shell/ovs-appctl/ovs-appctl.ts';
import { vswitchdTarget } from '../../core/shell/ovs-appctl/vswitchd/vswitchd.ts';
import type { OfctlHost } from '../../core/shell/ovs-ofctl/host.ts';
import { ovsOfctl } from '../../core/shell/ovs-ofctl/ovs-ofctl.ts';
import { ovsVsctl } from '../../core/shell/ovs-vsctl/ovs-vsctl.ts';
import { fdbEntries } from '../../core/linux/bridge/fdb.ts';
import { timeLeft } from '../../core/linux/bridge/timer.ts';
import { createClock, type SimClock } from '../../core/sim/clock.ts';
import { brctl } from '../../core/shell/brctl/brctl.ts';
import { bridge } from '../../core/shell/bridge/program.ts';
import { ip } from '../../core/shell/ip/program.ts';
import { ping } from '../../core/shell/ping/ping.ts';
import type { Exit, Output, Program, RunningProgram } from '../../core/shell/program.ts';
import { sysctl } from '../../core/shell/sysctl/sysctl.ts';
import { splitWords } from '../../core/shell/words.ts';
import { firstDifference, type GoldenFolder, type Point, type Runner } from '../runner.ts';
import { normaliseLinux } from './linux-normaliser.ts';
import { runProbe } from './linux-probe.ts';
import { readAges, readGcTimers, readMoments, type Moment } from './linux-times.ts';

interface LinkEnd {
  readonly host: string;
  readonly interface: string;
  readonly mac: string;
}

interface Topology {
  readonly hosts: readonly { readonly name: string }[];
  readonly links: readonly { readonly a: LinkEnd; readonly b: LinkEnd }[];
  readonly ipv6: boolean;
}

/** What happens in a case, in order. */
type Event =
  | { readonly kind: 'command'; readonly host: string; readonly command: string; readonly output: string }
  | { readonly kind: 'inject'; readonly host: string; readonly device: string; readonly octets: Uint8Array }
  | { readonly kind: 'wait'; readonly seconds: number };

const SECOND = 1e9;
/** How long the recorder needed for a command (where nothing later tells), after a ping and after an injected frame. */
const COMMAND_TIME = 0.1 * SECOND;
const SHORTEST = 0.005 * SECOND;
const AFTER_PING = 0.15 * SECOND;
const AFTER_INJECTION = 0.5 * SECOND;
/** A timer that differs by more was started again by one of the two. */
const LONGEST_LAG = 30 * SECOND;
/** A program that runs longer than this is interrupted. */
const LONGEST = 60 * SECOND;

/** Whether a quotation goes on in the next line. */
const isOpenQuoted = (command: string): boolean =>
  command.startsWith('python3 ') && (command.split('"').length - 1) % 2 === 1;

function readTranscript(text: string, hosts: ReadonlySet<string>): Event[] {
  const events: Event[] = [];
  let command: { host: string; command: string; output: string[] } | null = null;
  const finish = (): void => {
    if (command !== null)
      events.push({
        kind: 'command',
        host: command.host,
        command: command.command,
        output: command.output.join('\n'),
      });
    command = null;
  };
  for (const line of text.split('\n')) {
    const match = /^(\S+)# (.*)$/.exec(line);
    if (match !== null && hosts.has(match[1] as string)) {
      finish();
      const [, host = '', rest = ''] = match;
      const injected = /^# inject on (\S+): ([0-9a-f]+)/.exec(rest);
      if (injected !== null)
        events.push({
          kind: 'inject',
          host,
          device: injected[1] as string,
          octets: fromHex(injected[2] as string) ?? new Uint8Array(0),
        });
      else command = { host, command: rest, output: [] };
      continue;
    }
    if (command !== null && isOpenQuoted(command.command)) {
      command.command += `\n${line}`;
      continue;
    }
    const wait = /^# wait ([\d.]+) s/.exec(line);
    if (wait !== null) {
      finish();
      events.push({ kind: 'wait', seconds: Number(wait[1]) });
      continue;
    }
    if (line.startsWith('# ')) {
      finish();
      continue;
    }
    (command as { output: string[] } | null)?.output.push(line);
  }
  finish();
  return events;
}

/** What the programs of the transcripts see of a host. */
type Site = IpHost & DatabaseHost & OfctlHost & AppctlHost;

/** The programs that the transcripts use. */
const PROGRAMS: Readonly<Record<string, Program<Site>>> = {
  ip,
  ping,
  ping6: ping,
  brctl,
  bridge,
  sysctl,
  'ovs-vsctl': ovsVsctl,
  'ovs-ofctl': ovsOfctl,
  'ovs-appctl': ovsAppctl,
};

/** What `vs.ctl` is the control socket of. */
const DAEMON = 'vs';

const HASH_SEED = 'net.ipv4.fib_multipath_hash_seed';
const SEEDS = 8;

const flowTo = ({ family, address }: IpAddress): FibFlow => ({
  family,
  destination: address,
  source: 0n,
  tos: 0,
  mark: 0,
  iif: 0,
  oif: 0,
});

class Replay {
  readonly clock: SimClock = createClock();
  readonly kernel: Kernel;
  readonly #context: Context;
  readonly #switches = new Map<string, SwitchHost>();

  /** `switching`: hosts that run Open vSwitch. */
  constructor(topology: Topology, switching: ReadonlySet<string>) {
    this.#context = {
      clock: this.clock,
      random: createRandom(1),
      recorder: { active: false, record: () => 0 },
    };
    // The recorder's kernel had none of the devices that are features here.
    this.kernel = new Kernel('recorder', this.#context, { features: new Set() });
    for (const { name } of topology.hosts) this.#addHost(name, topology.ipv6);
    const workshop = this.kernel.addNamespace('#workshop');
    if (!workshop.ok) return;
    workshop.value.nextIndex = 100;
    topology.links.forEach(({ a, b }, index) => {
      const made = this.kernel.addLink('#workshop', {
        kind: 'veth',
        name: `a${index}`,
        peer: { name: `b${index}` },
      });
      if (!made.ok || made.value.peer === null) return;
      const { peer } = made.value;
      this.#place(made.value, a);
      this.#place(peer, b);
    });
    for (const host of switching) this.#startSwitch(host);
  }

  /** The recorder started the daemons without ovs-ctl, which would have written down their version. */
  #startSwitch(host: string): void {
    const started = new SwitchHost(this.#context, this.kernel, { namespace: host });
    this.#switches.set(host, started);
    started.ovs.transact((txn) => {
      for (const row of started.ovs.rows('Open_vSwitch'))
        txn.update('Open_vSwitch', row._uuid, { ovs_version: null });
    });
  }

  #addHost(name: string, ipv6: boolean): void {
    const added = this.kernel.addNamespace(name);
    if (!added.ok) return;
    const net = added.value;
    if (!ipv6) {
      net.sysctl.set('net.ipv6.conf.all.disable_ipv6', '1');
      net.sysctl.set('net.ipv6.conf.default.disable_ipv6', '1');
    }
    const lo = findLink(net, 'lo');
    if (lo !== undefined) setUp(net, lo);
  }

  #place(link: Link, end: LinkEnd): void {
    const net = this.kernel.namespace(end.host);
    rename(this.kernel.namespace('#workshop'), link, `${end.host}.${end.interface}`);
    this.kernel.moveLink(link, net);
    rename(net, link, end.interface);
    setMac(net, link, parseMac(end.mac) ?? 0n);
  }

  pass(time: number): void {
    this.clock.run(this.clock.now() + time);
  }

  /** How much later than now the recorder ran a command, by the timers that it printed; undefined: they do not tell. */
  lagBehind(event: Event): number | undefined {
    if (event.kind !== 'command') return undefined;
    for (const { bridge, left } of readGcTimers(event.command, event.output)) {
      const timer = this.kernel.findLink(event.host, bridge)?.bridge?.gcTimer;
      const lag = timer === undefined ? 0 : timeLeft(this.clock, timer) - left;
      if (timer !== undefined && Math.abs(lag) < LONGEST_LAG) return lag;
    }
    const ages = readAges(event.command, event.output).flatMap(({ bridge, mac, age }) => {
      const state = this.kernel.findLink(event.host, bridge)?.bridge ?? null;
      const entry = state && fdbEntries(state).find((each) => formatMac(each.mac) === mac);
      return entry ? [age - (this.clock.now() - entry.updated)] : [];
    });
    const lag = ages.toSorted((a, b) => a - b)[ages.length >> 1];
    return lag !== undefined && Math.abs(lag) < LONGEST_LAG ? lag : undefined;
  }

  inject(host: string, device: string, octets: Uint8Array): void {
    const link = this.kernel.findLink(host, device);
    if (link !== undefined) this.kernel.transmit(link, octets, null);
    this.pass(AFTER_INJECTION);
  }

  /** What the command prints, both streams as they come. It needs `time` unless it runs on. */
  run(host: string, command: string, time: number): string {
    let text = '';
    const output: Output = { out: (part) => void (text += part), err: (part) => void (text += part) };
    const probed = runProbe(this.kernel, this.clock, host, command);
    if (probed !== undefined) return probed;
    const words = splitWords(command);
    const argv = words.ok ? words.value : [];
    const result = this.#start(argv, host, output);
    if ('status' in result) this.pass(time);
    else {
      let ended = false;
      result.onDone(() => {
        ended = true;
      });
      const limit = this.clock.now() + LONGEST;
      while (!ended && (this.clock.next() ?? limit) < limit) this.clock.step();
      if (!ended) result.cancel();
      this.pass(AFTER_PING);
    }
    return text;
  }

  #start(argv: readonly string[], namespace: string, output: Output): Exit | RunningProgram {
    const [name = ''] = argv;
    const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
    if (program === undefined) {
      output.err(`${name}: not modelled\n`);
      return { status: 127 };
    }
    return program({
      argv,
      stdin: '',
      output,
      context: this.#context,
      host: this.#site(namespace),
      namespace,
    });
  }

  #site(name: string): Site {
    const ovs = this.#switches.get(name);
    return {
      kernel: this.kernel,
      run: (argv, namespace, output) => this.#start(argv, namespace, output),
      connect: (database) =>
        database === 'Open_vSwitch' && ovs !== undefined
          ? ok(ovs.ovs as unknown as Database)
          : err('No such file or directory'),
      variable: () => undefined,
      bridge: (bridge) => ovs?.vswitch.bridges.get(bridge),
      readFile: () => undefined,
      packetOut: (bridge, octets, inPort, actions) =>
        ovs?.packetOut(bridge.name, octets, actions, null, inPort),
      target: (target) =>
        ovs !== undefined && target === DAEMON ? vswitchdTarget(ovs.vswitch.datapath) : undefined,
    };
  }

  /**
   * Runs a ping again for other seeds of the hash that spreads flows over equal-cost next hops: whether one of them
   * gives what `isWanted`. Every host draws such a seed at boot.
   */
  isOtherSeed(host: string, command: string, isWanted: (output: string) => boolean): boolean {
    if (!command.startsWith('ping ')) return false;
    const spreading = [...this.kernel.namespaces.values()].filter((net) =>
      allRoutes(net, 4).some((route) => route.nexthops.length > 1),
    );
    const seeds = spreading.map(({ sysctl }) => sysctl.get(HASH_SEED) ?? '0');
    const found =
      spreading.length > 0 &&
      Array.from({ length: SEEDS }, (_, index) => index + 1).some((other) => {
        for (const [at, { sysctl }] of spreading.entries())
          sysctl.set(HASH_SEED, String((other + 1) * (at + 1)));
        return isWanted(this.run(host, command, 0));
      });
    for (const [at, { sysctl }] of spreading.entries()) sysctl.set(HASH_SEED, seeds[at] as string);
    return found;
  }

  /** Whether `expected` takes another of several equal-cost next hops than we did. */
  isOtherWay(host: string, command: string, expected: string): boolean {
    const target = /^ip route get (\S+)/.exec(command)?.[1];
    const destination = target === undefined ? undefined : parseIp(target);
    const way = /via (\S+) dev (\S+)/.exec(expected);
    if (destination === undefined || way === null) return false;
    const net = this.kernel.namespace(host);
    const found = fibLookup(net, flowTo(destination));
    if (found.kind === 'error' || found.route.nexthops.length < 2) return false;
    return found.route.nexthops.some(
      (hop) =>
        hop.gateway !== null &&
        formatIp(hop.gateway.family, hop.gateway.address) === way[1] &&
        net.links.get(hop.ifindex)?.name === way[2],
    );
  }
}

interface Expected {
  readonly file: string;
  readonly host: string;
  readonly command: string;
  readonly output: string;
}

function readOutputs(folder: GoldenFolder, path: string): Expected[] {
  return folder.list(`${path}/outputs`).flatMap((file) => {
    const text = folder.text(`${path}/outputs/${file}`);
    const match = /^(\S+)# (python3 -c "[^"]*"|[^\n]*)\n?/.exec(text);
    return match === null
      ? []
      : [
          {
            file,
            host: match[1] as string,
            command: match[2] as string,
            output: text.slice(match[0].length),
          },
        ];
  });
}

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

/**
 * Replays a case. `preparing` passes before the first moment that the captures date: the recorder started them then.
 * Null measures it: the answer's `lag` is what a later timer says was missing.
 */
function replayCase(
  { name, topology, switching, timed, isGiven }: Case,
  preparing: number | null,
): { readonly points: Point[]; readonly lag: number } {
  const points: Point[] = [];
  const replay = new Replay(topology, switching);
  const { clock } = replay;
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
  return { points, lag: lag ?? 0 };
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
  yield* replayCase(recorded, lag > LEAST_LAG ? lag : 0).points;
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
