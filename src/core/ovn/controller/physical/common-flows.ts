/** Flows that are there whatever the topology: defaults of the output tables, and the saved conntrack values. */
import { FIELDS, registerField } from '../../../flow/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { flag, REGISTER } from '../logical-registers.table.ts';
import {
  clearLogicalRegisters,
  loadRegister,
  matchFlags,
  matchOf,
  move,
  resubmit,
  type FlowSink,
} from './flow-builder.ts';

const CT_NEW = 0x01;
const CT_ESTABLISHED = 0x02;
const CT_TRACKED = 0x20;

export function addCommonFlows(sink: FlowSink): void {
  const all = matchOf();
  sink.add(OFTABLE.phyToLog, 0, all, []);
  sink.add(OFTABLE.ctZoneLookup, 0, all, [resubmit(OFTABLE.ingress)]);
  sink.add(OFTABLE.outputLargePacketDetect, 0, all, [resubmit(OFTABLE.remoteOutput)]);
  const loopback = matchFlags(flag('allowLoopback'), flag('allowLoopback'));
  sink.add(OFTABLE.outputLargePacketProcess, 10, matchOf(loopback), [resubmit(OFTABLE.localOutput)]);
  sink.add(OFTABLE.outputLargePacketProcess, 0, all, [resubmit(OFTABLE.remoteOutput)]);
  const ramp = matchFlags(flag('receivedFromRamp'), flag('receivedFromRamp') | flag('allowLoopback'));
  sink.add(OFTABLE.remoteOutput, 150, matchOf(ramp), [resubmit(OFTABLE.localOutput)]);
  sink.add(OFTABLE.remoteOutput, 150, matchOf(matchFlags(flag('localOnly'), flag('localOnly'))), [
    resubmit(OFTABLE.localOutput),
  ]);
  sink.add(OFTABLE.remoteOutput, 0, all, [resubmit(OFTABLE.remoteVtepOutput)]);
  sink.add(OFTABLE.remoteVtepOutput, 0, all, [resubmit(OFTABLE.localOutput)]);
  sink.add(OFTABLE.localOutput, 0, all, []);
  sink.add(OFTABLE.checkLoopback, 0, all, [...clearLogicalRegisters(), resubmit(OFTABLE.egress)]);
  sink.add(OFTABLE.saveInport, 0, all, [resubmit(OFTABLE.logToPhy)]);
  sink.add(OFTABLE.logToPhy, 0, all, []);
  sink.add(OFTABLE.getFdb, 0, all, [loadRegister(REGISTER.outport, 0)]);
  sink.add(OFTABLE.getRemoteFdb, 0, all, [loadRegister(1, 0)]);
  addConnectionFlows(sink);
}

/** Tables 81 to 86: what a connection's original direction had, put into the result register. */
function addConnectionFlows(sink: FlowSink): void {
  const result = FIELDS.xxreg1;
  const tracked = (state: number) => [FIELDS.ct_state, CT_TRACKED | state, CT_TRACKED | state] as const;
  const ipv4 = [FIELDS.eth_type, 0x800] as const;
  const ipv6 = [FIELDS.eth_type, 0x86dd] as const;
  const loads = [
    [OFTABLE.ctOrigNwDstLoad, [ipv4], move(FIELDS.ct_nw_dst, 0, result, 0, 32)],
    [OFTABLE.ctOrigIp6DstLoad, [ipv6], move(FIELDS.ct_ipv6_dst, 0, result, 0, 128)],
    [OFTABLE.ctOrigTpDstLoad, [], move(FIELDS.ct_tp_dst, 0, result, 0, 16)],
    [OFTABLE.ctOrigProtoLoad, [], move(FIELDS.ct_nw_proto, 0, result, 0, 8)],
  ] as const;
  for (const [table, terms, act] of loads) {
    sink.add(table, 100, matchOf(tracked(CT_ESTABLISHED), ...terms), [act]);
    // The real program's buffer still holds the action of the flow before: it is in the flow twice.
    sink.add(table, 100, matchOf(tracked(CT_NEW), ...terms), [act, act]);
  }
  const saved = registerField(4);
  sink.add(OFTABLE.ctStateSave, 65534, matchOf(), [move(FIELDS.ct_state, 0, saved, 0, 8)]);
  sink.add(OFTABLE.ctStateSave, 65535, matchOf([FIELDS.ct_state, 0, CT_TRACKED]), [loadRegister(4, 0, 0, 8)]);
}
