/**
 * DHCPv6 prefix delegation (ovn-nb(5), `prefix_delegation` and `prefix`): the chassis of a gateway port asks the provider's
 * network for a prefix for each port of the router that wants one, and keeps it. What it got goes into
 * `Port_Binding.options:ipv6_ra_pd_list`, from which northd takes it to the northbound port.
 */
import { formatIpv6, linkLocalOf, parseIpv6, parseMac } from '../../../base/address.ts';
import type { RowRef } from '../../../base/step.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { getField, getFieldNumber } from '../../../flow/flow.ts';
import { ipProtoOf, rawEthTypeOf } from '../../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../../flow/protocol.table.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { readU16 } from '../../../wire/octets.ts';
import { OFTABLE } from '../../actions/index.ts';
import { LOG_FIELDS } from '../../expr/log-fields.table.ts';
import { parsePortAddresses } from '../../northd/index.ts';
import type { ChassisState } from '../chassis-state.ts';
import type { LocalDatapath } from '../local-datapaths.ts';
import { peerOf, portByName } from '../southbound-index.ts';
import { originate, recordStep, type Answering } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { withVlanOf } from './compose.ts';
import { fromPort, intoPipeline } from './inject.ts';
import {
  MESSAGE,
  question,
  readAdvertisement,
  readReply,
  request,
  type Delegation,
  type Prefix,
  type RequestingRouter,
} from './prefix-message.ts';

const MILLISECOND = 1_000_000;
const SECOND = 1_000_000_000;
/** Questions are asked this far apart at most. */
const INTERVAL_MS = 3000;
const STALE = 180 * SECOND;
const UDP_HEADER = 8;
const MESSAGE_HEADER = 4;

/** The switch port behind which the gateway port sends. */
interface Way extends RequestingRouter {
  readonly datapathKey: number;
  readonly portKey: number;
}

type Phase = 'solicit' | 'request' | 'pending' | 'done' | 'renew' | 'rebind';

interface Client {
  /** The port that the prefix is for. */
  port: SbRow<'Port_Binding'>;
  readonly way: Way;
  /** The MAC address of `port`. */
  readonly mac: bigint;
  phase: Phase;
  iaid: number;
  prefix: Prefix | null;
  server: Uint8Array | null;
  /** Nanoseconds after the prefix was given at which it is renewed, rebound, and given up. */
  renewAfter: number;
  rebindAfter: number;
  endsAfter: number;
  completed: number;
  lastUsed: number;
  cancel: () => void;
}

/** Seconds as the real program keeps them: milliseconds in 32 bits. */
const asKept = (seconds: number): number => (Math.imul(seconds, 1000) >>> 0) * MILLISECOND;

const QUESTIONS: Readonly<Record<Phase, number | null>> = {
  solicit: MESSAGE.solicit,
  request: MESSAGE.solicit,
  pending: null,
  done: null,
  renew: MESSAGE.renew,
  rebind: MESSAGE.rebind,
};

/** `IAID:PREFIX/LENGTH`, as it was written before. */
function knownPrefix(
  text: string | undefined,
): { readonly iaid: number; readonly prefix: Prefix } | undefined {
  const [, iaid, ip, length] = /^\s*(\d+):([^/]+)\/(\d+)/.exec(text ?? '') ?? [];
  const address = ip === undefined ? undefined : parseIpv6(ip);
  return address === undefined
    ? undefined
    : { iaid: Number(iaid), prefix: { address, length: Number(length) } };
}

/** How a gateway port of this chassis sends; undefined when it is not served here. */
function wayOf(state: ChassisState, port: SbRow<'Port_Binding'>): Way | undefined {
  const { sb, chassis } = state;
  const peer = peerOf(sb, port);
  const isHere =
    (port.type === 'l3gateway' && port.chassis === chassis._uuid) ||
    portByName(sb, `cr-${port.logical_port}`)?.chassis === chassis._uuid;
  const datapath = peer && sb.get('Datapath_Binding', peer.datapath);
  if (!isHere || !datapath) return undefined;
  const all = port.mac.flatMap((text) => parsePortAddresses(text) ?? []);
  const withAddress = all.find(({ v6 }) => v6.length > 0);
  const mac = parseMac((withAddress ?? all.at(-1))?.mac ?? '');
  if (mac === undefined || mac === 0n) return undefined;
  const ip = withAddress?.v6[0]?.address ?? linkLocalOf(mac);
  return { mac, ip, datapathKey: datapath.tunnel_key, portKey: peer.tunnel_key };
}

export class PrefixDelegation {
  private readonly clients = new Map<string, Client>();

  /** Follows the ports, and writes down what was given. */
  run(answering: Answering): void {
    const { state } = answering;
    if (!state) return;
    for (const local of state.datapaths.values())
      for (const { local: port } of local.peers)
        if (port.options.get('ipv6_prefix_delegation') === 'true') {
          const way = wayOf(state, port);
          if (way) this.serve(answering, local, way);
        }
    const now = answering.context.clock.now();
    for (const [name, client] of this.clients) if (client.lastUsed + STALE < now) this.drop(name);
  }

  private drop(name: string): void {
    this.clients.get(name)?.cancel();
    this.clients.delete(name);
  }

  private serve(answering: Answering, router: LocalDatapath, way: Way): void {
    const { clock } = answering.context;
    for (const { local: port } of router.peers) {
      const name = port.logical_port;
      if (port.options.get('ipv6_prefix') !== 'true') {
        this.drop(name);
        continue;
      }
      const mac =
        port.mac.length === 1 ? parseMac(parsePortAddresses(port.mac[0] ?? '')?.mac ?? '') : undefined;
      if (mac === undefined) continue;
      const client = this.clients.get(name) ?? this.enter(answering, port, way, mac);
      client.port = port;
      client.lastUsed = clock.now();
      if (client.phase === 'pending') this.complete(answering, client);
    }
  }

