import { describe, expect, it } from 'vitest';
import type { Step } from '../../core/base/step.ts';
import type { HopscopeDocument } from '../document.ts';
import type { CallContext } from './call.ts';
import { capturedFrames } from './compose-frame.ts';
import { inspect } from './inspect.ts';
import { OpenWorld } from './open-world.ts';
import { openScenario } from './opening.ts';
import { packetList, packetsFile } from './packets.ts';
import { findRun, runSteps, runSummaries } from './runs.ts';
import { Session } from './session.ts';

const quiet = (signal = new AbortController().signal): CallContext => ({
  signal,
  output: () => undefined,
  progress: () => undefined,
});

async function opened(): Promise<Session> {
  const session = new Session(() => undefined);
  await session.open('multinode-ovn', 1, quiet());
  return session;
}

const stepsOf = (session: Session): readonly Step[] =>
  runSummaries(session.world).flatMap(({ id, steps }) =>
    runSteps(session.world, findRun(session.world, id), 0, steps),
  );

async function replayed(document: HopscopeDocument): Promise<Session> {
  const again = new Session(() => undefined);
  await again.openDocument(document, quiet());
  return again;
}

const PING = 'ip netns exec vm1 ping 192.168.0.12 -c2';
const NEIGHBOURS = { kind: 'namespace', host: 'worker1', namespace: 'vm1' } as const;
const neighbours = (session: Pick<Session, 'world' | 'databases'>): string =>
  inspect(session.world, session.databases(), NEIGHBOURS).find(({ title }) => title === 'Neighbours')?.text ??
  '';

it('settings without effect are told of what has them', async () => {
  const session = await opened();
  const line = `ovs-vsctl -- --id=@n create NetFlow 'targets="192.0.2.1:2055"' -- set Bridge br-int netflow=@n`;
  await session.exec('worker1', line, quiet());
  const told = (subject: Parameters<typeof inspect>[2]): string | undefined =>
    inspect(session.world, session.databases(), subject).find(({ title }) => /not modelled/.test(title))
      ?.text;
  expect(told({ kind: 'bridge', host: 'worker1', bridge: 'br-int' })).toBe('NetFlow of br-int');
  expect(told({ kind: 'host', host: 'worker1' })).toContain('NetFlow of br-int');
  expect(told({ kind: 'bridge', host: 'worker2', bridge: 'br-int' })).toBeUndefined();
  expect(told({ kind: 'port', host: 'worker1', bridge: 'br-int', port: 'vm1' })).toBeUndefined();
});

