/** One sentence on why a packet died, from the typed reason of the step. */
import { assertNever } from '../../core/base/assert.ts';
import type { DropReason, Step } from '../../core/base/step.ts';

function sentence(reason: DropReason, place: string): string {
  switch (reason.kind) {
    case 'flow-drop':
      return `The flow that matched in ${place} has no output.`;
    case 'table-miss':
      return `No flow matched in ${place}.`;
    case 'link-down':
      return `${reason.device} is down.`;
    case 'no-carrier':
      return `${reason.device} has no carrier.`;
    case 'not-for-us':
      return `The frame is not for ${place}.`;
    case 'no-route':
      return `There is no route to the destination in ${place}.`;
    case 'neighbour-failed':
      return `Nobody answered for the next hop's address in ${place}.`;
    case 'malformed':
      return `The packet is damaged: ${reason.problem}.`;
    case 'checksum':
      return 'The checksum is wrong.';
    case 'ttl-expired':
      return 'The time to live ran out.';
    case 'no-listener':
      return `Nothing listens on ${reason.protocol} port ${reason.port} in ${place}.`;
    case 'reverse-path':
      return 'The way back to the source leads over another device (rp_filter).';
    case 'mtu':
      return `The packet has ${reason.size} octets, the MTU is ${reason.mtu}.`;
    case 'no-tunnel':
    case 'loop':
    case 'blocked':
    case 'fault':
      return `${reason.problem.charAt(0).toUpperCase()}${reason.problem.slice(1)}.`;
    case 'unsupported':
      return `Not modelled: ${reason.feature}.`;
    default:
      return assertNever(reason);
  }
}

/** '' for a step that is no drop. */
export function dropConclusion(step: Step): string {
  if (step.what.kind !== 'dropped') return '';
  const { host, namespace, device, bridge, table, stage } = step.where;
  const inside = bridge ?? namespace ?? device ?? host;
  const place =
    table === undefined ? inside : `${inside}, table ${table}${stage === undefined ? '' : ` (${stage})`}`;
  return sentence(step.what.reason, place);
}
