/** Actions on a packet derived from the one at hand: replies, errors, requests, clones, and what is committed with `ct_commit`. */
import { SCOPE } from '../expr/symbol.ts';
import type { NestedAction } from './action.ts';
import { PLAIN_NAT, trackAct } from './ct-zone.ts';
import type { ActionDefinition } from './definition.ts';
import type { Encoder } from './encoder.ts';
import { OctetWriter } from './octet-writer.ts';
import type { Opcode } from './opcode.table.ts';
import { actOctets } from './openflow/act-octets.ts';

type Nested<K extends NestedAction['kind']> = ActionDefinition<NestedAction & { readonly kind: K }>;

/** Operations whose packet is kept until the controller has done its part. */
const PAUSED: ReadonlySet<Opcode> = new Set<Opcode>(['arp', 'nd_ns']);

/** `prerequisite` stands for those of the inner actions; without one they count themselves. */
function nested<K extends NestedAction['kind']>(
  kind: K,
  prerequisite: string | undefined,
  encode: (action: NestedAction, encoder: Encoder) => void,
  scope?: number,
): Nested<K> {
  return {
    statement(parser) {
      const actions = parser.nested(prerequisite, scope);
      return actions === undefined ? undefined : { kind, actions };
    },
    format: ({ actions }, formatActions) => `${kind} { ${formatActions(actions)} };`,
    encode,
  };
}

/** The inner actions travel in OpenFlow form, for ovn-controller to send with the new packet. */
function byController(opcode: Opcode): (action: NestedAction, encoder: Encoder) => void {
  return ({ actions }, encoder) => {
    const body = new OctetWriter().put(actOctets(encoder.nested(actions)));
    encoder.controller(opcode, { pause: encoder.params.requestsPause && PAUSED.has(opcode), body });
  };
}

/** Requests go out at once, unless northd says when. */
function request(opcode: Opcode): (action: NestedAction, encoder: Encoder) => void {
  const encode = byController(opcode);
  return (action, encoder) => {
    encode(action, encoder);
    if (!encoder.params.explicitArpNsOutput) encoder.resubmit(encoder.params.outputTable);
  };
}

export const arp = nested('arp', 'ip', request('arp'));
export const ndNs = nested('nd_ns', 'ip', request('nd_ns'));
export const icmp4 = nested('icmp4', 'ip4', byController('icmp'));
export const icmp4Error = nested('icmp4_error', 'ip4', byController('icmp4_error'));
export const icmp6 = nested('icmp6', 'ip6', byController('icmp'));
export const icmp6Error = nested('icmp6_error', 'ip6', byController('icmp6_error'));
export const tcpReset = nested('tcp_reset', 'tcp', byController('tcp_reset'));
export const sctpAbort = nested('sctp_abort', 'sctp', byController('sctp_abort'));
export const ndNa = nested('nd_na', 'nd_ns', byController('nd_na'));
export const ndNaRouter = nested('nd_na_router', 'nd_ns', byController('nd_na_router'));
export const reject = nested('reject', undefined, byController('reject'));

export const clone = nested(
  'clone',
  undefined,
  ({ actions }, encoder) => encoder.put({ kind: 'clone', actions: encoder.nested(actions) }),
  SCOPE.default,
);

const committed = nested(
  'ct_commit',
  'ip',
  ({ actions }, encoder) => {
    encoder.put({
      ...trackAct(encoder.zone('dnat'), null),
      commit: true,
      nat: encoder.params.features.zeroSnat ? { ...PLAIN_NAT, direction: 'src' } : null,
      exec: encoder.nested(actions),
    });
  },
  SCOPE.ctCommit,
);

/** `ct_commit { ... }`, or `ct_commit` alone. */
export const ctCommit: Nested<'ct_commit'> = {
  ...committed,
  statement(parser) {
    if (parser.lexer.kind === '{') return committed.statement?.(parser);
    parser.require('ip');
    return { kind: 'ct_commit', actions: [] };
  },
  format: (action, formatActions) =>
    action.actions.length === 0 ? 'ct_commit;' : committed.format(action, formatActions),
};
