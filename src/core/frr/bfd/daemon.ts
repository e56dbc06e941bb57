/** bfdd: sessions that are configured or that protocols ask for, found again for each packet by discriminator or by address (RFC 5880 6.8.6). */
import type { Context } from '../../base/context.ts';
import { BFD_DIAGNOSTICS } from '../../wire/index.ts';
import type { FrrConfig } from '../config/frr-config.ts';
import { formatAddress, type Address } from '../prefix.ts';
import { sameValue } from '../same-value.ts';
import type { BfdSessionView } from '../show/bfd.ts';
import type { BfdArrival, BfdEnds, BfdHandle, BfdPort, BfdRequest, BfdTransport } from './bfd-port.ts';
import { configuredPeer, type ConfiguredPeer } from './configured-peer.ts';
import { decodeBfd, type BfdState } from './packet.ts';
import { BfdSession, USUAL_MODE, type BfdIntervals } from './session.ts';

interface Entry {
  readonly ends: BfdEnds;
  readonly session: BfdSession;
  readonly users: Set<(isUp: boolean) => void>;
  /** Null: no line of the node bfd names it. */
  configured: ConfiguredPeer | null;
  /** Over several hops: packets that lost more of their TTL are not taken. */
  minimumTtl: number;
}

const diagnosticText = (code: number): string =>
  code === 0 ? 'ok' : (BFD_DIAGNOSTICS[code]?.toLowerCase() ?? 'invalid diagnostic');

/** What packets of BFD are sent with. */
const GREATEST_TTL = 255;

const STATUS: Readonly<Record<BfdState, BfdHandle['status']>> = {
  up: 'Up',
  down: 'Down',
  // Those who registered are not told of the state between.
  init: 'Down',
  'admin-down': 'AdminDown',
};

export class Bfdd implements BfdPort {
  readonly #context: Context;
  readonly #config: FrrConfig;
  readonly #transport: BfdTransport;
  /** In the order in which they were made. */
  readonly #entries = new Set<Entry>();
  readonly #byDiscriminator = new Map<number, Entry>();

  constructor(context: Context, config: FrrConfig, transport: BfdTransport) {
    this.#context = context;
    this.#config = config;
    this.#transport = transport;
    transport.listen((arrival) => this.#received(arrival));
    this.configurationChanged();
  }

  /** Sessions of the node bfd come, go and change with its lines. */
  configurationChanged(): void {
    const wanted = new Map<Entry, ConfiguredPeer>();
    for (const peer of this.#config.bfdPeers.values()) {
      const asked = configuredPeer(this.#config, peer);
      if (asked) wanted.set(this.#matching(asked.ends) ?? this.#make(asked.ends, asked, asked), asked);
    }
    for (const entry of this.#entries) {
      const asked = wanted.get(entry) ?? null;
      if (sameValue(entry.configured, asked)) continue;
      entry.configured = asked;
      if (asked) {
        if (!sameValue(entry.session.intervals, asked.intervals)) entry.session.change(asked.intervals);
        entry.session.setMode(asked.mode);
        entry.minimumTtl = asked.minimumTtl;
      } else if (entry.users.size === 0) this.#end(entry, false);
    }
  }

  request(request: BfdRequest, changed: (isUp: boolean) => void): BfdHandle {
    const { intervals, hops, ...others } = request;
    const ends: BfdEnds = { ...others, multihop: hops > 1 };
    const entry =
      this.#matching(ends) ?? this.#make(ends, null, { intervals, minimumTtl: GREATEST_TTL + 1 - hops });
    const { clock } = this.#context;
    // Who registers is told the state.
    entry.session.notifications += 1;
    let toldAt = clock.now();
    const user = (isUp: boolean): void => {
      toldAt = clock.now();
      changed(isUp);
    };
    entry.users.add(user);
    return {
      get status() {
        return STATUS[entry.session.state];
      },
      get lastChange() {
        return toldAt;
      },
      change: (other) => {
        if (!entry.configured) entry.session.change(other);
      },
      release: () => {
        entry.users.delete(user);
        if (entry.users.size === 0 && !entry.configured) this.#end(entry, true);
      },
    };
  }

  /** The session between these ends: an address of this end or an interface that is not named is any. */
  #matching(ends: BfdEnds): Entry | undefined {
    for (const entry of this.#entries) {
      const own = entry.ends;
      if (own.multihop !== ends.multihop || own.vrf !== ends.vrf || !same(own.peer, ends.peer)) continue;
      if (own.local !== null && ends.local !== null && !same(own.local, ends.local)) continue;
      if (own.interface !== null && ends.interface !== null && own.interface !== ends.interface) continue;
      return entry;
    }
    return undefined;
  }

  #make(
    ends: BfdEnds,
    configured: ConfiguredPeer | null,
    { intervals, minimumTtl }: { readonly intervals: BfdIntervals; readonly minimumTtl: number },
  ): Entry {
    const session = new BfdSession(this.#context, intervals, configured?.mode ?? USUAL_MODE, {
      send: (octets) => this.#transport.send(ends, octets),
      changed: (_session, before) => {
        const { state } = session;
        if (state !== 'up' && before !== 'up') return;
        for (const user of [...entry.users]) user(state === 'up');
      },
    });
    const entry: Entry = { ends, session, users: new Set(), configured, minimumTtl };
    this.#entries.add(entry);
    this.#byDiscriminator.set(session.discriminator, entry);
    return entry;
  }

