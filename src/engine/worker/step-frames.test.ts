import { expect, it } from 'vitest';
import { isBare, type Step } from '../../core/base/step.ts';
import type { CallContext } from './call.ts';
import { readCapture } from '../../core/wire/index.ts';
import { packetList, packetsFile } from './packets.ts';
import { findRun, runSteps, runSummaries } from './runs.ts';
import { Session } from './session.ts';
import { stepDetail } from './step-detail.ts';

const quiet: CallContext = {
  signal: new AbortController().signal,
  output: () => undefined,
  progress: () => undefined,
};

/** Does it begin with an IP header that tells its very length? */
function isPacket(octets: Uint8Array): boolean {
  const { byteLength: size } = octets;
  const view = new DataView(octets.buffer, octets.byteOffset, size);
  if (size < 20) return false;
  const version = view.getUint8(0) >>> 4;
  return version === 4
    ? view.getUint16(2) === size
    : version === 6 && size > 40 && view.getUint16(4) + 40 === size;
}

/** Steps whose octets are said to begin with another header than they do. */
const misread = (steps: readonly Step[]): string[] => {
  const wrong = steps.filter((step) => step.frame !== null && isPacket(step.frame) !== isBare(step));
  return [...new Set(wrong.map(said))];
};

const said = ({ where, what }: Step): string =>
  `${where.bridge ?? where.device ?? 'no device'} of ${where.host}: ${what.kind}${'text' in what ? ` ${what.text}` : ''}`;

it.each([
  ['where-is-my-packet', ['client', 'ping 2001:db8::f816:3eff:fe1e:5a0f -c2']],
  ['where-is-my-packet-now', ['client', 'ping 2001:db8::f816:3eff:fe1e:5a0f -c2']],
  ['multinode-ovn', ['worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1']],
  ['multinode-ovn', ['worker1', 'ip netns exec vm1 ping fe80::4244:ff:fe00:2%vm1 -c1']],
  ['multinode-ovn', ['worker1', 'ip netns exec vm1 ping -s 3000 192.168.0.12 -c1']],
  ['multinode-ovn', ['worker1', 'ip netns exec vm1 ping 192.168.0.99 -c1']],
  ['multinode-ovn', ['worker1', 'ip netns exec vm1 traceroute 192.168.0.12']],
  ['evpn-fabric', ['host', 'ping -c1 172.16.1.12']],
  ['spine-leaf', ['spine-1', 'ping -c1 192.168.10.10']],
  ['tripleo-layout', ['cirros1', 'ping -c1 8.8.8.8']],
] as const)(
  'in %s a step tells whether its octets begin with an IP header (%s)',
  async (scenario, [host, line]) => {
    const session = new Session(() => undefined);
    await session.open(scenario, 1, quiet);
    await session.exec(host, line, quiet);
    const steps = runSummaries(session.world).flatMap(({ id, steps: count }) =>
      runSteps(session.world, findRun(session.world, id), 0, count),
    );
    expect(misread(steps)).toEqual([]);
    expect(steps.length).toBeGreaterThan(0);
  },
);

it('what passes a device without a link layer is saved and listed as packets', async () => {
  const session = new Session(() => undefined);
  await session.open('multinode-ovn', 1, quiet);
  const far = { worker1: '192.168.50.101', worker2: '192.168.50.100' };
  for (const [index, [host, remote]] of Object.entries(far).entries()) {
    await session.exec(host, `ip link add tun1 type gre remote ${remote} ttl 64`, quiet);
    await session.exec(host, `ip address add 10.77.0.${index + 1}/24 dev tun1`, quiet);
    await session.exec(host, 'ip link set tun1 up', quiet);
  }
  for (const line of [
    'ping -c1 -s 3000 10.77.0.2',
    'nc -zu 10.77.0.2 9',
    'nc -z 10.77.0.2 9',
    'ping -c1 10.77.0.2',
  ])
    await session.exec('worker1', line, quiet);
  const run = runSummaries(session.world).at(-1)?.id ?? -1;
  for (const { id, steps } of runSummaries(session.world))
    expect(misread(runSteps(session.world, findRun(session.world, id), 0, steps))).toEqual([]);
  const ask = { source: { kind: 'run', run }, filter: 'icmp', journey: null } as const;
  const { rows } = packetList(session, ask);
  const inner = rows.filter(({ device }) => device === 'tun1');
  expect(inner.map(({ source, destination, size }) => [source, destination, size])).toContainEqual([
    '10.77.0.1',
    '10.77.0.2',
    84,
  ]);
  for (const { text } of inner) expect(text).toMatch(/IP 10\.77\.0\.[12] > 10\.77\.0\.[12]: ICMP echo/);
  const saved = readCapture(packetsFile(session, ask));
  if (!saved.ok) throw new Error(saved.error.message);
  expect(saved.value.interfaces.map(({ linkType }) => linkType)).toContain(101);
});

it('a step that only looks something up shows the packet that it is about, and nothing of it as changed', async () => {
  const session = new Session(() => undefined);
  await session.open('multinode-ovn', 1, quiet);
  await session.exec('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1', quiet);
  const { id, steps: count } = runSummaries(session.world).at(-1) ?? { id: -1, steps: 0 };
  const run = findRun(session.world, id);
  const steps = runSteps(session.world, run, 0, count);
  const detail = (kind: Step['what']['kind']) => {
    const at = steps.findIndex(({ what, frame }) => what.kind === kind && frame === null);
    return stepDetail(session.world, session.databases(), run, at);
  };
  for (const kind of ['queued', 'resolved'] as const) {
    const { frame, headers, changed, step } = detail(kind);
    expect([kind, frame?.length]).toEqual([kind, 84]);
    expect(headers.map(({ name }) => name).join(' ')).toMatch(/^IPv4.* ICMP echo request/);
    expect(changed).toEqual([]);
    expect(step.frame).toBeNull();
  }
});
