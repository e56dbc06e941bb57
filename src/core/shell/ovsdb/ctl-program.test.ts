import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { err, ok } from '../../base/result.ts';
import { createDatabase, nbSchema, vswitchSchema, type Database } from '../../ovsdb/index.ts';
import { createClock } from '../../sim/clock.ts';
import { ovnNbctl } from '../ovn-nbctl/ovn-nbctl.ts';
import { ovsVsctl } from '../ovs-vsctl/ovs-vsctl.ts';
import { splitWords } from '../words.ts';

/** A northbound and a switch database, programs on them, and time. */
function bench() {
  const clock = createClock();
  const northbound = createDatabase(nbSchema, createRandom(1));
  const vswitch = createDatabase(vswitchSchema, createRandom(2));
  const random = createRandom(3);
  const run = (line: string, strerror?: string) => {
    const words = splitWords(line);
    const argv = words.ok ? words.value : [];
    const state = { out: '', err: '', status: null as number | null, cancel: (): void => {} };
    const begun = (argv[0] === 'ovs-vsctl' ? ovsVsctl : ovnNbctl)({
      argv,
      stdin: '',
      namespace: '',
      context: { clock, random, recorder: { active: false, record: () => 0 } },
      output: { out: (text) => (state.out += text), err: (text) => (state.err += text) },
      host: {
        connect: (name) =>
          strerror === undefined
            ? ok((name === 'OVN_Northbound' ? northbound : vswitch) as unknown as Database)
            : err(strerror),
        variable: (name) => (name === 'OVN_NB_DB' ? 'tcp:192.168.50.10:6641' : undefined),
      },
    });
    if ('status' in begun) state.status = begun.status;
    else {
      state.cancel = begun.cancel;
      begun.onDone(({ status }) => (state.status = status));
    }
    return state;
  };
  const later = (): void => clock.run(clock.now() + 1e6);
  return { clock, northbound, vswitch, run, later };
}

it('a change with --wait ends when the daemons have followed', () => {
  const { northbound, run, later } = bench();
  const program = run('ovn-nbctl --wait=sb ls-add s');
  expect(northbound.count('Logical_Switch')).toBe(1);
  expect(program.status).toBeNull();
  const [global] = northbound.rows('NB_Global');
  expect(global).toMatchObject({ nb_cfg: 1, sb_cfg: 0 });
  northbound.transact((txn) => global && txn.update('NB_Global', global._uuid, { hv_cfg: 1 }));
  later();
  expect(program.status).toBeNull();
  northbound.transact((txn) => global && txn.update('NB_Global', global._uuid, { sb_cfg: 1 }));
  later();
  expect(program.status).toBe(0);
});

it('--wait waits for nothing when nothing changed', () => {
  const { run } = bench();
  expect(run('ovn-nbctl ls-add s').status).toBe(0);
  expect(run('ovn-nbctl --wait=hv --may-exist ls-add s').status).toBe(0);
});

it.each([
  [65534, 0, ''],
  [
    -1,
    65,
    `ovs-vsctl: Error detected while setting up 'br0': device is busy.  See ovs-vswitchd log for details.
ovs-vsctl: The default log directory is "/var/log/openvswitch".
`,
  ],
])(
  'ovs-vsctl waits for ovs-vswitchd to take the new configuration: port number %i',
  (ofport, status, err) => {
    const { vswitch, run, later } = bench();
    const program = run('ovs-vsctl add-br br0');
    expect(program.status).toBeNull();
    const [row] = vswitch.rows('Open_vSwitch');
    expect(row).toMatchObject({ next_cfg: 1, cur_cfg: 0 });
    vswitch.transact((txn) => {
      for (const { _uuid } of txn.rows('Interface'))
        txn.update('Interface', _uuid, { ofport, error: ofport < 0 ? 'device is busy' : null });
      if (row) txn.update('Open_vSwitch', row._uuid, { cur_cfg: 1 });
    });
    later();
    expect(program).toMatchObject({ status, out: '', err });
  },
);

it('wait-until goes on until the row is as it should be', () => {
  const { run, later } = bench();
  const program = run('ovn-nbctl wait-until Logical_Switch s other_config:a=b');
  run('ovn-nbctl ls-add s');
  later();
  expect(program.status).toBeNull();
  run('ovn-nbctl set Logical_Switch s other_config:a=b');
  later();
  expect(program.status).toBe(0);
});

it('a timeout ends it as the alarm signal does', () => {
  const { clock, run } = bench();
  const program = run('ovn-nbctl -t 2 wait-until Logical_Switch s');
  clock.run(1.9e9);
  expect(program.status).toBeNull();
  clock.run(2e9);
  expect(program.status).toBe(142);
  expect(program.err).toMatch(
    /^\S+Z\|00001\|fatal_signal\|WARN\|terminating with signal 14 \(Alarm clock\)\n$/,
  );
});

it('Ctrl+C ends a program that waits', () => {
  const { run } = bench();
  const program = run('ovn-nbctl wait-until Logical_Switch s');
  program.cancel();
  expect(program.status).toBe(130);
});

it('a server that cannot be reached is named', () => {
  const { run } = bench();
  expect(run('ovn-nbctl show', 'Connection refused').err).toBe(
    'ovn-nbctl: tcp:192.168.50.10:6641: database connection failed (Connection refused)\n',
  );
  expect(run('ovn-nbctl --db=tcp:10.0.0.1:6641 show', 'Connection refused').err).toBe(
    'ovn-nbctl: tcp:10.0.0.1:6641: database connection failed (Connection refused)\n',
  );
  expect(run('ovs-vsctl --db=unix:/no show', 'No such file or directory')).toMatchObject({
    status: 1,
    err: 'ovs-vsctl: unix:/no: database connection failed (No such file or directory)\n',
  });
});

it('a transaction says in the log of the database who made it', () => {
  const { northbound, run } = bench();
  const comments: (string | null)[] = [];
  northbound.subscribe(({ comment }) => comments.push(comment));
  run('ovn-nbctl ls-add s -- comment "for the test"');
  expect(comments).toEqual(['ovn-nbctl: ovn-nbctl ls-add s -- comment "for the test"']);
});

it('commands of one line are one transaction', () => {
  const { northbound, run } = bench();
  const program = run('ovn-nbctl ls-add s -- lsp-add s p -- lsp-add nowhere q');
  expect(program).toMatchObject({ status: 1, err: 'ovn-nbctl: nowhere: switch name not found\n' });
  expect(northbound.count('Logical_Switch')).toBe(0);
});

it('destroys rows of root tables only: others end with what refers to them', () => {
  const { northbound, run } = bench();
  run('ovn-nbctl ls-add s -- lsp-add s p');
  expect(run('ovn-nbctl destroy logical_switch_port p')).toMatchObject({ status: 0, err: '' });
  expect(northbound.count('Logical_Switch_Port')).toBe(1);
  expect(run('ovn-nbctl destroy logical_switch s')).toMatchObject({ status: 0, err: '' });
  expect(northbound.count('Logical_Switch')).toBe(0);
  expect(northbound.count('Logical_Switch_Port')).toBe(0);
});
