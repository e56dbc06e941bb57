/** vtysh as typed in a terminal: options, files, standard input, exit status. */
import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { ConfigEnvironment } from '../../frr/config/command.ts';
import { emptyConfig } from '../../frr/config/frr-config.ts';
import { Language } from '../../frr/config/language.ts';
import { VtySession } from '../../frr/config/session.ts';
import { END_OF_INPUT, type Conversation } from '../program.ts';
import { vtysh } from './vtysh.ts';

const language = new Language([]);
const environment: ConfigEnvironment = {
  isLocalAddress: () => false,
  vrfExists: () => true,
  vrfNamespaces: () => new Map(),
  layer3Vni: () => null,
  forwards: () => true,
};
const FILES: Readonly<Record<string, string>> = {
  'good.conf': 'router bgp 65000\n bgp router-id 1.1.1.1\nexit\n',
  'bad.conf': 'bogus\nrouter bgp 1\n bogus\n neighbor 1.1.1.1 activate\n',
};

function run(
  argv: readonly string[],
  stdin = '',
  files = new Map(Object.entries(FILES)),
  converse?: (held: Conversation) => void,
): { out: string; err: string; status: number | undefined } {
  let out = '';
  let err = '';
  const exit = vtysh({
    argv: ['vtysh', ...argv],
    stdin,
    output: {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      ...(converse ? { converse } : {}),
    },
    context: {
      clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
      random: createRandom(1),
      recorder: { active: false, record: () => 0 },
    },
    host: {
      connect: (pathspace) => {
        if (pathspace === 'none') return undefined;
        const config = emptyConfig('r1');
        const session = () =>
          new VtySession(language, { config, environment, changed: () => undefined }, () => ({}));
        return {
          running: new Set(['zebra', 'bgpd']),
          session: session(),
          runningConfiguration: () => session().execute('show running-config').text,
          loading: (read) => read(),
          rehearse: () =>
            new VtySession(
              language,
              { config: emptyConfig('r1'), environment, changed: () => undefined },
              () => ({}),
            ),
        };
      },
      readFile: (path) => files.get(path),
      writeFile: (path, text) => void files.set(path, text),
    },
    namespace: '',
  });
  return { out, err, status: 'status' in exit ? exit.status : undefined };
}

const HELLO =
  '\nHello, this is FRRouting (version 8.4.4).\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n\n';

test('in a terminal it prompts, keeps where it is, offers words, and is left by exit or the end of input', () => {
  const held: Conversation[] = [];
  expect(run([], '', undefined, (one) => void held.push(one)).out).toBe(HELLO);
  const [shell] = held;
  if (!shell) throw new Error('vtysh did not take the terminal');
  let out = '';
  const type = (line: string): string => {
    const end = shell.take(line, { out: (text) => void (out += text), err: () => undefined });
    return end ? `left with ${end.status}` : shell.prompt;
  };
  expect(['', 'conf t', 'router bgp 65000', 'neighbor 10.0.0.2'].map(type)).toEqual([
    'r1# ',
    'r1(config)# ',
    'r1(config-router)# ',
    'r1(config-router)# ',
  ]);
  expect(out).toBe('% Command incomplete: neighbor 10.0.0.2\n');
  expect(shell.complete('neighbor 10.0.0.2 remote-as ')).toEqual(['external', 'internal']);
  expect(shell.complete('address-family ipv4 u')).toEqual(['unicast']);
  expect(shell.complete('nonsense here ')).toEqual([]);
  expect(shell.complete('do conf')).toEqual(['configure']);
  expect(['exit', 'end', 'exit'].map(type)).toEqual(['r1(config)# ', 'r1# ', 'left with 0']);
  expect(type(END_OF_INPUT)).toBe('left with 0');
});

