/** TripleO files dropped on the page: the deployment comes up, or the first thing wrong in them is named with its place. */
import { expect, it, vi } from 'vitest';
import { encodeUtf8 } from '../../core/base/utf8.ts';
import { findScenario } from '../../scenarios/catalogue.ts';
import { Refused } from './refused.ts';
import { Session } from './session.ts';

const context = {
  output: () => undefined,
  progress: () => undefined,
  signal: new AbortController().signal,
};

const SET = Object.entries(
  (await findScenario('tripleo-layout'))?.machines.find(({ name }) => name === 'undercloud-0')?.files ?? {},
).filter(([name]) => name.endsWith('.yaml'));

const files = (change: (name: string, text: string) => string = (_, text) => text) =>
  SET.map(([name, text]) => ({ name, octets: encodeUtf8(change(name, text)) }));

async function type(session: Session, host: string, line: string): Promise<readonly [number, string]> {
  let text = '';
  const { status } = await session.exec(host, line, { ...context, output: (_, part) => (text += part) });
  return [status, text];
}

it('brings the deployment up, tunnels and all', async () => {
  const session = new Session(() => undefined);
  const { hosts, tunnels, problems } = await session.openFiles(files(), context);
  expect(hosts.map(({ name }) => name)).toEqual([
    'hypervisor',
    'controller-0',
    'controller-1',
    'controller-2',
    'compute-0',
  ]);
  expect(tunnels).toHaveLength(12);
  expect(problems).toEqual([]);
  expect((await type(session, 'compute-0', 'ping -c1 controller-2.internalapi'))[0]).toBe(0);
  expect((await type(session, 'compute-0', 'ping -c1 -W1 172.17.4.88'))[0]).toBe(1);
});

it('is saved and opened again as it was', async () => {
  const session = new Session(() => undefined);
  await session.openFiles(files(), context);
  await type(session, 'compute-0', 'ip addr add 10.9.9.9/32 dev lo');
  const again = new Session(() => undefined);
  await again.openDocument(await session.document(null), context);
  expect((await type(again, 'compute-0', 'ip -br addr show lo'))[1]).toContain('10.9.9.9/32');
});

it('names what is wrong, and keeps what was open', async () => {
  const session = new Session(() => undefined);
  await session.openFiles(files(), context);
  const broken = files((name, text) =>
    name.endsWith('network-environment.yaml')
      ? text.replace('TenantNetworkVlanID: 50', 'TenantNetworkVlanID: 20')
      : text,
  );
  const refused = await session.openFiles(broken, context).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
  expect(refused).toMatchObject({
    message: expect.stringContaining('VLAN 20 of Tenant is used by InternalApi as well') as string,
    place: '/home/stack/virt/network/network-environment.yaml, line 27',
  });
  expect((await type(session, 'compute-0', 'hostname'))[1]).toBe('compute-0\n');
});

it('says what a set without machines lacks', async () => {
  const only = [
    {
      name: 'network_data.yaml',
      octets: encodeUtf8('- {name: Storage, vip: true, ip_subnet: 172.16.1.0/24}\n'),
    },
  ];
  await expect(new Session(() => undefined).openFiles(only, context)).rejects.toMatchObject({
    message: 'These files describe no machine.',
  });
});

it('tells how far it is, and stops when asked to', async () => {
  // Every part of the work takes as long as a piece may last, however quick the machine is.
  let wall = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (wall += 50));
  const stop = new AbortController();
  const shares: number[] = [];
  const opened = new Session(() => undefined).openFiles(files(), {
    ...context,
    signal: stop.signal,
    progress: (done, total) => {
      shares.push(done / total);
      if (shares.length === 3) stop.abort();
    },
  });
  await expect(opened).rejects.toMatchObject({ name: 'AbortError' });
  expect(shares).toHaveLength(3);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  clock.mockRestore();
});
