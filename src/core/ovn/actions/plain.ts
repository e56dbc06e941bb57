/** Actions without arguments. */
import type { PlainAction } from './action.ts';
import type { ActionDefinition } from './definition.ts';
import type { Encoder } from './encoder.ts';
import { OFTABLE } from './oftable.table.ts';

type Plain<K extends PlainAction['kind']> = ActionDefinition<PlainAction & { readonly kind: K }>;

function plain<K extends PlainAction['kind']>(kind: K, encode: (encoder: Encoder) => void): Plain<K> {
  return {
    statement: () => ({ kind }),
    format: () => `${kind};`,
    encode: (_action, encoder) => encode(encoder),
  };
}

/** To the port in `outport`. */
export const output = plain('output', (encoder) => encoder.resubmit(encoder.params.outputTable));

export const ctClear = plain('ct_clear', (encoder) => encoder.put({ kind: 'ct_clear' }));
export const igmp = plain('igmp', (encoder) => encoder.controller('igmp'));
export const ctSnatToVip = plain('ct_snat_to_vip', (encoder) => encoder.resubmit(OFTABLE.ctSnatHairpin));
export const macCacheUse = plain('mac_cache_use', (encoder) => encoder.resubmit(OFTABLE.macCacheUse));
export const floodRemote = plain('flood_remote', (encoder) => encoder.resubmit(OFTABLE.floodRemoteChassis));
export const handleDhcpv6Reply = plain('handle_dhcpv6_reply', (encoder) =>
  encoder.controller('dhcp6_server'),
);

/** `handle_bfd_msg();`, parentheses included. */
export const handleBfdMsg: Plain<'handle_bfd_msg'> = {
  statement(parser) {
    if (!parser.lexer.expect('(')) return undefined;
    parser.lexer.expect(')');
    return { kind: 'handle_bfd_msg' };
  },
  format: () => 'handle_bfd_msg();',
  encode: (_action, encoder) => encoder.controller('bfd_msg'),
};

/** `ip.ttl--;` */
export const decTtl: Plain<'dec_ttl'> = {
  word: 'ip.ttl',
  statement(parser) {
    parser.lexer.expect('--');
    parser.require('ip');
    return { kind: 'dec_ttl' };
  },
  format: () => 'ip.ttl--;',
  encode: (_action, encoder) => encoder.put({ kind: 'dec_ttl', controllerIds: [], explicit: false }),
};
