/** One BFD session in asynchronous mode: state machine, timers, counters (RFC 5880 section 6). */
import type { Context } from '../../base/context.ts';
import { encodeBfd, type BfdPacket, type BfdState } from './packet.ts';

const DIAGNOSTIC = {
  none: 0,
  detectionExpired: 1,
  neighbourDown: 3,
  adminDown: 7,
} as const;

/** Milliseconds. */
export interface BfdIntervals {
  readonly multiplier: number;
  readonly receive: number;
  readonly transmit: number;
}

export const DEFAULT_INTERVALS: BfdIntervals = { multiplier: 3, receive: 300, transmit: 300 };
/** Milliseconds; offered, never used: echo packets are not sent. */
export const ECHO_RECEIVE = 50;

/** What a session may be told beside its intervals. */
export interface BfdMode {
  /** Says nothing before the neighbour does. */
  readonly isPassive: boolean;
  /** `shutdown`: the neighbour is told that it is meant to be down. */
  readonly isShutDown: boolean;
  /** Milliseconds; 0: none are taken. */
  readonly echoReceive: number;
}

export const USUAL_MODE: BfdMode = { isPassive: false, isShutDown: false, echoReceive: ECHO_RECEIVE };

/** Until a session is up packets go out this often, in milliseconds. */
const SLOW = 1000;
const MILLISECOND = 1e6;

export interface BfdSessionEvents {
  /** False: it could not be sent. */
  send(octets: Uint8Array): boolean;
  /** The state that others see changed. */
  changed(session: BfdSession, before: BfdState): void;
}

export class BfdSession {
  readonly discriminator: number;
  readonly #context: Context;
  readonly #events: BfdSessionEvents;
  intervals: BfdIntervals;
  mode: BfdMode;
  state: BfdState = 'down';
  diagnostic: number = DIAGNOSTIC.none;
  remoteDiagnostic: number = DIAGNOSTIC.none;
  remoteState: BfdState = 'down';
  remoteDiscriminator = 0;
  /** Of the last packet, slow before the first one; intervals in milliseconds. */
  remote = { multiplier: 3, receive: SLOW, transmit: SLOW, echoReceive: 0 };
  /** Simulated nanoseconds. */
  changedAt: number;
  received = 0;
  sent = 0;
  upEvents = 0;
  downEvents = 0;
  notifications = 0;
  #polling = false;
  #cancelTransmit: (() => void) | null = null;
  #cancelDetect: (() => void) | null = null;
  #stopped = false;

  constructor(context: Context, intervals: BfdIntervals, mode: BfdMode, events: BfdSessionEvents) {
    this.#context = context;
    this.#events = events;
    this.intervals = intervals;
    this.mode = mode;
    this.discriminator = context.random.below(0xffffffff) + 1;
    this.changedAt = context.clock.now();
    if (mode.isShutDown) this.state = 'admin-down';
    else if (!mode.isPassive) this.#scheduleTransmit();
  }

  /** Other ways, while it runs (`bfd_set_passive_mode`, `bfd_set_shutdown`). */
  setMode(mode: BfdMode): void {
    const before = this.mode;
    this.mode = mode;
    if (this.#stopped) return;
    if (mode.isShutDown !== before.isShutDown) {
      if (mode.isShutDown) this.#shutDown();
      else {
        this.state = 'down';
        this.notifications += 1;
        if (!mode.isPassive) this.#scheduleTransmit();
      }
    } else if (this.state === 'down' && mode.isPassive !== before.isPassive) {
      if (mode.isPassive) this.#fallSilent();
      else this.#scheduleTransmit();
    }
  }

  #shutDown(): void {
    const before = this.state;
    this.#fallSilent();
    this.state = 'admin-down';
    this.notifications += 1;
    this.#transmit(false, before === 'up');
    this.#cancelTransmit?.();
    this.#cancelTransmit = null;
    this.#events.changed(this, before);
  }

