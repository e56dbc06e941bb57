import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCapture } from './read-capture.ts';
import { writePcap, type PacketToWrite } from './pcap.ts';
import { writePcapng } from './pcapng-write.ts';

const packet = (nanoseconds: fc.Arbitrary<number>): fc.Arbitrary<PacketToWrite> =>
  fc.record({
    time: fc.record({ seconds: fc.nat(0xffffffff), nanoseconds }),
    octets: fc.uint8Array({ minLength: 1, maxLength: 80 }),
  });
const nanoseconds = fc.nat(999_999_999);
const microseconds = fc.nat(999_999).map((value) => value * 1000);

function readBack(file: Uint8Array): readonly PacketToWrite[] {
  const result = readCapture(file);
  if (!result.ok) throw new Error(result.error.message);
  expect(result.value.problems).toEqual([]);
  return result.value.packets.map(({ time, octets, length }) => ({ time, octets: octets.slice(), length }));
}

const cut = (packets: readonly PacketToWrite[], size: number): readonly PacketToWrite[] =>
  packets.map(({ time, octets }) => ({ time, octets: octets.slice(0, size), length: octets.length }));

describe('pcap', () => {
  it.each([
    ['little', false],
    ['little', true],
    ['big', false],
    ['big', true],
  ] as const)('reads back what it wrote, %s-endian, nanoseconds %s', (byteOrder, isNano) => {
    fc.assert(
      fc.property(
        fc.array(packet(isNano ? nanoseconds : microseconds)),
        fc.integer({ min: 1, max: 90 }),
        (packets, snapLength) => {
          const file = writePcap(packets, { byteOrder, nanoseconds: isNano, snapLength });
          expect(readBack(file)).toEqual(cut(packets, snapLength));
        },
      ),
    );
  });

  it('keeps the packets before a cut and says where it is', () => {
    const one = { time: { seconds: 1, nanoseconds: 0 }, octets: Uint8Array.of(1, 2, 3, 4) };
    const file = writePcap([one, one]);
    const result = readCapture(file.subarray(0, file.length - 2));
    expect(result.ok && result.value.packets.length).toBe(1);
    expect(result.ok && result.value.problems.map(({ place }) => place)).toEqual([{ offset: 60 }]);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['text', Uint8Array.from('hello, world, this is no capture', (char) => char.charCodeAt(0))],
  ])('refuses %s', (_name, file) => {
    expect(readCapture(file).ok).toBe(false);
  });
});

describe('pcapng', () => {
  it('reads back interfaces, comments and packets', () => {
    fc.assert(
      fc.property(fc.array(packet(nanoseconds)), (packets) => {
        const interfaces = [{ name: 'eth0', description: 'to the switch' }, { name: 'ünï' }];
        const written = packets.map((one, index) => ({
          ...one,
          interface: index % 2,
          comment: `no. ${index}`,
        }));
        const result = readCapture(writePcapng(interfaces, written));
        if (!result.ok) throw new Error(result.error.message);
        const { value } = result;
        expect(value.interfaces.map(({ name }) => name)).toEqual(['eth0', 'ünï']);
        expect(
          value.packets.map(({ time, octets, comment, interface: number }) => ({
            time,
            octets: octets.slice(),
            comment,
            interface: number,
          })),
        ).toEqual(written);
      }),
    );
  });

  it('skips blocks that it does not know', () => {
    const file = writePcapng([{}], [{ time: { seconds: 0, nanoseconds: 0 }, octets: Uint8Array.of(1) }]);
    const unknown = Uint8Array.of(0x99, 0, 0, 0, 16, 0, 0, 0, 1, 2, 3, 4, 16, 0, 0, 0);
    const result = readCapture(Uint8Array.from([...file, ...unknown]));
    expect(result.ok && result.value.packets.length).toBe(1);
    expect(result.ok && result.value.problems).toEqual([]);
  });
});

it('never throws, whatever the octets', () => {
  const start = writePcapng([{}], []);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (noise, at) => {
      readCapture(noise);
      const damaged = Uint8Array.from([...start, ...noise]);
      damaged[at % damaged.length] = 0xff;
      readCapture(damaged);
    }),
  );
});
