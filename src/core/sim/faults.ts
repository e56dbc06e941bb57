/** The faults of a world: which are on, since when, and what they do to machines and cables. */
import { err, ok, type Result } from '../base/result.ts';
import type { Clock } from '../base/context.ts';
import type { Random } from '../base/random.ts';
import { faultKey, type Fault } from './fault.ts';
import type { Host } from './host.ts';
import type { Pausable } from './pausable.ts';
import type { Segment } from './segment.ts';

export interface FaultRecord {
  readonly fault: Fault;
  /** Nanoseconds since the world began. */
  readonly since: number;
  /** Null while it lasts. */
  readonly until: number | null;
}

export class Faults {
  readonly #hosts: ReadonlyMap<string, Host>;
  readonly #segments: ReadonlyMap<string, Segment>;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #on = new Map<string, number>();
  readonly #records: FaultRecord[] = [];

  constructor(
    hosts: ReadonlyMap<string, Host>,
    segments: ReadonlyMap<string, Segment>,
    clock: Clock,
    random: Random,
  ) {
    this.#hosts = hosts;
    this.#segments = segments;
    this.#clock = clock;
    this.#random = random;
  }

  /** Oldest first, those that are over included. */
  list(): readonly FaultRecord[] {
    return this.#records;
  }

  /** Refused when what it concerns is not in this world. Switching a fault on again changes its measure. */
  switch(fault: Fault, on: boolean): Result<void> {
    const applied = this.#apply(fault, on);
    if (!applied.ok) return applied;
    this.#over(fault);
    if (on) this.#note(fault);
    return ok(undefined);
  }

  #over(fault: Fault): void {
    const key = faultKey(fault);
    const at = this.#on.get(key);
    const before = at === undefined ? undefined : this.#records[at];
    if (at !== undefined && before) this.#records[at] = { ...before, until: this.#clock.now() };
    this.#on.delete(key);
  }

  /** Takes down the faults that come with the releases of the world's programs. */
  noteReleases(): void {
    for (const { name, controller } of this.#hosts.values())
      for (const fault of controller?.faults ?? []) this.#note({ kind: 'release', host: name, fault });
  }

  #note(fault: Fault): void {
    this.#on.set(faultKey(fault), this.#records.length);
    this.#records.push({ fault, since: this.#clock.now(), until: null });
  }

  #apply(fault: Fault, on: boolean): Result<void> {
    switch (fault.kind) {
      case 'cut': {
        const found = this.#cable(fault.host, fault.device);
        if (!found) return err(`${fault.device} of ${fault.host} has no cable`);
        found.segment.cut(found.end, on);
        const host = this.#hosts.get(fault.host);
        const link = host?.kernel.findLink('', fault.device);
        if (host && link) host.kernel.setCarrier(link, !on);
        return ok(undefined);
      }
      case 'loss': {
        if (!(fault.percent > 0 && fault.percent <= 100))
          return err('the loss is more than 0 and at most 100 percent');
        const found = this.#cable(fault.host, fault.device);
        if (!found) return err(`${fault.device} of ${fault.host} has no cable`);
        const random = this.#random.fork(`loss ${fault.host} ${fault.device}`);
        found.segment.lose(found.end, on ? { percent: fault.percent, random } : null);
        return ok(undefined);
      }
      case 'vlan': {
        if (fault.vlan !== null && !(Number.isInteger(fault.vlan) && fault.vlan >= 1 && fault.vlan <= 4094))
          return err('the VLAN is a number from 1 to 4094');
        const found = this.#cable(fault.host, fault.device);
        if (!found) return err(`${fault.device} of ${fault.host} has no cable`);
        found.segment.misplace(found.end, fault.vlan, on);
        return ok(undefined);
      }
      case 'mtu': {
        if (!(Number.isInteger(fault.mtu) && fault.mtu >= 68 && fault.mtu <= 65_535))
          return err('the MTU is a number from 68 to 65535');
        const segment = this.#segments.get(fault.segment);
        if (!segment) return err(`there is no segment ${fault.segment}`);
        segment.limit(on ? fault.mtu : null);
        return ok(undefined);
      }
      case 'stopped': {
        if (fault.program === 'bgpd') {
          const daemons = this.#hosts.get(fault.host)?.routing.get(fault.daemons);
          if (!daemons || (on && !daemons.running.has('bgpd')))
            return err(`bgpd does not run on ${fault.host}`);
          daemons.pauseBgpd(on);
          return ok(undefined);
        }
        if (fault.program === 'ovs-vswitchd') {
          const found = this.#hosts.get(fault.host)?.switch;
          if (!found || (on && !found.running)) return err(`ovs-vswitchd does not run on ${fault.host}`);
          // Whoever starts it again mends it.
          found.started = () => this.#over(fault);
          if (on) found.stop();
          else found.start();
          return ok(undefined);
        }
        const process = this.#process(fault.host, fault.program, on);
        if (!process) return err(`${fault.program} does not run on ${fault.host}`);
        if (on) process.pause();
        else process.resume();
        return ok(undefined);
      }
      case 'release': {
        const controller = this.#hosts.get(fault.host)?.controller;
        if (!controller?.controller.knownFaults.includes(fault.fault))
          return err(`no ovn-controller on ${fault.host} is known for ${fault.fault}`);
        controller.setFault(fault.fault, on);
        return ok(undefined);
      }
    }
  }

  #cable(host: string, device: string) {
    for (const segment of this.#segments.values())
      for (const end of segment.ends) if (end.host === host && end.device === device) return { segment, end };
    return undefined;
  }

  /** A process that can be stopped; one that has ended meanwhile can still be let go. */
  #process(name: string, program: 'ovn-controller' | 'ovn-northd', on: boolean): Pausable | undefined {
    const host = this.#hosts.get(name);
    if (program === 'ovn-northd') return host?.central?.runsNorthd ? host.central.process : undefined;
    const { controller } = host ?? {};
    return controller && (controller.running || !on) ? controller.process : undefined;
  }
}
