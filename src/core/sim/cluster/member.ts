/**
 * One member of a cluster: corosync's heartbeats over UDP tell who is there. The first member in the cluster's order is the
 * designated controller: it decides what runs where, and each member starts and stops its part. Without quorum a member
 * stops everything (`no-quorum-policy=stop`).
 */
import { parseIpv4 } from '../../base/address.ts';
import type { Context } from '../../base/context.ts';
import type { Result } from '../../base/result.ts';
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts';
import type { Kernel } from '../../linux/index.ts';
import { startAddress, stopAddress } from './address-agent.ts';
import { instancesOf, type BundleResource, type Cib, type Placement, type Resource } from './cib.ts';
import { place } from './policy.ts';

const PORT = 5405;
const SECOND = 1_000_000_000;
/** Between two heartbeats. */
const INTERVAL = SECOND;
/** Silence after which a member is lost: the token of TripleO's clusters. */
const TOKEN = 10 * SECOND;
/** How long the membership must have been as it is before somebody decides by it. */
const CALM = 1.5 * SECOND;
/** From a change of the configuration to the act. */
const REACTION = 50_000_000;

/** What a member acts on. */
export interface MemberHost {
  readonly name: string;
  readonly kernel: Kernel;
  readonly running: boolean;
  /** Starts or stops the program of a container; the error is what keeps it from running. */
  container(instance: string, bundle: BundleResource, run: boolean): Result<void>;
}

export interface Peer {
  readonly name: string;
  readonly address: string;
}

/** What members tell one another: that they are there, what runs there, and the controller its decision. */
interface Message {
  readonly cluster: string;
  readonly node: string;
  readonly leaves: boolean;
  readonly runs: readonly string[];
  readonly placement: readonly (readonly [string, string])[] | null;
}

interface Heard {
  readonly at: number;
  readonly runs: readonly string[];
}

export class ClusterMember {
  readonly cib: Cib;
  readonly #host: MemberHost;
  readonly #context: Context;
  readonly #peers: readonly Peer[];
  readonly #heard = new Map<string, Heard>();
  /** What runs here, and what the resource was when it started. */
  readonly #running = new Map<string, Resource>();
  /** The controller's last decision. */
  #placement: Placement = new Map();
  readonly #failed = new Map<string, string>();
  #close: (() => void) | null = null;
  #started = false;
  #woken = false;
  #wasOn = true;
  #members = '';
  #changedAt = 0;

  constructor(cib: Cib, host: MemberHost, peers: readonly Peer[], context: Context) {
    this.cib = cib;
    this.#host = host;
    this.#peers = peers;
    this.#context = context;
  }

  get name(): string {
    return this.#host.name;
  }

  get started(): boolean {
    return this.#started && this.#host.running;
  }

  /** Instance to node, as this member knows it. */
  get placement(): Placement {
    return this.hasQuorum ? this.#placement : new Map();
  }

  /** Instances that could not be started here, and why. */
  get failed(): ReadonlyMap<string, string> {
    return this.#failed;
  }

  /** Members that are heard, itself included, in the order of the cluster. */
  online(): readonly string[] {
    const now = this.#context.clock.now();
    return this.cib.nodes.filter(
      (node) => node === this.name || now - (this.#heard.get(node)?.at ?? Number.NEGATIVE_INFINITY) < TOKEN,
    );
  }

  get hasQuorum(): boolean {
    return this.online().length > this.cib.nodes.length / 2;
  }

  /** The designated controller. */
  get controller(): string {
    return this.online()[0] ?? this.name;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#forget();
    this.#close = this.#host.kernel.listenUdp(PORT, ({ payload }) => this.#received(payload));
    this.#beat();
  }

  stop(): void {
    if (!this.#started) return;
    this.#stopAll();
    this.#tell(true);
    this.#started = false;
    this.#close?.();
  }

  /** Decides anew soon: the configuration or the members changed. */
  wake(): void {
    if (this.#woken || !this.#started) return;
    this.#woken = true;
    this.#context.clock.after(REACTION, () => {
      this.#woken = false;
      this.#act();
    });
  }

  #forget(): void {
    this.#heard.clear();
    this.#placement = new Map();
    this.#changedAt = this.#context.clock.now();
  }

