/** Tables 66, 67, 71, 72 and 79: MAC bindings and learned forwarding entries of the southbound database as flows. */
import { parseIpv4, parseIpv6, parseMac } from '../../base/address.ts';
import type { Uuid } from '../../base/uuid.ts';
import type { SbRow } from '../../ovsdb/index.ts';
import { FIELDS, registerField, type Field } from '../../flow/index.ts';
import { OFTABLE } from '../actions/oftable.table.ts';
import { REGISTER } from './logical-registers.table.ts';
import {
  load,
  loadRegister,
  matchDatapath,
  matchFlags,
  matchInport,
  matchOf,
  matchOutport,
} from './physical/flow-builder.ts';
import type { PhysicalContext } from './physical/physical-context.ts';
import { portByName } from './southbound-index.ts';

type Term = readonly [Field, number | bigint, (number | bigint)?];

const LOOKED_UP_MAC = loadRegister(REGISTER.flags, 1, 6, 1);
const LOOKED_UP_FDB = loadRegister(REGISTER.flags, 1, 8, 1);
const FROM_LOCALNET = 1 << 15;

/** Of two neighbours with one address, by where they come from. */
export const PRIORITY = { evpnLow: 20, staticLow: 50, learned: 100, staticHigh: 150, evpnHigh: 200 } as const;

interface Neighbour {
  readonly row: Uuid;
  readonly logicalPort: string;
  readonly ip: string;
  readonly mac: string;
  readonly priority: number;
  /** Learned ones are refreshed while they are used. */
  readonly tracked: boolean;
}

/** The flows by which routers find a neighbour, and by which its answers are known. */
export function addNeighbour(context: PhysicalContext, neighbour: Neighbour): void {
  const port = portByName(context.sb, neighbour.logicalPort);
  const datapath = port && context.datapaths.get(port.datapath)?.datapath.tunnel_key;
  const mac = parseMac(neighbour.mac);
  if (!port || datapath === undefined || mac === undefined) return;
  const ipv4 = parseIpv4(neighbour.ip);
  const ipv6 = ipv4 === undefined ? parseIpv6(neighbour.ip) : undefined;
  const address = ipv4 ?? ipv6;
  if (address === undefined) return;
  const four = ipv4 !== undefined;
  const { sink } = context;
  const { row, priority } = neighbour;
  const on = matchDatapath(datapath);
  const from = [[FIELDS.eth_src, mac], on, matchInport(port.tunnel_key)] as const;

  const wanted: Term = [four ? registerField(0) : FIELDS.xxreg1, address];
  sink.add(
    OFTABLE.macBinding,
    priority,
    matchOf(wanted, on, matchOutport(port.tunnel_key)),
    [load(FIELDS.eth_dst, mac), LOOKED_UP_MAC],
    row,
  );
  const asked: readonly Term[] = four
    ? [
        [FIELDS.eth_type, 0x806],
        [registerField(0), address],
      ]
    : [
        [FIELDS.eth_type, 0x86dd],
        [FIELDS.nw_proto, 58],
        [FIELDS.icmpv6_code, 0],
        [FIELDS.xxreg0, address],
      ];
  sink.add(OFTABLE.macLookup, priority, matchOf(...from, ...asked), [LOOKED_UP_MAC], row);
  if (!neighbour.tracked) return;
  if (four)
    sink.add(
      OFTABLE.macCacheUse,
      priority,
      matchOf(...from, [FIELDS.eth_type, 0x806], [FIELDS.arp_op, 2], [FIELDS.arp_spa, address]),
      [],
      row,
    );
  const used: readonly Term[] = four
    ? [
        [FIELDS.eth_type, 0x800],
        [FIELDS.ip_src, address],
      ]
    : [
        [FIELDS.eth_type, 0x86dd],
        [FIELDS.ipv6_src, address],
      ];
  sink.add(OFTABLE.macCacheUse, priority, matchOf(...from, ...used), [], row);
}

export function addLearnedNeighbour(context: PhysicalContext, row: SbRow<'MAC_Binding'>): void {
  addNeighbour(context, {
    row: row._uuid,
    logicalPort: row.logical_port,
    ip: row.ip,
    mac: row.mac,
    priority: PRIORITY.learned,
    tracked: true,
  });
}

export function addStaticNeighbour(context: PhysicalContext, row: SbRow<'Static_MAC_Binding'>): void {
  addNeighbour(context, {
    row: row._uuid,
    logicalPort: row.logical_port,
    ip: row.ip,
    mac: row.mac,
    priority: row.override_dynamic_mac ? PRIORITY.staticHigh : PRIORITY.staticLow,
    tracked: false,
  });
}

/** `localnetLearns`: localnet ports that learn addresses are there, so that a VIF's address is known from its side too. */
export function addFdbEntry(context: PhysicalContext, entry: SbRow<'FDB'>, localnetLearns: boolean): void {
  const [datapath] = context.sb.find('Datapath_Binding', 'tunnel_key', entry.dp_key);
  const local = datapath && context.datapaths.get(datapath._uuid);
  const mac = parseMac(entry.mac);
  if (!local || mac === undefined) return;
  const { sink } = context;
  const on = matchDatapath(entry.dp_key);
  sink.add(
    OFTABLE.getFdb,
    100,
    matchOf(on, [FIELDS.eth_dst, mac]),
    [loadRegister(REGISTER.outport, entry.port_key)],
    entry._uuid,
  );
  sink.add(
    OFTABLE.lookupFdb,
    100,
    matchOf(on, [FIELDS.eth_src, mac], matchInport(entry.port_key)),
    [LOOKED_UP_FDB],
    entry._uuid,
  );
  const port = context.sb
    .find('Port_Binding', 'datapath', local.datapath._uuid)
    .find((one) => one.tunnel_key === entry.port_key);
  if (port?.type === '' && localnetLearns)
    sink.add(
      OFTABLE.lookupFdb,
      100,
      matchOf(on, [FIELDS.eth_src, mac], matchFlags(FROM_LOCALNET, FROM_LOCALNET)),
      [LOOKED_UP_FDB],
      entry._uuid,
    );
}
