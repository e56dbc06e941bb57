/** `commit_lb_aff(...)`: keep sending a client to the backend it was given. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import { uuidWord } from '../../base/uuid.ts';
import type { Field } from '../../flow/field.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import type { LearnSpec } from '../../ofproto/actions/ofpact.ts';
import { LOG_FIELDS, LOG_FLAG } from '../expr/log-fields.table.ts';
import type { CommitLbAffAction, LbEndpoint } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { ActionDefinition } from './definition.ts';
import { expectParameter, parseTransport } from './ecmp.ts';
import type { EncodeParams } from './encoder.ts';
import { mappedIpv4, parseEndpoint } from './endpoint.ts';
import { PORT_FIELDS, PROTOCOL, learnAct, loadValue, matchField, matchValue } from './learn.ts';
import { OFTABLE } from './oftable.table.ts';

/** `NAME = "IP:PORT"`; undefined with the lexer's error set. */
function parseEndpointParameter(parser: ActionParser, name: string): ReturnType<typeof parseEndpoint> {
  const { lexer } = parser;
  if (!expectParameter(parser, name)) return undefined;
  const endpoint = lexer.kind === 'string' ? parseEndpoint(lexer.token.text) : undefined;
  if (endpoint === undefined) lexer.syntaxError('invalid parameter');
  return endpoint;
}

function formatEndpoint(endpoint: LbEndpoint, isIpv6: boolean): string {
  const ip = isIpv6 ? `[${formatIpv6(endpoint.address)}]` : formatIpv4(mappedIpv4(endpoint) ?? 0);
  return `${ip}${endpoint.port === 0 ? '' : `:${endpoint.port}`}`;
}

/** Registers in which the flow leaves the backend. */
function registers({ registerConsolidation, isSwitch }: EncodeParams): { ipv6: Field; port: Field } {
  const old = !registerConsolidation;
  return {
    ipv6: old && isSwitch ? LOG_FIELDS.lbAffinityIpv6Old : LOG_FIELDS.lbAffinityIpv6,
    port: old ? LOG_FIELDS.lbAffinityPortOld : LOG_FIELDS.lbAffinityPort,
  };
}

function specs({ vip, backend, proto }: CommitLbAffAction, params: EncodeParams): readonly LearnSpec[] {
  const ipv4 = mappedIpv4(vip);
  const isIpv6 = ipv4 === undefined;
  const target = registers(params);
  const transport =
    proto === undefined
      ? []
      : [matchValue(FIELDS.nw_proto, PROTOCOL[proto]), matchValue(PORT_FIELDS[proto].destination, vip.port)];
  return [
    matchField(FIELDS.metadata),
    matchValue(FIELDS.eth_type, isIpv6 ? 0x86dd : 0x800),
    matchField(isIpv6 ? FIELDS.ipv6_src : FIELDS.ip_src),
    isIpv6 ? matchValue(FIELDS.ipv6_dst, vip.address) : matchValue(FIELDS.ip_dst, ipv4),
    ...transport,
    loadValue(LOG_FIELDS.flags, 1, LOG_FLAG.useLbAffSession, 1),
    isIpv6
      ? loadValue(target.ipv6, backend.address)
      : loadValue(LOG_FIELDS.lbAffinityIpv4, mappedIpv4(backend) ?? 0),
    ...(backend.port === 0 ? [] : [loadValue(target.port, backend.port, 0, 16)]),
  ];
}

export const commitLbAff: ActionDefinition<CommitLbAffAction> = {
  statement(parser) {
    const { lexer } = parser;
    lexer.expect('(');
    const vip = parseEndpointParameter(parser, 'vip');
    if (vip === undefined) return undefined;
    lexer.advance();
    lexer.expect(',');
    const backend = parseEndpointParameter(parser, 'backend');
    if (backend === undefined) return undefined;
    if (backend.family !== vip.family) {
      lexer.syntaxError('invalid protocol family');
      return undefined;
    }
    lexer.advance();
    lexer.expect(',');
    const hasPort = vip.endpoint.port !== 0;
    const proto = hasPort && expectParameter(parser, 'proto') ? parseTransport(parser) : undefined;
    if (hasPort && proto === undefined) return undefined;
    if (hasPort) lexer.expect(',');
    const timeout = expectParameter(parser, 'timeout') ? parser.uint16('affinity timeout') : undefined;
    if (timeout === undefined) return undefined;
    lexer.expect(')');
    return { kind: 'commit_lb_aff', vip: vip.endpoint, backend: backend.endpoint, proto, timeout };
  },
  format({ vip, backend, proto, timeout }) {
    const isIpv6 = mappedIpv4(vip) === undefined;
    const protocol = proto === undefined ? '' : `, proto = ${proto}`;
    return `commit_lb_aff(vip = "${formatEndpoint(vip, isIpv6)}", backend = "${formatEndpoint(backend, isIpv6)}"${protocol}, timeout = ${timeout});`;
  },
  encode(action, encoder) {
    const { params } = encoder;
    const timeouts = { idle: action.timeout, hard: 0 };
    const cookie = BigInt(uuidWord(params.lflow));
    encoder.put(learnAct(OFTABLE.chkLbAffinity, timeouts, specs(action, params), cookie));
  },
};
