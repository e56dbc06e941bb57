import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { err, ok } from '../../base/result.ts';
import { type Database, type SbTxn, createDatabase, sbSchema } from '../../ovsdb/index.ts';
import { ovnTrace } from './ovn-trace.ts';

function database(): Database {
  const made = createDatabase(sbSchema, createRandom(3));
  made.transact((txn: SbTxn) => {
    const datapath = txn.insert('Datapath_Binding', {
      tunnel_key: 1,
      external_ids: new Map([['name', 'sw']]),
    });
    txn.insert('Port_Binding', { datapath, logical_port: 'p1', tunnel_key: 1 });
    txn.insert('Logical_Flow', {
      logical_datapath: datapath,
      pipeline: 'ingress',
      table_id: 0,
      match: 'ip.ttl == 9',
      actions: 'ip.ttl--;',
    });
  });
  return made as unknown as Database;
}

function run(...words: string[]): { out: string; err: string; status: number } {
  const printed = { out: '', err: '' };
  const exit = ovnTrace({
    argv: ['ovn-trace', ...words],
    stdin: '',
    namespace: '',
    output: {
      out: (text) => void (printed.out += text),
      err: (text) => void (printed.err += text),
    },
    context: {
      clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
      random: createRandom(1),
      recorder: { active: false, record: () => 0 },
    },
    host: {
      connect: (name, remote) =>
        name === 'OVN_Southbound' && remote.startsWith('unix:') ? ok(database()) : err('Connection refused'),
      variable: () => undefined,
    },
  });
  return { ...printed, status: 'status' in exit ? exit.status : -1 };
}

const FLOW = 'inport == "p1" && ip4 && ip.ttl == 9';

it('prints each form that is asked for, options standing anywhere', () => {
  const { out, status } = run('sw', FLOW, '--minimal', '--summary');
  expect(status).toBe(0);
  const [packet, ...rest] = out.split('\n');
  expect(packet).toMatch(/^# ip,reg14=0x1,vlan_tci=0x0000,.*nw_ttl=9,nw_frag=no$/);
  expect(rest.join('\n')).toBe(`# Summary trace.
ingress(dp="sw", inport="p1") {
    ip.ttl--;
};
# Minimal trace.
ip.ttl--;
`);
});

it('prints one form without a title', () => {
  expect(run('--minimal', FLOW).out).toMatch(/^# ip,.*\nip\.ttl--;\n$/);
});

it.each([
  [[], 'one or two non-option arguments are required (use --help for help)'],
  [['a', 'b', 'c'], 'one or two non-option arguments are required (use --help for help)'],
  [['--foo', FLOW], "unrecognized option '--foo'"],
  [['--ct'], "option '--ct' requires an argument"],
  [['--ct=foo', FLOW], 'foo: unknown connection tracking state flag'],
  [['--select-id', 'x', FLOW], 'x: bad select-id'],
  [['--db=tcp:1.2.3.4:5', FLOW], 'tcp:1.2.3.4:5: database connection failed (Connection refused)'],
] as const)('refuses %j', (words, message) => {
  expect(run(...words)).toEqual({ out: '', err: `ovn-trace: ${message}\n`, status: 1 });
});

it('logs what is wrong with an address before it ends', () => {
  expect(run('--lb-dst=foo', FLOW)).toEqual({
    out: '',
    err: '1970-01-01T00:00:00Z|00001|socket_util|ERR|foo: bad IP address "foo"\novn-trace: foo: bad address\n',
    status: 1,
  });
});

it('lets the first warning through and no other', () => {
  const { err: text } = run('--ct=new,est', '--ct=inv,new', FLOW);
  expect(text).toBe(
    '1970-01-01T00:00:00Z|00001|ovntrace|WARN|new|est|trk: invalid connection state: "new" and "est" are mutually exclusive\n',
  );
});

it('tells of itself', () => {
  expect(run('--version').out).toBe('ovn-trace 26.03.2\nOpen vSwitch Library 3.7.0\nDB Schema 21.8.0\n');
  expect(run('-h').out).toMatch(/^ovn-trace: OVN trace utility\nusage: ovn-trace \[OPTIONS\]/);
});