  #fallSilent(): void {
    this.#cancelTransmit?.();
    this.#cancelTransmit = null;
    this.#cancelDetect?.();
    this.#cancelDetect = null;
  }

  /** Ends the session. One that a protocol asked for tells the neighbour so, a configured one goes in silence. */
  stop(isTold: boolean): void {
    const wasFast = this.state === 'up';
    this.state = 'down';
    this.diagnostic = DIAGNOSTIC.neighbourDown;
    if (isTold) this.#transmit(false, wasFast);
    this.#stopped = true;
    this.#cancelTransmit?.();
    this.#cancelDetect?.();
  }

  /** Other intervals: while it is up the neighbour is asked to confirm them (6.8.3). */
  change(intervals: BfdIntervals): void {
    this.intervals = intervals;
    if (this.#stopped || this.state !== 'up') return;
    this.#polling = true;
    this.#transmit(false);
  }

  /** A packet for this session came. */
  receive(packet: BfdPacket): void {
    if (this.#stopped) return;
    // A neighbour that does not know this session (yet) cannot end it.
    if (packet.yourDiscriminator === 0 && this.state !== 'down' && this.state !== 'admin-down') return;
    this.received += 1;
    const before = this.#interval;
    this.remoteDiscriminator = packet.myDiscriminator;
    this.remoteState = packet.state;
    this.remoteDiagnostic = packet.diagnostic;
    this.remote = {
      multiplier: packet.multiplier,
      receive: packet.requiredReceive / 1000,
      transmit: packet.desiredTransmit / 1000,
      echoReceive: packet.requiredEchoReceive / 1000,
    };
    if (packet.final) this.#polling = false;

    this.#advance(packet.state);
    this.#armDetection();
    if (this.#cancelTransmit !== null && this.#interval < before) this.#scheduleTransmit();
    if (packet.poll) this.#transmit(true);
  }

  #advance(theirs: BfdState): void {
    if (this.state === 'admin-down') return;
    if (theirs === 'admin-down') {
      if (this.state !== 'down') this.#change('down', DIAGNOSTIC.neighbourDown);
      return;
    }
    switch (this.state) {
      case 'down':
        if (theirs === 'down') this.#change('init', DIAGNOSTIC.none);
        else if (theirs === 'init') this.#up();
        return;
      case 'init':
        if (theirs === 'init' || theirs === 'up') this.#up();
        return;
      case 'up':
        if (theirs === 'down') this.#change('down', DIAGNOSTIC.neighbourDown);
    }
  }

  #up(): void {
    this.#polling = true;
    this.#change('up', DIAGNOSTIC.none);
  }

  #change(state: BfdState, diagnostic: number): void {
    const before = this.state;
    this.state = state;
    this.diagnostic = diagnostic;
    if (state === 'up') this.upEvents += 1;
    if (state === 'down') this.downEvents += 1;
    if (state === 'up' || before === 'up') {
      this.changedAt = this.#context.clock.now();
      this.notifications += 1;
    }
    if (state === 'down') {
      this.#polling = false;
      this.remoteDiscriminator = 0;
    }
    // A passive one begins to speak when it was spoken to.
    if (state !== 'init' || this.mode.isPassive) this.#transmit(false, before === 'up');
    if (state === 'down' && this.mode.isPassive) this.#fallSilent();
    this.#events.changed(this, before);
  }

  /** Detection time (RFC 5880 6.8.4), in milliseconds. */
  get detectionTime(): number {
    const receive = this.state === 'up' ? this.intervals.receive : SLOW;
    return this.remote.multiplier * Math.max(receive, this.remote.transmit);
  }

  #armDetection(): void {
    this.#cancelDetect?.();
    this.#cancelDetect = this.#context.clock.after(this.detectionTime * MILLISECOND, () => {
      this.#cancelDetect = null;
      if (this.state !== 'up' && this.state !== 'init') return;
      this.remoteState = 'down';
      this.#change('down', DIAGNOSTIC.detectionExpired);
    });
  }

  /** Between packets, in milliseconds. */
  get #interval(): number {
    return this.state === 'up' ? Math.max(this.intervals.transmit, this.remote.receive) : SLOW;
  }

  /** The interval in force, less up to a quarter by chance (6.8.7). */
  #scheduleTransmit(): void {
    this.#cancelTransmit?.();
    const wanted = this.#interval;
    const most = this.intervals.multiplier === 1 ? 90 : 100;
    const percent = 75 + this.#context.random.below(most - 75 + 1);
    this.#cancelTransmit = this.#context.clock.after((wanted * MILLISECOND * percent) / 100, () => {
      this.#cancelTransmit = null;
      this.#transmit(false);
    });
  }

  /** `wasUp`: the word that it went down still carries the intervals of before. */
  #transmit(final: boolean, wasUp = false): void {
    const fast = wasUp || this.state === 'up';
    const transmit = fast ? this.intervals.transmit : SLOW;
    const receive = fast ? this.intervals.receive : SLOW;
    const isSent = this.#events.send(
      encodeBfd({
        diagnostic: this.diagnostic,
        state: this.state,
        poll: this.#polling && !final,
        final,
        controlPlaneIndependent: false,
        demand: false,
        multiplier: this.intervals.multiplier,
        myDiscriminator: this.discriminator,
        yourDiscriminator: this.remoteDiscriminator,
        desiredTransmit: transmit * 1000,
        requiredReceive: receive * 1000,
        requiredEchoReceive: this.mode.echoReceive * 1000,
      }),
    );
    if (isSent) this.sent += 1;
    if (!final) this.#scheduleTransmit();
  }
}
