/** Whether a megaflow is valid: packets that agree with the traced one in its bits are treated alike. */
import type { Random } from '../../core/base/random.ts';
import { packetMask } from '../../core/flow/flow-text.ts';
import { copyFlow, type Flow } from '../../core/flow/flow.ts';
import { formatMatch } from '../../core/flow/match-text.ts';
import { matchOfFlow } from '../../core/flow/match.ts';
import { isIcmpv4, isIcmpv6 } from '../../core/flow/packet-kind.ts';
import { WORD } from '../../core/flow/words.table.ts';
import type { Bridge } from '../../core/ofproto/bridge/bridge.ts';
import { formatDpActions } from '../../core/ofproto/dp-action-text.ts';
import type { TracePass } from '../../core/ofproto/trace/trace.ts';
import { translate } from '../../core/ofproto/xlate/translate.ts';

const SAMPLES = 4;

/** The bits that another packet of the megaflow may have otherwise. */
function freeBits(flow: Flow, mask: Flow): Flow {
  const free = packetMask(flow);
  for (const at of [WORD.packetType, WORD.inPort, WORD.recircId, WORD.dpHash, WORD.vlan, WORD.vlan + 1])
    free[at] = 0;
  // The tunnel that a packet came from, and its tracking, are as the datapath gave them.
  free.fill(0, 0, WORD.metadata);
  free[WORD.ctState] = 0;
  // Another protocol would be another kind of packet.
  free[WORD.nwProto] = (free[WORD.nwProto] as number) & 0x00ffff00;
  if (isIcmpv4(flow) || isIcmpv6(flow)) free[WORD.tpPorts] = 0x00ff00ff & (free[WORD.tpPorts] as number);
  return free.map((bits, at) => bits & ~(mask[at] as number)) as Flow;
}

const withoutIds = (text: string): string => text.replaceAll(/recirc(_id=|\()(0x)?[0-9a-f]+/g, 'recirc');

function actionsOf(bridge: Bridge, flow: Flow, pass: TracePass): string {
  const result = translate({
    bridge,
    flow,
    packet: null,
    sideEffects: false,
    stats: null,
    trace: false,
    names: false,
    actions: null,
    inPacketOut: false,
    frozen: pass.frozen,
  });
  for (const id of result.frozenIds) bridge.datapath.frozen.release(id);
  return withoutIds(formatDpActions(result.actions));
}

/** A counterexample, '' when none was found. */
export function checkMegaflow(bridge: Bridge, pass: TracePass, random: Random): string {
  const { flow, translation } = pass;
  if (translation.error !== null) return '';
  const expected = actionsOf(bridge, flow, pass);
  const free = freeBits(flow, translation.mask);
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const other = copyFlow(flow);
    free.forEach((bits, at) => {
      if (bits !== 0) other[at] = (((flow[at] as number) & ~bits) | (random.next32() & bits)) >>> 0;
    });
    const actual = actionsOf(bridge, other, pass);
    if (actual === expected) continue;
    return `megaflow ${formatMatch(matchOfFlow(flow, translation.mask))} also covers ${formatMatch(matchOfFlow(other, packetMask(other)))}: ${actual} instead of ${expected}`;
  }
  return '';
}
