/** A deployment's world from its plan: the nodes' commands, OVN on all of them, and time until the network is calm. */
import type { WorldPlan } from '../../core/readers/tripleo/index.ts';
import { replaying, type LineOutcome, type MachineLine } from '../../core/shell/transcript.ts';
import { World } from '../../core/sim/index.ts';
import type { CallContext } from './call.ts';
import { inPieces } from './in-pieces.ts';

/** Simulated time from the last command until the bridges' spanning tree is calm. */
const CALM = 6_000_000_000;
/** Shares of the work, in percent, of which the nodes' commands end and the chassis are joined. */
const CONFIGURED = 35;
const JOINED = 65;

export interface BroughtUp {
  readonly world: World;
  /** Lines that a machine refused. */
  readonly refused: readonly { readonly message: string; readonly place: string }[];
}

/** Lets time pass, one event a part. */
export function* passing(world: World, until: number): Generator<void> {
  for (let next = world.clock.next(); next !== undefined && next <= until; next = world.clock.next()) {
    world.clock.step();
    yield;
  }
  world.clock.run(until);
}

/** How many machines have a tunnel. */
function tunnelled(world: World): number {
  let count = 0;
  for (const { switch: openvswitch } of world.hosts.values())
    if (openvswitch && openvswitch.ovs.find('Interface', 'type', 'geneve').length > 0) count += 1;
  return count;
}

/** Brings the machines of a plan up, in pieces; rejects when the caller gave up. */
export async function bringUp(
  plan: WorldPlan,
  chassis: readonly MachineLine[],
  context: CallContext,
): Promise<BroughtUp> {
  const hypervisor = {
    name: 'hypervisor',
    kind: 'machine',
    services: [],
    nics: [],
    hypervisor: plan.hypervisor,
  } as const;
  const world = new World({ machines: [hypervisor, ...plan.machines], segments: [] }, 1);
  const refused: { readonly message: string; readonly place: string }[] = [];
  const note = ({ machine, line }: MachineLine, { status, err }: LineOutcome): void => {
    if (status !== 0) refused.push({ message: `${line}: ${err.trim()}`, place: machine });
  };
  const progress = (share: number, text: string): void => context.progress(Math.floor(share), 100, text);

  let done = 0;
  function* configuring(): Generator<void> {
    for (const line of plan.transcript) {
      const [outcome] = yield* replaying(world, [line]);
      if (outcome) note(line, outcome);
      done += 1;
      yield;
    }
  }
  await inPieces(configuring(), context, () => {
    const { machine = '', line = '' } = plan.transcript[done] ?? {};
    progress((CONFIGURED * done) / plan.transcript.length, `${machine}: ${line}`);
  });
  // One after the other, each chassis would have all others work its tunnel out by itself.
  const outcomes = await inPieces(replaying(world, chassis), context, () => {
    const joined = tunnelled(world);
    const share = joined / Math.max(1, chassis.length);
    progress(
      CONFIGURED + (JOINED - CONFIGURED) * Math.min(1, share),
      `OVN: ${joined} of ${plan.machines.length} nodes have tunnels`,
    );
  });
  outcomes.forEach((outcome, at) => {
    const line = chassis[at];
    if (line) note(line, outcome);
  });
  await comeToRest(world, context, (share) =>
    progress(JOINED + (100 - JOINED) * share, 'the network comes to rest'),
  );
  return { world, refused };
}

/** Lets time pass until the network is calm. Nobody sees it, so that it is not recorded. */
async function comeToRest(world: World, context: CallContext, tell: (share: number) => void): Promise<void> {
  const start = world.clock.now();
  world.recorder.active = false;
  await inPieces(passing(world, start + CALM), context, () => tell((world.clock.now() - start) / CALM));
  world.recorder.active = true;
}
