/** `ct_lb`, `ct_lb_mark`, `ct_lb_mark_local`: balance to one of several backends, or go on as the connection did. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import { LOG_FIELDS } from '../expr/log-fields.table.ts';
import type { CtLbAction, LbBackend } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import { PLAIN_NAT, trackAct } from './ct-zone.ts';
import type { ActionDefinition } from './definition.ts';
import type { Encoder } from './encoder.ts';

type Endpoint = Omit<LbBackend, 'logicalPort'>;

/** `[IPV6]` or `[IPV6]:PORT`; the opening bracket has been read. */
function parseBracketed(parser: ActionParser): Endpoint | undefined {
  const { lexer } = parser;
  const { number } = lexer.token;
  if (lexer.kind !== 'integer' || number?.format !== 'ipv6') {
    lexer.syntaxError('expecting IPv6 address');
    return undefined;
  }
  lexer.advance();
  if (!lexer.match(']')) {
    lexer.syntaxError('no closing square bracket');
    return undefined;
  }
  const port = lexer.match(':') ? parser.uint16('port number') : 0;
  return port === undefined ? undefined : { family: 6, address: number.value, port };
}

function parseEndpoint(parser: ActionParser): Endpoint | undefined {
  const { lexer } = parser;
  if (lexer.match('[')) return parseBracketed(parser);
  const { number } = lexer.token;
  if (lexer.kind !== 'integer' || (number?.format !== 'ipv4' && number?.format !== 'ipv6')) {
    lexer.syntaxError('expecting IP address');
    return undefined;
  }
  lexer.advance();
  const family = number.format === 'ipv4' ? 4 : 6;
  if (!lexer.match(':')) return { family, address: number.value, port: 0 };
  if (family === 6) {
    lexer.syntaxError('IPv6 address needs square brackets if port is included');
    return undefined;
  }
  const port = parser.uint16('port number');
  return port === undefined ? undefined : { family, address: number.value, port };
}

/** `"PORT":` before a backend of `ct_lb_mark_local`. */
function parseLogicalPort(parser: ActionParser): string | undefined {
  const { lexer } = parser;
  if (lexer.kind !== 'string') {
    lexer.syntaxError('expecting logical port name for distributed load balancer');
    return undefined;
  }
  const port = lexer.token.text;
  lexer.advance();
  lexer.expect(':');
  return port;
}

/** Up to the semicolon or parenthesis that ends the list. */
function parseBackends(parser: ActionParser, isLocal: boolean): readonly LbBackend[] | undefined {
  const { lexer } = parser;
  const backends: LbBackend[] = [];
  while (!lexer.match(';') && !lexer.match(')')) {
    const logicalPort = isLocal ? parseLogicalPort(parser) : undefined;
    if (isLocal && logicalPort === undefined) return undefined;
    const endpoint = parseEndpoint(parser);
    if (endpoint === undefined) return undefined;
    lexer.match(',');
    backends.push({ ...endpoint, logicalPort });
  }
  return backends;
}

/** `hash_fields="..."`, followed by whatever ends it. Undefined: none; null: wrong. */
function parseHashFields(parser: ActionParser): string | undefined | null {
  const { lexer } = parser;
  if (!lexer.matchId('hash_fields')) return undefined;
  if (!lexer.match('=') || lexer.kind !== 'string') {
    lexer.syntaxError('invalid hash_fields');
    return null;
  }
  const fields = lexer.token.text;
  lexer.advance();
  if (!lexer.match(';')) lexer.advance();
  return fields;
}

function parseFlag(parser: ActionParser): CtLbAction['flag'] {
  const { lexer } = parser;
  const flag = lexer.matchId('skip_snat')
    ? 'skip_snat'
    : lexer.matchId('force_snat')
      ? 'force_snat'
      : undefined;
  // The parenthesis, though anything is taken for it.
  if (flag !== undefined) lexer.advance();
  return flag;
}

type Arguments = Pick<CtLbAction, 'backends' | 'hashFields' | 'flag'>;
const NO_ARGUMENTS: Arguments = { backends: [], hashFields: undefined, flag: undefined };

