/** The control plane step by step: BGP messages held back, delivered one by one, or played until something happens. */
import { formatPrefix, parsePrefix } from '../../core/frr/prefix.ts';
import { messageType } from '../../core/frr/view/router-view.ts';
import type { MessageEnd, World } from '../../core/sim/index.ts';
import type { MessageStep } from '../document.ts';
import type { HeldMessages, PlayAsk, PlayOutcome } from '../questions/bgp.ts';
import type { CallContext } from './call.ts';
import { nextTask } from './next-task.ts';
import { checkForwarding, routedPrefixes } from './questions/forwarding.ts';
import { messageLines } from './questions/bgp.ts';
import { Refused } from './refused.ts';
import { findSpeakers, routingSnapshot } from './routing-snapshot.ts';

/** Simulated time that a delivered message is given: bgpd gathers what it announces for a second. */
const REACTION = 1_100_000_000;
/** When nothing came for so long, all is quiet. */
const QUIET = 10_000_000_000;
const MOST_DELIVERED = 10_000;
const MOST_SHOWN = 500;

/** What waits, oldest first, and what is held. */
export function heldMessages(world: World): HeldMessages {
  const sessions = routingSnapshot(world)?.sessions ?? [];
  const { messages } = world;
  const waiting = messages.waiting();
  return {
    all: messages.holdsAll,
    ends: [...messages.held].map((text) => {
      const at = text.lastIndexOf(' ');
      return { speaker: text.slice(0, at), neighbour: text.slice(at + 1) };
    }),
    total: waiting.length,
    waiting: waiting.slice(0, MOST_SHOWN).map(({ end, at, octets, behind }) => {
      const session = sessions.find(({ near, far }) =>
        [near, far].some((side) => side?.speaker === end.speaker && side.address === end.neighbour),
      );
      const sender = session?.near.speaker === end.speaker ? session.far : session?.near;
      return {
        end,
        session: session?.id ?? null,
        from: sender?.speaker ?? null,
        at,
        behind,
        type: messageType(octets),
        lines: messageLines(octets),
        octets,
      };
    }),
  };
}

/**
 * Holds messages back (all, or those of one end), lets them go, or delivers the first that waits at `end`. Gives the
 * simulated time that the routers should have for it. Refuses to deliver where nothing waits.
 */
export function stepMessages(world: World, act: MessageStep['act'], end: MessageEnd | null): number {
  if (act !== 'deliver') {
    world.messages[act](end);
    return 0;
  }
  if (end === null || !world.messages.deliver(end)) throw new Refused('No message waits there.');
  return REACTION;
}

/** What `play` does to the world it plays in. */
export interface Stage {
  readonly world: World;
  /** Delivers the first message that waits at an end and lets the world react. */
  readonly deliver: (end: MessageEnd) => Promise<void>;
  /** Lets time pass. */
  readonly pass: (nanoseconds: number) => Promise<void>;
}

/** Delivers in the order of arrival until what is asked for happens, or nothing does any more. */
export async function play(
  { world, deliver, pass }: Stage,
  { until, prefix, speaker }: PlayAsk,
  { signal, progress }: Pick<CallContext, 'signal' | 'progress'>,
): Promise<PlayOutcome> {
  const wanted = prefix === '' ? undefined : parsePrefix(prefix);
  if (prefix !== '' && wanted === undefined)
    throw new Refused(`${prefix} is no prefix, such as 10.0.0.0/24.`);
  if (until === 'arrival' && wanted === undefined) throw new Refused('Say which prefix is to arrive.');
  const key = wanted && formatPrefix(wanted);
  const arrived = (): string | undefined =>
    until !== 'arrival' || key === undefined
      ? undefined
      : findSpeakers(world)
          .filter(({ snapshot }) => speaker === '' || snapshot.id === speaker)
          .find(({ instance }) =>
            (['ipv4-unicast', 'ipv6-unicast'] as const).some((family) =>
              instance
                .rib(family)
                .destinations.get(key)
                ?.paths.some((path) => path.peer !== instance.self),
            ),
          )?.snapshot.id;
  const broken = (): readonly string[] =>
    until === 'arrival' || until === 'quiet'
      ? []
      : checkForwarding(world, wanted ? [wanted] : routedPrefixes(world), [until]).map(({ text }) => text);
  const before = new Set(broken());
  let delivered = 0;
  if (arrived() !== undefined) return { why: 'arrival', delivered, text: `${key} is there already.` };
  for (;;) {
    signal.throwIfAborted();
    const [first] = world.messages.waiting();
    if (first === undefined) {
      const end = world.clock.now() + QUIET;
      while (world.messages.waiting().length === 0 && world.clock.now() < end) {
        await pass(Math.min(REACTION, end - world.clock.now()));
        await nextTask();
        signal.throwIfAborted();
      }
      if (world.messages.waiting().length > 0) continue;
      return { why: 'quiet', delivered, text: 'Nothing was announced for ten seconds.' };
    }
    if (delivered === MOST_DELIVERED)
      return { why: 'stopped', delivered, text: `${MOST_DELIVERED} messages and no end in sight.` };
    await deliver(first.end);
    delivered += 1;
    progress(delivered, delivered + world.messages.waiting().length, '');
    const where = arrived();
    if (where !== undefined) return { why: 'arrival', delivered, text: `${key} arrived.`, speaker: where };
    const fresh = broken().find((text) => !before.has(text));
    if (fresh !== undefined) return { why: 'broken', delivered, text: `${fresh}.` };
    await nextTask();
  }
}
