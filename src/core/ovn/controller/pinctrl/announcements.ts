/**
 * Gratuitous ARP and RARP: what this chassis brings to a physical network is told there, a few times at growing
 * intervals; and routers of this chassis on that network learn it at once.
 */
import { formatIpv4, parseMac } from '../../../base/address.ts';
import type { RowRef } from '../../../base/step.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { encodeArp, encodeEthernet, ETHERTYPE } from '../../../wire/index.ts';
import { OFTABLE } from '../../actions/index.ts';
import { parsePortAddresses } from '../../northd/index.ts';
import type { ChassisState } from '../chassis-state.ts';
import type { LocalDatapath } from '../local-datapaths.ts';
import { rootRow } from '../settings.ts';
import { peerOf, portByName, portsOf } from '../southbound-index.ts';
import { originate, type Answering } from './answer.ts';
import { intoPipeline } from './inject.ts';
import { writeMacBinding } from './mac-bindings.ts';

const SECOND = 1_000_000_000;
const FIRST = SECOND;
/** Without a setting: 1, 1, 2, 4 and 8 seconds apart, then silence. */
const DEFAULT_LIMIT = 16 * SECOND;
const BROADCAST = 0xffff_ffff_ffffn;
const RARP = 0x8035;
const REQUEST = 1;
const REVERSE_REQUEST = 3;

interface Wanted {
  readonly mac: bigint;
  /** 0: no address, announced by RARP. */
  readonly ip: number;
  readonly port: SbRow<'Port_Binding'>;
  readonly datapathKey: number;
}

interface Announced {
  wanted: Wanted;
  backoff: number;
  cancel: () => void;
}

const RESIDENT = /^\s*is_chassis_resident\s*\(\s*"((?:[^"\\]|\\.)*)"\s*\)/;

/** `MAC [IP ...] [is_chassis_resident("PORT")]`: the addresses, and the port that has to be here. */
function readNatAddress(
  text: string,
): { readonly mac: bigint; readonly ips: readonly number[]; readonly resident: string | null } | undefined {
  const addresses = parsePortAddresses(text);
  const mac = addresses && parseMac(addresses.mac);
  if (!addresses || mac === undefined) return undefined;
  const at = text.indexOf('is_chassis_resident');
  const resident = at < 0 ? null : (RESIDENT.exec(text.slice(at))?.[1] ?? undefined);
  if (resident === undefined) return undefined;
  return { mac, ips: addresses.v4.map(({ address }) => address), resident };
}

function isEnabled(state: ChassisState, port: SbRow<'Port_Binding'>): boolean {
  if (port.options.get('disable_garp_rarp') === 'true') return false;
  const peer = peerOf(state.sb, port);
  const router = peer && state.sb.get('Datapath_Binding', peer.datapath);
  return router?.external_ids.get('disable_garp_rarp') !== 'true';
}

/** What a switch port that leads to a router has to tell: the router's addresses that are served here. */
function natAddresses(state: ChassisState, port: SbRow<'Port_Binding'>, datapathKey: number): Wanted[] {
  const option = port.options.get('nat-addresses');
  const texts = port.nat_addresses.length > 0 ? port.nat_addresses : option === undefined ? [] : [option];
  return texts.flatMap((text) => {
    const read = readNatAddress(text);
    if (!read || (read.resident === null && port.type === 'patch')) return [];
    if (read.resident !== null && portByName(state.sb, read.resident)?.chassis !== state.chassis._uuid)
      return [];
    const ips = read.ips.length === 0 ? [0] : read.ips;
    return ips.map((ip) => ({ mac: read.mac, ip, port, datapathKey }));
  });
}

function ofPort(state: ChassisState, port: SbRow<'Port_Binding'>, datapathKey: number): Wanted[] {
  const isHere = port.chassis === state.chassis._uuid;
  if (port.type === 'patch' || (port.type === 'l3gateway' && isHere))
    return natAddresses(state, port, datapathKey);
  if (port.type !== '' || !isHere) return [];
  for (const text of port.mac) {
    const addresses = parsePortAddresses(text);
    const mac = addresses && parseMac(addresses.mac);
    if (mac !== undefined) return [{ mac, ip: addresses?.v4[0]?.address ?? 0, port, datapathKey }];
  }
  return [];
}

