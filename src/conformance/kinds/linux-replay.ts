/** One kernel whose namespaces are the hosts of a recorded case, as the recorder had it, with the programs of its transcript. */
import { inPortOf } from '../../core/flow/packet-kind.ts';
import type { Context } from '../../core/base/context.ts';
import { formatMac, parseMac } from '../../core/base/address.ts';
import { createRandom } from '../../core/base/random.ts';
import { findLink, rename, setMac, setUp } from '../../core/linux/device.ts';
import { allRoutes, Kernel, type Link, type Namespace } from '../../core/linux/index.ts';
import type { Bridge } from '../../core/linux/bridge/state.ts';
import { fibLookup, type FibFlow } from '../../core/linux/route-lookup.ts';
import { parseIp, formatIp, type IpAddress } from '../../core/linux/family.ts';
import { portMac } from '../../core/ofproto/bridge/port-mac.ts';
import { SwitchHost } from '../../core/sim/switch/switch-host.ts';
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
import { runProbe } from './linux-probe.ts';
import { readAges, readTimers, type CounterReading, type DatingTimer } from './linux-times.ts';
import type { CommandEvent } from './linux-transcript.ts';

interface LinkEnd {
  readonly host: string;
  readonly interface: string;
  readonly mac: string;
}

/** `topology.json` of a case. */
export interface Topology {
  readonly hosts: readonly { readonly name: string }[];
  readonly links: readonly { readonly a: LinkEnd; readonly b: LinkEnd }[];
  readonly ipv6: boolean;
}

export const SECOND = 1e9;
/** What the recorder needed after a ping and after an injected frame. */
const AFTER_PING = 0.15 * SECOND;
const AFTER_INJECTION = 0.3 * SECOND;
/** A frame that is still under way then, and soon goes on, circles. */
const CALM_AFTER = 0.05 * SECOND;
const CIRCLING = 1e-3 * SECOND;
/** A program that runs longer than this is interrupted. */
const LONGEST = 60 * SECOND;

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

/** A command ran `later` nanoseconds after the moment `since` of the replay's clock. */
export interface ReadDate {
  readonly since: number;
  readonly later: number;
}

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

/** A case being replayed. */
export class Replay {
  readonly clock: SimClock = createClock();
  readonly kernel: Kernel;
  readonly #context: Context;
  readonly #switches = new Map<string, SwitchHost>();
  /** When the bridges that are up came up. */
  readonly #raised = new Map<Link, number>();

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

  /**
   * What the timers and ages that a command printed tell of when it ran, next to the same timers here: nanoseconds
   * (`later`) after the moment (`since`, of this clock) at which the replay saw them start.
   */
  readDates({ host, command, output }: CommandEvent): ReadDate[] {
    const dates: ReadDate[] = [];
    for (const { timer, bridge, port, left } of readTimers(command, output)) {
      const master = this.kernel.findLink(host, bridge);
      const state = master?.bridge ?? null;
      if (master === undefined || state === null) continue;
      const start = this.#startOf(timer, this.kernel.namespace(host), master, state, port);
      if (start !== undefined) dates.push({ since: start.since, later: start.runs - left });
    }
    for (const { bridge, mac, age } of readAges(command, output)) {
      const state = this.kernel.findLink(host, bridge)?.bridge ?? null;
      const entry = state && fdbEntries(state).find((each) => formatMac(each.mac) === mac);
      if (entry) dates.push({ since: entry.updated, later: age });
    }
    return dates;
  }

