/** A world: machines on segments, one clock, one record. The same spec, seed and commands give the same run octet for octet. */
import { parseMac } from '../base/address.ts';
import { present } from '../base/assert.ts';
import type { Context } from '../base/context.ts';
import { createRandom } from '../base/random.ts';
import type { Recorder } from '../base/step.ts';
import { Kernel, setUp, type Link } from '../linux/index.ts';
import { addressFromText } from './address-text.ts';
import { Central, type OpenedDatabases } from './central.ts';
import { createClock, type SimClock } from './clock.ts';
import { ControllerHost } from './controller-host.ts';
import { ControllerNeighbours } from './controller-neighbours.ts';
import { ControllerRoutes } from './controller-routes.ts';
import { Faults } from './faults.ts';
import { Host } from './host.ts';
import { Libvirt } from './libvirt.ts';
import type { MachineSpec, NicSpec, SegmentSpec } from './machine.ts';
import { Language } from '../frr/config/language.ts';
import { SHOW_COMMANDS } from '../frr/show/commands.ts';
import { bootRouting } from './routing/start.ts';
import { RunRecorder } from './recorder.ts';
import { connectDatabase, type DatabaseName, type DatabaseOf } from './remote.ts';
import { Segment, type SegmentEnd } from './segment.ts';
import { MessageGate } from './routing/message-gate.ts';
import { RouteJournal } from './routing/route-journal.ts';
import { SwitchHost } from './switch/switch-host.ts';
import type { Result } from '../base/result.ts';

const CONTROLLER_LOG = '/var/log/ovn/ovn-controller.log';
/** Longest simulated time that `settle` lets daemons work, in nanoseconds. */
const SETTLE = 5_000_000_000;
/** Events that one `settle` may run: a network that never comes to rest stops there. */
const SETTLE_EVENTS = 200_000;

export class World {
  readonly clock: SimClock;
  readonly recorder: RunRecorder;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly segments: ReadonlyMap<string, Segment>;
  readonly faults: Faults;
  /** Where messages between BGP speakers may be held back. */
  readonly messages: MessageGate;
  /** What came into the tables of BGP speakers and went. */
  readonly journal: RouteJournal;
  #vtyshLanguage: Language | undefined;

  constructor(
    spec: { readonly machines: readonly MachineSpec[]; readonly segments: readonly SegmentSpec[] },
    seed: number,
    databases?: OpenedDatabases,
  ) {
    this.clock = createClock();
    this.recorder = new RunRecorder(this.clock);
    this.messages = new MessageGate(this.clock);
    this.journal = new RouteJournal(this.clock);
    const random = createRandom(seed);
    const segments = new Map(
      spec.segments.map((segment) => [segment.id, new Segment(segment, this.clock, this.recorder)]),
    );
    this.segments = segments;
    const hosts = new Map<string, Host>();
    for (const machine of spec.machines) {
      const context: Context = {
        clock: this.clock,
        random: random.fork(machine.name),
        recorder: this.recorder,
      };
      hosts.set(machine.name, new Host(machine, context, new Kernel(machine.name, context), this));
    }
    this.hosts = hosts;
    this.recorder.onForgetting(({ id, where }) => {
      hosts.get(where.host)?.switch?.vswitch.datapath.lookUps.delete(id);
    });
    for (const host of hosts.values()) {
      const { hypervisor } = host.spec;
      if (!hypervisor) continue;
      host.libvirt = new Libvirt(host.context, host.kernel, hypervisor, hosts, () => host.switch);
      for (const segment of host.libvirt.segments) segments.set(segment.spec.id, segment);
    }
    this.faults = new Faults(hosts, this.segments, this.clock, random.fork('faults'));
    for (const host of hosts.values()) this.#boot(host, databases);
    this.faults.noteReleases();
    this.settle();
  }

  /** A world of one machine that holds opened databases and nothing else. */
  static ofDatabases(opened: OpenedDatabases): World {
    const world = new World(
      { machines: [{ name: 'central', kind: 'machine', services: [], nics: [] }], segments: [] },
      1,
    );
    const host = present(world.hosts.get('central'), 'machine');
    host.central = new Central(host.context, opened);
    return world;
  }

