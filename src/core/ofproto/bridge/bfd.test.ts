import { expect, it } from 'vitest';
import type { Context } from '../../base/context.ts';
import { toHex } from '../../base/bytes.ts';
import { createRandom } from '../../base/random.ts';
import { extractFlow } from '../../flow/extract.ts';
import { decode, findLayer } from '../../wire/index.ts';
import { bfdDetails, bfdStatus } from './bfd-text.ts';
import { BfdSession } from './bfd.ts';

const MILLISECOND = 1_000_000;

class Pair {
  now = 0;
  readonly ends: readonly [BfdSession, BfdSession];
  isCut = false;

  constructor(settings: Readonly<Record<string, string>> = {}) {
    const context: Context = {
      clock: { now: () => this.now * MILLISECOND, wallMs: () => this.now, after: () => () => undefined },
      random: createRandom(1),
      recorder: { active: false, record: () => 0 },
    };
    this.ends = [new BfdSession('a', 0, context), new BfdSession('b', 1, context)];
    for (const end of this.ends) end.configure(new Map([['enable', 'true'], ...Object.entries(settings)]));
  }

  /** Lets both run for a while, a millisecond at a time. */
  pass(milliseconds: number): void {
    for (const until = this.now + milliseconds; this.now < until; this.now += 1)
      for (const [at, end] of this.ends.entries()) {
        end.run();
        if (end.shouldSend) this.deliver(this.ends[1 - at] as BfdSession, end.packet(0x0200_0000_0001n));
      }
  }

  deliver(to: BfdSession, octets: Uint8Array): void {
    if (!this.isCut) to.process(extractFlow(octets), findLayer(decode(octets), 'bfd'));
  }

  get states(): readonly string[] {
    return this.ends.map(({ state }) => state);
  }
}

it('comes up, settles on the agreed intervals, and goes down when the path is cut', () => {
  const pair = new Pair();
  pair.pass(3000);
  expect(pair.states).toEqual(['Up', 'Up']);
  pair.pass(3000);
  const [a] = pair.ends;
  expect(Object.fromEntries(bfdStatus(a))).toEqual({
    diagnostic: 'No Diagnostic',
    flap_count: '1',
    forwarding: 'true',
    remote_diagnostic: 'No Diagnostic',
    remote_state: 'up',
    state: 'up',
  });
  expect(bfdDetails(a)).toContain('  TX Interval: Approx 1000ms\n  RX Interval: Approx 1000ms\n');
  pair.isCut = true;
  pair.pass(2000);
  expect(pair.states).toEqual(['Up', 'Up']);
  pair.pass(1100);
  expect(pair.states).toEqual(['Down', 'Down']);
  expect(bfdDetails(a)).toContain('  Local Diagnostic: Control Detection Time Expired\n');
  pair.isCut = false;
  pair.pass(3000);
  expect(pair.states).toEqual(['Up', 'Up']);
  expect(bfdStatus(a).get('flap_count')).toBe('3');
});

it('detects sooner with shorter intervals', () => {
  const pair = new Pair({ min_rx: '200', min_tx: '200', mult: '2' });
  pair.pass(4000);
  pair.isCut = true;
  pair.pass(450);
  expect(pair.states).toEqual(['Down', 'Down']);
});

it('sends what RFC 5880 and the defaults of the switch say', () => {
  const [a] = new Pair().ends;
  const packet = findLayer(decode(a.packet(0x0200_0000_0001n)), 'bfd');
  expect(packet).toMatchObject({
    state: 'Down',
    multiplier: 3,
    desiredMinTx: 1_000_000,
    requiredMinRx: 1_000_000,
  });
  expect(toHex(a.packet(0x0200_0000_0001n).subarray(0, 42))).toBe(
    '002320000001020000000001080045c0003400000000ff1164fba9fe0101a9fe0100c0000ec800200000',
  );
});

it('takes only its own packets', () => {
  const [a] = new Pair({ check_tnl_key: 'true' }).ends;
  const flow = extractFlow(a.packet(1n));
  expect(a.accepts(flow)).toBe(true);
  flow[11] = 5; // tunnel key
  expect(a.accepts(flow)).toBe(false);
});
