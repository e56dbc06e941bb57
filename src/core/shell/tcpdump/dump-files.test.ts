import { expect, it } from 'vitest';
import { readCapture } from '../../wire/index.ts';
import { DumpFiles, formatTime, type Rotation } from './dump-files.ts';

/** Which packets, by the second of their coming, each file has in the end. */
function dumped(name: string, rotation: Rotation, moments: readonly number[], length = 984) {
  const files = new Map<string, Uint8Array>();
  let now = 0;
  const dump = new DumpFiles(
    name,
    rotation,
    { snapLength: 262_144, linkType: 1, nanoseconds: false },
    { read: (path) => files.get(path), write: (path, octets) => void files.set(path, octets) },
    () => now,
  );
  const taken = moments.map((moment) => {
    now = moment;
    return dump.take({ octets: new Uint8Array(length), length, time: { seconds: moment, nanoseconds: 0 } });
  });
  dump.flush();
  const found = [...files].map(([path, octets]) => {
    const capture = readCapture(octets);
    return [path, capture.ok ? capture.value.packets.map(({ time }) => time?.seconds) : null];
  });
  return { files: Object.fromEntries(found) as unknown, taken };
}

const NEVER: Rotation = { size: null, seconds: 0, files: null };

it('begins the next file by size: the packet that fills one is still in it, numbers are as wide as the last', () => {
  expect(dumped('a', { ...NEVER, size: 2000 }, [1, 2, 3, 4, 5]).files).toEqual({
    a: [1, 2],
    a1: [3, 4],
    a2: [5],
  });
  expect(dumped('a', { ...NEVER, size: 1000, files: 11 }, [1, 2]).files).toEqual({ a00: [1], a01: [2] });
  expect(dumped('a', { ...NEVER, size: 1000, files: 2 }, [1, 2, 3]).files).toEqual({ a0: [3], a1: [2] });
});

it('begins the next file by time with a packet, and ends with the last that there may be', () => {
  expect(dumped('t%S', { ...NEVER, seconds: 10 }, [1, 9, 25, 30]).files).toEqual({
    t00: [1, 9],
    t25: [25, 30],
  });
  expect(dumped('t%S', { ...NEVER, seconds: 10, files: 1 }, [1, 12]).taken).toEqual([true, false]);
  expect(dumped('t', { size: 1000, seconds: 10, files: null }, [1, 2, 12]).files).toEqual({
    t: [12],
    t1: [2],
  });
});

it('names files by the time', () => {
  expect(formatTime('%Y-%m-%d %H:%M:%S %a %b %j %F %T %% %Q', 1_709_210_096)).toBe(
    '2024-02-29 12:34:56 Thu Feb 060 2024-02-29 12:34:56 % %Q',
  );
});
