/** Containers of one machine, as a user of podman drives them. */
import { beforeEach, expect, it } from 'vitest';
import { World } from '../../sim/index.ts';
import { replay } from '../transcript.ts';

const RUN = 'podman run -d --net=host --name=api registry/neutron neutron-server';

let world: World;
const type = (line: string): string => {
  const { out, err } = replay(world, 'a', line);
  return out + err;
};

beforeEach(() => {
  world = new World(
    {
      machines: [
        {
          name: 'a',
          kind: 'machine',
          services: [],
          nics: [{ name: 'eth0', mac: '02:00:00:00:00:01', addresses: ['10.0.0.1/24'], segment: 's' }],
          files: { '/etc/neutron/neutron.conf': 'bind_host=10.0.0.1\n' },
        },
      ],
      segments: [{ id: 's', name: 's', mtu: 1500, delay: 1000 }],
    },
    1,
  );
});

it.each([
  ['run -d --net=host --name=x -e A=b i neutron-server', 'podman run -e is not modelled'],
  ['run -d --net=host --name=x -v /a:/b i neutron-server', 'podman run -v is not modelled'],
  ['run -d --net=host --name=x --restart=always i neutron-server', 'podman run --restart is not modelled'],
  ['run -d --net=bridge --name=x i neutron-server', 'podman run --net bridge is not modelled'],
  ['run --net=host --name=x i neutron-server', 'podman run without --detach is not modelled'],
  ['run -d --name=x i neutron-server', 'podman run without --net=host is not modelled'],
  ['run -d --net=host --name=x i httpd', 'the program httpd is not modelled in a container'],
  ['exec -it -w /tmp api cat', 'podman exec -w is not modelled'],
  ['exec -unova api cat', 'podman exec -u nova is not modelled'],
  ['exec api ls', 'no container with name or ID "api" found: no such container'],
  ['ps --format json', 'podman ps --format is not modelled'],
  ['ps -a', 'podman ps -a is not modelled'],
  ['images', 'podman images is not modelled'],
])('refuses %s', (line, text) => {
  expect(type(`podman ${line}`)).toBe(`Error: ${text}\n`);
});

it('runs a container until it is stopped, and again when it is started', () => {
  const id = type(RUN).trim();
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(type('podman ps -q')).toBe(`${id.slice(0, 12)}\n`);
  world.clock.run(world.clock.now() + 90e9);
  expect(type('podman ps').split('\n')[1]).toBe(
    `${id.slice(0, 12)}  registry/neutron  neutron-server  About a minute ago  Up About a minute ago         api`,
  );
  expect(type('podman exec -uroot -it api cat /etc/neutron/neutron.conf')).toBe('bind_host=10.0.0.1\n');
  expect(type('podman exec api ls /')).toBe('Error: the program ls is not modelled in a container\n');
  expect(type('podman rm api')).toContain('cannot remove container');
  expect(type('podman stop -t 1 api')).toBe('api\n');
  expect(type('ss -Htln')).toBe('');
  expect(type('podman exec api cat /x')).toBe(
    'Error: can only create exec sessions on running containers: container state improper\n',
  );
  expect(type(RUN)).toContain('is already in use by');
  expect(type('podman start api')).toBe('api\n');
  expect(type('ss -Htln')).toContain(':9696');
  expect(type('podman rm -f api')).toBe('api\n');
  expect(type('podman start api')).toContain('no such container');
});

it('leaves nothing of a container that was run with --rm', () => {
  type(RUN.replace('-d', '-d --rm'));
  expect(type('podman stop api') + type('podman rm api')).toContain('no such container');
});
