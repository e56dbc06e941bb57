/** Actions that the chassis answers by itself (DHCP, DNS, router advertisements), and the smaller ones. */
import { FIELDS } from '../../../flow/fields.table.ts';
import { copyFlow, setField } from '../../../flow/flow.ts';
import { isIp, ttlOf } from '../../../flow/packet-kind.ts';
import type { PutOptionsAction, SelectAction } from '../../actions/action.ts';
import { formatOptions } from '../../actions/options.ts';
import { type FieldRef, formatFieldRef, resolveFieldRef } from '../../expr/field-ref.ts';
import { type Cursor, type Effect, type TraceRun, type Work, addNode } from '../cursor.ts';
import { isRegister, writeRef } from '../packet.ts';

const DHCP_ASSUMPTION = '/* We assume that this packet is DHCPDISCOVER or DHCPREQUEST. */';
const RELAY_ASSUMPTION =
  '/* We assume that this packet is DHCPOFFER or DHCPACK and DHCP broadcast flag is set. Dest IP is set to broadcast. Dest MAC is set to broadcast but in real network this is unicast which is extracted from DHCP header. */';

/** The answer is taken to be yes. */
function succeed(destination: FieldRef, cursor: Cursor): void {
  if (!isRegister(resolveFieldRef(destination).field))
    addNode(cursor, 'modify', `${formatFieldRef(destination)} = 1`);
  writeRef(cursor.flow, destination, 1);
}

/** For the DHCP servers and router advertisements. */
export function putOptions({ kind, destination, options }: PutOptionsAction, cursor: Cursor): void {
  if (kind !== 'put_nd_ra_opts') addNode(cursor, 'error', DHCP_ASSUMPTION);
  addNode(cursor, 'modify', `${kind}(${formatOptions(options)})`);
  succeed(destination, cursor);
}

export const dhcpRelayReqChk: Effect<'dhcp_relay_req_chk'> = ({ destination }, cursor) => {
  addNode(cursor, 'error', DHCP_ASSUMPTION);
  succeed(destination, cursor);
};

export const dhcpRelayRespChk: Effect<'dhcp_relay_resp_chk'> = ({ destination }, cursor) => {
  addNode(cursor, 'error', RELAY_ASSUMPTION);
  setField(cursor.flow, FIELDS.ip_dst, 0xffff_ffff);
  setField(cursor.flow, FIELDS.eth_dst, 0xffff_ffff_ffffn);
  succeed(destination, cursor);
};

export const dnsLookup: Effect<'dns_lookup'> = ({ destination }, cursor) => {
  writeRef(cursor.flow, destination, 0);
  addNode(cursor, 'error', '*** dns_lookup action not implemented');
};

export const log: Effect<'log'> = ({ name, verdict, severity }, cursor, run) => {
  const packet = run.network.release.packetText(cursor.flow);
  const direction = cursor.pipeline === 'ingress' ? 'IN' : 'OUT';
  addNode(
    cursor,
    'transformation',
    `LOG: ACL name=${name ?? '<unnamed>'}, direction=${direction}, verdict=${verdict}, severity=${severity}, packet="${packet}"`,
  );
};

export const decTtl: Effect<'dec_ttl'> = (_action, cursor) => {
  const { flow } = cursor;
  const ttl = ttlOf(flow);
  if (!isIp(flow)) addNode(cursor, 'error', '*** TTL decrement of non-IP packet');
  else if (ttl === 0) addNode(cursor, 'error', '*** TTL underflow');
  else {
    setField(flow, FIELDS.nw_ttl, ttl - 1);
    addNode(cursor, 'modify', 'ip.ttl--');
  }
};

/** The member that the user asked for, else any. */
export function select(action: SelectAction, cursor: Cursor, run: TraceRun): Work {
  const { members, destination } = action;
  const { selectId, random } = run.options;
  const wanted = members.find(({ id }) => id === selectId);
  const chosen = wanted ?? members[random?.below(members.length) ?? 0];
  const id = chosen?.id ?? 0;
  const remark = wanted === undefined ? ' /* Randomly selected. Use --select-id to specify. */' : '';
  const flow = copyFlow(cursor.flow);
  writeRef(flow, destination, id);
  const nodes = addNode(cursor, 'transformation', `select: ${formatFieldRef(destination)} = ${id}${remark}`);
  return run.traceTable(cursor.datapath, flow, action.table, cursor.pipeline, nodes);
}
