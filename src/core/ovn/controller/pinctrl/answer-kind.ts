/** The shape of an answer: one for each operation of the opcode table. */
import type { Answering } from './answer.ts';
import type { PinctrlStores } from './stores.ts';
import type { SwitchPacket } from './switch-packet.ts';

export type Answer = (packet: SwitchPacket, answering: Answering, stores: PinctrlStores) => void;
