import { expect, it } from 'vitest';
import { utcText } from '../../base/calendar.ts';
import { Log } from './vlog.ts';

it('writes dates as the platform does', () => {
  for (const ms of [
    0, 951_782_400_000, 951_868_799_999, 1_767_225_599_000, 4_102_444_800_000, 1_709_164_800_123,
  ])
    expect(utcText(ms)).toBe(new Date(ms).toISOString().replace(/\.\d+Z/, 'Z'));
});

it('counts messages that only the system log sees', () => {
  const lines: string[] = [];
  const log = new Log(
    (line) => lines.push(line),
    () => 1_767_225_600_000,
  );
  log.log('vsctl', 'INFO', 'Called as ovs-vsctl');
  log.log('vsctl', 'WARN', 'target type "x" is possibly erroneous');
  expect(lines).toEqual(['2026-01-01T00:00:00Z|00002|vsctl|WARN|target type "x" is possibly erroneous\n']);
});
