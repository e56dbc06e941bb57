/** `ofproto/trace` and `ofproto/trace-packet-out`. */
import { err, ok } from '../../../base/result.ts';
import { parseActions } from '../../../ofproto/actions/act-list.ts';
import { checkActions } from '../../../ofproto/actions/check.ts';
import { matchOfFlow } from '../../../flow/match.ts';
import { packetMask } from '../../../flow/flow-text.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import { tracePacket } from '../../../ofproto/trace/trace.ts';
import { readTraceRequest } from '../../../ofproto/trace/trace-request.ts';
import type { DaemonCommand, Reply } from '../reply.ts';

function trace(datapath: Datapath, args: readonly string[]): Reply {
  const request = readTraceRequest(datapath, args);
  return request.ok ? ok(tracePacket(request.value).text) : request;
}

function tracePacketOut(datapath: Datapath, args: readonly string[]): Reply {
  const actions = parseActions(args.at(-1) ?? '');
  if (!actions.ok) return actions;
  const request = readTraceRequest(datapath, args.slice(0, -1), true);
  if (!request.ok) return request;
  const { flow } = request.value;
  const checked = checkActions(actions.value.actions, matchOfFlow(flow, packetMask(flow)), { table: 0 });
  if (checked.error !== undefined) return err(`Bad actions: ${checked.error}`);
  return ok(tracePacket({ ...request.value, actions: actions.value.actions }).text);
}

const ANY_NUMBER = Number.MAX_SAFE_INTEGER;
const WHAT = '{[dp_name] odp_flow | bridge br_flow} [OPTIONS...] [-generate|packet]';

export const TRACE_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  { name: 'ofproto/trace', usage: WHAT, least: 1, most: ANY_NUMBER, run: trace },
  {
    name: 'ofproto/trace-packet-out',
    usage: `[-consistent] ${WHAT} actions`,
    least: 2,
    most: ANY_NUMBER,
    run: tracePacketOut,
  },
];
