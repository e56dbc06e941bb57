/** Learned MAC addresses of switches: `put_fdb`, `get_fdb`, `get_remote_fdb`, `lookup_fdb`. */
import { wholeField } from '../../flow/field.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { formatFieldRef, resolveFieldRef } from '../expr/field-ref.ts';
import { LOG_FIELDS, LOG_FLAG } from '../expr/log-fields.table.ts';
import type { GetFdbAction, LookupFdbAction, PutFdbAction } from './action.ts';
import type { ActionDefinition } from './definition.ts';
import { OFTABLE } from './oftable.table.ts';

export const putFdb: ActionDefinition<PutFdbAction> = {
  statement(parser) {
    parser.lexer.expect('(');
    const port = parser.source(0);
    parser.lexer.expect(',');
    const mac = parser.source(48);
    parser.lexer.expect(')');
    return port && mac && { kind: 'put_fdb', port, mac };
  },
  format: ({ port, mac }) => `put_fdb(${formatFieldRef(port)}, ${formatFieldRef(mac)});`,
  encode({ port, mac }, encoder) {
    const args = [
      { source: port, destination: LOG_FIELDS.inport },
      { source: mac, destination: FIELDS.eth_src },
    ];
    encoder.withArguments(args, () => encoder.controller('put_fdb'));
  },
};

type Get<K extends GetFdbAction['kind']> = ActionDefinition<GetFdbAction & { readonly kind: K }>;

function get<K extends GetFdbAction['kind']>(kind: K): Get<K> {
  const isRemote = kind === 'get_remote_fdb';
  const result = isRemote ? LOG_FIELDS.remoteOutport : LOG_FIELDS.outport;
  return {
    assignment(parser, destination) {
      parser.enterCall();
      // A port name (`outport`) needs no check.
      if (destination.length > 0 && !parser.isAssignable(destination, 32)) return undefined;
      const mac = parser.source(48);
      parser.lexer.expect(')');
      return mac && { kind, destination, mac };
    },
    format: ({ destination, mac }) => `${formatFieldRef(destination)} = ${kind}(${formatFieldRef(mac)});`,
    encode({ destination, mac }, encoder) {
      encoder.withArguments([{ source: mac, destination: FIELDS.eth_dst }], () => {
        encoder.load(result, 0, 32, 0);
        encoder.resubmit(isRemote ? OFTABLE.getRemoteFdb : OFTABLE.getFdb);
      });
      const target = resolveFieldRef(destination);
      if (target.field !== result) encoder.move(wholeField(result), target);
    },
  };
}

export const getFdb = get('get_fdb');
export const getRemoteFdb = get('get_remote_fdb');

export const lookupFdb: ActionDefinition<LookupFdbAction> = {
  assignment(parser, destination) {
    parser.enterCall();
    if (!parser.isAssignable(destination, 1)) return undefined;
    const port = parser.source(0);
    parser.lexer.expect(',');
    const mac = parser.source(48);
    parser.lexer.expect(')');
    return port && mac && { kind: 'lookup_fdb', destination, port, mac };
  },
  format: ({ destination, port, mac }) =>
    `${formatFieldRef(destination)} = lookup_fdb(${formatFieldRef(port)}, ${formatFieldRef(mac)});`,
  encode({ destination, port, mac }, encoder) {
    const flag = { field: LOG_FIELDS.flags, offset: LOG_FLAG.lookupFdb, length: 1 };
    const args = [
      { source: port, destination: LOG_FIELDS.inport },
      { source: mac, destination: FIELDS.eth_src },
    ];
    encoder.withArguments(args, () => {
      encoder.load(flag.field, flag.offset, 1, 0);
      encoder.resubmit(OFTABLE.lookupFdb);
    });
    encoder.move(flag, resolveFieldRef(destination));
  },
};