  /** When a timer of a bridge that runs was started, and for how long. */
  #startOf(
    timer: DatingTimer,
    net: Namespace,
    master: Link,
    bridge: Bridge,
    portName: string | null,
  ): { since: number; runs: number } | undefined {
    if (timer === 'gc') {
      // It starts when the bridge comes up and is then started again by itself.
      const since = this.#raised.get(master);
      return since === undefined ? undefined : { since, runs: bridge.gcTimer.expires - since };
    }
    const owner = bridge.ports.find((port) => net.links.get(port.ifindex)?.name === portName);
    const [state, runs] =
      timer === 'topology change'
        ? [bridge.topologyChangeTimer, bridge.bridgeForwardDelay + bridge.bridgeMaxAge]
        : [owner?.forwardDelayTimer, bridge.forwardDelay];
    return state === undefined || timeLeft(this.clock, state) === 0
      ? undefined
      : { since: state.expires - runs, runs };
  }

  /**
   * Puts a frame on a device. Where it then circles, how often it does so is the speed of the recorder's processor: it
   * circles until the devices that were down when `counted` was read had sent as many frames. True: the next command
   * ended it.
   */
  inject(host: string, device: string, octets: Uint8Array, counted: readonly CounterReading[]): boolean {
    const { clock } = this;
    const link = this.kernel.findLink(host, device);
    if (link !== undefined) this.kernel.transmit(link, octets, null);
    const end = clock.now() + AFTER_INJECTION;
    clock.run(clock.now() + CALM_AFTER);
    const cut = counted.filter(({ isDown, sent }) => isDown && sent > 0);
    if (cut.length === 0 || (clock.next() ?? Infinity) > clock.now() + CIRCLING) {
      clock.run(end);
      return false;
    }
    const devices = cut.map((each) => ({ ...each, link: this.kernel.findLink(each.host, each.device) }));
    const limit = clock.now() + LONGEST;
    // A veth device has received what the other end sent, also while that waits.
    const isShort = ({ link: cable, sent, received }: (typeof devices)[number]): boolean =>
      (cable?.counters.txPackets ?? Infinity) < sent ||
      (cable?.peer?.counters.txPackets ?? Infinity) < received;
    while (devices.some(isShort)) {
      if ((clock.next() ?? Infinity) > limit) return false;
      clock.step();
    }
    return true;
  }

  /** What the command prints, both streams as they come. */
  run(host: string, command: string): string {
    const began = this.clock.now();
    const text = this.#run(host, command);
    for (const link of this.kernel.namespace(host).links.values())
      if (link.bridge !== null && !link.up) this.#raised.delete(link);
      else if (link.bridge !== null && !this.#raised.has(link)) this.#raised.set(link, began);
    return text;
  }

  #run(host: string, command: string): string {
    let text = '';
    const output: Output = { out: (part) => void (text += part), err: (part) => void (text += part) };
    const probed = runProbe(this.kernel, this.clock, host, command);
    if (probed !== undefined) return probed;
    const words = splitWords(command);
    const argv = words.ok ? words.value : [];
    const result = this.#start(argv, host, output);
    if (!('status' in result)) {
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
      macOf: (port) => (ovs ? portMac(ovs.vswitch.datapath.context.random, port) : port.mac),
      packetOut: (bridge, octets, said, actions) =>
        ovs?.packetOut(bridge.name, octets, actions, null, inPortOf(said), said),
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
        return isWanted(this.run(host, command));
      });
    for (const [at, { sysctl }] of spreading.entries()) sysctl.set(HASH_SEED, seeds[at] as string);
    return found;
  }

  /**
   * `ip neigh` without the rows in state FAILED that `expected` does not have: the kernel forgets them, within 15 seconds,
   * once all namespaces of the machine together hold 128 neighbours (gc_thresh1), and the recorder's others are not
   * recorded. What failed within the last second must be there.
   */
  withoutCollected(host: string, command: string, actual: string, expected: string): string {
    if (!/^ip (?:-\S+ )*neigh\b/.test(command)) return actual;
    const net = this.kernel.namespace(host);
    const old = new Set(
      net.neighbours
        .all()
        .filter((each) => each.state === 'FAILED' && this.clock.now() - each.updated > SECOND)
        .map(
          (each) => `${formatIp(each.family, each.address)} dev ${net.links.get(each.ifindex)?.name} FAILED `,
        ),
    );
    const kept = new Set(expected.split('\n'));
    return actual
      .split('\n')
      .filter((line) => kept.has(line) || !old.has(line))
      .join('\n');
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