  #end(entry: Entry, isTold: boolean): void {
    entry.session.stop(isTold);
    this.#entries.delete(entry);
    this.#byDiscriminator.delete(entry.session.discriminator);
  }

  #received(arrival: BfdArrival): void {
    const decoded = decodeBfd(arrival.octets);
    if (!decoded.ok) return;
    const packet = decoded.value;
    const entry =
      packet.yourDiscriminator === 0
        ? this.#matching({ ...arrival, peer: arrival.from, local: arrival.to })
        : this.#byDiscriminator.get(packet.yourDiscriminator);
    if (!entry || entry.ends.multihop !== arrival.multihop) return;
    if (arrival.multihop && arrival.ttl < entry.minimumTtl) return;
    entry.session.receive(packet);
  }

  /** Counts of packets go back to nothing, not those of events. */
  clearCounters(discriminator: number): void {
    const session = this.#byDiscriminator.get(discriminator)?.session;
    if (!session) return;
    session.received = 0;
    session.sent = 0;
  }

  /** All sessions, as `show bfd peers` lists them. */
  views(): readonly BfdSessionView[] {
    return [...this.#entries].map((entry) => this.#view(entry));
  }

  #view({ ends, session, configured, minimumTtl }: Entry): BfdSessionView {
    return {
      multihop: ends.multihop,
      peer: formatAddress(ends.peer),
      local: ends.local === null ? null : formatAddress(ends.local),
      vrf: ends.vrf,
      interface: ends.interface,
      id: session.discriminator,
      remoteId: session.remoteDiscriminator,
      passive: session.mode.isPassive,
      status: session.state === 'admin-down' ? 'shutdown' : session.state,
      since: Math.floor((this.#context.clock.now() - session.changedAt) / 1e9),
      diagnostic: diagnosticText(session.diagnostic),
      remoteDiagnostic: diagnosticText(session.remoteDiagnostic),
      dynamic: configured === null,
      detectMultiplier: session.intervals.multiplier,
      receiveInterval: session.intervals.receive,
      transmitInterval: session.intervals.transmit,
      echoReceiveInterval: session.mode.echoReceive,
      echoTransmitInterval: 0,
      remoteDetectMultiplier: session.remote.multiplier,
      remoteReceiveInterval: session.remote.receive,
      remoteTransmitInterval: session.remote.transmit,
      remoteEchoReceiveInterval: session.remote.echoReceive,
      minimumTtl,
      controlInput: session.received,
      controlOutput: session.sent,
      upEvents: session.upEvents,
      downEvents: session.downEvents,
      zebraNotifications: session.notifications,
    };
  }
}

const same = (a: Address, b: Address): boolean => a.family === b.family && a.address === b.address;
