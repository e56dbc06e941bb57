/** BFD control packets (RFC 5880 section 4.1), without authentication. */
import { err, ok, type Result } from '../../base/result.ts';
import { readU32, writeU32 } from '../../wire/octets.ts';

export type BfdState = 'admin-down' | 'down' | 'init' | 'up';

const STATES: readonly BfdState[] = ['admin-down', 'down', 'init', 'up'];

/** Intervals in microseconds. */
export interface BfdPacket {
  readonly diagnostic: number;
  readonly state: BfdState;
  readonly poll: boolean;
  readonly final: boolean;
  readonly controlPlaneIndependent: boolean;
  readonly demand: boolean;
  readonly multiplier: number;
  readonly myDiscriminator: number;
  readonly yourDiscriminator: number;
  readonly desiredTransmit: number;
  readonly requiredReceive: number;
  readonly requiredEchoReceive: number;
}

const SIZE = 24;
const VERSION = 1;
const FLAG = {
  poll: 0x20,
  final: 0x10,
  independent: 0x08,
  authentication: 0x04,
  demand: 0x02,
  multipoint: 0x01,
};

export function encodeBfd(packet: BfdPacket): Uint8Array {
  const octets = new Uint8Array(SIZE);
  octets[0] = (VERSION << 5) | packet.diagnostic;
  octets[1] =
    (STATES.indexOf(packet.state) << 6) |
    (packet.poll ? FLAG.poll : 0) |
    (packet.final ? FLAG.final : 0) |
    (packet.controlPlaneIndependent ? FLAG.independent : 0) |
    (packet.demand ? FLAG.demand : 0);
  octets[2] = packet.multiplier;
  octets[3] = SIZE;
  writeU32(octets, 4, packet.myDiscriminator);
  writeU32(octets, 8, packet.yourDiscriminator);
  writeU32(octets, 12, packet.desiredTransmit);
  writeU32(octets, 16, packet.requiredReceive);
  writeU32(octets, 20, packet.requiredEchoReceive);
  return octets;
}

/** The checks of RFC 5880 6.8.6 that need no session; the error says which one failed. */
export function decodeBfd(octets: Uint8Array): Result<BfdPacket> {
  if (octets.length < SIZE) return err('packet too short');
  const [first = 0, flags = 0, multiplier = 0, size = 0] = octets;
  if (first >> 5 !== VERSION) return err(`bad version ${first >> 5}`);
  if ((flags & FLAG.authentication) !== 0) return err('authentication is not in use');
  if (size < SIZE || size > octets.length) return err('bad length');
  if (multiplier === 0) return err('detection multiplier 0');
  if ((flags & FLAG.multipoint) !== 0) return err('multipoint');
  const myDiscriminator = readU32(octets, 4);
  const yourDiscriminator = readU32(octets, 8);
  const state = STATES[flags >> 6] as BfdState;
  if (myDiscriminator === 0) return err('discriminator 0');
  if (yourDiscriminator === 0 && state !== 'down' && state !== 'admin-down')
    return err('no discriminator of ours');
  return ok({
    diagnostic: first & 0x1f,
    state,
    poll: (flags & FLAG.poll) !== 0,
    final: (flags & FLAG.final) !== 0,
    controlPlaneIndependent: (flags & FLAG.independent) !== 0,
    demand: (flags & FLAG.demand) !== 0,
    multiplier,
    myDiscriminator,
    yourDiscriminator,
    desiredTransmit: readU32(octets, 12),
    requiredReceive: readU32(octets, 16),
    requiredEchoReceive: readU32(octets, 20),
  });
}
