/** Ends a translation before its time: keeps what is left to do, so that the packet can be taken up again later. */
import { FIELDS } from '../../flow/fields.table.ts';
import { copyFlow } from '../../flow/flow.ts';
import { setWordBits } from '../../flow/packet-kind.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { WORD } from '../../flow/words.table.ts';
import type { PacketInReason } from '../actions/ofpact.ts';
import { metadataOf, type FrozenState, type RunAct } from '../bridge/recirculation.ts';
import type { DpAction } from '../dp-action.ts';
import { METER_CONTROLLER } from '../bridge/meter.ts';
import { commit } from './commit.ts';
import type { Xlate } from './xlate.ts';

function allocate(x: Xlate, state: FrozenState): number {
  const id = x.bridge.datapath.frozen.allocate(state);
  x.frozenIds.push(id);
  return id;
}

const NO_DATA = new Uint8Array(0);

interface PacketIn {
  readonly reason: PacketInReason;
  readonly controllerId: number;
  readonly maxLen: number;
  /** 0: the controller's own meter, when there is one. */
  readonly meter: number;
  readonly userdata: Uint8Array;
}

/** Nothing comes of the actions: they are worked out for a trace. */
const isOnlyAsked = ({ input }: Xlate): boolean => !input.sideEffects && input.revalidation !== true;

function putUpcall(
  x: Xlate,
  packetIn: PacketIn,
  recircId: number,
  dontSend: boolean,
  continuation: boolean,
): void {
  const upcall: DpAction = {
    kind: 'userspace',
    upcall: {
      kind: 'controller',
      reason: packetIn.reason,
      dontSend,
      continuation,
      recircId,
      ruleCookie: x.cookie,
      controllerId: packetIn.controllerId,
      maxLen: packetIn.maxLen,
    },
  };
  const meter = x.bridge.meters.get(packetIn.meter === 0 ? METER_CONTROLLER : packetIn.meter);
  if (!meter) x.emit(upcall);
  else
    x.emit({
      kind: 'sample',
      probability: 0xffffffff,
      actions: [{ kind: 'meter', meter: meter.dp.number }, upcall],
    });
}

/** Sends the packet as it is now to a controller. */
export function toController(x: Xlate, packetIn: PacketIn): void {
  commit(x);
  const { rule } = x;
  const tableMiss = rule !== null && rule.priority === 0 && rule.match.terms.length === 0;
  const reason = packetIn.reason === 'action' && tableMiss ? 'explicit_miss' : packetIn.reason;
  const id = allocate(x, {
    bridge: x.bridge,
    table: x.table,
    stack: x.stack.slice(),
    mirrors: x.mirrors,
    conntracked: x.conntracked,
    wasMpls: x.wasMpls,
    actions: [],
    actionSet: [],
    metadata: metadataOf(x.flow),
    userdata: packetIn.userdata,
  });
  putUpcall(x, { ...packetIn, reason }, id, isOnlyAsked(x), false);
}

function finish(x: Xlate, table: number): number {
  const id = allocate(x, {
    bridge: x.bridge,
    table,
    stack: x.stack.slice(),
    mirrors: x.mirrors,
    conntracked: x.conntracked,
    wasMpls: x.wasMpls,
    actions: x.frozenActions,
    actionSet: x.actionSet.slice(),
    metadata: metadataOf(x.flow),
    userdata: x.pause?.userdata ?? NO_DATA,
  });
  if (x.pause) {
    // A trace without side effects shows nothing of the pause, and stays frozen.
    if (isOnlyAsked(x)) return 0;
    putUpcall(x, x.pause, id, false, true);
  } else {
    if (x.hashForRecirculation) x.emit({ kind: 'hash', ...x.hashForRecirculation });
    x.emit({ kind: 'recirc', id });
  }
  x.cancelFreeze();
  return id;
}

/** Lets the packet leave, to come back to the actions that are left. */
export function finishFreezing(x: Xlate): void {
  commit(x);
  finish(x, 0);
}

/** Sends a copy of the packet round again, to go on in `table`; the present one goes on here. */
export function forkInto(x: Xlate, table: number, zone: number): void {
  x.freezing = true;
  const id = finish(x, table);
  if (!x.nodes || id === 0) return;
  const flow = copyFlow(x.flow);
  flow[WORD.recircId] = id;
  setWordBits(flow, WORD.ctState, zone << 16, 0xffff0000);
  x.recirculations.push({ id, flow, nat: x.nat, packet: x.input.packet });
  x.detail(
    'A clone of the packet is forked to recirculate. ' +
      `The forked pipeline will be resumed at table ${table}.`,
  );
}

/** Keeps `actions` for later, with marks where table and cookie matter. */
export function unroll(x: Xlate, actions: readonly RunAct[]): void {
  const mark = (): void => {
    if (x.lastUnroll && x.lastUnroll.table === x.table && x.lastUnroll.cookie === x.cookie) return;
    x.lastUnroll = { table: x.table, cookie: x.cookie };
    x.frozenActions.push({ kind: 'unroll', ...x.lastUnroll });
  };
  for (const act of actions) {
    switch (act.kind) {
      case 'output_reg':
      case 'output_trunc':
      case 'group':
      case 'output':
      case 'controller':
      case 'dec_mpls_ttl':
      case 'dec_nsh_ttl':
      case 'dec_ttl':
        mark();
        break;
      case 'resubmit':
        if (act.table === 255) mark();
        break;
      case 'goto_table':
        x.frozenActions.push({ kind: 'resubmit', port: OFPP.inPort, table: act.table, ct: false });
        continue;
      case 'write_metadata':
        x.frozenActions.push({
          kind: 'set_field',
          field: FIELDS.metadata,
          value: act.value,
          mask: act.mask,
          load: false,
        });
        continue;
      case 'note':
      case 'conjunction':
        continue;
      default:
        break;
    }
    x.frozenActions.push(act);
  }
}
