/** `BIT = dhcp_relay_req_chk(RELAY, SERVER)` and `dhcp_relay_resp_chk`. */
import { formatIpv4 } from '../../base/address.ts';
import { formatFieldRef } from '../expr/field-ref.ts';
import type { DhcpRelayAction } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { ActionDefinition } from './definition.ts';

/**
 * The IPv4 address at hand; undefined with an error set. The real program looks at the number it read last, even when
 * the current token is something else.
 */
function parseIp({ lexer }: ActionParser, expected: string): number | undefined {
  const { number } = lexer;
  if (number?.format !== 'ipv4') {
    lexer.syntaxError(`expecting ${expected}`);
    return undefined;
  }
  lexer.advance();
  return Number(number.value);
}

type Relay<K extends DhcpRelayAction['kind']> = ActionDefinition<DhcpRelayAction & { readonly kind: K }>;

function relay<K extends DhcpRelayAction['kind']>(kind: K): Relay<K> {
  return {
    assignment(parser, destination) {
      const { lexer } = parser;
      lexer.advance();
      lexer.expect('(');
      if (!parser.isAssignable(destination, 1)) return undefined;
      const relayIp = parseIp(parser, 'IPv4 dhcp relay and server ips');
      if (relayIp === undefined) return undefined;
      lexer.match(',');
      const server = parseIp(parser, 'IPv4 dhcp server ip');
      if (server === undefined) return undefined;
      lexer.expect(')');
      return { kind, destination, relay: relayIp, server };
    },
    format: ({ destination, relay: relayIp, server }) =>
      `${formatFieldRef(destination)} = ${kind}(${formatIpv4(relayIp)}, ${formatIpv4(server)});`,
    encode({ destination, relay: relayIp, server }, encoder) {
      encoder.controller(kind, {
        pause: true,
        body: encoder.resultField(destination).u32(relayIp).u32(server),
      });
    },
  };
}

export const dhcpRelayReqChk = relay('dhcp_relay_req_chk');
export const dhcpRelayRespChk = relay('dhcp_relay_resp_chk');
