/**
 * BFD sessions of logical routers with their next hops (ovn-sb(5), BFD): messages at intervals through the router's
 * own pipeline, `bfd_msg` for what the other end says, and the state in the row, which northd acts on.
 */
import { formatIpv4, formatIpv6, parseMac } from '../../../base/address.ts';
import type { RowRef } from '../../../base/step.ts';
import type { Uuid } from '../../../base/uuid.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { getField, getFieldNumber } from '../../../flow/flow.ts';
import { rawEthTypeOf } from '../../../flow/packet-kind.ts';
import { ETH_TYPE } from '../../../flow/protocol.table.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { decode, encodeBfd, encodeUdp, findLayer, IP_PROTOCOL, type LayerOf } from '../../../wire/index.ts';
import { writeU16 } from '../../../wire/octets.ts';
import { OFTABLE } from '../../actions/index.ts';
import { parseIpAddresses, parsePortAddresses } from '../../northd/index.ts';
import type { ChassisState } from '../chassis-state.ts';
import { portByName } from '../southbound-index.ts';
import { originate, recordStep, type Answering } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { composeIp, type Ends } from './compose.ts';
import { intoPipeline } from './inject.ts';

const MILLISECOND = 1_000_000;
const PORT = 3784;
const TTL = 255;
const BROADCAST = 0xffff_ffff_ffffn;
const FLAG = { poll: 0x20, final: 0x10, authentication: 0x04, demand: 0x02, multipoint: 0x01 } as const;
/** Before the other end said how long, in milliseconds. */
const FIRST_DETECTION = 30_000;
/** States are written together, no oftener than this. */
const UPDATE_INTERVAL = 5000 * MILLISECOND;

type State = LayerOf<'bfd'>['state'];

const STATUS: Readonly<Record<State, 'admin_down' | 'down' | 'init' | 'up'>> = {
  AdminDown: 'admin_down',
  Down: 'down',
  Init: 'init',
  Up: 'up',
};

interface Session {
  row: SbRow<'BFD'>;
  readonly ends: Ends;
  readonly datapathKey: number;
  readonly portKey: number;
  state: State;
  isChanged: boolean;
  remoteDiscriminator: number;
  /** Milliseconds. */
  remoteMinRx: number;
  remoteDemand: boolean;
  detection: number;
  lastRx: number;
  cancel: () => void;
}

/** The ends of a session: the router port's address of the family of the next hop. */
function endsOf(port: SbRow<'Port_Binding'>, target: string): Ends | undefined {
  const other = parseIpAddresses(target);
  if (!other) return undefined;
  for (const text of port.mac) {
    const own = parsePortAddresses(text);
    const mac = own && parseMac(own.mac);
    if (!own || mac === undefined) continue;
    const [six] = own.v6;
    const [four] = own.v4;
    const [other6] = other.v6;
    const [other4] = other.v4;
    if (six && other6) {
      const pseudo = { family: 6, source: six.address, destination: other6.address } as const;
      return { source: mac, destination: BROADCAST, pseudo };
    }
    if (four && other4) {
      const pseudo = { family: 4, source: four.address, destination: other4.address } as const;
      return { source: mac, destination: BROADCAST, pseudo };
    }
  }
  return undefined;
}

/** The router port that a row is about, when it is this chassis that speaks for it. */
function servedPort(state: ChassisState, name: string): SbRow<'Port_Binding'> | undefined {
  const { sb, chassis } = state;
  const port = portByName(sb, name);
  if (!port || portByName(sb, port.options.get('peer') ?? '') === undefined) return undefined;
  const isGateway = port.type === 'l3gateway' && port.chassis === chassis._uuid;
  return isGateway || portByName(sb, `cr-${name}`)?.chassis === chassis._uuid ? port : undefined;
}

function newSession(state: ChassisState, row: SbRow<'BFD'>, now: number): Session | undefined {
  const port = servedPort(state, row.logical_port);
  const ends = port && endsOf(port, row.dst_ip);
  const datapath = port && state.sb.get('Datapath_Binding', port.datapath);
  if (!port || !ends || !datapath) return undefined;
  return {
    row,
    ends,
    datapathKey: datapath.tunnel_key,
    portKey: port.tunnel_key,
    state: 'AdminDown',
    isChanged: false,
    remoteDiscriminator: 0,
    remoteMinRx: 1,
    remoteDemand: false,
    detection: FIRST_DETECTION,
    lastRx: now,
    cancel: () => undefined,
  };
}

export class RouteBfdSessions {
  private readonly sessions = new Map<Uuid, Session>();
  private lastUpdate = 0;

  run(answering: Answering): void {
    const { state, context } = answering;
    if (!state) return;
    const seen = new Set<Uuid>();
    for (const row of state.sb.rows('BFD')) {
      if (!servedPort(state, row.logical_port)) continue;
      const known = this.sessions.get(row._uuid);
      const session = known ?? newSession(state, row, context.clock.now());
      if (!session) continue;
      seen.add(row._uuid);
      session.row = row;
      this.sessions.set(row._uuid, session);
      this.follow(answering, session);
    }
    for (const [uuid, session] of this.sessions)
      if (!seen.has(uuid)) {
        session.cancel();
        this.sessions.delete(uuid);
      }
    this.write(state);
  }

  /** The row says whether the session is wanted at all. */
  private follow(answering: Answering, session: Session): void {
    const isWanted = session.row.status !== 'admin_down';
    if (isWanted === (session.state !== 'AdminDown')) return;
    session.state = isWanted ? 'Down' : 'AdminDown';
    session.isChanged = false;
    session.remoteDiscriminator = 0;
    session.cancel();
    if (isWanted) this.transmit(answering, session);
  }

