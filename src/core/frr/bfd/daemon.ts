/** bfdd: sessions that protocols ask for, found again for each packet by discriminator or by address (RFC 5880 6.8.6). */
import type { Context } from '../../base/context.ts';
import { BFD_DIAGNOSTICS } from '../../wire/index.ts';
import { formatAddress, type Address } from '../prefix.ts';
import type { BfdSessionView } from '../show/bfd.ts';
import type { BfdHandle, BfdPort, BfdRequest, BfdTransport } from './bfd-port.ts';
import { decodeBfd, type BfdState } from './packet.ts';
import { BfdSession, ECHO_RECEIVE } from './session.ts';

interface Entry {
  readonly key: string;
  readonly request: BfdRequest;
  readonly session: BfdSession;
  readonly users: Set<(isUp: boolean) => void>;
  hasChanged: boolean;
}

const diagnosticText = (code: number): string =>
  code === 0 ? 'ok' : (BFD_DIAGNOSTICS[code]?.toLowerCase() ?? 'invalid diagnostic');

const STATUS: Readonly<Record<BfdState, BfdHandle['status']>> = {
  up: 'Up',
  down: 'Down',
  init: 'Init',
  'admin-down': 'AdminDown',
};

export class Bfdd implements BfdPort {
  readonly #context: Context;
  readonly #transport: BfdTransport;
  readonly #entries = new Map<string, Entry>();
  readonly #byDiscriminator = new Map<number, Entry>();

  constructor(context: Context, transport: BfdTransport) {
    this.#context = context;
    this.#transport = transport;
    transport.listen((vrf, name, from, to, octets) => this.#received(vrf, name, from, to, octets));
  }

  request(request: BfdRequest, changed: (isUp: boolean) => void): BfdHandle {
    const key = keyOf(request);
    const entry = this.#entries.get(key) ?? this.#make(key, request);
    entry.users.add(changed);
    // Who registers is told the state.
    entry.session.notifications += 1;
    return {
      get status() {
        return STATUS[entry.session.state];
      },
      get lastChange() {
        return entry.hasChanged ? entry.session.changedAt : null;
      },
      change: (intervals) => entry.session.change(intervals),
      release: () => {
        entry.users.delete(changed);
        if (entry.users.size > 0) return;
        entry.session.stop();
        this.#entries.delete(key);
        this.#byDiscriminator.delete(entry.session.discriminator);
      },
    };
  }

  #make(key: string, request: BfdRequest): Entry {
    const session = new BfdSession(this.#context, request.intervals, {
      send: (octets) => this.#transport.send(request, octets),
      changed: (_session, before) => {
        const { state } = session;
        if (state !== 'up' && before !== 'up') return;
        entry.hasChanged = true;
        for (const user of [...entry.users]) user(state === 'up');
      },
    });
    const entry: Entry = { key, request, session, users: new Set(), hasChanged: false };
    this.#entries.set(key, entry);
    this.#byDiscriminator.set(session.discriminator, entry);
    return entry;
  }

  #received(vrf: string, name: string, from: Address, to: Address, octets: Uint8Array): void {
    const decoded = decodeBfd(octets);
    if (!decoded.ok) return;
    const packet = decoded.value;
    const entry =
      packet.yourDiscriminator === 0
        ? this.#find(vrf, name, from, to)
        : this.#byDiscriminator.get(packet.yourDiscriminator);
    entry?.session.receive(packet);
  }

  #find(vrf: string, name: string, from: Address, to: Address): Entry | undefined {
    for (const entry of this.#entries.values()) {
      const { request } = entry;
      if (request.vrf !== vrf || !same(request.peer, from)) continue;
      if (request.local !== null && !same(request.local, to)) continue;
      if (request.interface !== null && request.interface !== name) continue;
      return entry;
    }
    return undefined;
  }

  /** All sessions, as `show bfd peers` lists them. */
  views(): readonly BfdSessionView[] {
    return [...this.#entries.values()].map(({ request, session }) => ({
      multihop: request.multihop,
      peer: formatAddress(request.peer),
      local: request.local === null ? null : formatAddress(request.local),
      vrf: request.vrf,
      interface: request.interface,
      id: session.discriminator,
      remoteId: session.remoteDiscriminator,
      passive: false,
      status: session.state === 'admin-down' ? 'shutdown' : session.state,
      since: Math.floor((this.#context.clock.now() - session.changedAt) / 1e9),
      diagnostic: diagnosticText(session.diagnostic),
      remoteDiagnostic: diagnosticText(session.remoteDiagnostic),
      dynamic: true,
      detectMultiplier: session.intervals.multiplier,
      receiveInterval: session.intervals.receive,
      transmitInterval: session.intervals.transmit,
      echoReceiveInterval: ECHO_RECEIVE,
      echoTransmitInterval: 0,
      remoteDetectMultiplier: session.remote.multiplier,
      remoteReceiveInterval: session.remote.receive,
      remoteTransmitInterval: session.remote.transmit,
      remoteEchoReceiveInterval: session.remote.echoReceive,
      minimumTtl: 254,
      controlInput: session.received,
      controlOutput: session.sent,
      upEvents: session.upEvents,
      downEvents: session.downEvents,
      zebraNotifications: session.notifications,
    }));
  }
}

const same = (a: Address, b: Address): boolean => a.family === b.family && a.address === b.address;

const keyOf = (request: BfdRequest): string =>
  [
    request.vrf,
    formatAddress(request.peer),
    request.local === null ? '' : formatAddress(request.local),
    request.interface ?? '',
    request.multihop ? 'multihop' : '',
  ].join(' ');
