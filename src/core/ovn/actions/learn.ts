/** Building blocks of flows that the switch learns by itself. */
import { type Field, wholeField } from '../../flow/field.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import type { LearnAct, LearnSpec } from '../../ofproto/actions/ofpact.ts';
import type { Transport } from './action.ts';

const DEFAULT_PRIORITY = 32768;

export const PROTOCOL: Record<Transport, number> = { tcp: 6, udp: 17, sctp: 132 };

/** Ports of a transport protocol. */
export const PORT_FIELDS: Record<Transport, { readonly source: Field; readonly destination: Field }> = {
  tcp: { source: FIELDS.tcp_src, destination: FIELDS.tcp_dst },
  udp: { source: FIELDS.udp_src, destination: FIELDS.udp_dst },
  sctp: { source: FIELDS.sctp_src, destination: FIELDS.sctp_dst },
};

/**
 * The learned flow matches `destination` as this packet has `source` (the same field unless given). OVN leaves the
 * length of the source at zero; on the wire it has that of the destination.
 */
export function matchField(destination: Field, source: Field = destination): LearnSpec {
  return {
    kind: 'match',
    source: { kind: 'field', subfield: { field: source, offset: 0, length: 0 } },
    destination: wholeField(destination),
  };
}

export function matchValue(destination: Field, value: bigint | number): LearnSpec {
  return {
    kind: 'match',
    source: { kind: 'immediate', value: BigInt(value) },
    destination: wholeField(destination),
  };
}

/** The learned flow loads `value` into the low `length` bits from `offset` on. */
export function loadValue(field: Field, value: bigint | number, offset = 0, length = field.bits): LearnSpec {
  return {
    kind: 'load',
    source: { kind: 'immediate', value: BigInt(value) },
    destination: { field, offset, length },
  };
}

/** A flow that goes when its learner goes. Timeouts in seconds, 0 for none. */
export function learnAct(
  table: number,
  timeouts: { readonly idle: number; readonly hard: number },
  specs: readonly LearnSpec[],
  cookie = 0n,
): LearnAct {
  return {
    kind: 'learn',
    table,
    idleTimeout: timeouts.idle,
    hardTimeout: timeouts.hard,
    priority: DEFAULT_PRIORITY,
    cookie,
    finIdleTimeout: 0,
    finHardTimeout: 0,
    sendFlowRemoved: false,
    deleteLearned: true,
    limit: 0,
    result: null,
    specs,
  };
}

/** The protocol after `proto =`. */
export const TRANSPORTS: readonly Transport[] = ['tcp', 'udp', 'sctp'];
