import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { setUp } from '../../linux/device.ts';
import { Kernel } from '../../linux/index.ts';
import { createClock } from '../../sim/clock.ts';
import { ss } from './ss.ts';

const SECOND = 1e9;
const ADDRESS = 0x0a010001;

/** A listener on an address, one on a device, one of IPv6, and a connection that its server has closed. */
function machine(): {
  readonly kernel: Kernel;
  readonly run: (command: string) => string;
  close: () => void;
} {
  const clock = createClock();
  const context = { clock, random: createRandom(1), recorder: { active: false, record: () => 0 } };
  const kernel = new Kernel('host', context);
  const net = kernel.namespace();
  const loopback = kernel.findLink('', 'lo');
  if (loopback !== undefined) setUp(net, loopback);
  const link = kernel.addPhysical('', {
    name: 'dum0',
    mac: 0x020000000001n,
    driver: { transmit: () => true },
  });
  setUp(net, link);
  kernel.addAddress4(link, { local: ADDRESS, length: 24, broadcast: 0 });
  const idle = { onData: () => undefined, onEnd: () => undefined, onClosed: () => undefined };
  let served: { close(): void } | undefined;
  const local = BigInt(ADDRESS);
  kernel.tcpListen('', { family: 4, port: 9000, ifindex: link.index, backlog: 1 }, () => idle);
  kernel.tcpListen('', { family: 4, port: 8080, local, program: 'haproxy' }, (connection) => {
    served = connection;
    return idle;
  });
  kernel.tcpListen(
    '',
    { family: 6, port: 179, local: (0xfe80n << 112n) | 1n, ifindex: link.index, backlog: 3 },
    () => idle,
  );
  kernel.tcpConnect(
    '',
    { family: 4, remote: local, remotePort: 8080, localPort: 59898, program: 'curl' },
    idle,
  );
  clock.run(2 * SECOND);
  const run = (command: string): string => {
    let text = '';
    const add = (part: string): void => void (text += part);
    ss({
      argv: command.split(' '),
      stdin: '',
      output: { out: add, err: add },
      context,
      host: { kernel, pidOf: (program) => (program === 'haproxy' ? 1003 : null) },
      namespace: '',
    });
    return text;
  };
  const close = (): void => {
    served?.close();
    clock.run(clock.now() + SECOND / 2);
  };
  return { kernel, run, close };
}

it('lists listeners as the real program does', () => {
  const { run } = machine();
  expect(run('ss -tln')).toBe(
    `State  Recv-Q Send-Q  Local Address:Port Peer Address:PortProcess
LISTEN 0      1        0.0.0.0%dum0:9000      0.0.0.0:*          
LISTEN 0      128          10.1.0.1:8080      0.0.0.0:*          
LISTEN 0      3      [fe80::1]%dum0:179          [::]:*          
`,
  );
});

it('lists connections in their states, with their timers', () => {
  const { run, close } = machine();
  expect(run('ss -tn sport = :8080')).toBe(
    `State Recv-Q Send-Q Local Address:Port Peer Address:Port Process
ESTAB 0      0           10.1.0.1:8080     10.1.0.1:59898       
`,
  );
  close();
  expect(run('ss -tano')).toBe(
    `State      Recv-Q Send-Q  Local Address:Port  Peer Address:Port Process                  
LISTEN     0      1        0.0.0.0%dum0:9000       0.0.0.0:*                             
LISTEN     0      128          10.1.0.1:8080       0.0.0.0:*                             
FIN-WAIT-2 0      0            10.1.0.1:8080      10.1.0.1:59898 timer:(timewait,59sec,0)
CLOSE-WAIT 0      0            10.1.0.1:59898     10.1.0.1:8080                          
LISTEN     0      3      [fe80::1]%dum0:179           [::]:*                             
`,
  );
  expect(run('ss -tn state close-wait')).toBe(
    `Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess
0      0           10.1.0.1:59898     10.1.0.1:8080       
`,
  );
  expect(run('ss -H -t4n dst 10.1.0.0/24 and dport != :8080')).toBe(
    'FIN-WAIT-2 0      0      10.1.0.1:8080 10.1.0.1:59898\n',
  );
});

it.each([
  ['ss -tlp sport = :bgp', /:bgp /],
  ['ss -tlnp src 10.1.0.1', /users:\(\("haproxy",pid=1003,fd=\?\)\)/],
  ['ss -tr', /^ss: option -r is not modelled/],
  ['ss --info', /^ss: option -i is not modelled/],
  ['ss -a', /ss: sockets other than IP's are not modelled/],
  ['ss -tNnone', /^Cannot open network namespace "none"/],
  ['ss --net=none', /^Cannot open network namespace "none"/],
  ['ss -tn frob', /^ss: bison bellows/],
  ['ss -tn state nosuch', /^ss: wrong state name: nosuch/],
  ['ss -Q', /^ss: invalid option -- 'Q'\nUsage: ss/],
  ['ss -s', /^Total: 5\nTCP: {3}5 \(estab 2, closed 0/],
])('%s', (command, expected) => expect(machine().run(command)).toMatch(expected));

it('names the process of a socket, with its number where one alone has the name', () => {
  const { run } = machine();
  expect(run('ss -Hltnp src 10.1.0.1')).toMatch(/ users:\(\("haproxy",pid=1003,fd=\?\)\)\s/);
  expect(run('ss -Htnp dport = :8080')).toMatch(/ users:\(\("curl",pid=\?,fd=\?\)\)/);
});
