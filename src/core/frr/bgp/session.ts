/**
 * The session state machine of RFC 4271 section 8 with FRR's timers: opening, collision, OPEN and its checks, and
 * keeping alive; how it ends stands in `session-ending`, what comes is read in `session-reader`.
 */
import type { Address } from '../prefix.ts';
import { BGP_PORT, type RawMessage } from './message/header.ts';
import type { MessageRun } from './message/message-run.ts';
import { CEASE, NOTIFICATION, notification, type Notification } from './message/notification.ts';
import { carryCounts, collisionLoser } from './collision.ts';
import { judgeOpen } from './judge-open.ts';
import type { Neighbour } from './neighbour.ts';
import { setNextHops } from './neighbour-address.ts';
import type { ResetReason } from './peer.ts';
import { SessionData } from './session-data.ts';
import { FIRST_START, SessionEnding } from './session-ending.ts';
import type { SessionEvents } from './session-events.ts';
import type { SessionEvent } from './session-history.ts';
import { FIRST_REASONS, knowsHardReset, sourceAddress, unexpected } from './session-rules.ts';
import { SessionLog } from './session-log.ts';
import { SessionReader } from './session-reader.ts';
import { SessionTimers } from './session-timers.ts';
import { hopLimits, isReachable, trackedWay, type WayAnswer } from './session-way.ts';
import { SessionWriter } from './session-writer.ts';
import type { Speaker } from './speaker.ts';
import type { ConnectionListener, TcpConnection } from './transport.ts';

export class SessionMachine {
  readonly #speaker: Speaker;
  readonly #neighbour: Neighbour;
  readonly #events: SessionEvents;
  readonly #timers: SessionTimers;
  readonly #writer: SessionWriter;
  readonly #ending: SessionEnding;
  readonly #reader: SessionReader;
  readonly #log: SessionLog;

