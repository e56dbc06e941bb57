/** TCP connections told segment by segment, and as `dump-conntrack -m` tells them, as a kernel did for the same segments. */
import { expect, it } from 'vitest';
import { present } from '../../../base/assert.ts';
import { fromHex } from '../../../base/bytes.ts';
import { createRandom } from '../../../base/random.ts';
import { Conntrack, CT_STATE } from '../../../ofproto/conntrack/conntrack.ts';
import { encodeEthernet, encodeIpv4, encodeTcp, IP_PROTOCOL } from '../../../wire/index.ts';
import { connectionText } from './connection-text.ts';
import { KERNEL_SEGMENTS } from './kernel-segments.table.ts';

const ENDS = [
  { address: 0x0a000101, port: 40000 },
  { address: 0x0a000201, port: 80 },
] as const;

function frameOf(words: readonly string[]): Uint8Array {
  const [side, flags = '', sequence, acknowledgement, window, size, options = '-'] = words;
  const [source, destination] = side === '0' ? ENDS : [ENDS[1], ENDS[0]];
  const addresses = { source: source.address, destination: destination.address };
  const segment = encodeTcp(
    {
      sourcePort: source.port,
      destinationPort: destination.port,
      sequence: Number(sequence),
      acknowledgement: Number(acknowledgement),
      flags: Number.parseInt(flags, 16),
      window: Number(window),
      options: options === '-' ? new Uint8Array(0) : present(fromHex(options)),
    },
    new Uint8Array(Number(size)),
    { family: 4, ...addresses },
  );
  return encodeEthernet(
    { destination: 2n, source: 1n, type: 0x800 },
    encodeIpv4({ ...addresses, protocol: IP_PROTOCOL.tcp, ttl: 64, identification: 1 }, segment),
  );
}

function word(state: number): string {
  if (state & CT_STATE.invalid) return 'inv';
  const kind = state & CT_STATE.established ? 'est' : 'new';
  return state & CT_STATE.reply ? `${kind}+rpl` : kind;
}

it.each(KERNEL_SEGMENTS.trim().split('\n\n'))('%s', (recorded) => {
  const ct = new Conntrack({ now: () => 0, wallMs: () => 0, after: () => () => undefined }, createRandom(1));
  const options = {
    ...{
      zone: 0,
      commit: true,
      force: false,
      nat: null,
      mark: null,
      label: null,
      helper: '',
      timeouts: null,
    },
  };
  const told = recorded.split('\n').map((line) => {
    const words = line.split(' ');
    if (words[0] !== '=')
      return `${words.slice(0, -1).join(' ')} ${word(ct.execute(frameOf(words), options).state)}`;
    const [connection] = ct.connections();
    if (!connection) return '= -';
    const text = connectionText(connection, { now: 1, verbose: true });
    const [, status, timeout, info] = /status=([^,]*),timeout=(\d+),protoinfo=\((.*)\)\n$/.exec(text) ?? [];
    return `= ${status} ${timeout} ${info}`;
  });
  expect(told).toEqual(recorded.split('\n'));
});