describe('a document', () => {
  it('replays what overlapped and what was stopped, octet for octet', async () => {
    const session = await opened();
    const stop = new AbortController();
    const listening = session.exec('worker2', 'tcpdump -i genev_sys_6081 -n', quiet(stop.signal));
    await session.exec('worker1', PING, quiet());
    stop.abort();
    await listening;
    await session.exec('worker1', 'ip netns exec vm1 ip link set vm1 mtu 1300', quiet());
    const document = await session.document(null);
    expect(document.commands.map((deed) => 'until' in deed)).toEqual([true, false, false]);
    const again = await replayed(document);
    expect(again.world.clock.now()).toBe(session.world.clock.now());
    expect(stepsOf(again)).toEqual(stepsOf(session));
    expect((await again.document(null)).commands).toEqual(document.commands);
  });

  it('ends what still runs where it ends', async () => {
    const session = await opened();
    const stop = new AbortController();
    const listening = session.exec('worker2', 'tcpdump -i eth1', quiet(stop.signal));
    await session.exec('worker1', PING, quiet());
    const document = await session.document(null);
    expect(document.commands[0]).toMatchObject({ until: session.world.clock.now() });
    expect(stepsOf(await replayed(document))).toEqual(stepsOf(session));
    stop.abort();
    await listening;
  });

  it('has lines of several programs beside others go on at the moments at which they did', async () => {
    const session = await opened();
    const busy = session.exec(
      'worker2',
      'ip netns exec vm2 ping -q -i 0.005 -c 60 192.168.0.11 | tail -n 2',
      quiet(),
    );
    await session.exec('worker1', `for i in 1 2; do ${PING} -i 0.05; done`, quiet());
    const stop = new AbortController();
    const endless = session.exec('worker1', 'while sleep 0.01; do ip neigh; done', quiet(stop.signal));
    await busy;
    await session.exec('central', 'ip route add blackhole 10.77.0.0/16', quiet());
    stop.abort();
    await endless;
    const document = await session.document(null);
    const again = await replayed(document);
    expect(await again.document(null)).toEqual(document);
    expect(runSummaries(again.world)).toEqual(runSummaries(session.world));
  });

  it('of the time before lines had a second for what they changed comes back with the moments that it has', async () => {
    const fresh = await opened();
    const at = fresh.world.clock.now();
    const { now: _, ...document } = await fresh.document(null);
    const typed = { kind: 'typed', host: 'worker1', namespace: '', at } as const;
    const again = await replayed({
      ...document,
      commands: [
        { ...typed, line: 'ip route add blackhole 10.77.0.0/16' },
        { ...typed, line: 'ip netns exec vm1 ping 192.168.0.12', until: at + 2_500_000_000 },
        {
          kind: 'fault',
          fault: { kind: 'cut', host: 'worker2', device: 'eth1' },
          on: true,
          at: at + 2_500_000_000,
        },
        { ...typed, line: 'ip netns exec vm1 ping -c1 -W1 192.168.0.12', at: at + 2_500_000_000 },
      ],
    });
    const sent = runSummaries(again.world).map(
      ({ id, steps }) =>
        runSteps(again.world, findRun(again.world, id), 0, steps).filter(
          ({ what, where }) => what.kind === 'sent' && where.namespace === 'vm1',
        ).length,
    );
    // The first asks for the address besides.
    expect(sent).toEqual([4, 1]);
    expect((await again.document(null)).commands.map((deed) => deed.at - at)).toEqual([
      0, 0, 2_500_000_000, 2_500_000_000,
    ]);
  });

  it('holds frames and faults', async () => {
    const session = await opened();
    await session.inject(
      { host: 'worker1', namespace: 'vm1', device: 'vm1', direction: 'out' },
      Uint8Array.from([0x40, 0x44, 0, 0, 0, 2, 0x40, 0x44, 0, 0, 0, 1, 0x88, 0xb5, ...new Uint8Array(50)]),
    );
    const injected = runSummaries(session.world).at(-1);
    expect(injected?.title).toBe('frame on vm1');
    const last = findRun(session.world, injected?.id ?? 0);
    expect(runSteps(session.world, last, 0, 999).some(({ where }) => where.host === 'worker2')).toBe(true);
    await session.fault({ kind: 'loss', host: 'worker1', device: 'eth1', percent: 40 }, true);
    await session.exec('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c9 -i 0.2', quiet());
    const lost = stepsOf(session).filter(
      ({ what }) => what.kind === 'dropped' && what.reason.kind === 'fault',
    );
    expect(lost.length).toBeGreaterThan(0);
    const again = await replayed(await session.document(null));
    expect(stepsOf(again)).toEqual(stepsOf(session));
    expect(again.world.faults.list()).toEqual(session.world.faults.list());
  });
});

it('names the stages of OVN, router and switch, by the flow that decided', async () => {
  const session = await opened();
  await session.exec('worker1', PING, quiet());
  const stages = session.stages();
  const names = new Set(stepsOf(session).map((step) => stages.name(step).where.stage));
  for (const name of ['ls_in_l2_lkup', 'ls_out_check_port_sec', 'physical to logical', 'local output'])
    expect(names).toContain(name);
});

