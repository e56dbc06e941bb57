/** vtysh as typed in a terminal: options, files, standard input, exit status. */
import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { emptyConfig } from '../../frr/config/frr-config.ts';
import { Language } from '../../frr/config/language.ts';
import { VtySession } from '../../frr/config/session.ts';
import { vtysh } from './vtysh.ts';

const language = new Language([]);
const FILES: Readonly<Record<string, string>> = {
  'good.conf': 'router bgp 65000\n bgp router-id 1.1.1.1\nexit\n',
  'bad.conf': 'bogus\nrouter bgp 1\n bogus\n neighbor 1.1.1.1 activate\n',
};

function run(argv: readonly string[], stdin = ''): { out: string; err: string; status: number | undefined } {
  let out = '';
  let err = '';
  const exit = vtysh({
    argv: ['vtysh', ...argv],
    stdin,
    output: { out: (text) => void (out += text), err: (text) => void (err += text) },
    context: {
      clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
      random: createRandom(1),
      recorder: { active: false, record: () => 0 },
    },
    host: {
      connect: (pathspace) =>
        pathspace === 'none'
          ? undefined
          : new VtySession(
              language,
              {
                config: emptyConfig('r1'),
                environment: {
                  isLocalAddress: () => false,
                  vrfExists: () => true,
                  vrfNamespaces: () => new Map(),
                  forwards: () => true,
                },
                changed: () => undefined,
              },
              () => ({}),
            ),
      readFile: (path) => FILES[path],
    },
    namespace: '',
  });
  return { out, err, status: 'status' in exit ? exit.status : undefined };
}

const HELLO =
  '\nHello, this is FRRouting (version 8.4.4).\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n\n';

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
