/** `commit_ecmp_nh(...)`: remember by which next hop a connection came, so that replies leave the same way. */
import { FIELDS } from '../../flow/fields.table.ts';
import type { LearnAct } from '../../ofproto/actions/ofpact.ts';
import { LOG_FIELDS, LOG_FLAG } from '../expr/log-fields.table.ts';
import type { CommitEcmpNhAction, Transport } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import { parseBoolean } from './boolean-argument.ts';
import type { ActionDefinition } from './definition.ts';
import { PORT_FIELDS, PROTOCOL, TRANSPORTS, learnAct, loadValue, matchField, matchValue } from './learn.ts';
import { OFTABLE } from './oftable.table.ts';

const TIMEOUTS = { idle: 20, hard: 30 } as const;

/** `NAME =`; false with the lexer's error set. */
export function expectParameter({ lexer }: ActionParser, name: string): boolean {
  if (!lexer.matchId(name)) {
    lexer.syntaxError('invalid parameter');
    return false;
  }
  return lexer.expect('=');
}

/** A protocol name; undefined with the lexer's error set. */
export function parseTransport({ lexer }: ActionParser): Transport | undefined {
  const proto = TRANSPORTS.find((each) => lexer.matchId(each));
  if (proto === undefined) lexer.syntaxError('invalid protocol');
  return proto;
}

/** The flow for packets of the same direction and MAC (`sameWay`), or for replies. */
function learn({ ipv6, proto }: CommitEcmpNhAction, sameWay: boolean): LearnAct {
  const source = ipv6 ? FIELDS.ipv6_src : FIELDS.ip_src;
  const destination = ipv6 ? FIELDS.ipv6_dst : FIELDS.ip_dst;
  const ports = PORT_FIELDS[proto];
  const pair = (a: typeof source, b: typeof source) =>
    sameWay ? [matchField(a), matchField(b)] : [matchField(a, b), matchField(b, a)];
  return learnAct(sameWay ? OFTABLE.ecmpNhMac : OFTABLE.ecmpNh, TIMEOUTS, [
    matchField(FIELDS.metadata),
    ...(sameWay ? [matchField(FIELDS.eth_src)] : []),
    matchValue(FIELDS.eth_type, ipv6 ? 0x86dd : 0x800),
    ...pair(source, destination),
    matchValue(FIELDS.nw_proto, PROTOCOL[proto]),
    ...pair(ports.source, ports.destination),
    loadValue(LOG_FIELDS.flags, 1, LOG_FLAG.lookupCommitEcmpNh, 1),
  ]);
}

export const commitEcmpNh: ActionDefinition<CommitEcmpNhAction> = {
  statement(parser) {
    const { lexer } = parser;
    lexer.expect('(');
    if (!expectParameter(parser, 'ipv6')) return undefined;
    const ipv6 = parseBoolean(parser);
    if (ipv6 === undefined) return undefined;
    lexer.expect(',');
    if (!expectParameter(parser, 'proto')) return undefined;
    const proto = parseTransport(parser);
    if (proto === undefined) return undefined;
    lexer.expect(')');
    return { kind: 'commit_ecmp_nh', ipv6, proto };
  },
  format: ({ ipv6, proto }) => `commit_ecmp_nh(ipv6 = ${ipv6}, proto = ${proto});`,
  encode(action, encoder) {
    encoder.put(learn(action, true));
    encoder.put(learn(action, false));
  },
};
