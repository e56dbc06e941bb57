import { expect, it } from 'vitest';
import { World } from '../../sim/index.ts';
import { startProgram } from '../programs.ts';

interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** A central node, and typing at it with exported variables. */
function central(): (line: string, variables?: Readonly<Record<string, string>>) => Outcome {
  const world = new World(
    { machines: [{ name: 'central', kind: 'machine', services: ['ovn-central'], nics: [] }], segments: [] },
    1,
  );
  return (line, variables = {}) => {
    let [out, problems] = ['', ''];
    const ended = startProgram(world, {
      host: 'central',
      namespace: '',
      argv: line.split(' '),
      stdin: '',
      output: { out: (text) => void (out += text), err: (text) => void (problems += text) },
      recorder: world.recorder.begin(line).recorder,
      shell: { directory: '/', variable: (name) => variables[name] },
    });
    world.settle();
    return { out, err: problems.replace(/^\S+Z\|/gm, ''), status: 'status' in ended ? ended.status : 0 };
  };
}

const printed = (out: string): Outcome => ({ out, err: '', status: 0 });
const failed = (err: string, status = 1): Outcome => ({ out: '', err, status });

it('ovn-nbctl goes into the background and serves what the environment sends it', () => {
  const type = central();
  const socket = type('ovn-nbctl --detach --pidfile').out.trim();
  expect(socket).toMatch(/^\/var\/run\/ovn\/ovn-nbctl\.\d+\.ctl$/);
  const daemon = { OVN_NB_DAEMON: socket };
  expect(type('ovn-nbctl ls-add sw -- lsp-add sw p', daemon)).toEqual(printed(''));
  expect(type('ovn-nbctl ls-add sw', daemon)).toEqual(
    failed('ovn-nbctl: sw: a switch with this name already exists\n'),
  );
  expect(type('ovn-nbctl --wait=sb sync', daemon)).toEqual(printed(''));
  expect(type(`ovn-nbctl -u ${socket} --bare --columns=name list Logical_Switch`)).toEqual(printed('sw\n'));
  expect(type('ovn-appctl -t ovn-nbctl run --bare --columns=name list Logical_Switch')).toEqual(
    printed('sw\n'),
  );
  expect(type('ovn-appctl -t ovn-nbctl run foo')).toEqual(
    failed(
      "unknown command 'foo'; use --help for help\novn-appctl: ovn-nbctl: server returned an error\n",
      2,
    ),
  );
  expect(type('ovn-appctl -t ovn-nbctl version')).toEqual(
    printed('ovn-nbctl 26.03.2\nOpen vSwitch Library 3.7.0\n'),
  );
  expect(type(`ovs-appctl -t ${socket} exit`)).toEqual(printed(''));
  expect(type(`ovs-appctl -t ${socket} exit`)).toEqual(
    failed(
      `00001|unixctl|WARN|failed to connect to ${socket}\n` +
        `ovs-appctl: cannot connect to "${socket}" (No such file or directory)\n`,
    ),
  );
  const gone = `${socket}: could not connect to ovn-nbctl daemon (No such file or directory); unset OVN_NB_DAEMON to avoid using daemon`;
  expect(type('ovn-nbctl show', daemon)).toEqual(
    failed(
      `00001|unixctl|WARN|failed to connect to ${socket}\n00002|ovn_dbctl|ERR|${gone}\novn-nbctl: ${gone}\n`,
    ),
  );
});

it('the program told which database to use leaves the daemon alone', () => {
  const type = central();
  const socket = type('ovn-sbctl --detach --unixctl=own.ctl').out.trim();
  expect(socket).toBe('/var/run/ovn/own.ctl');
  const { err, status } = type('ovn-sbctl --db=unix:/var/run/ovn/ovnsb_db.sock show', {
    OVN_SB_DAEMON: socket,
  });
  expect(err).toBe('00001|ovn_dbctl|WARN|not using ovn-sbctl daemon because of db option\n');
  expect(status).toBe(0);
});

it('starts one daemon a pidfile, and none with commands', () => {
  const type = central();
  expect(type('ovn-nbctl --detach show')).toEqual(
    failed('ovn-nbctl: non-option arguments not supported with --detach (use --help for help)\n'),
  );
  expect(type('ovn-trace --detach --pidfile')).toEqual(printed(''));
  expect(type('ovn-trace --detach --pidfile').err).toMatch(
    /^ovn-trace: \/var\/run\/ovn\/ovn-trace\.pid: already running as pid \d+, aborting\n$/,
  );
  expect(type('ovn-trace --detach --pidfile --overwrite-pidfile').status).toBe(0);
});

it('is a process that a signal ends', () => {
  const type = central();
  const socket = type('ovn-nbctl --detach').out.trim();
  const [pid = ''] = /\d+/.exec(socket) ?? [];
  expect(type('pidof ovn-nbctl')).toEqual(printed(`${pid}\n`));
  expect(type(`kill ${pid}`)).toEqual(printed(''));
  expect(type('pidof ovn-nbctl').status).toBe(1);
  expect(type(`ovn-nbctl -u ${socket} show`).err).toContain(`failed to connect to ${socket}`);
});

it('takes options and the server from the environment', () => {
  const type = central();
  type('ovn-nbctl ls-add sw');
  expect(
    type('ovn-nbctl --columns=name list Logical_Switch', { OVN_NBCTL_OPTIONS: '--format=csv --no-headings' }),
  ).toEqual(printed('sw\n'));
  expect(type('ovn-nbctl show', { OVN_NB_DB: 'unix:/none' })).toEqual(
    failed('ovn-nbctl: unix:/none: database connection failed (No such file or directory)\n'),
  );
});

it('ovn-trace in the background traces on the database as it was', () => {
  const type = central();
  type('ovn-nbctl ls-add sw -- lsp-add sw p1 -- lsp-add sw p2 -- lsp-set-addresses p2 00:00:00:00:00:02');
  const microflow = 'inport=="p1"&&eth.dst==00:00:00:00:00:02';
  type('ovn-trace --detach --pidfile --ct=new');
  const direct = type(`ovn-trace --all sw ${microflow}`).out;
  expect(direct).toContain('output("p2");');
  type('ovn-nbctl lsp-del p2');
  expect(type(`ovn-appctl -t ovn-trace trace --all sw ${microflow}`)).toEqual(printed(direct));
  expect(type('ovn-appctl -t ovn-trace trace')).toEqual(
    failed(
      '"trace" command requires at least 1 arguments\novn-appctl: ovn-trace: server returned an error\n',
      2,
    ),
  );
  expect(type('ovn-appctl -t ovn-trace trace --sum x').err).toMatch(/^unknown option\n/);
  expect(type('ovn-appctl -t ovn-trace trace a b c').err).toMatch(
    /^one or two non-option arguments are required\n/,
  );
  expect(type('ovn-appctl -t ovn-trace exit')).toEqual(printed(''));
  expect(type('ovn-appctl -t ovn-trace exit').err).toMatch(/ovn-trace\.pid: open: No such file or directory/);
});