function wantedOn(state: ChassisState, local: LocalDatapath): Wanted[] {
  if (!local.localnet) return [];
  return portsOf(state.sb, local.datapath._uuid)
    .filter((port) => isEnabled(state, port))
    .flatMap((port) => ofPort(state, port, local.datapath.tunnel_key));
}

function frameOf({ mac, ip }: Wanted): Uint8Array {
  const isRarp = ip === 0;
  const body = encodeArp({
    operation: isRarp ? REVERSE_REQUEST : REQUEST,
    senderMac: mac,
    senderIp: ip,
    targetMac: isRarp ? mac : 0n,
    targetIp: ip,
  });
  return encodeEthernet({ source: mac, destination: BROADCAST, type: isRarp ? RARP : ETHERTYPE.arp }, body);
}

export class Announcements {
  private readonly announced = new Map<string, Announced>();
  private limit = DEFAULT_LIMIT;
  private isContinuous = false;

  /** Takes up what is new, gives up what is no longer served here. */
  run(answering: Answering): void {
    const { state } = answering;
    if (!state) return;
    this.readSettings(answering, state);
    const wanted = new Map<string, Wanted>();
    for (const local of state.datapaths.values())
      for (const one of wantedOn(state, local)) {
        wanted.set(`${one.mac}/${one.ip}/${one.datapathKey}/${one.port.tunnel_key}`, one);
        if (one.ip !== 0) teachRouters(answering, local, one);
      }
    for (const [key, entry] of this.announced)
      if (!wanted.has(key)) {
        entry.cancel();
        this.announced.delete(key);
      }
    for (const [key, one] of wanted) {
      const known = this.announced.get(key);
      if (known) known.wanted = one;
      else {
        const entry: Announced = { wanted: one, backoff: FIRST, cancel: () => undefined };
        this.announced.set(key, entry);
        this.schedule(answering, entry, FIRST);
      }
    }
  }

  /** `garp-max-timeout-sec` makes announcements go on for ever; a change begins anew. */
  private readSettings(answering: Answering, state: ChassisState): void {
    const seconds = Number(rootRow(state.ovs)?.external_ids.get('garp-max-timeout-sec') ?? 0) || 0;
    const limit = seconds > 0 ? seconds * SECOND : DEFAULT_LIMIT;
    const isContinuous = seconds > 0;
    if (limit === this.limit && isContinuous === this.isContinuous) return;
    this.limit = limit;
    this.isContinuous = isContinuous;
    for (const entry of this.announced.values()) {
      entry.backoff = FIRST;
      this.schedule(answering, entry, FIRST);
    }
  }

  private schedule(answering: Answering, entry: Announced, delay: number): void {
    entry.cancel();
    entry.cancel = answering.context.clock.after(delay, () => this.announce(answering, entry));
  }

  private announce(answering: Answering, entry: Announced): void {
    const { wanted, backoff } = entry;
    const { port, datapathKey, ip } = wanted;
    const because: RowRef = {
      kind: 'ovsdb',
      database: 'OVN_Southbound',
      host: answering.host,
      table: 'Port_Binding',
      uuid: port._uuid,
      text: port.logical_port,
    };
    const text = ip === 0 ? 'RARP announcement' : `gratuitous ARP for ${formatIpv4(ip)}`;
    const actions = intoPipeline(datapathKey, port.tunnel_key, OFTABLE.ingress);
    originate(answering, null, frameOf(wanted), actions, text, [because]);
    if (this.isContinuous || backoff < this.limit) this.schedule(answering, entry, backoff);
    entry.backoff = Math.min(this.limit, backoff * 2);
  }
}

/** Routers on the same switch here would see the announcement: they are told of it through the database. */
function teachRouters(answering: Answering, local: LocalDatapath, one: Wanted): void {
  const { state } = answering;
  if (!state) return;
  for (const { local: near, remote } of local.peers) {
    if (near._uuid === one.port._uuid) continue;
    const router = state.sb.get('Datapath_Binding', remote.datapath);
    const updateOnly = router?.external_ids.get('always_learn_from_arp_request') === 'false';
    writeMacBinding(answering, remote, formatIpv4(one.ip), one.mac, updateOnly);
  }
}
