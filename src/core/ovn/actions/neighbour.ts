/** MAC bindings: `get_arp`, `put_arp`, `lookup_arp`, `lookup_arp_ip` and the same for IPv6. */
import { FIELDS } from '../../flow/fields.table.ts';
import { wholeField, type Field } from '../../flow/field.ts';
import { type FieldRef, formatFieldRef, resolveFieldRef } from '../expr/field-ref.ts';
import { LOG_FIELDS, LOG_FLAG } from '../expr/log-fields.table.ts';
import type {
  GetNeighbourAction,
  LookupNeighbourAction,
  LookupNeighbourIpAction,
  PutNeighbourAction,
} from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { ActionDefinition } from './definition.ts';
import type { Encoder } from './encoder.ts';
import { OFTABLE } from './oftable.table.ts';
import type { Opcode } from './opcode.table.ts';

/** A port and an address of `bits` bits; the opening parenthesis has been read. */
function parsePortAndIp(
  parser: ActionParser,
  bits: number,
): { readonly port: FieldRef; readonly ip: FieldRef } | undefined {
  const port = parser.source(0);
  parser.lexer.expect(',');
  const ip = parser.source(bits);
  return port === undefined || ip === undefined ? undefined : { port, ip };
}

function parseMac(parser: ActionParser): FieldRef | undefined {
  parser.lexer.expect(',');
  return parser.source(48);
}

type Get<K extends GetNeighbourAction['kind']> = ActionDefinition<GetNeighbourAction & { readonly kind: K }>;

function get<K extends GetNeighbourAction['kind']>(
  kind: K,
  bits: number,
  register: (encoder: Encoder) => Field,
): Get<K> {
  return {
    statement(parser) {
      parser.lexer.expect('(');
      const fields = parsePortAndIp(parser, bits);
      parser.lexer.expect(')');
      return fields && { kind, ...fields };
    },
    format: ({ port, ip }) => `${kind}(${formatFieldRef(port)}, ${formatFieldRef(ip)});`,
    encode({ port, ip }, encoder) {
      const args = [
        { source: port, destination: LOG_FIELDS.outport },
        { source: ip, destination: register(encoder) },
      ];
      encoder.withArguments(args, () => {
        encoder.load(FIELDS.eth_dst, 0, 48, 0);
        encoder.resubmit(OFTABLE.macBinding);
      });
    },
  };
}

type Put<K extends PutNeighbourAction['kind']> = ActionDefinition<PutNeighbourAction & { readonly kind: K }>;

function put<K extends PutNeighbourAction['kind'] & Opcode>(kind: K, bits: number, register: Field): Put<K> {
  return {
    statement(parser) {
      parser.lexer.expect('(');
      const fields = parsePortAndIp(parser, bits);
      const mac = parseMac(parser);
      parser.lexer.expect(')');
      return fields && mac && { kind, ...fields, mac };
    },
    format: ({ port, ip, mac }) =>
      `${kind}(${formatFieldRef(port)}, ${formatFieldRef(ip)}, ${formatFieldRef(mac)});`,
    encode({ port, ip, mac }, encoder) {
      const args = [
        { source: port, destination: LOG_FIELDS.inport },
        { source: ip, destination: register },
        { source: mac, destination: FIELDS.eth_src },
      ];
      encoder.withArguments(args, () => encoder.controller(kind));
    },
  };
}

type Lookup<K extends LookupNeighbourAction['kind']> = ActionDefinition<
  LookupNeighbourAction & { readonly kind: K }
>;

function lookup<K extends LookupNeighbourAction['kind']>(kind: K, bits: number, register: Field): Lookup<K> {
  return {
    assignment(parser, destination) {
      if (!parser.isAssignable(destination, 1)) return undefined;
      parser.enterCall();
      const fields = parsePortAndIp(parser, bits);
      const mac = parseMac(parser);
      parser.lexer.expect(')');
      return fields && mac && { kind, destination, ...fields, mac };
    },
    format: ({ destination, port, ip, mac }) =>
      `${formatFieldRef(destination)} = ${kind}(${formatFieldRef(port)}, ${formatFieldRef(ip)}, ${formatFieldRef(mac)});`,
    encode({ destination, port, ip, mac }, encoder) {
      const args = [
        { source: port, destination: LOG_FIELDS.inport },
        { source: ip, destination: register },
        { source: mac, destination: FIELDS.eth_src },
      ];
      encoder.withArguments(args, () =>
        encoder.lookupFlag(OFTABLE.macLookup, LOG_FLAG.lookupMac, destination),
      );
    },
  };
}

type LookupIp<K extends LookupNeighbourIpAction['kind']> = ActionDefinition<
  LookupNeighbourIpAction & { readonly kind: K }
>;

function lookupIp<K extends LookupNeighbourIpAction['kind']>(
  kind: K,
  bits: number,
  register: Field,
): LookupIp<K> {
  return {
    assignment(parser, destination) {
      if (!parser.isAssignable(destination, 1)) return undefined;
      parser.enterCall();
      const fields = parsePortAndIp(parser, bits);
      parser.lexer.expect(')');
      return fields && { kind, destination, ...fields };
    },
    format: ({ destination, port, ip }) =>
      `${formatFieldRef(destination)} = ${kind}(${formatFieldRef(port)}, ${formatFieldRef(ip)});`,
    encode({ destination, port, ip }, encoder) {
      const args = [
        { source: port, destination: LOG_FIELDS.outport },
        { source: ip, destination: register },
      ];
      const result = resolveFieldRef(destination);
      encoder.withArguments(args, () => {
        encoder.push(wholeField(FIELDS.eth_dst));
        encoder.load(LOG_FIELDS.flags, LOG_FLAG.lookupMac, 1, 0);
        encoder.resubmit(OFTABLE.macBinding);
        encoder.move({ field: LOG_FIELDS.flags, offset: LOG_FLAG.lookupMac, length: 1 }, result);
        encoder.pop(wholeField(FIELDS.eth_dst));
      });
    },
  };
}

export const getArp = get('get_arp', 32, () => FIELDS.reg0);
export const getNd = get('get_nd', 128, (encoder) => encoder.params.neighbourRegister6);
export const putArp = put('put_arp', 32, FIELDS.reg0);
export const putNd = put('put_nd', 128, FIELDS.xxreg0);
export const lookupArp = lookup('lookup_arp', 32, FIELDS.reg0);
export const lookupNd = lookup('lookup_nd', 128, FIELDS.xxreg0);
export const lookupArpIp = lookupIp('lookup_arp_ip', 32, FIELDS.reg0);
export const lookupNdIp = lookupIp('lookup_nd_ip', 128, FIELDS.xxreg1);
