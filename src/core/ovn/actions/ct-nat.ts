/** `ct_dnat`, `ct_snat` and their common-zone forms: translate to an address, or undo a translation. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import type { Field } from '../../flow/field.ts';
import { LOG_FIELDS } from '../expr/log-fields.table.ts';
import type { CtNatAction, PortRange } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import { PLAIN_NAT, trackAct } from './ct-zone.ts';
import type { ActionDefinition } from './definition.ts';
import type { EncodeParams } from './encoder.ts';

/** The value of the last number, as 16 bits: C keeps it even when the token turned out to be something else. */
const lastNumber = (parser: ActionParser): number =>
  Number(BigInt.asUintN(16, parser.lexer.number?.value ?? 0n));

/** `PORT` or `LOW-HIGH` after the comma. */
function parsePorts(parser: ActionParser): PortRange {
  const { lexer } = parser;
  if (lexer.kind !== 'integer' || lexer.token.number?.format !== 'decimal')
    lexer.syntaxError('expecting Integer for port range');
  const low = lastNumber(parser);
  if (low === 0) lexer.syntaxError("range can't be 0");
  lexer.advance();
  if (!lexer.match('-')) return { low, high: 0 };
  if (lexer.kind !== 'integer') lexer.syntaxError('expecting Integer for port range');
  const high = lastNumber(parser);
  if (high <= low) lexer.syntaxError('range high should be greater than range low');
  lexer.advance();
  return { low, high };
}

function parseArguments(parser: ActionParser): Pick<CtNatAction, 'address' | 'ports'> | undefined {
  const { lexer } = parser;
  const { number } = lexer.token;
  if (lexer.kind !== 'integer' || (number?.format !== 'ipv4' && number?.format !== 'ipv6')) {
    lexer.syntaxError('expecting IPv4 or IPv6 address');
    return undefined;
  }
  const address = { family: number.format === 'ipv4' ? 4 : 6, value: number.value } as const;
  lexer.advance();
  const ports = lexer.match(',') ? parsePorts(parser) : undefined;
  return lexer.expect(')') ? { address, ports } : undefined;
}

function format(action: CtNatAction): string {
  const { address, ports } = action;
  if (address === undefined) return `${action.kind};`;
  const ip = address.family === 4 ? formatIpv4(Number(address.value)) : formatIpv6(address.value);
  const range = ports === undefined ? '' : `,${ports.low}${ports.high === 0 ? '' : `-${ports.high}`}`;
  return `${action.kind}(${ip}${range});`;
}

type Nat<K extends CtNatAction['kind']> = ActionDefinition<CtNatAction & { readonly kind: K }>;

function nat<K extends CtNatAction['kind']>(
  kind: K,
  direction: 'src' | 'dst',
  zone: (params: EncodeParams) => Field,
): Nat<K> {
  return {
    statement(parser) {
      parser.require('ip');
      if (!parser.hasNextTable(kind)) return undefined;
      const table = parser.env.table + 1;
      if (!parser.lexer.match('(')) return { kind, address: undefined, ports: undefined, table };
      const parsed = parseArguments(parser);
      return parsed === undefined ? undefined : { kind, ...parsed, table };
    },
    format,
    encode({ address, ports, table }, encoder) {
      const track = trackAct(
        { field: zone(encoder.params), offset: 0, length: 16 },
        encoder.localTable(table),
      );
      if (address === undefined) {
        encoder.put({ ...track, nat: PLAIN_NAT });
        return;
      }
      const high = ports?.high ?? 0;
      const translation = {
        ...PLAIN_NAT,
        direction,
        addresses: { family: address.family, minAddress: address.value, maxAddress: 0n },
        minPort: ports?.low ?? 0,
        maxPort: high,
        // Said outright, so that no datapath picks ports in another way.
        random: high !== 0,
      };
      encoder.put({ ...track, commit: true, nat: translation });
    },
  };
}

export const ctDnat = nat('ct_dnat', 'dst', () => LOG_FIELDS.dnatZone);
export const ctSnat = nat('ct_snat', 'src', () => LOG_FIELDS.snatZone);
export const ctDnatInCzone = nat('ct_dnat_in_czone', 'dst', (params) => params.commonNatZone);
export const ctSnatInCzone = nat('ct_snat_in_czone', 'src', (params) => params.commonNatZone);