describe('the past', () => {
  it('has the tables as they were at a step', async () => {
    const session = await opened();
    await session.exec('worker1', PING, quiet());
    await session.exec('worker1', 'ip netns exec vm1 ip neigh flush all', quiet());
    expect(neighbours(session)).toBe('');
    const run = runSummaries(session.world)[0]?.id ?? -1;
    const steps = runSteps(session.world, findRun(session.world, run), 0, 9999);
    const then = (step: number): Promise<string> => session.past({ run, step }, neighbours, quiet());
    const asked = steps.findIndex(({ what, where }) => what.kind === 'sent' && where.namespace === 'vm1');
    const freed = steps.findLastIndex(({ what, where }) => what.kind === 'sent' && where.namespace === 'vm1');
    expect(await then(0)).toBe('');
    expect(await then(asked)).toContain('INCOMPLETE');
    expect(await then(freed)).toContain('lladdr 40:44:00:00:00:02');
  });

  it('has what a switch learned, tracked and counted up to a step, and the routes of then', async () => {
    const session = await opened();
    for (const line of [
      'ovs-vsctl add-br lan',
      'ip netns add guest',
      'ip link add tap type veth peer name eth0 netns guest',
      'ip link set tap up',
      'ovs-vsctl add-port lan tap',
      'ip netns exec guest ip addr add 10.9.0.2/24 dev eth0',
      'ip netns exec guest ip link set eth0 up',
      'ip addr add 10.9.0.1/24 dev lan',
      'ip link set lan up',
      `ovs-ofctl add-flow lan 'priority=10,icmp actions=ct(commit),NORMAL'`,
      'ovs-appctl fdb/flush lan',
      'ip netns exec guest ping -c1 10.9.0.1',
      'ip netns exec guest ip route add 10.10.0.0/16 via 10.9.0.1',
      'ip netns exec guest ping -c1 10.9.0.1',
    ])
      await session.exec('worker1', line, quiet());
    const run = runSummaries(session.world).find(({ title }) => title.includes('ping'))?.id ?? -1;
    const steps = runSteps(session.world, findRun(session.world, run), 0, 9999);
    const seen = (of: Pick<Session, 'world' | 'databases'>): readonly [number, number, number, boolean] => {
      const sections = [
        ...inspect(of.world, of.databases(), { kind: 'bridge', host: 'worker1', bridge: 'lan' }),
        ...inspect(of.world, of.databases(), { kind: 'namespace', host: 'worker1', namespace: 'guest' }),
      ];
      const text = (title: string): string => sections.find((one) => one.title === title)?.text ?? '';
      return [
        text('FDB').trim().split('\n').length - 1,
        text('Connections of the datapath').match(/^icmp,/gm)?.length ?? 0,
        Number(/n_packets=(\d+).*priority=10,icmp/.exec(text('Flows'))?.[1]),
        text('Routes').includes('10.10.0.0/16'),
      ];
    };
    const then = (step: number) => session.past({ run, step }, seen, quiet());
    const tables = steps.flatMap(({ what }, at) => (what.kind === 'table' ? [at] : []));
    const [asked = -1, , request = -1, reply = -1] = tables;
    expect(await then(0)).toEqual([0, 0, 0, false]);
    expect(await then(asked)).toEqual([1, 0, 0, false]);
    expect(await then(request)).toEqual([2, 0, 1, false]);
    expect(await then(reply)).toEqual([2, 1, 2, false]);
    expect(seen(session)).toEqual([2, 2, 4, true]);
  });
});

describe('packets', () => {
  it('of a run, wherever they pass, and of a capture, each with its step', async () => {
    const session = await opened();
    const { id } = session.captures.start({
      host: 'worker2',
      namespace: '',
      device: 'genev_sys_6081',
      filter: '',
    });
    await session.exec('worker1', PING, quiet());
    const run = runSummaries(session.world)[0]?.id ?? -1;
    const all = packetList(session, { source: { kind: 'run', run }, filter: 'icmp' });
    const devices = new Set(all.rows.map(({ host, device }) => `${host}/${device}`));
    for (const device of ['worker1/vm1', 'worker1/eth1', 'worker2/genev_sys_6081', 'worker2/vm2'])
      expect(devices).toContain(device);
    const seen = packetList(session, { source: { kind: 'captures', ids: [id] }, filter: 'icmp.type == 8' });
    expect(seen.rows.map(({ device, source, protocol }) => [device, source, protocol])).toEqual([
      ['genev_sys_6081', '192.168.0.11', 'ICMP'],
      ['genev_sys_6081', '192.168.0.11', 'ICMP'],
    ]);
    const [first] = seen.rows;
    const journey = { run, step: first?.journey ?? -1 };
    expect(
      new Set(all.rows.filter((row) => row.journey === journey.step).map(({ device }) => device)),
    ).toContain('vm1');
    const file = packetsFile(session, { source: { kind: 'run', run }, filter: 'icmp', journey });
    const text = new TextDecoder('latin1').decode(file);
    for (const name of ['worker1/vm1/vm1', 'worker2/eth1', 'table=']) expect(text).toContain(name);
    const packets = capturedFrames(file);
    expect(packets.length).toBe(all.rows.filter((row) => row.journey === journey.step).length);
  });
});