  /** What the machine's own start-up scripts do: links, addresses, daemons. */
  #boot(host: Host, databases?: OpenedDatabases): void {
    const { kernel, spec, context } = host;
    const loopback = kernel.findLink('', 'lo');
    if (loopback) setUp(kernel.namespace(), loopback);
    for (const nic of spec.nics) this.#plug(host, nic);
    if (spec.services.includes('openvswitch'))
      host.switch = new SwitchHost(context, kernel, { release: spec.ovs });
    if (spec.services.includes('ovn-central')) host.central = new Central(context, databases);
    if (spec.services.includes('ovn-controller') && host.switch)
      host.controller = new ControllerHost(
        context,
        host.switch,
        { routes: new ControllerRoutes(kernel, ''), neighbours: new ControllerNeighbours(kernel, '') },
        spec.ovn ?? '26.03',
        (remote) => {
          const sb = this.connect(host, 'OVN_Southbound', remote);
          return sb.ok ? sb.value : undefined;
        },
        (line) => host.files.log(CONTROLLER_LOG, line),
      );
    if (spec.services.includes('frr')) bootRouting(host, this.vtyshLanguage);
  }

  #plug(host: Host, nic: NicSpec): void {
    const segment = present(this.segments.get(nic.segment), `segment ${nic.segment}`);
    const { kernel } = host;
    const link: Link = kernel.addPhysical('', {
      name: nic.name,
      mac: present(parseMac(nic.mac), 'MAC'),
      mtu: nic.mtu ?? segment.spec.mtu,
      driver: {
        transmit: (_link, octets, parent) => {
          segment.transmit(end, octets, parent);
          return true;
        },
      },
    });
    const end: SegmentEnd = {
      host: host.name,
      device: nic.name,
      isUp: () => link.up && !link.deleted,
      receive: (octets, parent) => kernel.receive(link, octets, parent),
    };
    segment.plug(end);
    setUp(kernel.namespace(), link);
    for (const text of nic.addresses) {
      kernel.addAddress4(link, present(addressFromText(text), 'address'));
    }
  }

  /** What vtysh understands, on every machine: made once, when it is first needed. */
  get vtyshLanguage(): Language {
    this.#vtyshLanguage ??= new Language(SHOW_COMMANDS);
    return this.#vtyshLanguage;
  }

  /** The first machine that runs the OVN databases. */
  central(): Central | undefined {
    for (const host of this.hosts.values()) if (host.central) return host.central;
    return undefined;
  }

  connect<Name extends DatabaseName>(from: Host, name: Name, remote: string): Result<DatabaseOf[Name]> {
    return connectDatabase(this.hosts.values(), from, name, remote);
  }

  /** The context of a program that a user starts: its steps belong to `recorder`'s run. */
  programContext(host: Host, recorder: Recorder): Context {
    return { ...host.context, recorder };
  }

  get busy(): boolean {
    for (const host of this.hosts.values()) if (host.busy) return true;
    return false;
  }

  /**
   * Puts a frame that a person made on a device of the host: it leaves there (`out`), or arrives as from the cable (`in`).
   * False when there is no such device. Its first step goes to `recorder`.
   */
  inject(
    place: { readonly host: string; readonly namespace: string; readonly device: string },
    direction: 'in' | 'out',
    octets: Uint8Array,
    recorder: Recorder,
  ): boolean {
    const kernel = this.hosts.get(place.host)?.kernel;
    if (!kernel?.namespaces.has(place.namespace)) return false;
    const link = kernel.findLink(place.namespace, place.device);
    if (!link) return false;
    const { host, namespace, device } = place;
    const parent = recorder.record({
      parent: null,
      where: { host, ...(namespace === '' ? {} : { namespace }), device },
      what: { kind: 'originated', program: 'injected', text: `${octets.length} octets` },
      frame: octets,
      because: [],
    });
    if (direction === 'out') kernel.transmit(link, octets, parent);
    else kernel.receive(link, octets, parent);
    return true;
  }

  /** Lets time pass until no daemon has work left, as between two commands of a person, but never beyond `until`. */
  settle(until = Infinity): void {
    for (const _ of this.settling(until));
  }

  /** The same in parts: one event each. */
  *settling(until = Infinity): Generator<void, void> {
    const end = Math.min(until, this.clock.now() + SETTLE);
    for (let i = 0; i < SETTLE_EVENTS && this.busy; i += 1) {
      const next = this.clock.next();
      if (next === undefined || next > end) return;
      this.clock.step();
      yield;
    }
  }
}
