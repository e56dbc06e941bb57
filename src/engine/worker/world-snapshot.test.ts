import { expect, it } from 'vitest';
import { Session } from './session.ts';

it('tells of the tunnels of kernel VXLAN devices, as their databases name the far ends', async () => {
  const session = new Session(() => undefined);
  await session.open('evpn-fabric', 1, {
    signal: new AbortController().signal,
    output: () => undefined,
    progress: () => undefined,
  });
  const { tunnels } = session.snapshot();
  const of = (host: string) =>
    tunnels
      .filter((one) => one.host === host && one.vni !== null)
      .map(({ id, bridge, type, vni, localIp, remoteIp, remoteHost, device, segment }) => ({
        id,
        bridge,
        type,
        vni,
        localIp,
        remoteIp,
        remoteHost,
        device,
        shared: segment !== null,
      }));
  const leaf = { bridge: null, type: 'vxlan', vni: 10, device: 'vxlan-10', shared: true };
  expect(of('leaf').toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(
    [
      ['192.168.50.101', 'worker1'],
      ['192.168.50.102', 'worker2'],
    ].map(([remoteIp, remoteHost]) => ({
      ...leaf,
      id: `leaf//vxlan-10/${remoteIp}`,
      localIp: '192.168.50.20',
      remoteIp,
      remoteHost,
    })),
  );
  expect(of('worker1').map(({ remoteHost }) => remoteHost)).toContain('leaf');
  expect(of('central')).toEqual([]);
});