describe('faults', () => {
  const reasons = (session: Session): ReadonlySet<string> =>
    new Set(
      stepsOf(session).flatMap(({ what }) =>
        what.kind === 'dropped' && (what.reason.kind === 'fault' || what.reason.kind === 'mtu')
          ? [what.reason.kind]
          : [],
      ),
    );
  const pinged = async (session: Session): Promise<number> =>
    (await session.exec('worker1', 'ip netns exec vm1 ping 192.168.0.12 -c1 -s 1200 -W 1', quiet())).status;

  it('cut a cable and put it back', async () => {
    const session = await opened();
    const fault = { kind: 'cut', host: 'worker2', device: 'eth1' } as const;
    await session.fault(fault, true);
    expect(await pinged(session)).toBe(1);
    expect(reasons(session)).toEqual(new Set(['fault']));
    await session.fault(fault, false);
    expect(await pinged(session)).toBe(0);
    expect(session.world.faults.list()).toMatchObject([{ fault, until: expect.any(Number) }]);
  });

  it('make a segment too small', async () => {
    const session = await opened();
    await session.fault({ kind: 'mtu', segment: 'underlay', mtu: 1000 }, true);
    expect(await pinged(session)).toBe(1);
    expect(reasons(session)).toEqual(new Set(['mtu']));
  });

  it('stop a daemon, which catches up when it goes on', async () => {
    const session = await opened();
    const flows = (): number => session.world.hosts.get('worker1')?.switch?.tableSizes('br-int').length ?? 0;
    const fault = { kind: 'stopped', host: 'central', program: 'ovn-northd' } as const;
    await session.fault(fault, true);
    await session.exec(
      'central',
      'ovn-nbctl acl-add network1 to-lport 1000 "outport == \\"vm2\\"" drop',
      quiet(),
    );
    expect(await pinged(session)).toBe(0);
    await session.fault(fault, false);
    expect(await pinged(session)).toBe(1);
    expect(flows()).toBeGreaterThan(0);
  });

  it('refuse what is not there', async () => {
    const session = await opened();
    await expect(session.fault({ kind: 'cut', host: 'worker1', device: 'eth9' }, true)).rejects.toThrow(
      'eth9 of worker1 has no cable',
    );
    await expect(session.fault({ kind: 'mtu', segment: 'underlay', mtu: 12 }, true)).rejects.toThrow(
      'the MTU is a number from 68 to 65535',
    );
    await expect(
      session.fault({ kind: 'stopped', host: 'worker1', program: 'ovn-northd' }, true),
    ).rejects.toThrow('ovn-northd does not run on worker1');
    const place = { host: 'worker1', namespace: 'none', device: 'vm1', direction: 'out' } as const;
    await expect(session.inject(place, new Uint8Array(60))).rejects.toThrow('vm1: No such device exists');
  });
});

it('gives an opening up at the first chance, and keeps what was open', async () => {
  const session = await opened();
  const stop = new AbortController();
  let told = 0;
  const opening = session.open('learning-ovn-and-bgp', 1, {
    ...quiet(stop.signal),
    progress: () => {
      told += 1;
      stop.abort();
    },
  });
  await expect(opening).rejects.toThrow('aborted');
  expect(told).toBe(1);
  expect(session.snapshot().hosts.map(({ name }) => name)).toContain('worker1');
});

describe('while another network opens', () => {
  const clockOf = ({ world }: Session): number => world.clock.now();

  it('a line of the one before moves no time in the new one, and ends', async () => {
    const session = await opened();
    const line = session.exec('worker1', 'ping 127.0.0.1; ip route add blackhole 10.77.0.0/16', quiet());
    const document = await (await opened()).document(null);
    await session.openDocument(document, quiet());
    const now = clockOf(session);
    await line;
    expect(clockOf(session)).toBe(now);
    expect(now).toBe(clockOf(await opened()));
  });

  it('nothing is played in the new one', async () => {
    const session = new Session(() => undefined);
    await session.open('spine-leaf', 1, quiet());
    const ask = { until: 'arrival', prefix: '192.0.2.0/24', speaker: '' } as const;
    const playing = session.playMessages(ask, quiet());
    await Promise.allSettled([playing, session.open('multinode-ovn', 1, quiet())]);
    expect(clockOf(session)).toBe(clockOf(await opened()));
    expect((await session.document(null)).commands).toEqual([]);
    const open = new OpenWorld(await openScenario('spine-leaf', 1, quiet()), () => undefined);
    const closed = expect(open.playMessages(ask, quiet())).rejects.toThrow('opened meanwhile');
    open.close();
    await closed;
  });

  it('a document that is still being replayed does not go on in it', async () => {
    const session = await opened();
    await session.exec('worker1', PING, quiet());
    const document = await session.document(null);
    const stop = new AbortController();
    const opening = session.openDocument(document, {
      ...quiet(stop.signal),
      progress: (_done, _total, text) => text === PING && stop.abort(),
    });
    await expect(opening).rejects.toThrow('aborted');
    expect((await session.document(null)).commands).toEqual(document.commands);
  });
});
