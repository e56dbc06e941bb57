/** Connection tracking by zone: `ct_next`, `ct_commit_nat`, `ct_commit_to_zone`. */
import type { ActOf } from '../../ofproto/actions/ofpact.ts';
import type { CtCommitToZoneAction, CtNextAction, CtZone } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { ActionDefinition } from './definition.ts';

/** `nat` without arguments. */
export const PLAIN_NAT: ActOf<'nat'> = {
  kind: 'nat',
  direction: null,
  addresses: null,
  minPort: 0,
  maxPort: 0,
  persistent: false,
  hash: false,
  random: false,
};

/** `ct` with nothing but a zone and where to go on, to be added to. */
export function trackAct(zone: ActOf<'ct'>['zone'], table: number | null): ActOf<'ct'> {
  return { kind: 'ct', commit: false, force: false, zone, table, alg: 0, nat: null, exec: [] };
}

/** `dnat` or `snat` and the closing parenthesis; else `message` is the error. */
function parseZone(parser: ActionParser, message: string): CtZone | undefined {
  const { lexer } = parser;
  const zone = lexer.matchId('dnat') ? 'dnat' : lexer.matchId('snat') ? 'snat' : undefined;
  if (zone === undefined) lexer.fail(message);
  else lexer.expect(')');
  return zone;
}

export const ctNext: ActionDefinition<CtNextAction> = {
  statement(parser) {
    if (!parser.hasNextTable('ct_next')) return undefined;
    parser.require('ip');
    const zone = parser.lexer.match('(')
      ? parseZone(parser, '"ct_next" action accepts only "dnat" or "snat" parameter.')
      : 'dnat';
    return zone === undefined ? undefined : { kind: 'ct_next', zone, table: parser.env.table + 1 };
  },
  format: ({ zone }) => `ct_next(${zone});`,
  encode: ({ zone, table }, encoder) => encoder.put(trackAct(encoder.zone(zone), encoder.localTable(table))),
};

type CommitTo<K extends CtCommitToZoneAction['kind']> = ActionDefinition<
  CtCommitToZoneAction & { readonly kind: K }
>;

function commitTo<K extends CtCommitToZoneAction['kind']>(kind: K): CommitTo<K> {
  const isNat = kind === 'ct_commit_nat';
  return {
    statement(parser) {
      parser.require('ip');
      if (!parser.hasNextTable(kind)) return undefined;
      const isOpen = isNat ? parser.lexer.match('(') : parser.lexer.expect('(');
      const message = `"${kind}" action accepts only "dnat" or "snat" parameter.`;
      const zone = isOpen || !isNat ? parseZone(parser, message) : 'dnat';
      return zone === undefined ? undefined : { kind, zone, table: parser.env.table + 1 };
    },
    format: ({ zone }) => `${kind}(${zone});`,
    encode({ zone, table }, encoder) {
      encoder.put({
        ...trackAct(encoder.zone(zone), encoder.localTable(table)),
        commit: true,
        nat: isNat ? PLAIN_NAT : null,
      });
    },
  };
}

export const ctCommitNat = commitTo('ct_commit_nat');
export const ctCommitToZone = commitTo('ct_commit_to_zone');
