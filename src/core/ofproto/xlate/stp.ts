/** What a spanning tree does to packets: BPDUs are taken out, and ports that do not forward give and take nothing. */
import { FIELDS } from '../../flow/fields.table.ts';
import { getField } from '../../flow/flow.ts';
import { markField, rawEthTypeOf } from '../../flow/packet-kind.ts';
import { ETH_TYPE } from '../../flow/protocol.table.ts';
import type { Port } from '../bridge/port.ts';
import { forwardsIn, learnsIn } from '../spanning-tree/stp-port.ts';
import type { Xlate } from './xlate.ts';

const BRIDGE_GROUP = 0x0180c2000000n;
const ETHERNET_SIZE = 14;
const LLC_SIZE = 3;

/** Whether a key is that of a BPDU: in an 802.2 frame to the bridge group address. */
export const isBpdu = (flow: Xlate['flow']): boolean =>
  rawEthTypeOf(flow) === ETH_TYPE.none && getField(flow, FIELDS.eth_dst) === BRIDGE_GROUP;

/** Hands a BPDU to the spanning tree of the bridge; true when it goes no further. Ports that take no part swallow it. */
export function takenByStp(x: Xlate, port: Port | undefined): boolean {
  const { stp, rstp } = x.bridge;
  if (!port || (!stp && !rstp)) return false;
  markField(x.mask, FIELDS.eth_dst);
  if (!isBpdu(x.flow)) return false;
  const { packet, sideEffects } = x.input;
  if (packet && sideEffects) {
    const size = ((packet[12] as number) << 8) | (packet[13] as number);
    const bpdu = packet.subarray(ETHERNET_SIZE + LLC_SIZE, ETHERNET_SIZE + size);
    if (stp && port.stp) stp.receive(port.stp, bpdu);
    if (rstp && port.rstp) rstp.receive(port.rstp, bpdu);
  }
  x.slow.add('stp');
  return true;
}

/** The states of the port hold for what is translated now. */
function heedStates(x: Xlate, { stp, rstp }: Port): void {
  for (const tree of [stp, rstp]) {
    const state = tree?.state;
    if (tree) x.onlyWhile(() => tree.state === state);
  }
}

/** Whether what comes in by the port is looked at: learning is enough. */
export function takesIn(x: Xlate, port: Port): boolean {
  heedStates(x, port);
  const { stp, rstp } = port;
  return (!stp || learnsIn(stp.state)) && (!rstp || learnsIn(rstp.state));
}

/** Whether the port forwards. */
export function forwards(x: Xlate, port: Port): boolean {
  heedStates(x, port);
  const { stp, rstp } = port;
  return (!stp || forwardsIn(stp.state)) && (!rstp || forwardsIn(rstp.state));
}

/** Why nothing goes out of the port; undefined when the packet does. */
export function heldByStp(x: Xlate, port: Port): string | undefined {
  const { stp, rstp } = port;
  if (isBpdu(x.base)) {
    heedStates(x, port);
    if (stp?.state === 'blocking') return 'STP not in listening state, skipping bpdu output';
    return undefined;
  }
  if (forwards(x, port)) return undefined;
  return `${rstp ? 'RSTP' : 'STP'} not in forwarding state, skipping output`;
}