  private enter(answering: Answering, port: SbRow<'Port_Binding'>, way: Way, mac: bigint): Client {
    const known = knownPrefix(port.options.get('ipv6_ra_pd_list'));
    const client: Client = {
      port,
      way,
      mac,
      phase: 'solicit',
      iaid: known?.iaid ?? 0,
      prefix: known?.prefix ?? null,
      server: null,
      renewAfter: 0,
      rebindAfter: 0,
      endsAfter: 0,
      completed: 0,
      lastUsed: 0,
      cancel: () => undefined,
    };
    this.clients.set(port.logical_port, client);
    this.schedule(answering, client, this.interval(answering));
    return client;
  }

  private interval(answering: Answering): number {
    return answering.context.random.below(INTERVAL_MS) * MILLISECOND;
  }

  private schedule(answering: Answering, client: Client, delay: number): void {
    client.cancel();
    client.cancel = answering.context.clock.after(delay, () => this.turn(answering, client));
  }

  /** Asks, where there is something to ask, and moves on in time. */
  private turn(answering: Answering, client: Client): void {
    const type = QUESTIONS[client.phase];
    if (type !== null) this.ask(answering, client, type);
    const age = answering.context.clock.now() - client.completed;
    if (client.phase === 'done' && age > client.renewAfter) client.phase = 'renew';
    else if (client.phase === 'renew' && age > client.rebindAfter) {
      client.phase = 'rebind';
      client.server = null;
    } else if (client.phase === 'rebind' && age > client.endsAfter) client.phase = 'solicit';
    this.schedule(answering, client, this.interval(answering));
  }

  private ask(answering: Answering, client: Client, type: number): void {
    const { way, prefix, server, mac, port } = client;
    if (!prefix) client.iaid = answering.context.random.below(0x10000);
    const frame = question(way, { type, client: mac, server, iaid: client.iaid, prefix });
    const because: RowRef = {
      kind: 'ovsdb',
      database: 'OVN_Southbound',
      host: answering.host,
      table: 'Port_Binding',
      uuid: port._uuid,
      text: port.logical_port,
    };
    const actions = intoPipeline(way.datapathKey, way.portKey, OFTABLE.ingress);
    originate(answering, null, frame, actions, `request for a prefix for ${port.logical_port}`, [because]);
  }

  /** What was given is in the database from now on. */
  private complete(answering: Answering, client: Client): void {
    const { state, context } = answering;
    const { prefix, port } = client;
    if (!state || !prefix) return;
    client.phase = 'done';
    client.completed = context.clock.now();
    this.schedule(answering, client, client.renewAfter);
    const options = new Map(port.options);
    options.set('ipv6_ra_pd_list', `${client.iaid}:${formatIpv6(prefix.address)}/${prefix.length}`);
    state.sb.transact((txn) => {
      txn.comment('ovn-controller');
      txn.update('Port_Binding', port._uuid, { options });
    });
  }

  /** The client that an answer is for. */
  find(mac: bigint, ip: bigint, iaid: number): Client | undefined {
    return [...this.clients.values()].find(
      ({ way, iaid: own }) => way.mac === mac && way.ip === ip && own === iaid,
    );
  }

  take(client: Client, given: Delegation): void {
    client.phase = 'pending';
    client.prefix = given.prefix;
    client.server = given.server;
    client.renewAfter = asKept(given.t1);
    client.rebindAfter = asKept(given.t2);
    client.endsAfter = asKept(given.valid);
  }
}

export const dhcp6Server: Answer = (packet, answering, stores) => {
  const { headers, metadata, octets, places } = packet;
  const at = places.transport;
  if (rawEthTypeOf(headers) !== ETH_TYPE.ipv6 || ipProtoOf(headers) !== IP_PROTO.udp || at === null) return;
  if (octets.length < at + UDP_HEADER) return;
  const size = Math.min(readU16(octets, at + 4), octets.length - at);
  if (size < UDP_HEADER + MESSAGE_HEADER) return;
  const type = octets[at + UDP_HEADER];
  const options = octets.subarray(at + UDP_HEADER + MESSAGE_HEADER, at + size);
  const router = { mac: getField(headers, FIELDS.eth_dst), ip: getField(headers, FIELDS.ipv6_dst) };
  const say = (text: string) =>
    recordStep(answering, packet.step, { kind: 'controller', text }, octets, packet.because);
  if (type === MESSAGE.advertise) {
    const offer = readAdvertisement(options);
    const client = offer && stores.prefixes.find(router.mac, router.ip, offer.iaid);
    const step = say(client ? 'an offer of a prefix, which is taken' : 'an offer that is not for us');
    if (!offer || !client) return;
    client.phase = 'request';
    const actions = fromPort(
      getFieldNumber(metadata, LOG_FIELDS.datapath),
      getFieldNumber(metadata, LOG_FIELDS.inport),
    );
    const frame = withVlanOf(headers, request(router, offer.options));
    originate(answering, step, frame, actions, 'request for the prefix that was offered', packet.because);
  } else if (type === MESSAGE.reply) {
    const given = readReply(options);
    const client = given && stores.prefixes.find(router.mac, router.ip, given.iaid);
    const text = client
      ? `prefix ${formatIpv6(given.prefix.address)}/${given.prefix.length} for ${client.port.logical_port}`
      : 'a reply that gives us nothing';
    say(text);
    if (!client) return;
    stores.prefixes.take(client, given);
    answering.wake(0);
  }
};
