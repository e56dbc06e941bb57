/**
 * Keeps alive what is in use: at intervals the flows of MAC bindings and FDB rows are asked how long they have been idle.
 * Rows whose flows saw packets get a new timestamp; neighbours that are only sent to are asked for their address, so that
 * their answer does (`statctrl.c`).
 */
import { formatIpv4, formatIpv6, parseIpv4, parseMac } from '../../../base/address.ts';
import type { RowRef } from '../../../base/step.ts';
import { uuidWord, type Uuid } from '../../../base/uuid.ts';
import { FIELDS, matchFieldValue } from '../../../flow/index.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { OFTABLE } from '../../actions/index.ts';
import { parsePortAddresses } from '../../northd/index.ts';
import type { ChassisState } from '../chassis-state.ts';
import {
  agingFdb,
  agingMacBindings,
  periodOf,
  thresholdOf,
  type AgingFdb,
  type AgingMacBinding,
  type NeighbourAddress,
} from '../mac-cache.ts';
import { portByName } from '../southbound-index.ts';
import { originate, type Answering } from './answer.ts';
import { intoPipeline } from './inject.ts';
import { neighbourRequest } from './neighbour-request.ts';

const MILLISECOND = 1_000_000;

/** What the switch tells of one flow; ages in whole seconds. */
export interface FlowStatistics {
  readonly cookie: bigint;
  readonly match: Parameters<typeof matchFieldValue>[0];
  readonly idleAge: number;
  readonly duration: number;
}

/** The port's own address in the network of `target`. */
function ownAddress(port: SbRow<'Port_Binding'>, target: NeighbourAddress) {
  const addresses = parsePortAddresses(port.mac[0] ?? '');
  const mac = addresses && parseMac(addresses.mac);
  if (!addresses || mac === undefined) return undefined;
  if (target.family === 4) {
    const own = addresses.v4.find(({ network, mask }) => parseIpv4(network) === (target.value & mask) >>> 0);
    return own && { mac, ip: { family: 4, value: own.address } as const };
  }
  const own = addresses.v6.find(({ address, mask }) => (address & mask) === (target.value & mask));
  return own && { mac, ip: { family: 6, value: own.address } as const };
}

/** Whether packets of the port are handled here: it is bound here, or is a patch port that no gateway chassis holds. */
function isLocal({ sb, chassis }: ChassisState, port: SbRow<'Port_Binding'>): boolean {
  if (port.chassis === chassis._uuid) return true;
  const redirect = portByName(sb, port.options.get('chassis-redirect-port') ?? '');
  return redirect ? redirect.chassis === chassis._uuid : port.type === 'patch';
}

export class CacheStatistics {
  private period = 0;
  private next = 0;
  private cancel: () => void = () => undefined;

  /** Follows the shortest threshold of the local datapaths. */
  run(answering: Answering): void {
    const { state, context } = answering;
    if (!state) return;
    const thresholds = [...state.datapaths.values()].map(thresholdOf).filter((one) => one > 0);
    const period = thresholds.length === 0 ? 0 : Math.min(...thresholds.map(periodOf)) * MILLISECOND;
    if (period === this.period) return;
    const now = context.clock.now();
    this.next = (this.period === 0 ? now : this.next - this.period) + period;
    this.period = period;
    this.schedule(answering);
  }

  private schedule(answering: Answering): void {
    this.cancel();
    const { clock } = answering.context;
    if (this.period === 0) return;
    this.cancel = clock.after(Math.max(0, this.next - clock.now()), () => {
      this.next = clock.now() + this.period;
      this.schedule(answering);
      this.ask(answering);
    });
  }

  private ask(answering: Answering): void {
    const { state, connection } = answering;
    if (!state) return;
    const wasUsed = ({ idleAge, duration }: FlowStatistics): boolean => idleAge !== duration;
    const bindings = new Map<string, AgingMacBinding>();
    for (const one of agingMacBindings(state)) bindings.set(`${uuidWord(one.row._uuid)}/${one.key}`, one);
    const bindingOf = ({ cookie, match }: FlowStatistics): AgingMacBinding | undefined =>
      bindings.get(`${cookie}/${matchFieldValue(match, FIELDS.metadata)}`);
    const renewed: Uuid[] = [];
    const wall = answering.context.clock.wallMs();
    const isDue = (timestamp: number, threshold: number): boolean => wall - timestamp >= periodOf(threshold);
    for (const flow of [...connection.flowStatistics(OFTABLE.macCacheUse)].filter(wasUsed)) {
      const found = bindingOf(flow);
      if (found && flow.idleAge * 1000 < found.threshold && isDue(found.row.timestamp, found.threshold))
        renewed.push(found.row._uuid);
    }
    const fdb = new Map<string, AgingFdb>();
    for (const one of agingFdb(state)) fdb.set(`${one.row.dp_key}/${parseMac(one.row.mac)}`, one);
    const renewedFdb: Uuid[] = [];
    for (const flow of [...connection.flowStatistics(OFTABLE.lookupFdb)].filter(wasUsed)) {
      const key = `${matchFieldValue(flow.match, FIELDS.metadata)}/${matchFieldValue(flow.match, FIELDS.eth_src)}`;
      const found = fdb.get(key);
      if (found && flow.idleAge * 1000 < found.threshold && isDue(found.row.timestamp, found.threshold))
        renewedFdb.push(found.row._uuid);
    }
    if (renewed.length > 0 || renewedFdb.length > 0)
      state.sb.transact((txn) => {
        txn.comment('ovn-controller');
        for (const uuid of renewed) txn.update('MAC_Binding', uuid, { timestamp: wall });
        for (const uuid of renewedFdb) txn.update('FDB', uuid, { timestamp: wall });
      });
    const fresh = new Set(renewed);
    for (const flow of connection.flowStatistics(OFTABLE.macBinding)) {
      const found = bindingOf(flow);
      if (!found || fresh.has(found.row._uuid)) continue;
      if (flow.idleAge * 1000 <= found.threshold && isDue(found.row.timestamp, found.threshold))
        request(answering, state, found);
    }
  }
}

function request(answering: Answering, state: ChassisState, { row, ip, key }: AgingMacBinding): void {
  const port = portByName(state.sb, row.logical_port);
  if (!port || !isLocal(state, port)) return;
  const own = ownAddress(port, ip);
  if (!own) return;
  const address = ip.family === 4 ? formatIpv4(ip.value) : formatIpv6(ip.value);
  const because: RowRef = {
    kind: 'ovsdb',
    database: 'OVN_Southbound',
    host: answering.host,
    table: 'MAC_Binding',
    uuid: row._uuid,
    text: `${row.logical_port} ${row.ip} ${row.mac}`,
  };
  const actions = intoPipeline(key, port.tunnel_key, OFTABLE.localOutput);
  const text = `request for ${address}, whose MAC binding ages`;
  originate(answering, null, neighbourRequest(own.mac, own.ip, ip), actions, text, [because]);
}
