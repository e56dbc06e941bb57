/**
 * What a world costs: building it, a ping with every step recorded, memory of that run, and frames through the whole
 * pipeline of a hypervisor, against the same pipeline with a linear scan for each table.
 */
import { matchesFlow } from '../src/core/flow/match.ts';
import { receivePacket } from '../src/core/ofproto/receive.ts';
import { Classifier } from '../src/core/ofproto/table/classifier.ts';
import { replay } from '../src/core/shell/transcript.ts';
import { World } from '../src/core/sim/index.ts';
import { MULTINODE_OVN } from '../src/scenarios/multinode-ovn.ts';

const PING = 'ip netns exec vm1 ping 192.168.0.12 -c 10';

function build(): World {
  const world = new World(MULTINODE_OVN, 1);
  for (const { machine, line } of MULTINODE_OVN.transcript) replay(world, machine, line);
  return world;
}

function timed<T>(act: () => T): readonly [value: T, milliseconds: number] {
  const start = performance.now();
  const value = act();
  return [value, performance.now() - start];
}

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

const [world, first] = timed(build);
const again = Math.min(...Array.from({ length: 5 }, () => timed(build)[1]));
console.log(
  `  world built         ${first.toFixed(0)} ms cold, ${again.toFixed(0)} ms warm (3 machines, 22 commands)`,
);

const before = { steps: world.recorder.length, heap: heap() };
const [outcome, pinged] = timed(() => replay(world, 'worker1', PING));
if (outcome.status !== 0) throw new Error(outcome.err);
const steps = world.recorder.length - before.steps;
console.log(
  `  ${PING.slice(-22)}  ${pinged.toFixed(0)} ms, ${steps} steps, ${((heap() - before.heap) / steps).toFixed(0)} octets of heap a step`,
);

const { vswitch } = world.hosts.get('worker1')?.switch ?? { vswitch: undefined };
const port = vswitch?.bridges.get('br-int')?.portByName('vm1');
const frame = Array.from({ length: world.recorder.length }, (_, id) => world.recorder.step(id)).findLast(
  ({ what, where }) => what.kind === 'sent' && where.host === 'worker1' && where.device === 'vm1',
)?.frame;
if (!vswitch || !port || !frame) throw new Error('no frame of vm1');

let sent = 0;
const sink = { output: (): void => void (sent += 1), packetIn: (): void => undefined };
function rate(frames: number): number {
  const [, milliseconds] = timed(() => {
    for (let i = 0; i < frames; i += 1)
      if (vswitch && port && frame) receivePacket(vswitch.datapath, port, frame, null, null, sink);
  });
  return (frames * 1000) / milliseconds;
}

rate(300);
const tuples = rate(2000);
const { lookup } = Classifier.prototype;
type Rules = Classifier<never>['rules'];
const sorted = new WeakMap<object, { readonly match: never; readonly priority: number }[]>();
Classifier.prototype.lookup = function scan(this: Classifier<never>, flow) {
  let rules = sorted.get(this);
  if (!rules) {
    rules = [...(this.rules as Rules).call(this)];
    rules.sort((a, b) => b.priority - a.priority);
    sorted.set(this, rules);
  }
  return rules.find(({ match }) => matchesFlow(match, flow)) as never;
};
rate(100);
const linear = rate(500);
Classifier.prototype.lookup = lookup;
if (sent !== 2900) throw new Error(`${sent} frames left`);
console.log(
  `  pipeline            ${tuples.toFixed(0)} frames/s with steps recorded, ${(tuples / linear).toFixed(2)} of a linear scan of each table`,
);
