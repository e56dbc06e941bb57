/**
 * Kind `linux`: replays the transcript of each case on one kernel whose namespaces are the hosts, as the recording did,
 * and compares each recorded output. Point: one a recorded output.
 */
import type { Context } from '../../core/base/context.ts';
import { fromHex } from '../../core/base/bytes.ts';
import { parseMac } from '../../core/base/address.ts';
import { createRandom } from '../../core/base/random.ts';
import { findLink, rename, setMac, setUp } from '../../core/linux/device.ts';
import { Kernel, type Link } from '../../core/linux/index.ts';
import { fibLookup } from '../../core/linux/route-lookup.ts';
import { parseIp, formatIp } from '../../core/linux/family.ts';
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
import { readMoments, type Moment } from './linux-times.ts';

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
/** How long the recorder needed for a command (where no later capture tells), after a ping and after an injected frame. */
const COMMAND_TIME = 0.1 * SECOND;
const SHORTEST = 0.005 * SECOND;
const AFTER_PING = 0.15 * SECOND;
const AFTER_INJECTION = 0.5 * SECOND;
/** A program that runs longer than this is interrupted. */
const LONGEST = 60 * SECOND;

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

/** The programs that the transcripts use. */
const PROGRAMS: Readonly<Record<string, Program<{ readonly kernel: Kernel }>>> = {
  ip,
  ping,
  ping6: ping,
  brctl,
  bridge,
  sysctl,
};

class Replay {
  readonly clock: SimClock = createClock();
  readonly kernel: Kernel;
  readonly #context: Context;

  constructor(topology: Topology) {
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

  inject(host: string, device: string, octets: Uint8Array): void {
    const link = this.kernel.findLink(host, device);
    if (link !== undefined) this.kernel.transmit(link, octets, null);
    this.pass(AFTER_INJECTION);
  }

  /** What the command prints, both streams as they come. It needs `time` unless it runs on. */
  run(host: string, command: string, time: number): string {
    let text = '';
    const output: Output = { out: (part) => void (text += part), err: (part) => void (text += part) };
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
      host: { kernel: this.kernel },
      namespace,
    });
  }

  /** Whether `expected` takes another of several equal-cost next hops than we did. */
  isOtherWay(host: string, command: string, expected: string): boolean {
    const target = /^ip route get (\S+)/.exec(command)?.[1];
    const destination = target === undefined ? undefined : parseIp(target);
    const way = /via (\S+) dev (\S+)/.exec(expected);
    if (destination === undefined || way === null) return false;
    const net = this.kernel.namespace(host);
    const found = fibLookup(net, {
      ...destination,
      destination: destination.address,
      source: 0n,
      tos: 0,
      mark: 0,
      iif: 0,
      oif: 0,
    });
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
    const match = /^(\S+)# ([^\n]*)\n?/.exec(text);
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
      next !== undefined && next.command === event.command && trimmed(next.output) === trimmed(event.output);
    if (isKept) outputs.splice(at, 1);
    return { event, expected: isKept ? next : undefined, began };
  });
}

/** How long each command took between `from` and the next event whose moment is known. */
function commandTime(timed: readonly Timed[], from: number, now: number, base: number | undefined): number {
  let waits = 0;
  let commands = 0;
  for (let at = from; at < timed.length && base !== undefined; at += 1) {
    const { event, began } = timed[at] as Timed;
    if (began !== undefined && at > from) return Math.max(SHORTEST, (began - base - now - waits) / commands);
    if (event.kind === 'wait') waits += event.seconds * SECOND;
    else commands += 1;
  }
  return COMMAND_TIME;
}

function* runCase(folder: GoldenFolder, name: string): Iterable<Point> {
  const path = `linux/${name}`;
  const topology = JSON.parse(folder.text(`${path}/topology.json`)) as Topology;
  const events = readTranscript(
    folder.text(`${path}/setup.txt`),
    new Set(topology.hosts.map((host) => host.name)),
  );
  const pending = readOutputs(folder, path);
  const replay = new Replay(topology);
  const { clock } = replay;
  const timed = joinTimes(events, pending, readMoments(folder, path));
  /** Simulated zero in the recorder's time. */
  let base: number | undefined;
  for (const [at, { event, expected, began }] of timed.entries()) {
    if (began !== undefined) {
      base ??= began - clock.now();
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
    const actual = replay.run(event.host, event.command, commandTime(timed, at, clock.now(), base));
    if (expected === undefined) continue;
    const wanted = normaliseLinux(event.command, expected.output);
    const got = normaliseLinux(event.command, actual);
    const pass =
      trimmed(wanted) === trimmed(got) || replay.isOtherWay(event.host, event.command, expected.output);
    const id = `${name}/${expected.file} ${event.host}# ${event.command}`;
    yield pass ? { kind: 'linux', id, pass } : { kind: 'linux', id, pass, why: firstDifference(wanted, got) };
  }
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
