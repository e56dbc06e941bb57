import { expect, it } from 'vitest';
import { toHex } from '../../core/base/bytes.ts';
import { encodeArp, encodeEthernet, printFrame, writePcap } from '../../core/wire/index.ts';
import type { GoldenFolder } from '../runner.ts';
import { packetsRunner } from './packets.ts';

const frame = encodeEthernet(
  { destination: 1n, source: 2n, type: 0x0806 },
  encodeArp({ operation: 1, senderMac: 2n, senderIp: 3, targetMac: 0n, targetIp: 4 }),
);
const text = printFrame(frame, { linkHeader: true, numeric: true, verbose: 2 });
const BANNER = 'reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144\n';

function passes(files: Readonly<Record<string, string>>, file: Uint8Array): Record<string, boolean> {
  const folder: GoldenFolder = {
    list: (path) =>
      path === 'packets/pcapfiles'
        ? ['a.pcap', ...Object.keys(files)].filter((name) => name.startsWith('a.'))
        : [],
    exists: (path) => path.endsWith('a.pcap') || files[path.replace('packets/pcapfiles/', '')] !== undefined,
    text: (path) => files[path.replace('packets/pcapfiles/', '')] ?? '',
    octets: () => file,
  };
  return Object.fromEntries([...packetsRunner.run(folder, () => true)].map(({ id, pass }) => [id, pass]));
}

it('catches a text and a file that differ', () => {
  const row = (tcpdump: string): string => `${JSON.stringify({ id: 'x', hex: toHex(frame), tcpdump })}\n`;
  const file = writePcap([{ time: { seconds: 1, nanoseconds: 0 }, octets: frame }]);
  const right = passes({ 'packets/corpus.jsonl': row(text), 'a.pcap.tcpdump.stderr.txt': BANNER }, file);
  expect(Object.values(right).every(Boolean)).toBe(true);
  expect(passes({ 'packets/corpus.jsonl': row(text.replace('tell', 'tells')) }, file)['x']).toBe(false);
  expect(passes({ 'a.pcap.tcpdump.stderr.txt': 'other' }, file)['a.pcap']).toBe(false);
  const cut = passes({}, file.subarray(0, 20));
  expect(Object.values(cut)).toContain(false);
});
