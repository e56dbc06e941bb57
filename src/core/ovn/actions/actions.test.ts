import { expect, it } from 'vitest';
import type { Uuid } from '../../base/uuid.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { formatActions as formatActs } from '../../ofproto/actions/act-list.ts';
import { formatExpr } from '../expr/format-expr.ts';
import { LOG_FIELDS } from '../expr/log-fields.table.ts';
import { logicalSymbols } from '../expr/logical-symbols.table.ts';
import type { ParseEnv } from './action-parser.ts';
import { ACTIONS } from './actions.table.ts';
import { encodeActions, formatActions, parseActions } from './actions.ts';
import type { EncodeParams } from './encoder.ts';
import { OFTABLE, PIPELINE_LENGTH } from './oftable.table.ts';
import { optionTable } from './options.ts';

const SYMBOLS = logicalSymbols();
const ENV: ParseEnv = {
  pipeline: 'ingress',
  table: 10,
  tableCount: PIPELINE_LENGTH.ingress,
  dhcpOptions: optionTable([
    ['offerip', 0, 'ipv4'],
    ['next_server', 253, 'ipv4'],
  ]),
  dhcpv6Options: optionTable([]),
};
const port = (name: string): number | undefined => (name === 'lsp1' ? 0x11 : undefined);

function params(groups: string[]): EncodeParams {
  return {
    portNumber: port,
    isLocalPort: (name) => port(name) !== undefined,
    tunnelPort: port,
    isSwitch: true,
    groups: {
      assign(description) {
        groups.push(description);
        return groups.length;
      },
    },
    meters: { assign: () => 1 },
    hasCollectorSet: () => true,
    lflow: '00000000-0000-4000-8000-000000000001' as Uuid,
    datapathKey: 0xabcdef,
    explicitArpNsOutput: true,
    requestsPause: true,
    neighbourRegister6: FIELDS.xxreg1,
    registerConsolidation: true,
    pipeline: 'ingress',
    firstTables: OFTABLE,
    outputTable: OFTABLE.saveInport,
    controllerMeter: 0,
    commonNatZone: LOG_FIELDS.dnatZone,
    features: { meters: false, zeroSnat: false, hashL4Symmetric: false },
  };
}

function parsed(text: string): ReturnType<typeof parseActions> {
  return parseActions(text, SYMBOLS, ENV);
}

/** Standard form, prerequisites and OpenFlow, or the error. */
function check(text: string): readonly (string | undefined)[] {
  const result = parsed(text);
  if (!result.ok) return [result.error];
  const { actions, prerequisites } = result.value;
  const acts = formatActs(encodeActions(actions, params([])));
  return [formatActions(actions), acts, prerequisites && formatExpr(prerequisites)];
}

// What the real test program printed.
it.each([
  ['ip.ttl --;', ['ip.ttl--;', 'dec_ttl', 'ip']],
  ['next(pipeline=egress, table=5);', ['next(pipeline=egress, table=5);', 'resubmit(,53)', undefined]],
  [
    'eth.src <-> eth.dst;',
    [
      'eth.src <-> eth.dst;',
      'push:NXM_OF_ETH_DST[],push:NXM_OF_ETH_SRC[],pop:NXM_OF_ETH_DST[],pop:NXM_OF_ETH_SRC[]',
      undefined,
    ],
  ],
  [
    'ct_commit { ct_mark.blocked = 1; };',
    [
      'ct_commit { ct_mark.blocked = 1; };',
      'ct(commit,zone=NXM_NX_REG13[0..15],exec(set_field:0x1/0x1->ct_mark))',
      'ip',
    ],
  ],
  [
    'reg0[3] = put_dhcp_opts(offerip = 10.0.0.4, next_server=10.0.0.7);',
    [
      'reg0[3] = put_dhcp_opts(offerip = 10.0.0.4, next_server = 10.0.0.7);',
      'controller(userdata=00.00.00.02.00.00.00.00.00.01.de.10.00.00.00.63.0a.00.00.04.fd.04.0a.00.00.07,pause)',
      undefined,
    ],
  ],
  [
    'sctp_abort{ ip.ttl --; };',
    [
      'sctp_abort { ip.ttl--; };',
      'controller(userdata=00.00.00.18.00.00.00.00.ff.ff.00.10.00.00.23.20.00.15.00.00.00.00.00.00)',
      'sctp',
    ],
  ],
  [
    'outport = "lsp1"; output;',
    ['outport = "lsp1"; output;', 'set_field:0x11->reg15,resubmit(,64)', undefined],
  ],
  ['tcp.dst <-> ip.ecn;', ["Can't exchange 16-bit field with 2-bit field."]],
  ['ct_next(foo);', ['"ct_next" action accepts only "dnat" or "snat" parameter.']],
  ['sctp.dst = 65536;', ['17-bit constant is not compatible with 16-bit field sctp.dst.']],
  ['output', ["Syntax error at end of input expecting `;'."]],
  ['ct_label = 0;', ['Field ct_label is not modifiable.']],
] as const)('reads and encodes %s', (text, expected) => {
  expect(check(text)).toEqual(expected);
});

it('puts the backends of a load balancer into a group', () => {
  const groups: string[] = [];
  const result = parsed('ct_lb_mark(backends=10.0.0.1:80);');
  if (!result.ok) throw new Error(result.error);
  expect(formatActs(encodeActions(result.value.actions, params(groups)))).toBe('group:1');
  expect(groups).toEqual([
    'type=select,selection_method=dp_hash,bucket=bucket_id=0,weight:100,actions=ct(nat(dst=10.0.0.1:80),commit,table=19,zone=NXM_NX_REG13[0..15],exec(set_field:2/2->ct_mark))',
  ]);
});

it('has an entry for each kind of action, and writes what it reads', () => {
  const texts = [
    'next;',
    'clone { ip4.dst = 255.255.255.255; output; };',
    'reg9[16..31] = select(1=50, 2=100, 3=100);',
    'log(name="x", verdict=drop, severity=info);',
    'trigger_event(event = "empty_lb_backends", vip = "10.0.0.1:80", protocol = "tcp", load_balancer = "12345678-abcd-9876-fedc-11119f8e7d6c");',
    'commit_lb_aff(vip = "172.16.0.123:8080", backend = "10.0.0.3:8080", proto = tcp, timeout = 30);',
    'fwd_group(liveness="true", childports="lsp1");',
    'sample(probability=65535,collector_set=200,obs_domain=0,obs_point=1000);',
  ];
  for (const text of texts) {
    const result = parsed(text);
    expect(result.ok && formatActions(result.value.actions).replace('next(11);', 'next;')).toBe(text);
  }
  expect(Object.keys(ACTIONS).length).toBeGreaterThan(70);
});
