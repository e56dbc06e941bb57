/** Connection tracking, NAT and load balancing: a trace knows no connections, so it is told or assumes. */
import { formatIpv4, formatIpv6 } from '../../../base/address.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { type Flow, copyFlow, getField, getFieldNumber, setField } from '../../../flow/flow.ts';
import { ipProtoOf, tpDstOf } from '../../../flow/packet-kind.ts';
import type { CtCommitToZoneAction, CtLbAction, CtNatAction } from '../../actions/action.ts';
import { endpointProblem, mappedIpv4, parseEndpoint } from '../../actions/endpoint.ts';
import { formatFieldRef } from '../../expr/field-ref.ts';
import { CT, formatCtState } from '../ct-state.ts';
import {
  type Cursor,
  type Effect,
  type LbDestination,
  type TraceRun,
  type Work,
  addNode,
} from '../cursor.ts';
import {
  clearConnection,
  ctStateOf,
  isIpv4,
  isIpv6,
  isTracked,
  setCtState,
  setOriginalTuple,
  setTpDst,
  writeRef,
} from '../packet.ts';

/** Goes on with the tracked packet under a node of its own; the actions that follow see the packet as it was. */
function fork(cursor: Cursor, run: TraceRun, flow: Flow, table: number, text: string): Work {
  const nodes = addNode(cursor, 'transformation', text);
  setOriginalTuple(flow, cursor.flow);
  return run.traceTable(cursor.datapath, flow, table, cursor.pipeline, nodes);
}

/** Makes an untracked packet tracked; gives the remark that belongs to the state. */
function track(flow: Flow, run: TraceRun): string {
  if (isTracked(flow)) return '';
  const { state, remark } = run.nextCtState();
  setCtState(flow, ctStateOf(flow) | state);
  return remark;
}

export const ctNext: Effect<'ct_next'> = (action, cursor, run) => {
  const { state, remark } = run.nextCtState();
  const flow = copyFlow(cursor.flow);
  setCtState(flow, state);
  return fork(cursor, run, flow, action.table, `ct_next(ct_state=${formatCtState(state)}${remark})`);
};

export const ctClear: Effect<'ct_clear'> = (_action, cursor) => clearConnection(cursor.flow);

/** Writes the new address; gives the text about it. */
function translate(flow: Flow, action: CtNatAction, isDst: boolean): string {
  const side = isDst ? 'dst' : 'src';
  const { address } = action;
  if (address === undefined) return ` /* assuming no un-${side.charAt(0)}nat entry, so no change */`;
  setCtState(flow, ctStateOf(flow) | (isDst ? CT.dnat : CT.snat));
  if (address.family === 4) {
    setField(flow, isDst ? FIELDS.ip_dst : FIELDS.ip_src, address.value);
    return `(ip4.${side}=${formatIpv4(Number(address.value))})`;
  }
  setField(flow, isDst ? FIELDS.ipv6_dst : FIELDS.ipv6_src, address.value);
  return `(ip6.${side}=${formatIpv6(address.value)})`;
}

/** For the four NAT actions. */
export function ctNat(action: CtNatAction, cursor: Cursor, run: TraceRun): Work | undefined {
  const isDst = action.kind === 'ct_dnat' || action.kind === 'ct_dnat_in_czone';
  const isCommon = action.kind.endsWith('_in_czone');
  // On a gateway router the packet goes on in the same flow's next actions.
  if (!isDst && cursor.datapath.hasL3Gateway && action.address === undefined) return undefined;
  const flow = copyFlow(cursor.flow);
  const change = translate(flow, action, isDst);
  const remark = track(flow, run);
  const name = `ct_${isDst ? 'd' : 's'}nat${isCommon ? 'in_czone' : ''}`;
  return fork(cursor, run, flow, action.table, `${name}${change}${remark}`);
}

/** For `ct_commit_nat` and `ct_commit_to_zone`. */
export function ctCommitTo(action: CtCommitToZoneAction, cursor: Cursor, run: TraceRun): Work {
  const flow = copyFlow(cursor.flow);
  const text =
    action.kind === 'ct_commit_nat'
      ? 'ct_commit_nat /* assuming no un-nat entry, so no change */'
      : `ct_commit_to_zone(${action.zone})`;
  const remark = track(flow, run);
  return fork(cursor, run, flow, action.table, `${text}${remark}`);
}

/** One of the backends of the packet's address family: the one the user asked for, else any. */
function chooseBackend(action: CtLbAction, family: 4 | 6, run: TraceRun): LbDestination | undefined {
  let chosen: LbDestination | undefined;
  let seen = 0;
  for (const backend of action.backends) {
    if (backend.family !== family) continue;
    const wanted = run.lbDestination;
    if (wanted?.family === family && wanted.address === backend.address) {
      run.lbDestination = undefined;
      return backend;
    }
    seen += 1;
    const { random } = run.options;
    if (seen === 1 || random?.below(seen) === 0) chosen = backend;
  }
  return chosen;
}

