/** The packets that ask a service whether it lives: TCP SYN and reset, UDP, ICMP and ICMPv6 echo. */
import {
  encodeIcmp,
  encodeIcmpv6,
  encodeTcp,
  encodeUdp,
  IP_PROTOCOL,
  TCP_FLAG,
} from '../../../wire/index.ts';
import { writeU16 } from '../../../wire/octets.ts';
import { composeIp, type Ends } from './compose.ts';

const TTL = 63;
const ECHO_TTL = 255;
const WINDOW = 65_160;
export const PROBE_SIZE = 8;
const ECHO = { icmp: 8, icmpv6: 128 } as const;
const NOTHING = new Uint8Array(0);

export interface TcpProbe {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
}

export function tcpProbe(ends: Ends, probe: TcpProbe, kind: 'syn' | 'rst'): Uint8Array {
  const segment = encodeTcp(
    { ...probe, acknowledgement: 0, flags: TCP_FLAG[kind], window: WINDOW },
    NOTHING,
    ends.pseudo,
  );
  return composeIp(ends, IP_PROTOCOL.tcp, TTL, segment);
}

/** Over IPv4 without a checksum, as the real program sends it. */
export function udpProbe(ends: Ends, sourcePort: number, destinationPort: number): Uint8Array {
  const datagram = encodeUdp({ sourcePort, destinationPort }, new Uint8Array(PROBE_SIZE), ends.pseudo);
  if (ends.pseudo.family === 4) writeU16(datagram, 6, 0);
  return composeIp(ends, IP_PROTOCOL.udp, TTL, datagram);
}

export function echoProbe(ends: Ends, id: number, sequence: number): Uint8Array {
  const rest = ((id << 16) | sequence) >>> 0;
  if (ends.pseudo.family === 4)
    return composeIp(
      ends,
      IP_PROTOCOL.icmp,
      ECHO_TTL,
      encodeIcmp({ type: ECHO.icmp, code: 0, rest }, NOTHING),
    );
  const body = new Uint8Array(4);
  writeU16(body, 0, id);
  writeU16(body, 2, sequence);
  return composeIp(
    ends,
    IP_PROTOCOL.icmpv6,
    ECHO_TTL,
    encodeIcmpv6({ type: ECHO.icmpv6, code: 0 }, body, ends.pseudo),
  );
}
