/** One port of LACP: what it says of itself, what it knows of its partner, and the states of its machines. */
import { LACP_STATE, type LacpParty } from '../../../wire/layer/lacp.ts';

export type Party = { -readonly [Key in keyof LacpParty]: LacpParty[Key] };

export interface LacpPort {
  /** The port's number, and that of the aggregator that came with it. */
  readonly number: number;
  actor: Party;
  partner: Party;
  receiving: 'disabled' | 'expired' | 'defaulted' | 'current';
  mux: 'detached' | 'waiting' | 'attached' | 'distributing';
  /** Number of the aggregator that it is in; null while none is chosen. */
  aggregator: number | null;
  selected: boolean;
  /** The partner's view of this port is right. */
  matched: boolean;
  /** Its wait for others to join is over. */
  waited: boolean;
  /** Something is to be told. */
  needToTransmit: boolean;
  lastSent: number | null;
  cancelReceive: (() => void) | null;
  cancelWait: (() => void) | null;
  cancelSend: (() => void) | null;
  periodic: { readonly interval: number; readonly cancel: () => void } | null;
}

/** What a port believes of a partner that was never heard. */
export const unknownPartner = (): Party => ({
  systemPriority: 0xffff,
  system: 0n,
  key: 1,
  portPriority: 0xff,
  port: 1,
  state: LACP_STATE.activity,
});

export function newPort(number: number): LacpPort {
  return {
    number,
    actor: {
      systemPriority: 0xffff,
      system: 0n,
      key: 0,
      portPriority: 0xff,
      port: number,
      state: LACP_STATE.aggregation,
    },
    partner: unknownPartner(),
    receiving: 'disabled',
    mux: 'detached',
    aggregator: null,
    selected: false,
    matched: false,
    waited: false,
    needToTransmit: false,
    lastSent: null,
    cancelReceive: null,
    cancelWait: null,
    cancelSend: null,
    periodic: null,
  };
}

export const has = (party: LacpParty, bit: number): boolean => (party.state & bit) !== 0;

export function setState(party: Party, bits: number, on: boolean): void {
  party.state = on ? party.state | bits : party.state & ~bits;
}

export function stopTimers(port: LacpPort): void {
  port.cancelReceive?.();
  port.cancelWait?.();
  port.cancelSend?.();
  port.periodic?.cancel();
  port.cancelReceive = null;
  port.cancelWait = null;
  port.cancelSend = null;
  port.periodic = null;
}