  constructor(speaker: Speaker, neighbour: Neighbour, events: SessionEvents) {
    this.#speaker = speaker;
    this.#neighbour = neighbour;
    this.#events = events;
    this.#log = new SessionLog(speaker, neighbour);
    this.#writer = new SessionWriter(speaker, neighbour, this.#log);
    this.#timers = new SessionTimers(speaker, neighbour, {
      start: (session) => this.#start(session),
      retry: (session) => this.#retry(session),
      holdExpired: (session) => this.#holdExpired(session),
      keepalive: (session) => this.#writer.keepalive(session),
    });
    this.#ending = new SessionEnding({
      speaker,
      neighbour,
      events,
      timers: this.#timers,
      writer: this.#writer,
      log: this.#log,
    });
    this.#reader = new SessionReader(speaker, neighbour, events, this.#timers, this.#ending, {
      open: (session, message) => this.#open(session, message),
      keepalive: (session) => this.#keepalive(session),
    });
  }

  get neighbour(): Neighbour {
    return this.#neighbour;
  }

  /** The neighbour is new, or may start again: begins in Idle. */
  begin(): void {
    const { session } = this.#neighbour;
    if (session.state === 'Idle') this.#timers.arm(session);
  }

  /** Sets the timers of the present state again: what kept them off is over. */
  rearm(): void {
    this.#timers.arm(this.#neighbour.session);
  }

  /** Begins without the wait in Idle. */
  startNow(): void {
    const { session } = this.#neighbour;
    if (session.state !== 'Idle') return;
    this.#timers.arm(session);
    this.tryNow();
  }

  /** Configuration or the network changed in a way that lets an idle neighbour try at once. */
  tryNow(): void {
    const { session } = this.#neighbour;
    if (session.state === 'Idle' && session.timers.has('start')) {
      session.timers.get('start')?.cancel();
      session.timers.delete('start');
      this.#start(session);
    } else if (session.state === 'Active' && !session.accepted && this.#neighbour.incoming === null)
      this.#start(session, 'ConnectRetry_timer_expired');
  }

  /** BGP_Start, and the retry from Active. */
  #start(session: SessionData, event: SessionEvent = 'BGP_Start'): void {
    const neighbour = this.#neighbour;
    const speaker = this.#speaker;
    if (neighbour.address === null) {
      this.#ending.resetReason('waiting-neighbor-address');
      this.#ending.change(session, 'Idle', event);
      return;
    }
    if (this.#timers.isSuppressed || !neighbour.isActive || speaker.vrfId === null) {
      this.#ending.change(session, 'Idle', event);
      return;
    }
    neighbour.ends = null;
    session.remoteRouterId = 0;
    this.#log.event(session, event, 'Connect');
    if (neighbour.options.passive === true) {
      this.#ending.change(session, 'Connect', event, true);
      this.#ending.openFailed(session);
      return;
    }
    if (this.#mustAskAnew() || !isReachable(neighbour, trackedWay(speaker, neighbour))) {
      this.#ending.resetReason('waiting-next-hop');
      this.#log.waiting();
      this.#ending.change(session, 'Connect', event, true);
      this.#ending.openFailed(session);
      return;
    }
    session.descriptor = speaker.host.descriptors.take();
    this.#log.connecting(session);
    this.#ending.change(session, 'Connect', event, true);
    if (FIRST_REASONS.includes(neighbour.lastReset.reason)) this.#ending.resetReason('waiting-open');
    this.#connect(session, neighbour.address);
  }

  /**
   * Whether the neighbour must be on a network of this router now, or need not be any longer: zebra is asked anew, and its
   * answer, known as it is, starts nothing; the next try does.
   */
  #mustAskAnew(): boolean {
    const neighbour = this.#neighbour;
    const { mustBeConnected, askedConnected } = neighbour;
    neighbour.askedConnected = mustBeConnected;
    if (askedConnected === null || askedConnected === mustBeConnected) return false;
    this.#speaker.after(0, () => {
      const reachable = isReachable(neighbour, trackedWay(this.#speaker, neighbour));
      this.#ending.resetReason(reachable ? 'waiting-open' : 'waiting-next-hop');
    });
    return true;
  }

  /** Zebra answered about the neighbour's address; null: look for its answer. */
  addressAnswered(answer: WayAnswer): void {
    const neighbour = this.#neighbour;
    const reachable = isReachable(neighbour, answer ?? trackedWay(this.#speaker, neighbour));
    const wasWaiting = neighbour.lastReset.reason === 'waiting-next-hop';
    if (!neighbour.isEstablished) this.#ending.resetReason(reachable ? 'waiting-open' : 'waiting-next-hop');
    if (reachable && wasWaiting) this.tryNow();
  }

  #connect(session: SessionData, address: Address): void {
    const neighbour = this.#neighbour;
    const speaker = this.#speaker;
    session.generation += 1;
    const { generation } = session;
    const { updateSource } = neighbour.options;
    session.tcp = speaker.host.transport.connect(
      {
        vrf: speaker.vrf,
        remote: { address, port: neighbour.options.port ?? BGP_PORT },
        source: sourceAddress(speaker, neighbour, address),
        interface: neighbour.interface ?? (updateSource?.kind === 'interface' ? updateSource.text : null),
        hops: hopLimits(neighbour),
        password: neighbour.options.password ?? null,
      },
      this.#listener(session, generation),
    );
  }

  #listener(session: SessionData, generation: number): ConnectionListener {
    const isCurrent = (): boolean => session.generation === generation && !this.#speaker.removed;
    return {
      connected: () => {
        if (isCurrent()) this.#opened(session);
      },
      received: (octets) => {
        if (isCurrent()) this.#reader.received(session, octets);
      },
      closed: () => {
        if (isCurrent()) this.#ending.closed(session);
      },
    };
  }

  /** The connection stands: OPEN goes out. */
  #opened(session: SessionData): void {
    const { tcp } = session;
    if (tcp === null) return;
    session.localRouterId = this.#speaker.routerId;
    if (session === this.#neighbour.session) this.#setEnds(tcp);
    this.#log.event(session, 'TCP_connection_open', 'OpenSent');
    this.#log.opened(session);
    this.#writer.open(session);
    this.#ending.change(session, 'OpenSent', 'TCP_connection_open', true);
    this.#ending.lookAtLink();
  }

  #setEnds(tcp: TcpConnection): void {
    const { local, remote } = tcp;
    if (local === null) return;
    this.#neighbour.ends = {
      local: local.address,
      localPort: local.port,
      remote: remote.address,
      remotePort: remote.port,
    };
    setNextHops(this.#speaker, this.#neighbour, this.#neighbour.ends);
  }

  /** The neighbour opened a connection; null refuses it. */
  accept(tcp: TcpConnection): ConnectionListener | null {
    const neighbour = this.#neighbour;
    const { state } = neighbour.session;
    if (this.#timers.isSuppressed || state === 'Clearing' || state === 'Deleted' || !neighbour.isActive)
      return null;
    if (neighbour.incoming !== null) this.#ending.drop(neighbour.incoming);
    tcp.limitHops(hopLimits(neighbour));
    const session = new SessionData(true);
    session.holdTime = neighbour.session.holdTime;
    session.keepaliveTime = neighbour.session.keepaliveTime;
    session.state = 'Active';
    session.tcp = tcp;
    session.generation = 1;
    session.descriptor = this.#speaker.host.descriptors.take();
    this.#log.accepted(session);
    this.#log.moved('Idle', 'Active');
    neighbour.incoming = session;
    if (state === 'Established' && neighbour.nonStopMode) {
      // The neighbour restarted: its old connection is dead, its routes are kept.
      this.#ending.resetReason('nsf-peer-closed');
      neighbour.awaitsRestart = true;
      this.#ending.stop(neighbour.session, 'TCP_connection_open');
    }
    this.#opened(session);
    return this.#listener(session, session.generation);
  }

  #open(session: SessionData, message: RawMessage): void {
    if (session.state !== 'OpenSent') {
      if (session.state === 'Established') this.#ending.stop(session, 'Receive_OPEN_message');
      else this.#ending.fail(session, unexpected(session.state), message.octets);
      return;
    }
    const neighbour = this.#neighbour;
    const speaker = this.#speaker;
    this.#log.openReceived(message.body);
    const judged = judgeOpen(speaker, neighbour, message.body);
    if (!judged.ok) {
      this.#ending.fail(session, judged.error, message.octets);
      return;
    }
    const open = judged.value;
    const loser = collisionLoser(speaker, neighbour, session, open.routerId);
    if (loser !== null) {
      const isThis = loser === session;
      this.#ending.fail(
        loser,
        notification(NOTIFICATION.cease, CEASE.collision),
        isThis ? message.octets : null,
      );
      if (isThis) return;
    }
    session.remoteRouterId = open.routerId;
    session.remoteAs = open.asn;
    session.receivedCapabilities = open.capabilities;
    session.negotiated = open.negotiated;
    session.holdTime = open.holdTime;
    session.keepaliveTime = open.keepaliveTime;
    this.#log.event(session, 'Receive_OPEN_message', 'OpenConfirm');
    this.#writer.keepalive(session);
    this.#ending.change(session, 'OpenConfirm', 'Receive_OPEN_message', true);
  }

  #keepalive(session: SessionData): void {
    this.#log.keepalive('received');
    if (session.state === 'OpenConfirm') this.#establish(session);
    else if (session.state === 'Established') this.#timers.armHold(session);
    else this.#ending.fail(session, unexpected(session.state), null);
  }

  #establish(session: SessionData): void {
    const neighbour = this.#neighbour;
    if (session === neighbour.incoming) this.#takeOver(session);
    const current = neighbour.session;
    neighbour.startTime = FIRST_START;
    neighbour.establishedCount += 1;
    neighbour.upSince = this.#speaker.now;
    for (const family of neighbour.families.values()) {
      family.negotiated = current.negotiated.includes(family.family);
      family.groupNumber = null;
    }
    this.#ending.change(current, 'Established', 'Receive_KEEPALIVE_message');
    if (neighbour.incoming !== null) {
      const other = neighbour.incoming;
      if (other.state === 'OpenSent' || other.state === 'OpenConfirm')
        this.#ending.fail(other, notification(NOTIFICATION.cease, CEASE.collision), null);
      else this.#ending.drop(other);
    }
    this.#events.established(this.#speaker, neighbour);
  }

  /** The connection that the neighbour opened becomes the session. */
  #takeOver(session: SessionData): void {
    const neighbour = this.#neighbour;
    const old = neighbour.session;
    neighbour.incoming = null;
    carryCounts(old, session);
    // What is said on the connection that lost counts for that one only.
    if (old.state === 'OpenSent' || old.state === 'OpenConfirm')
      this.#writer.notification(old, notification(NOTIFICATION.cease, CEASE.collision));
    old.generation += 1;
    old.stopTimers();
    old.tcp?.close();
    old.tcp = null;
    this.#speaker.host.descriptors.free(old.descriptor);
    neighbour.session = session;
    session.accepted = false;
    this.#ending.resetReason('no-family-activated');
    if (session.tcp !== null) this.#setEnds(session.tcp);
  }

  #holdExpired(session: SessionData): void {
    if (session.state === 'Established' && knowsHardReset(session) && this.#neighbour.nonStopMode)
      this.#neighbour.awaitsRestart = true;
    this.#ending.fail(session, notification(NOTIFICATION.holdTimer, 0), null, 'Hold_Timer_expired');
  }

  #retry(session: SessionData): void {
    if (session.state === 'Connect') this.#ending.release(session);
    this.#start(session, 'ConnectRetry_timer_expired');
  }

  /** Ends the session on purpose. `reasonWithoutSession` counts when there was none to send a NOTIFICATION on. */
  end(message: Notification | null, reason?: ResetReason, reasonWithoutSession?: ResetReason): void {
    this.#ending.end(message, reason, reasonWithoutSession);
  }

  /** The neighbour is taken out of the configuration. */
  delete(): void {
    this.#ending.end(notification(NOTIFICATION.cease, CEASE.peerUnconfigured));
    this.#neighbour.session.stopTimers();
    this.#neighbour.session.state = 'Deleted';
    this.#speaker.host.nextHops.leaveNeighbour(this.#neighbour);
  }

  /** Sends whole messages on the session. */
  sendMessages(run: MessageRun, kind: 'update' | 'routeRefresh'): void {
    this.#writer.messages(this.#neighbour.session, run, kind);
  }
}