function parseArguments(parser: ActionParser, isLocal: boolean): Arguments | undefined {
  const { lexer } = parser;
  if (!lexer.matchId('backends') || !lexer.expect('=')) {
    lexer.syntaxError('expecting backends');
    return undefined;
  }
  const backends = parseBackends(parser, isLocal);
  if (backends === undefined) return undefined;
  const hashFields = parseHashFields(parser);
  return hashFields === null ? undefined : { backends, hashFields, flag: parseFlag(parser) };
}

function formatBackend({ family, address, port, logicalPort }: LbBackend): string {
  const name = logicalPort === undefined ? '' : `"${logicalPort}":`;
  if (family === 4) return `${name}${formatIpv4(Number(address))}${port === 0 ? '' : `:${port}`}`;
  return `${name}${port === 0 ? formatIpv6(address) : `[${formatIpv6(address)}]:${port}`}`;
}

function format({ kind, backends, hashFields, flag }: CtLbAction): string {
  if (backends.length === 0) return `${kind};`;
  const fields = hashFields === undefined ? '' : `; hash_fields="${hashFields}"`;
  const suffix = flag === undefined ? '' : `; ${flag}`;
  return `${kind}(backends=${backends.map(formatBackend).join(',')}${fields}${suffix});`;
}

/** What the connection is marked with besides "natted" (bit 1). */
const FLAG_BITS = { skip_snat: '4/4', force_snat: '8/8' } as const;

function bucket(action: CtLbAction, index: number, backend: LbBackend, encoder: Encoder): string {
  const { isSwitch } = encoder.params;
  const { address, family, port } = backend;
  const ip = family === 4 ? formatIpv4(Number(address)) : formatIpv6(address);
  const target = `${family === 6 && port !== 0 ? `[${ip}]` : ip}${port === 0 ? '' : `:${port}`}`;
  const register = (isSwitch ? LOG_FIELDS.ctZone : LOG_FIELDS.dnatZone).name.slice('reg'.length);
  const field = action.kind === 'ct_lb' ? 'ct_label' : 'ct_mark';
  const flag = action.flag === undefined ? '' : `,set_field:${FLAG_BITS[action.flag]}->${field}`;
  return `,bucket=bucket_id=${index},weight:100,actions=ct(nat(dst=${target}),commit,table=${encoder.localTable(action.table)},zone=NXM_NX_REG${register}[0..15],exec(set_field:2/2->${field}${flag}))`;
}

function encode(action: CtLbAction, encoder: Encoder): void {
  const { params } = encoder;
  if (action.backends.length === 0) {
    const zone = { field: params.isSwitch ? LOG_FIELDS.ctZone : LOG_FIELDS.dnatZone, offset: 0, length: 16 };
    encoder.put({ ...trackAct(zone, encoder.localTable(action.table)), nat: PLAIN_NAT });
    return;
  }
  const buckets = action.backends
    .map((backend, index) =>
      backend.logicalPort !== undefined && !params.isLocalPort(backend.logicalPort)
        ? ''
        : bucket(action, index, backend, encoder),
    )
    .join('');
  if (buckets === '') return;
  const method = action.hashFields === undefined ? 'dp_hash' : `hash,fields(${action.hashFields})`;
  encoder.group(`type=select,selection_method=${method}${buckets}`);
}

type Lb<K extends CtLbAction['kind']> = ActionDefinition<CtLbAction & { readonly kind: K }>;

function lb<K extends CtLbAction['kind']>(kind: K): Lb<K> {
  return {
    statement(parser) {
      const { lexer, env } = parser;
      if (!parser.hasNextTable('ct_lb')) return undefined;
      parser.require('ip');
      const parsed =
        lexer.match('(') && !lexer.match(')')
          ? parseArguments(parser, kind === 'ct_lb_mark_local')
          : NO_ARGUMENTS;
      return parsed === undefined ? undefined : { kind, ...parsed, table: env.table + 1 };
    },
    format,
    encode,
  };
}

export const ctLb = lb('ct_lb');
export const ctLbMark = lb('ct_lb_mark');
export const ctLbMarkLocal = lb('ct_lb_mark_local');
