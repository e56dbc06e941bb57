import { expect, it } from 'vitest';
import { readHaproxyConfig } from './haproxy-config.ts';

it('reads a listen section with its checks, and the headers that hold without TLS', () => {
  const { proxies, problems } = readHaproxyConfig(
    [
      'defaults',
      '  mode tcp',
      'listen neutron',
      '  bind 10.0.0.122:9696 transparent      # External network',
      '  mode http',
      '  http-request set-header X-Forwarded-Proto https if { ssl_fc }',
      '  http-request set-header X-Forwarded-Proto http if !{ ssl_fc }',
      '  option httpchk',
      '  server a 172.17.1.72:9696 check fall 5 inter 2000 rise 2',
      '  server b 172.17.1.73:9696 backup',
    ].join('\n'),
    'haproxy.cfg',
  );
  expect(problems).toEqual([]);
  expect(proxies).toMatchObject([
    {
      name: 'neutron',
      binds: [{ address: '10.0.0.122', port: 9696 }],
      mode: 'http',
      httpCheck: 'OPTIONS / HTTP/1.0',
      balance: 'roundrobin',
      headers: [['X-Forwarded-Proto', 'http']],
      servers: [
        {
          name: 'a',
          address: '172.17.1.72',
          port: 9696,
          check: true,
          inter: 2000,
          fall: 5,
          rise: 2,
          backup: false,
        },
        { name: 'b', check: false, fall: 3, backup: true },
      ],
    },
  ]);
});

it('joins a frontend with its backend', () => {
  const { proxies } = readHaproxyConfig(
    'frontend f\n bind *:80\n mode http\n default_backend b\nbackend b\n option httpchk GET /status HTTP/1.1\n server x 10.0.0.1:81 check\n',
    'x',
  );
  expect(proxies).toMatchObject([
    {
      name: 'f',
      binds: [{ address: '0.0.0.0', port: 80 }],
      mode: 'http',
      httpCheck: 'GET /status HTTP/1.1',
      servers: [{ name: 'x' }],
    },
  ]);
});

it('reads times with their units', () => {
  const { proxies } = readHaproxyConfig('listen x\n bind :80\n server a 10.0.0.1:81 check inter 2s\n', 'x');
  expect(proxies[0]?.servers[0]?.inter).toBe(2000);
});

it('tells where a frontend leads nowhere', () => {
  expect(readHaproxyConfig('defaults\nfrontend f\n default_backend b\n', 'x').problems).toEqual([
    {
      message: "Proxy 'f': unable to find required default_backend: 'b'.",
      place: { file: 'x', line: 2, column: 1 },
      severity: 'error',
    },
  ]);
});

it.each<[string, string]>([
  ['  bind nowhere', "'bind' : invalid address: 'nowhere'"],
  ['  mode ftp', "unknown proxy mode 'ftp'"],
  ['  bind *:443 ssl crt x.pem', 'the option ssl of bind is not modelled'],
  ['  bind [2001:db8::1]:80', 'the address [2001:db8::1] is not modelled: IPv4 is'],
  ['  server x 10.0.0.1:80 check-ssl', 'the option check-ssl of a server is not modelled'],
  ['  server x web.example:80', 'the address web.example is not modelled: IPv4 is'],
  ['  server x 10.0.0.1:80 check fall none', "invalid value 'none' of fall for server x"],
  ['  balance uri', 'the balance uri is not modelled'],
  ['  acl a path /', 'the keyword acl a is not modelled'],
  ['  server x', "'server' expects <name> and <addr>[:<port>] as arguments"],
])('says what it has not: %s', (line, message) => {
  expect(readHaproxyConfig(`listen x\n${line}\n`, 'haproxy.cfg').problems).toEqual([
    { message, place: { file: 'haproxy.cfg', line: 2, column: 1 }, severity: 'error' },
  ]);
});
