/** Packets that the switch takes for itself before its tables are asked: LACP's, then those of spanning trees. */
import { rawEthTypeOf, word } from '../../flow/packet-kind.ts';
import { MAX_VLAN_HEADERS, WORD } from '../../flow/words.table.ts';
import type { Port } from '../bridge/port.ts';
import { takenByStp } from './stp.ts';
import type { Xlate } from './xlate.ts';

const SLOW_PROTOCOLS = 0x8809;
const ETHERNET_SIZE = 14;
const VLAN_SIZE = 4;

/** Octets up to what follows the last type. */
function headerSize({ flow }: Xlate): number {
  let tags = 0;
  while (tags < MAX_VLAN_HEADERS && word(flow, WORD.vlan + tags) !== 0) tags += 1;
  return ETHERNET_SIZE + tags * VLAN_SIZE;
}

/** Hands a PDU to LACP of the port; true when the packet goes no further. */
function takenByLacp(x: Xlate, port: Port): boolean {
  const lacp = port.bundle?.lacp;
  if (!lacp || rawEthTypeOf(x.flow) !== SLOW_PROTOCOLS) return false;
  const { packet, sideEffects } = x.input;
  if (packet && sideEffects) lacp.receive(port, packet.subarray(headerSize(x)));
  x.slow.add('lacp');
  return true;
}

/** Whether a packet that came in by `port` went to a protocol of the switch, and goes no further. */
export const takenBySwitch = (x: Xlate, port: Port | undefined): boolean =>
  port !== undefined && (takenByLacp(x, port) || takenByStp(x, port));
