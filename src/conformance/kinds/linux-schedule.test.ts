import { expect, it } from 'vitest';
import { Replay, SECOND } from './linux-replay.ts';
import { schedule, type Planned } from './linux-schedule.ts';

const command = (least = 0, began?: number): Planned => ({
  began,
  printed: undefined,
  least,
  isPrepared: false,
});

it('spreads commands evenly between two that are dated', () => {
  const times = schedule([command(0, 10 * SECOND), command(), command(), command(0, 13 * SECOND)], []);
  expect(times.map((time) => (time / SECOND).toFixed(3))).toEqual(['10.000', '11.000', '12.000', '13.000']);
});

it('puts a command where a timer says that it began, and never one before the wait after another', () => {
  const events = [command(0, 0), command(), command(SECOND), command(), command(0, 9 * SECOND)];
  const times = schedule(events, [{ at: 3, since: 1, apart: 2 * SECOND }]);
  expect(((times[3] as number) - (times[1] as number)) / SECOND).toBeCloseTo(2, 2);
  for (const [at, { least }] of events.entries())
    if (at < 4) expect(times[at + 1] as number).toBeGreaterThanOrEqual((times[at] as number) + least);
});

it('lets only neighbours that failed some time ago be forgotten', () => {
  const mac = (last: number): string => `02:00:00:00:00:0${last}`;
  const replay = new Replay(
    {
      hosts: [{ name: 'a' }, { name: 'b' }],
      links: [
        { a: { host: 'a', interface: 'x', mac: mac(1) }, b: { host: 'b', interface: 'y', mac: mac(2) } },
      ],
      ipv6: false,
    },
    new Set(),
  );
  for (const [host, line] of [
    ['a', 'ip addr add 10.0.0.1/24 dev x'],
    ['a', 'ip link set x up'],
    ['b', 'ip link set y up'],
    ['a', 'ping -c 1 -W 4 10.0.0.9'],
  ] as const)
    replay.run(host, line);
  const failed = replay.run('a', 'ip neigh');
  expect(failed).toBe('10.0.0.9 dev x FAILED \n');
  expect(replay.withoutCollected('a', 'ip neigh', failed, '')).toBe(failed);
  replay.pass(10 * SECOND);
  expect(replay.withoutCollected('a', 'ip neigh', failed, '')).toBe('');
  expect(replay.withoutCollected('a', 'ip neigh', failed, failed)).toBe(failed);
  expect(replay.withoutCollected('a', 'ip route', failed, '')).toBe(failed);
});
