/**
 * What the tables of a large chassis cost a packet: look-ups in the largest table, and whole packets through the pipeline as
 * the world forwards them, without megaflows and with them, each against a scan of the flows from the highest priority down,
 * in one run.
 */
import type { Clock } from '../../src/core/base/context.ts';
import type { Flow } from '../../src/core/flow/flow.ts';
import { matchesFlow } from '../../src/core/flow/match.ts';
import type { FlowRule } from '../../src/core/ofproto/bridge/flow-rule.ts';
import type { Port } from '../../src/core/ofproto/bridge/port.ts';
import { DpPacket } from '../../src/core/ofproto/datapath/dp-packet.ts';
import { Frame } from '../../src/core/ofproto/frame/frame.ts';
import { receivePacket } from '../../src/core/ofproto/receive.ts';
import { Classifier } from '../../src/core/ofproto/table/classifier.ts';

const sink = { output: (): void => undefined, packetIn: (): void => undefined };

/** The first turns warm up the compiler. */
const TURNS = 5;

/**
 * Calls a second of processor time, in the best of several turns of `calls`: one collection of all that the deployment's
 * databases keep takes longer than thousands of calls, and falls into whichever turn it likes.
 */
function rate(calls: number, act: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const start = process.cpuUsage();
    for (let at = 0; at < calls; at += 1) act();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, user + system);
  }
  return (calls * 1e6) / least;
}

const byPriority = (rules: Iterable<FlowRule>): FlowRule[] =>
  [...rules].toSorted((a, b) => b.priority - a.priority);

function say(what: string, perSecond: number, scan: number): void {
  const times = perSecond / scan;
  console.log(
    `  ${what.padEnd(34)} ${Math.round(perSecond).toString().padStart(8)} /s  ${times.toFixed(times < 10 ? 2 : 0)} x a linear scan`,
  );
}

/** Prints the rates for `frames`, which came in through `port`; `recorder` is the world's. */
export function forwarding(
  port: Port,
  frames: readonly Uint8Array[],
  clock: Clock,
  recorder: { active: boolean },
): void {
  const { bridge } = port;
  const { datapath } = bridge;
  const keys = frames.flatMap((octets) => {
    const key = new DpPacket(new Frame(octets)).key(port.ofPort, bridge.tlv, datapath.vlanLimit);
    return key ? [key] : [];
  });
  let turn = 0;
  const next = <T>(items: readonly T[]): T => items[(turn += 1) % items.length] as T;
  const [largest] = bridge.tables.sizes().toSorted((a, b) => b[1] - a[1]);
  const classifier = bridge.tables.classifier(largest?.[0] ?? 0);
  if (!classifier || keys.length === 0) throw new Error('no flows, or no packets');
  const sorted = byPriority(classifier.rules());
  const scan = rate(50, () => void sorted.find(({ match }) => matchesFlow(match, next(keys))));
  say(
    `look-up, table ${largest?.[0]} of ${sorted.length}`,
    rate(20_000, () => void classifier.lookup(next(keys))),
    scan,
  );

  const { cache } = datapath;
  const through = (): void => receivePacket(datapath, port, next(frames), null, null, sink);
  // Without megaflows every packet is one that the datapath has to ask about.
  const asking = (): void => {
    cache.clear(clock.now());
    through();
  };
  const { lookup } = Classifier.prototype;
  const ranked = new WeakMap<object, FlowRule[]>();
  Classifier.prototype.lookup = function scanned(this: Classifier<never>, flow: Flow) {
    const rules = ranked.get(this) ?? byPriority(this.rules());
    ranked.set(this, rules);
    return rules.find(({ match }) => matchesFlow(match, flow)) as never;
  };
  recorder.active = false;
  const linear = rate(10, asking);
  Classifier.prototype.lookup = lookup;
  for (const isRecorded of [false, true]) {
    recorder.active = isRecorded;
    const what = isRecorded ? 'recorded packet' : 'packet';
    say(`${what}, without megaflows`, rate(1000, asking), linear);
    for (let at = 0; at < 2 * frames.length; at += 1) through();
    const { misses } = cache;
    say(`${what}, with megaflows`, rate(5000, through), linear);
    if (cache.misses > misses) throw new Error('packets without a megaflow');
  }
}
