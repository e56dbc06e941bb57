/**
 * IGMP and MLD snooping: which ports of a switch want which groups, learned from `igmp` packets, kept in IGMP_Group
 * rows of this chassis, forgotten when nobody says it again; and the querier that makes hosts say it.
 */
import { parseIpv4, parseIpv6, parseMac } from '../../../base/address.ts';
import type { RowRef } from '../../../base/step.ts';
import type { Uuid } from '../../../base/uuid.ts';
import { getFieldNumber } from '../../../flow/flow.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { OFTABLE } from '../../actions/index.ts';
import { LOG_FIELDS, LOG_FLAG } from '../../expr/log-fields.table.ts';
import { isSwitch } from '../southbound-index.ts';
import { originate, recordStep, refuse, type Answering } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { intoPipeline, toOutput } from './inject.ts';
import { igmpQuery, mldQuery } from './multicast-query.ts';
import { readMulticastReport, type MulticastReport } from './multicast-report.ts';
import { portByKeys } from './port-keys.ts';

const SECOND = 1_000_000_000;
const ROUTERS = 'mrouters';
const ROUTER_IDLE = 180 * SECOND;
const DEFAULTS = { tableSize: 2048, idle: 300, minQueryInterval: 1, response: 1 } as const;
/** Tunnel keys of a switch's own multicast groups. */
const KEY = { flood: 32_768, routers: 32_770, floodL2: 32_772 } as const;

interface Group {
  protocol: string;
  /** Port keys with the time at which each is forgotten. */
  readonly ports: Map<number, number>;
}

interface Snooping {
  row: SbRow<'IP_Multicast'>;
  readonly datapath: SbRow<'Datapath_Binding'>;
  /** In order of use, the oldest first. */
  readonly groups: Map<string, Group>;
  readonly routers: Map<number, number>;
  cancelQuery: () => void;
}

const idleOf = (row: SbRow<'IP_Multicast'>): number => row.idle_timeout ?? DEFAULTS.idle;
const isQuerier = (row: SbRow<'IP_Multicast'>): boolean =>
  row.enabled === true && row.querier === true && parseMac(row.eth_src) !== undefined;

function queryInterval(row: SbRow<'IP_Multicast'>): number {
  return row.query_interval ?? Math.max(DEFAULTS.minQueryInterval, Math.floor(idleOf(row) / 2));
}

/** What a switch's rows should be: addresses with protocol and port keys. */
function* wantedRows(
  snooping: Snooping,
): Generator<{ readonly address: string; readonly protocol: string; readonly ports: Iterable<number> }> {
  for (const [address, { protocol, ports }] of snooping.groups)
    if (ports.size > 0) yield { address, protocol, ports: ports.keys() };
  yield { address: ROUTERS, protocol: '', ports: snooping.routers.keys() };
}

export class MulticastSnooping {
  private readonly switches = new Map<number, Snooping>();

  run(answering: Answering): void {
    const { state, context } = answering;
    if (!state) return;
    const seen = new Set<number>();
    for (const row of state.sb.rows('IP_Multicast')) {
      const local = row.datapath === null ? undefined : state.datapaths.get(row.datapath);
      if (!local || !isSwitch(local.datapath)) continue;
      const key = local.datapath.tunnel_key;
      seen.add(key);
      this.configure(answering, key, row, local.datapath);
    }
    for (const [key, snooping] of this.switches)
      if (!seen.has(key)) {
        snooping.cancelQuery();
        this.switches.delete(key);
      }
    for (const snooping of this.switches.values()) forget(snooping, context.clock.now());
    this.write(answering);
  }

  private configure(
    answering: Answering,
    key: number,
    row: SbRow<'IP_Multicast'>,
    datapath: SbRow<'Datapath_Binding'>,
  ): void {
    const known = this.switches.get(key);
    if (!known) {
      const snooping: Snooping = {
        row,
        datapath,
        groups: new Map(),
        routers: new Map(),
        cancelQuery: () => undefined,
      };
      this.switches.set(key, snooping);
      if (isQuerier(row)) this.scheduleQuery(answering, snooping, 0);
      return;
    }
    const before = known.row;
    known.row = row;
    if (row.seq_no !== before.seq_no || row.enabled !== true) {
      known.groups.clear();
      known.routers.clear();
    }
    const isChanged = isQuerier(before) !== isQuerier(row) || queryInterval(before) !== queryInterval(row);
    if (!isChanged) return;
    known.cancelQuery();
    if (isQuerier(row)) this.scheduleQuery(answering, known, 0);
  }

  private scheduleQuery(answering: Answering, snooping: Snooping, delay: number): void {
    snooping.cancelQuery = answering.context.clock.after(delay, () => {
      query(answering, snooping);
      this.scheduleQuery(answering, snooping, queryInterval(snooping.row) * SECOND);
    });
  }

