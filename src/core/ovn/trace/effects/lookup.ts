/** What tables of learned addresses say: MAC bindings, FDB, port security. */
import { formatMac } from '../../../base/address.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { type Flow, getField, setField } from '../../../flow/flow.ts';
import type {
  GetNeighbourAction,
  LookupNeighbourAction,
  LookupNeighbourIpAction,
} from '../../actions/action.ts';
import type { FieldRef } from '../../expr/field-ref.ts';
import { type Cursor, type Effect, addNode } from '../cursor.ts';
import { bindingKey } from '../learned.ts';
import { readRef, writeRef } from '../packet.ts';
import { mayReceive, maySend } from '../port-security.ts';
import { inportKey, outportKey } from './output.ts';

const MAPPED = 0xffffn << 32n;

/** MACs bound to an address behind a port, newest first. */
function bindings(cursor: Cursor, port: FieldRef, ip: FieldRef): readonly bigint[] {
  const key = Number(readRef(cursor.flow, port) & 0xffffn);
  const address = readRef(cursor.flow, ip);
  const isIpv4 = ip.length === 32;
  return cursor.datapath.macBindings.get(bindingKey(key, isIpv4 ? MAPPED | address : address)) ?? [];
}

const destinationMac = (flow: Flow): string => formatMac(getField(flow, FIELDS.eth_dst));

/** For `get_arp` and `get_nd`. */
export function getNeighbour({ port, ip }: GetNeighbourAction, cursor: Cursor): void {
  const [mac] = bindings(cursor, port, ip);
  setField(cursor.flow, FIELDS.eth_dst, mac ?? 0n);
  const text = destinationMac(cursor.flow);
  addNode(cursor, 'action', mac === undefined ? '/* No MAC binding. */' : `/* MAC binding to ${text}. */`);
  addNode(cursor, 'modify', `eth.dst = ${text}`);
}

/** For `lookup_arp` and `lookup_nd`. */
export function lookupNeighbour({ destination, port, ip, mac }: LookupNeighbourAction, cursor: Cursor): void {
  const found = bindings(cursor, port, ip).includes(readRef(cursor.flow, mac));
  const text = found
    ? `/* MAC binding to ${destinationMac(cursor.flow)} found. */`
    : '/* lookup failed - No MAC binding. */';
  addNode(cursor, 'action', text);
  writeRef(cursor.flow, destination, found ? 1 : 0);
}

/** For `lookup_arp_ip` and `lookup_nd_ip`. */
export function lookupNeighbourIp({ destination, port, ip }: LookupNeighbourIpAction, cursor: Cursor): void {
  const found = bindings(cursor, port, ip).length > 0;
  addNode(cursor, 'action', found ? '/* MAC binding found. */' : '/* lookup failed - No MAC binding. */');
  writeRef(cursor.flow, destination, found ? 1 : 0);
}

export const lookupFdb: Effect<'lookup_fdb'> = ({ destination, port, mac }, cursor) => {
  const key = cursor.datapath.fdb.get(readRef(cursor.flow, mac));
  const found = key !== undefined && BigInt(key) === readRef(cursor.flow, port);
  const text = found
    ? `/* MAC lookup for ${destinationMac(cursor.flow)} found in FDB. */`
    : '/* lookup mac failed in mac learning table. */';
  addNode(cursor, 'action', text);
  writeRef(cursor.flow, destination, found ? 1 : 0);
};

export const getFdb: Effect<'get_fdb'> = ({ destination, mac }, cursor) => {
  writeRef(cursor.flow, destination, cursor.datapath.fdb.get(readRef(cursor.flow, mac)) ?? 0);
};

export const getRemoteFdb: Effect<'get_remote_fdb'> = (_action, cursor) => {
  addNode(cursor, 'output', '/* The remote FDB table is different per each chassis. */');
};

export const floodRemote: Effect<'flood_remote'> = (_action, cursor) => {
  addNode(cursor, 'output', '/* Flood to all remote chassis */');
};

/** The bit is set when the packet must not pass. */
export const checkInPortSec: Effect<'check_in_port_sec'> = ({ destination }, cursor) => {
  const port = cursor.datapath.portsByKey.get(inportKey(cursor.flow));
  writeRef(cursor.flow, destination, port === undefined || maySend(cursor.flow, port.security) ? 0 : 1);
};

export const checkOutPortSec: Effect<'check_out_port_sec'> = ({ destination }, cursor) => {
  const port = cursor.datapath.portsByKey.get(outportKey(cursor.flow));
  writeRef(cursor.flow, destination, port === undefined || mayReceive(cursor.flow, port.security) ? 0 : 1);
};
