/** Actions about a logical port by name or field: `bind_vport`, `handle_svc_check`, `mirror`. */
import { FIELDS } from '../../flow/fields.table.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { setSubfield } from '../../ofproto/actions/ofpact.ts';
import { wholeField } from '../../flow/field.ts';
import { formatFieldRef } from '../expr/field-ref.ts';
import { LOG_FIELDS } from '../expr/log-fields.table.ts';
import type { BindVportAction, HandleSvcCheckAction, MirrorAction } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { ActionDefinition } from './definition.ts';
import { OctetWriter } from './octet-writer.ts';
import { OFTABLE } from './oftable.table.ts';

/** `("NAME"`, up to and including the name. */
function parsePortName(parser: ActionParser): string | undefined {
  const { lexer } = parser;
  if (!lexer.expect('(')) return undefined;
  if (lexer.kind !== 'string') {
    lexer.syntaxError('expecting port name string');
    return undefined;
  }
  const name = lexer.token.text;
  lexer.advance();
  return name;
}

export const bindVport: ActionDefinition<BindVportAction> = {
  statement(parser) {
    const vport = parsePortName(parser);
    if (vport === undefined || !parser.lexer.expect(',')) return undefined;
    const parent = parser.source(0);
    return parent !== undefined && parser.lexer.expect(')')
      ? { kind: 'bind_vport', vport, parent }
      : undefined;
  },
  format: ({ vport, parent }) => `bind_vport("${vport}", ${formatFieldRef(parent)});`,
  encode({ vport, parent }, encoder) {
    const key = encoder.params.portNumber(vport);
    if (key === undefined) return;
    encoder.withArguments([{ source: parent, destination: LOG_FIELDS.inport }], () =>
      encoder.controller('bind_vport', { body: new OctetWriter().u32(key) }),
    );
  },
};

export const handleSvcCheck: ActionDefinition<HandleSvcCheckAction> = {
  statement(parser) {
    if (!parser.lexer.expect('(')) return undefined;
    const port = parser.source(0);
    parser.lexer.expect(')');
    return port && { kind: 'handle_svc_check', port };
  },
  format: ({ port }) => `handle_svc_check(${formatFieldRef(port)});`,
  encode({ port }, encoder) {
    encoder.withArguments([{ source: port, destination: LOG_FIELDS.inport }], () =>
      encoder.controller('handle_svc_check'),
    );
  },
};

export const mirror: ActionDefinition<MirrorAction> = {
  statement(parser) {
    const port = parsePortName(parser);
    if (port === undefined) return undefined;
    parser.lexer.expect(')');
    return { kind: 'mirror', port };
  },
  format: ({ port }) => `mirror("${port}");`,
  encode({ port }, encoder) {
    const key = encoder.params.portNumber(port);
    if (key === undefined) return;
    encoder.put({
      kind: 'clone',
      actions: [
        // Without an input port a mirror on both sides of one path cannot suppress the copy.
        setSubfield(wholeField(FIELDS.in_port), BigInt(OFPP.none)),
        setSubfield(wholeField(LOG_FIELDS.outport), BigInt(key)),
        { kind: 'resubmit', port: OFPP.inPort, table: OFTABLE.remoteOutput, ct: false },
      ],
    });
  },
};