test('commands of the line', () => {
  expect(run(['-c', 'conf t', '-c', 'router bgp 1'])).toEqual({ out: '', err: '', status: 0 });
  expect(run(['-E', '-c', 'conf t\nrouter bgp 1', '-cend'])).toEqual({
    out: 'r1# conf t\nr1(config)# router bgp 1\nr1(config-router)# end\n',
    err: '',
    status: 0,
  });
  expect(run(['-c', 'foo', '-c', 'conf t', '-E'])).toEqual({
    out: 'r1# foo\n% Unknown command: foo\n',
    err: '',
    status: 1,
  });
  expect(run(['-x']).err).toBe("vtysh: invalid option -- 'x'\nTry `vtysh --help' for more information.\n");
  expect(run(['-N', 'none', '-c', 'end'])).toEqual({
    out: '',
    err: 'Exiting: failed to connect to any daemons.\n',
    status: 1,
  });
});

test('a file', () => {
  expect(run(['-f', 'good.conf'])).toEqual({ out: '', err: '', status: 0 });
  expect(run(['-f', 'bad.conf'])).toEqual({
    out: '% Specify remote-as or peer-group commands first\n',
    err: 'line 1: % Unknown command[4]: bogus\nline 3: % Unknown command[25]:  bogus\nline 4: Failure to communicate[13] to bgpd, line:  neighbor 1.1.1.1 activate\n\n',
    status: 13,
  });
  expect(run(['-f', 'missing']).status).toBe(11);
});

test('standard input, as of a heredoc', () => {
  expect(run([], 'conf t\nrouter bgp 3\nexit\nend\nexit\n')).toEqual({
    out: `${HELLO}r1# conf t\nr1(config)# router bgp 3\nr1(config-router)# exit\nr1(config)# end\nr1# exit\n`,
    err: '',
    status: 0,
  });
  expect(run([], 'conf t\n').out).toBe(`${HELLO}r1# conf t\nr1(config)# \n`);
});

test('the configuration of the start, saved and checked', () => {
  const path = '/etc/frr/x/frr.conf';
  const files = new Map([[path, 'router bgp 7\nexit\nbogus\n']]);
  expect(run(['-N', 'x', '-b'], '', files)).toEqual({
    out: '',
    err: `line 3: % Unknown command[4]: bogus\nConfiguration file[${path}] processing failure: 2\n`,
    status: 2,
  });
  expect(run(['-N', 'x', '-C'], '', files).err).toBe('line 3: % Unknown command[4]: bogus\n');
  expect(run(['-N', 'y', '-b'], '', files).err).toBe(
    'Unable to create lock file: /etc/frr/y/frr.conf, No such file or directory\n' +
      "% Can't open configuration file /etc/frr/y/frr.conf due to 'No such file or directory'.\n" +
      'Configuration file[/etc/frr/y/frr.conf] processing failure: 11\n',
  );
  expect(run(['-N', 'x', '-c', 'conf t', '-c', 'router bgp 9', '-c', 'do wr mem'], '', files).out).toBe(
    `Note: this version of vtysh never writes vtysh.conf\nBuilding Configuration...\nIntegrated configuration saved to ${path}\n[OK]\n`,
  );
  expect(files.get(path)).toBe(
    'frr version 8.4.4\nfrr defaults traditional\nhostname r1\n!\nrouter bgp 9\nexit\n!\n',
  );
  expect(files.get(`${path}.sav`)).toBe('router bgp 7\nexit\nbogus\n');
});

test('which daemons it is connected to', () => {
  expect(run(['-c', 'show daemons']).out).toBe(' zebra bgpd\n');
  expect(run(['-d', 'ospfd', '-c', 'show daemons']).status).toBe(1);
  expect(run(['--vty_socket', '/var/run/frr/none/', '-c', 'end']).status).toBe(1);
  expect(run(['--vty_socket', '/run/frr', '-c', 'show daemons']).status).toBe(0);
  expect(run(['-N', 'a/b', '-c', 'end']).err).toBe(
    'slashes or dots are not permitted in the --pathspace option.\n',
  );
  expect(run(['-b', '-w']).err).toMatch(/^Invalid combination of arguments\./);
  expect(run(['-c', 'conf t', '-c', 'write memory'])).toEqual({
    out: '% Unknown command: write memory\n',
    err: '',
    status: 1,
  });
});
