/** `fwd_group(liveness=..., childports=...)`: to one of several ports, by hash and, with liveness, by BFD. */
import { LOG_FIELDS } from '../expr/log-fields.table.ts';
import type { FwdGroupAction } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import { parseBoolean } from './boolean-argument.ts';
import type { ActionDefinition } from './definition.ts';
import type { Encoder } from './encoder.ts';

/** Up to the closing parenthesis. */
function parsePorts(parser: ActionParser): readonly string[] | undefined {
  const { lexer } = parser;
  const ports: string[] = [];
  while (!lexer.match(')')) {
    if (lexer.kind !== 'string') {
      lexer.syntaxError('expecting logical switch port');
      return undefined;
    }
    ports.push(lexer.token.text);
    lexer.advance();
    lexer.match(',');
  }
  return ports;
}

function parseArguments(parser: ActionParser): Omit<FwdGroupAction, 'kind'> | undefined {
  const { lexer } = parser;
  let liveness: boolean | undefined = false;
  if (lexer.matchId('liveness')) {
    if (!lexer.expect('=')) return undefined;
    liveness = parseBoolean(parser);
    if (liveness === undefined) return undefined;
    lexer.expect(',');
  }
  if (!lexer.matchId('childports')) return { liveness, childPorts: [] };
  const childPorts = lexer.expect('=') ? parsePorts(parser) : undefined;
  return childPorts && { liveness, childPorts };
}

/** The bucket of one port; undefined when the port or its tunnel is unknown here. */
function bucket(name: string, liveness: boolean, { params }: Encoder): string | undefined {
  const key = params.portNumber(name);
  if (key === undefined) return undefined;
  const tunnel = liveness ? params.tunnelPort(name) : undefined;
  if (liveness && tunnel === undefined) return undefined;
  const watch = tunnel === undefined ? '' : `watch_port:${tunnel},`;
  const register = LOG_FIELDS.outport.name.slice('reg'.length);
  // The key is decimal behind a hex prefix, as the real program writes it.
  return `,bucket=${watch}load=0x${key}->NXM_NX_REG${register}[0..15],resubmit(,${params.outputTable})`;
}

export const fwdGroup: ActionDefinition<FwdGroupAction> = {
  statement(parser) {
    const parsed = parser.lexer.match('(') ? parseArguments(parser) : { liveness: false, childPorts: [] };
    return parsed && { kind: 'fwd_group', ...parsed };
  },
  format({ liveness, childPorts }) {
    const ports = childPorts.map((port) => `"${port}"`).join(', ');
    return `fwd_group(${liveness ? 'liveness="true", ' : ''}${ports === '' ? '' : `childports=${ports}`});`;
  },
  encode({ liveness, childPorts }, encoder) {
    const buckets = childPorts.map((port) => bucket(port, liveness, encoder));
    if (buckets.length === 0 || buckets.includes(undefined)) return;
    encoder.group(`type=select,selection_method=dp_hash${buckets.join('')}`);
  },
};