  /** Takes a message that came in through a port; false when the switch does not snoop. */
  take(answering: Answering, datapathKey: number, portKey: number, report: MulticastReport): boolean {
    const snooping = this.switches.get(datapathKey);
    if (snooping?.row.enabled !== true) return false;
    const now = answering.context.clock.now();
    if (report.isFromRouter) snooping.routers.set(portKey, now + ROUTER_IDLE);
    const idle = idleOf(snooping.row) * SECOND;
    for (const { address, protocol } of report.changes) {
      const group = snooping.groups.get(address);
      if (protocol === null) group?.ports.delete(portKey);
      else if (!snooping.routers.has(portKey)) {
        const size = snooping.row.table_size ?? DEFAULTS.tableSize;
        if (!group && snooping.groups.size >= size) forgetOldest(snooping);
        const ports = group?.ports ?? new Map<number, number>();
        ports.set(portKey, now + idle);
        snooping.groups.delete(address);
        snooping.groups.set(address, { protocol, ports });
      }
    }
    answering.wake(0);
    answering.wake(report.isFromRouter ? ROUTER_IDLE : idle);
    return true;
  }

  /** Makes the rows of this chassis what its switches know. */
  private write({ state }: Answering): void {
    if (!state) return;
    const { sb, chassis } = state;
    const wanted = new Map<string, { datapath: Uuid; address: string; protocol: string; ports: Uuid[] }>();
    for (const [datapathKey, snooping] of this.switches) {
      if (snooping.row.enabled !== true) continue;
      const datapath = snooping.datapath._uuid;
      for (const { address, protocol, ports } of wantedRows(snooping))
        wanted.set(`${datapath}/${address}`, {
          datapath,
          address,
          protocol,
          ports: [...ports].flatMap((key) => portByKeys(sb, datapathKey, key)?._uuid ?? []).toSorted(),
        });
    }
    const own = sb.find('IGMP_Group', 'chassis', chassis._uuid);
    const stale = own.filter(
      (row) =>
        row.datapath !== null &&
        state.datapaths.has(row.datapath) &&
        !wanted.has(`${row.datapath}/${row.address}`),
    );
    const rowOf = new Map(own.map((row) => [`${row.datapath}/${row.address}`, row]));
    const wrong = [...wanted].filter(([key, { protocol, ports }]) => {
      const row = rowOf.get(key);
      return row?.protocol !== protocol || row.ports.toSorted().join() !== ports.join();
    });
    if (stale.length === 0 && wrong.length === 0) return;
    sb.transact((txn) => {
      txn.comment('ovn-controller');
      for (const row of stale) txn.delete('IGMP_Group', row._uuid);
      for (const [key, values] of wrong) {
        const row = rowOf.get(key);
        if (row) txn.update('IGMP_Group', row._uuid, values);
        else txn.insert('IGMP_Group', { ...values, chassis: chassis._uuid, chassis_name: chassis.name });
      }
    });
  }
}

function forget(snooping: Snooping, now: number): void {
  for (const [address, { ports }] of snooping.groups) {
    for (const [port, until] of ports) if (until <= now) ports.delete(port);
    if (ports.size === 0) snooping.groups.delete(address);
  }
  for (const [port, until] of snooping.routers) if (until <= now) snooping.routers.delete(port);
}

function forgetOldest(snooping: Snooping): void {
  const [oldest] = snooping.groups.keys();
  if (oldest !== undefined) snooping.groups.delete(oldest);
}

function query(answering: Answering, { row, datapath }: Snooping): void {
  const mac = parseMac(row.eth_src);
  const four = parseIpv4(row.ip4_src);
  const six = parseIpv6(row.ip6_src);
  if (mac === undefined) return;
  const because: RowRef = {
    kind: 'ovsdb',
    database: 'OVN_Southbound',
    host: answering.host,
    table: 'IP_Multicast',
    uuid: row._uuid,
    text: datapath.external_ids.get('name') ?? '',
  };
  const response = row.query_max_resp ?? DEFAULTS.response;
  // The real program gives the flag's mask (16) where the number of the bit is asked for.
  const flags = [1 << LOG_FLAG.localOnly];
  const actions = intoPipeline(datapath.tunnel_key, KEY.flood, OFTABLE.localOutput, flags);
  if (four !== undefined)
    originate(answering, null, igmpQuery(mac, four, response), actions, 'IGMP query', [because]);
  if (six !== undefined)
    originate(answering, null, mldQuery(mac, six, response), actions, 'MLD query', [because]);
}

export const igmp: Answer = (packet, answering, stores) => {
  const report = readMulticastReport(packet.octets);
  if (typeof report === 'string') {
    refuse(answering, packet, report);
    return;
  }
  const datapathKey = getFieldNumber(packet.metadata, LOG_FIELDS.datapath);
  const portKey = getFieldNumber(packet.metadata, LOG_FIELDS.inport);
  const isTaken = stores.multicast.take(answering, datapathKey, portKey, report);
  const text = isTaken ? 'multicast snooping' : 'multicast snooping is off';
  const step = recordStep(
    answering,
    packet.step,
    { kind: 'controller', text },
    packet.octets,
    packet.because,
  );
  if (!isTaken || report.forward === null) return;
  const outport = report.forward === 'routers' ? KEY.routers : KEY.floodL2;
  const actions = toOutput(datapathKey, portKey, outport, [LOG_FLAG.igmpLoopback]);
  answering.connection.packetOut(packet.octets, actions, step);
};