function destinationOf(
  action: CtLbAction,
  family: 4 | 6,
  cursor: Cursor,
  run: TraceRun,
): LbDestination | undefined {
  if (action.backends.length === 0) {
    return run.lbDestination?.family === family ? run.lbDestination : undefined;
  }
  const chosen = chooseBackend(action, family, run);
  if (chosen === undefined) addNode(cursor, 'error', '*** no load balancing destination (use --lb-dst)');
  return chosen;
}

function balance(flow: Flow, { family, address, port }: LbDestination): void {
  setField(flow, family === 6 ? FIELDS.ipv6_dst : FIELDS.ip_dst, address);
  if (port !== 0) setTpDst(flow, port);
  setCtState(flow, ctStateOf(flow) | CT.dnat);
}

/** For the three load balancing actions; all ports count as local. */
export function ctLb(action: CtLbAction, cursor: Cursor, run: TraceRun): Work {
  const flow = copyFlow(cursor.flow);
  const family = isIpv4(flow) ? 4 : isIpv6(flow) ? 6 : undefined;
  let comment = '';
  if (family !== undefined) {
    const destination = destinationOf(action, family, cursor, run);
    if (destination !== undefined) balance(flow, destination);
    const { state, remark } = run.nextCtState();
    setCtState(flow, ctStateOf(flow) | state);
    comment = remark;
  }
  return fork(cursor, run, flow, action.table, `${action.kind}${comment}`);
}

interface Vip {
  readonly ip: string;
  readonly port: number;
}

/** The first virtual address that is the connection's original destination. */
function findVip(flow: Flow, run: TraceRun): Vip | undefined {
  const ipv4 = getFieldNumber(flow, FIELDS.ct_nw_dst);
  const ipv6 = getField(flow, FIELDS.ct_ipv6_dst);
  for (const key of run.network.vips()) {
    const parsed = parseEndpoint(key);
    if (parsed === undefined) {
      const problem = endpointProblem(key);
      if (problem !== undefined) run.error('socket_util', problem);
      continue;
    }
    const { endpoint, family } = parsed;
    const isIt = (family === 4 && mappedIpv4(endpoint) === ipv4) || endpoint.address === ipv6;
    if (!isIt) continue;
    const ip = family === 4 ? formatIpv4(mappedIpv4(endpoint) ?? 0) : formatIpv6(endpoint.address);
    return { ip, port: endpoint.port };
  }
  return undefined;
}

function isHairpin(flow: Flow, run: TraceRun, isOriginal: boolean): boolean {
  const vip = findVip(flow, run);
  if (vip === undefined || (ctStateOf(flow) & CT.dnat) === 0) return false;
  const sameHost = isIpv4(flow)
    ? getFieldNumber(flow, FIELDS.ip_src) === getFieldNumber(flow, FIELDS.ip_dst)
    : isIpv6(flow) && getField(flow, FIELDS.ipv6_src) === getField(flow, FIELDS.ipv6_dst);
  const port = isOriginal ? getFieldNumber(flow, FIELDS.ct_tp_dst) : tpDstOf(flow);
  return sameHost && vip.port === port;
}

function hairpin(isOriginal: boolean): Effect<'chk_lb_hairpin' | 'chk_lb_hairpin_reply'> {
  return ({ destination }, cursor, run) => {
    const result = isHairpin(cursor.flow, run, isOriginal) ? 1 : 0;
    writeRef(cursor.flow, destination, result);
    addNode(cursor, 'modify', `${formatFieldRef(destination)} = ${result}`);
  };
}

export const chkLbHairpin = hairpin(true);
export const chkLbHairpinReply = hairpin(false);

export const ctSnatToVip: Effect<'ct_snat_to_vip'> = (_action, cursor, run) => {
  const vip = findVip(cursor.flow, run);
  if (vip !== undefined && vip.port === getFieldNumber(cursor.flow, FIELDS.ct_tp_dst))
    addNode(cursor, 'action', `/* nat(src=${vip.ip}) */`);
};

export const ctStateSave: Effect<'ct_state_save'> = ({ destination }, cursor) => {
  const state = isTracked(cursor.flow) ? ctStateOf(cursor.flow) : 0;
  writeRef(cursor.flow, destination, state);
  addNode(cursor, 'action', `/* ${formatFieldRef(destination)} = ${state}; */`);
};

export const ctTpDst: Effect<'ct_tp_dst'> = ({ destination }, cursor) => {
  const port = tpDstOf(cursor.flow);
  writeRef(cursor.flow, destination, port);
  addNode(cursor, 'modify', `${formatFieldRef(destination)} = ${port}`);
};

export const ctProto: Effect<'ct_proto'> = ({ destination }, cursor) => {
  const proto = ipProtoOf(cursor.flow);
  writeRef(cursor.flow, destination, proto);
  addNode(cursor, 'modify', `${formatFieldRef(destination)} = ${proto}`);
};
