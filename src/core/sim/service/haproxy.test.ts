/** A proxy before two servers on one cable, with a client: what is forwarded, checked and refused. */
import { beforeEach, expect, it } from 'vitest';
import { formatIpv4, parseIpv4 } from '../../base/address.ts';
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts';
import { World } from '../world.ts';
import { Haproxy } from './haproxy.ts';
import { readHaproxyConfig } from './haproxy-config.ts';
import { startNeutronServer } from './neutron-server.ts';
import { startContainer } from './start.ts';

const SECOND = 1e9;
const CONFIG = `listen api
  bind 10.0.0.1:80
  mode http
  http-request set-header X-Forwarded-Port %[dst_port]
  option httpchk
  server one 10.0.0.2:8080 check fall 2 inter 1000 rise 2
  server two 10.0.0.3:8080 check fall 2 inter 1000 rise 2
`;

let world: World;
let haproxy: Haproxy;
let stops: Map<string, (() => void) | undefined>;

const serve = (name: string): void => {
  const host = world.hosts.get(name);
  const address = host?.kernel.findLink('', 'eth0')?.addresses4[0]?.local ?? 0;
  const started =
    host && startNeutronServer(host.kernel, `bind_host = ${formatIpv4(address)}\nbind_port = 8080\n`);
  stops.set(name, started?.ok ? started.value : undefined);
};

beforeEach(() => {
  world = new World(
    {
      machines: ['proxy', 'one', 'two', 'client'].map((name, at) => ({
        name,
        kind: 'machine' as const,
        services: [],
        nics: [
          {
            name: 'eth0',
            mac: `02:00:00:00:00:0${at + 1}`,
            addresses: [`10.0.0.${at + 1}/24`],
            segment: 's',
          },
        ],
      })),
      segments: [{ id: 's', name: 's', mtu: 1500, delay: 1000 }],
    },
    1,
  );
  stops = new Map();
  serve('one');
  serve('two');
  const host = world.hosts.get('proxy');
  if (!host) throw new Error('no proxy');
  haproxy = new Haproxy(host.kernel, host.context, readHaproxyConfig(CONFIG, 'haproxy.cfg').proxies);
});

const wait = (seconds: number): void => world.clock.run(world.clock.now() + seconds * SECOND);

function get(request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'): string {
  let text = '';
  const made = world.hosts
    .get('client')
    ?.kernel.tcpConnect(
      '',
      { family: 4, remote: BigInt(parseIpv4('10.0.0.1') ?? 0), remotePort: 80 },
      { onData: (octets) => (text += decodeUtf8(octets)), onClosed: () => undefined },
    );
  if (made?.ok) made.value.send(encodeUtf8(request));
  wait(0.5);
  return text;
}

const servedBy = (text: string): string | undefined => /http:\/\/([\d.]+):/.exec(text)?.[1];
const up = (): (readonly [string, boolean])[] =>
  haproxy.proxies.flatMap(({ servers }) => servers.map((state) => [state.server.name, state.up] as const));

it('spreads requests over the servers', () => {
  expect([get(), get(), get()].map(servedBy)).toEqual(['10.0.0.2', '10.0.0.3', '10.0.0.2']);
  expect(
    haproxy.proxies[0]?.choices.map(({ address, port, server }) => [address, port, server?.name]),
  ).toEqual([
    ['10.0.0.1', 80, 'one'],
    ['10.0.0.1', 80, 'two'],
    ['10.0.0.1', 80, 'one'],
  ]);
});

it('takes a server out after as many failed checks as it is told, and back in', () => {
  stops.get('one')?.();
  wait(1.2);
  expect(up()).toEqual([
    ['one', true],
    ['two', true],
  ]);
  wait(1.2);
  expect(up()).toEqual([
    ['one', false],
    ['two', true],
  ]);
  expect([get(), get()].map(servedBy)).toEqual(['10.0.0.3', '10.0.0.3']);
  serve('one');
  wait(3);
  expect(up()).toEqual([
    ['one', true],
    ['two', true],
  ]);
});

it('answers for itself when no server is left', () => {
  stops.get('one')?.();
  stops.get('two')?.();
  wait(3);
  expect(get()).toMatch(/^HTTP\/1\.0 503 Service Unavailable\r\n/);
});

it('refuses what is no HTTP, and gives nothing once stopped', () => {
  expect(get('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.0 400 Bad request\r\n/);
  haproxy.stop();
  expect(get()).toBe('');
});

it('answers for a server that no check has taken out yet', () => {
  stops.get('one')?.();
  expect(get()).toMatch(/^HTTP\/1\.0 503 Service Unavailable\r\n/);
});

const started = (config: string): string => {
  const host = world.hosts.get('client');
  if (!host) return '';
  host.files.write('/etc/haproxy/haproxy.cfg', config);
  const made = startContainer(host, 'h', 'image', 'haproxy');
  if (made.ok) made.value.stop();
  return made.ok ? 'runs' : made.error;
};

it('does not start with what it does not know, or cannot bind', () => {
  expect(started('listen a\n  bind 10.0.0.4:80\n')).toBe('runs');
  expect(started('listen a\n  bind 10.0.0.9:80 transparent\n')).toBe('runs');
  expect(started('listen a\n  bind 10.0.0.9:80\n')).toBe(
    'haproxy: Starting proxy a: cannot bind socket [10.0.0.9:80]',
  );
  expect(started('listen a\n  bind 10.0.0.4:80\n  redirect scheme https\n')).toBe(
    'haproxy: /etc/haproxy/haproxy.cfg:3: the keyword redirect scheme is not modelled',
  );
});
