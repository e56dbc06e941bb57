import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { err, ok } from '../../base/result.ts';
import type { Uuid } from '../../base/uuid.ts';
import { createDatabase, nbSchema, sbSchema, vswitchSchema, type Database } from '../../ovsdb/index.ts';
import { annotate } from './annotate.ts';
import { ovnDetrace } from './ovn-detrace.ts';
import { PYTHON_SPACE } from '../python-space.ts';
import { pythonString } from './python-text.ts';

const uuid = (head: string): Uuid => `${head}-0000-4000-8000-000000000001` as Uuid;

function deployment(): Map<string, Database> {
  const nb = createDatabase(nbSchema, createRandom(1));
  const sb = createDatabase(sbSchema, createRandom(2));
  const ovs = createDatabase(vswitchSchema, createRandom(3));
  nb.transact((txn) => {
    const acl = txn.insert(
      'ACL',
      { direction: 'to-lport', priority: 7, match: 'ip4', action: 'drop', log: true },
      uuid('0000abcd'),
    );
    txn.insert('Logical_Switch', { name: 's', acls: [acl] });
  });
  sb.transact((txn) => {
    const datapath = txn.insert(
      'Datapath_Binding',
      { tunnel_key: 1, external_ids: new Map([['name', 's']]) },
      uuid('11111111'),
    );
    txn.insert(
      'Logical_Flow',
      {
        logical_datapath: datapath,
        pipeline: 'egress',
        table_id: 4,
        priority: 9,
        match: 'ip4',
        actions: 'drop;',
        external_ids: new Map([
          ['stage-name', 'ls_out_acl'],
          ['stage-hint', 'abcd'],
        ]),
      },
      uuid('00000fee'),
    );
  });
  ovs.transact((txn) => {
    const iface = txn.insert('Interface', {
      name: 'tap1',
      ofport: 3,
      external_ids: new Map([['iface-id', 'vm1']]),
    });
    const port = txn.insert('Port', { name: 'tap1', interfaces: [iface] });
    const bridge = txn.insert('Bridge', { name: 'br-int', ports: [port] });
    txn.insert('Open_vSwitch', { bridges: [bridge] });
  });
  return new Map([nb, sb, ovs].map((one) => [one.schema.name, one as unknown as Database]));
}

function detrace(argv: readonly string[], stdin: string, databases = deployment()) {
  const text = { out: '', err: '' };
  const exit = ovnDetrace({
    argv: ['ovn-detrace', ...argv],
    stdin,
    output: { out: (part) => void (text.out += part), err: (part) => void (text.err += part) },
    context: {
      clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
      random: createRandom(1),
      recorder: { active: false, record: () => 0 },
    },
    host: {
      connect: (name) => {
        const found = databases.get(name);
        return found ? ok(found) : err('Connection refused');
      },
      variable: () => undefined,
    },
    namespace: '',
  });
  return { ...text, status: 'status' in exit ? exit.status : -1 };
}

it('leads from a cookie without its zeros to the flow and what is behind it', () => {
  const trace = ' 9. ip,in_port=3, priority 9, cookie 0xfee\n    output:3\n\nDatapath actions: 1\n';
  // Notes stand as deep as the last line that has any.
  expect(detrace(['--ovs'], trace).out).toBe(
    ` 9. ip,in_port=3, priority 9, cookie 0xfee
    output:3
      * Logical datapaths:
      *     "s" (11111111-0000-4000-8000-000000000001) [egress]
      * Logical flow: table=4 (ls_out_acl), priority=9, match=(ip4), actions=(drop;)
       * ACL: to-lport, priority=7, match=(ip4), drop (log)
      * OVS Interface: tap1 (vm1)

Datapath actions: 1

`,
  );
});

it('says which database does not answer, and goes on without it', () => {
  const databases = deployment();
  databases.delete('OVN_Northbound');
  const {
    out,
    err: said,
    status,
  } = detrace(['--ovnnb=tcp:1.2.3.4:6641'], '8. ip, cookie 0xfee\n', databases);
  expect(said).toBe(
    'Unable to connect to tcp:1.2.3.4:6641, error: Connection refused\n' +
      'The connection to NB DB is not available, NB information will be missing from the detrace.\n',
  );
  expect(out).not.toContain('ACL');
  expect(out).toContain('  * Logical flow: table=4');
  expect(status).toBe(0);
});

it.each([
  [['file'], 'non-option argument not supported'],
  [['--ovnsb=ssl:1.2.3.4:6642'], 'SSL/TLS connection requires private key'],
  [['--nonsense'], 'option --nonsense not recognized'],
])('refuses %j', (argv, text) => {
  const { err: said, status } = detrace(argv, '');
  expect(said).toContain(text);
  expect(status).toBe(1);
});

it('lost the indentation, and knew no dumps, before 25.09', () => {
  const about = (text: string) => [{ level: 'about', text }] as const;
  const run = (form: 'flat' | 'indented') =>
    annotate('    1. x, cookie 0x1\n cookie=0x2\n\n', {
      form,
      notesOnCookie: (cookie) => about(`row ${cookie}`),
      interfaces: undefined,
    });
  expect(run('flat')).toBe('1. x, cookie 0x1\ncookie=0x2\n  *  row 1\n\n\n');
  expect(run('indented')).toBe('    1. x, cookie 0x1\n      * row 1\n cookie=0x2\n  * row 2\n\n\n');
});

const SPACE_AT_END = new RegExp(`${PYTHON_SPACE}+$`);

it('repeats any text line by line, whatever stands in it', () => {
  const random = createRandom(5);
  const databases = deployment();
  const parts = [
    ' 8. in_port=3, priority 100, cookie 0x',
    'fee',
    '    output:',
    '3',
    '\n',
    '\n\n',
    ' ',
    '\t',
    'cookie=0x',
    'cookie 0xcookie 0xfee',
    '99999999999999999999',
    'resubmit(,9)',
    '\u001c',
    '\r',
    'Datapath actions: drop',
  ] as const;
  for (let round = 0; round < 5000; round += 1) {
    const text = Array.from(
      { length: random.below(20) },
      () => parts[random.below(parts.length)] as string,
    ).join('');
    const { out, status } = detrace(random.below(2) === 0 ? ['--ovs'] : [], text, databases);
    expect(status).toBe(0);
    // Without the notes it is the text, but for space at the ends of lines, and one line more.
    const bare = out
      .split('\n')
      .filter((line) => !/^ +\* /.test(line))
      .map((line) => line.trimEnd());
    const lines = text.split('\n').map((line) => line.replace(SPACE_AT_END, ''));
    expect(bare.slice(0, lines.length)).toEqual(lines);
  }
});

it.each([
  ['plain', "'plain'"],
  ["it's", `"it's"`],
  [`it's "so"`, `'it\\'s "so"'`],
  ['a\\b\n\u0001', "'a\\\\b\\n\\x01'"],
])('writes %j as Python does', (text, shown) => {
  expect(pythonString(text)).toBe(shown);
});