  #beat(): void {
    if (!this.#started) return;
    // A machine that was off comes back with nothing running and hears the others anew.
    if (this.#host.running && !this.#wasOn) {
      this.#stopAll();
      this.#forget();
    }
    this.#wasOn = this.#host.running;
    this.#act();
    this.#tell(false);
    this.#context.clock.after(INTERVAL, () => this.#beat());
  }

  #tell(leaves: boolean): void {
    if (!this.started) return;
    const message: Message = {
      cluster: this.cib.clusterName,
      node: this.name,
      leaves,
      runs: [...this.#running.keys()],
      placement: this.controller === this.name ? [...this.#placement] : null,
    };
    const payload = encodeUtf8(JSON.stringify(message));
    for (const { address } of this.#peers) {
      const remote = parseIpv4(address);
      if (remote === undefined) continue;
      this.#host.kernel.udpSend(
        { family: 4, local: 0n, remote: BigInt(remote), sourcePort: PORT, destinationPort: PORT, payload },
        null,
      );
    }
  }

  #received(payload: Uint8Array): void {
    const message = readMessage(payload);
    if (!message || message.cluster !== this.cib.clusterName || !this.#host.running) return;
    if (!this.cib.nodes.includes(message.node)) return;
    if (message.leaves) this.#heard.delete(message.node);
    else this.#heard.set(message.node, { at: this.#context.clock.now(), runs: message.runs });
    if (message.placement && message.node === this.controller) {
      this.#placement = new Map(message.placement);
      this.#obey();
    }
    this.#look();
  }

  /** Notes a change of the membership. */
  #look(): void {
    const members = this.online().join(' ');
    if (members === this.#members) return;
    this.#members = members;
    this.#changedAt = this.#context.clock.now();
  }

  #act(): void {
    if (!this.started) return;
    this.#look();
    const calm = this.#context.clock.now() - this.#changedAt >= CALM;
    if (calm && this.controller === this.name) {
      const before = JSON.stringify([...this.#placement]);
      this.#placement = place(this.cib, this.hasQuorum ? this.online() : [], this.#now());
      if (JSON.stringify([...this.#placement]) !== before) this.#tell(false);
    }
    this.#obey();
  }

  /** Where things run, as the members say. */
  #now(): Placement {
    const now = new Map<string, string>();
    for (const node of this.online())
      for (const instance of node === this.name ? this.#running.keys() : (this.#heard.get(node)?.runs ?? []))
        now.set(instance, node);
    return now;
  }

  #obey(): void {
    const wanted = this.placement;
    for (const [instance, resource] of this.#running)
      if (wanted.get(instance) !== this.name) this.#stopOne(instance, resource);
    for (const instance of this.#failed.keys())
      if (wanted.get(instance) !== this.name) this.#failed.delete(instance);
    for (const resource of this.cib.resources)
      for (const instance of instancesOf(resource))
        if (wanted.get(instance) === this.name && !this.#running.has(instance))
          this.#startOne(instance, resource);
  }

  #startOne(instance: string, resource: Resource): void {
    const started =
      resource.kind === 'bundle'
        ? this.#host.container(instance, resource, true)
        : startAddress(this.#host.kernel, this.#context.clock, resource);
    if (!started.ok) {
      this.#failed.set(instance, started.error);
      return;
    }
    this.#failed.delete(instance);
    this.#running.set(instance, resource);
  }

  #stopOne(instance: string, resource: Resource): void {
    if (resource.kind === 'bundle') this.#host.container(instance, resource, false);
    else stopAddress(this.#host.kernel, resource);
    this.#running.delete(instance);
  }

  #stopAll(): void {
    this.#failed.clear();
    for (const [instance, resource] of this.#running) this.#stopOne(instance, resource);
  }
}

function readMessage(payload: Uint8Array): Message | undefined {
  try {
    return JSON.parse(decodeUtf8(payload)) as Message;
  } catch {
    return undefined;
  }
}
