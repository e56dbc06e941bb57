/** tcpdump: lines a second, and filters as programs against the plain reading of their expression, on recorded frames. */
import { readFileSync } from 'node:fs';
import { compileFilter, interpretFilter, TcpdumpSession } from '../src/core/wire/index.ts';

const octetsOf = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
const frames = readFileSync('golden/packets/corpus.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => octetsOf((JSON.parse(line) as { hex: string }).hex));

/** Calls a second of what is done to each frame, over and over for a while. */
function rate(act: (octets: Uint8Array) => void): number {
  for (const frame of frames) act(frame);
  const start = performance.now();
  let calls = 0;
  while (performance.now() - start < 700) {
    for (const frame of frames) act(frame);
    calls += frames.length;
  }
  return (calls * 1000) / (performance.now() - start);
}

for (const verbose of [0, 2]) {
  const session = new TcpdumpSession({ verbose, numeric: true, linkHeader: verbose > 0 });
  let lines = 0;
  let packets = 0;
  const perSecond = rate((octets) => {
    const { text } = session.print({ octets, length: octets.length, time: { seconds: 1, nanoseconds: 0 } });
    lines += text.split('\n').length - 1;
    packets += 1;
  });
  const shown = verbose > 0 ? '-vv -e -n' : '-n';
  console.log(
    `  tcpdump ${shown.padEnd(11)} ${((perSecond * lines) / packets).toFixed(0)} lines/s (${perSecond.toFixed(0)} packets/s)`,
  );
}

const FILTERS = [
  'icmp',
  'tcp port 179 or udp port 3784',
  'vlan 50 and udp port 6081',
  'host 10.0.0.1 and not arp',
  'ip[8] < 5 or ip6[7] < 5',
  'geneve and icmp',
];
for (const text of FILTERS) {
  const filter = compileFilter(text);
  if (!filter.ok) throw new Error(filter.error.message);
  const { matches, test } = filter.value;
  let differing = 0;
  for (const frame of frames) if (matches(frame) !== interpretFilter(test, frame)) differing += 1;
  const compiled = rate((octets) => void matches(octets));
  const plain = rate((octets) => void interpretFilter(test, octets));
  console.log(
    `  ${text.padEnd(31)} ${(compiled / 1e6).toFixed(2)} million packets/s, ${(compiled / plain).toFixed(2)} of the plain reading${differing > 0 ? `, which takes ${differing} short frames otherwise` : ''}`,
  );
}
