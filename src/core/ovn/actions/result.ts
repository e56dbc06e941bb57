/** `FIELD = NAME()`: what an auxiliary table or the controller finds out about the packet. */
import type { Field } from '../../flow/field.ts';
import { type FieldRef, formatFieldRef, resolveFieldRef } from '../expr/field-ref.ts';
import { LOG_FIELDS, LOG_FLAG } from '../expr/log-fields.table.ts';
import type { ResultAction } from './action.ts';
import type { ActionDefinition } from './definition.ts';
import type { Encoder } from './encoder.ts';
import { OFTABLE } from './oftable.table.ts';

type Result<K extends ResultAction['kind']> = ActionDefinition<ResultAction & { readonly kind: K }>;

interface ResultOptions {
  /** Width of the result. */
  readonly bits?: number;
  readonly prerequisite?: string;
}

function result<K extends ResultAction['kind']>(
  kind: K,
  encode: (destination: FieldRef, encoder: Encoder) => void,
  { bits = 1, prerequisite }: ResultOptions = {},
): Result<K> {
  return {
    assignment(parser, destination) {
      parser.enterCall();
      if (!parser.lexer.match(')')) {
        parser.lexer.fail(`${kind} doesn't take any parameters`);
        return undefined;
      }
      if (!parser.isAssignable(destination, bits)) return undefined;
      if (prerequisite !== undefined) parser.require(prerequisite);
      return { kind, destination };
    },
    format: ({ destination }) => `${formatFieldRef(destination)} = ${kind}();`,
    encode: ({ destination }, encoder) => encode(destination, encoder),
  };
}

/** The answer comes in a bit of the flags register. */
function flag<K extends ResultAction['kind']>(kind: K, table: number, bit: number): Result<K> {
  return result(kind, (destination, encoder) => encoder.lookupFlag(table, bit, destination));
}

/** The answer comes in a register that is saved and restored around the lookup, unless it is the destination itself. */
function connection<K extends ResultAction['kind']>(kind: K, table: number, bits: number): Result<K> {
  const register: Field = LOG_FIELDS.result;
  return result(
    kind,
    (destination, encoder) => {
      const target = resolveFieldRef(destination);
      const isTarget = target.field === register && target.offset === 0 && target.length === bits;
      const saved = { field: register, offset: 0, length: bits };
      if (!isTarget) encoder.push(saved);
      encoder.lookup(table, register, 0, bits, destination);
      if (!isTarget) encoder.pop(saved);
    },
    { bits },
  );
}

export const chkLbHairpin = flag('chk_lb_hairpin', OFTABLE.chkLbHairpin, LOG_FLAG.lookupLbHairpin);
export const chkLbHairpinReply = flag(
  'chk_lb_hairpin_reply',
  OFTABLE.chkLbHairpinReply,
  LOG_FLAG.lookupLbHairpin,
);
export const checkInPortSec = flag('check_in_port_sec', OFTABLE.chkInPortSec, LOG_FLAG.checkPortSec);
export const checkOutPortSec = flag('check_out_port_sec', OFTABLE.chkOutPortSec, LOG_FLAG.checkPortSec);
export const chkEcmpNhMac = flag('chk_ecmp_nh_mac', OFTABLE.ecmpNhMac, LOG_FLAG.lookupCommitEcmpNh);
export const chkEcmpNh = flag('chk_ecmp_nh', OFTABLE.ecmpNh, LOG_FLAG.lookupCommitEcmpNh);
export const chkLbAff = flag('chk_lb_aff', OFTABLE.chkLbAffinity, LOG_FLAG.useLbAffSession);

export const ctNwDst = connection('ct_nw_dst', OFTABLE.ctOrigNwDstLoad, 32);
export const ctIp6Dst = connection('ct_ip6_dst', OFTABLE.ctOrigIp6DstLoad, 128);
export const ctTpDst = connection('ct_tp_dst', OFTABLE.ctOrigTpDstLoad, 16);
export const ctProto = connection('ct_proto', OFTABLE.ctOrigProtoLoad, 8);

export const ctStateSave = result(
  'ct_state_save',
  (destination, encoder) => encoder.lookup(OFTABLE.ctStateSave, LOG_FIELDS.ctSavedState, 0, 8, destination),
  { bits: 8 },
);

export const dnsLookup = result(
  'dns_lookup',
  (destination, encoder) =>
    encoder.controller('dns_lookup', { pause: true, body: encoder.resultField(destination) }),
  { prerequisite: 'udp' },
);