  private write({ sb }: ChassisState): void {
    const changed = [...this.sessions.values()].filter((session) => session.isChanged);
    if (changed.length === 0) return;
    sb.transact((txn) => {
      txn.comment('ovn-controller');
      for (const session of changed) txn.update('BFD', session.row._uuid, { status: STATUS[session.state] });
    });
    for (const session of changed) {
      session.isChanged = false;
      if (session.state === 'Down') session.remoteDiscriminator = 0;
    }
  }

  /** Sends and comes again, as often as both ends want. */
  private transmit(answering: Answering, session: Session): void {
    const { random, clock } = answering.context;
    this.checkDetection(answering, session);
    if (session.remoteMinRx !== 0 && !session.remoteDemand) send(answering, session, false);
    let interval = Math.max(session.row.min_tx, session.remoteMinRx, 1);
    if (interval >= 4) interval -= random.below(Math.floor(interval / 4));
    session.cancel = clock.after(interval * MILLISECOND, () => this.transmit(answering, session));
  }

  private checkDetection(answering: Answering, session: Session): void {
    const isOpen = session.state === 'Init' || session.state === 'Up';
    const until = session.lastRx + session.detection * MILLISECOND;
    if (!isOpen || session.detection === 0 || answering.context.clock.now() < until) return;
    session.state = 'Down';
    session.isChanged = true;
    this.lastUpdate = answering.context.clock.now();
    answering.wake(0);
  }

  find(ip: string, discriminator: number): Session | undefined {
    for (const session of this.sessions.values())
      if (session.row.dst_ip === ip && session.row.disc === discriminator) return session;
    return undefined;
  }

  /** RFC 5880 6.8.6, as far as it matters here. */
  take(answering: Answering, session: Session, message: LayerOf<'bfd'>): void {
    const now = answering.context.clock.now();
    session.remoteDiscriminator = message.myDiscriminator;
    session.remoteMinRx = Math.floor(message.requiredMinRx / 1000);
    const remoteMinTx = Math.floor(message.desiredMinTx / 1000);
    session.detection = message.multiplier * Math.max(remoteMinTx, session.row.min_rx);
    const before = session.state;
    if (before === 'AdminDown') return;
    session.state = nextState(before, message.state);
    session.lastRx = now;
    if (session.state === 'Up' && (message.flags & FLAG.demand) !== 0) session.remoteDemand = true;
    if ((message.flags & FLAG.poll) !== 0) send(answering, session, true);
    if (session.state === before) return;
    session.isChanged = true;
    const wait = Math.max(0, this.lastUpdate + UPDATE_INTERVAL - now);
    if (wait === 0) this.lastUpdate = now;
    answering.wake(wait);
  }
}

function nextState(own: State, remote: State): State {
  if (remote === 'AdminDown') return own === 'AdminDown' ? own : 'Down';
  if (own === 'Down') return remote === 'Down' ? 'Init' : remote === 'Init' ? 'Up' : own;
  if (own === 'Init') return remote === 'Init' || remote === 'Up' ? 'Up' : own;
  return own === 'Up' && remote === 'Down' ? 'Down' : own;
}

function send(answering: Answering, session: Session, isFinal: boolean): void {
  const { row, ends } = session;
  const message = encodeBfd({
    diagnostic: 0,
    state: session.state,
    flags: isFinal ? FLAG.final : 0,
    multiplier: row.detect_mult,
    myDiscriminator: row.disc,
    yourDiscriminator: session.remoteDiscriminator,
    desiredMinTx: row.min_tx * 1000,
    requiredMinRx: row.min_rx * 1000,
    requiredMinEchoRx: 0,
  });
  const datagram = encodeUdp({ sourcePort: row.src_port, destinationPort: PORT }, message, ends.pseudo);
  if (ends.pseudo.family === 4) writeU16(datagram, 6, 0);
  const frame = composeIp(ends, IP_PROTOCOL.udp, TTL, datagram);
  const because: RowRef = {
    kind: 'ovsdb',
    database: 'OVN_Southbound',
    host: answering.host,
    table: 'BFD',
    uuid: row._uuid,
    text: `${row.logical_port} ${row.dst_ip}`,
  };
  const actions = intoPipeline(session.datapathKey, session.portKey, OFTABLE.ingress);
  originate(answering, null, frame, actions, `BFD ${session.state}`, [because]);
}

/** What the real program takes for a message at all. */
function isAcceptable(message: LayerOf<'bfd'>): boolean {
  const { flags } = message;
  if (message.version !== 1 || message.length < 24 || message.multiplier === 0) return false;
  if ((flags & (FLAG.authentication | FLAG.multipoint)) !== 0 || message.myDiscriminator === 0) return false;
  if ((flags & (FLAG.poll | FLAG.final)) === (FLAG.poll | FLAG.final)) return false;
  const isOpen = message.state === 'Init' || message.state === 'Up';
  return !isOpen || message.yourDiscriminator !== 0;
}

export const bfdMessage: Answer = (packet, answering, stores) => {
  const { headers, octets } = packet;
  const message = findLayer(decode(octets), 'bfd');
  const source =
    rawEthTypeOf(headers) === ETH_TYPE.ip
      ? formatIpv4(getFieldNumber(headers, FIELDS.ip_src))
      : formatIpv6(getField(headers, FIELDS.ipv6_src));
  const session =
    message && isAcceptable(message) ? stores.routeBfd.find(source, message.yourDiscriminator) : undefined;
  const text = session ? `BFD message of ${source}` : 'BFD message of no session';
  recordStep(answering, packet.step, { kind: 'controller', text }, octets, packet.because);
  if (message && session) stores.routeBfd.take(answering, session, message);
};
