/**
 * Keeps megaflows in step with what they were made from. When tables, addresses learned or ports change, each is worked out
 * again: its actions are changed in place, and one that would now have to look at more of a packet is taken away.
 */
import { WORD } from '../../flow/words.table.ts';
import { word } from '../../flow/packet-kind.ts';
import { copyFlow } from '../../flow/flow.ts';
import type { Datapath } from '../bridge/datapath.ts';
import { translate, type Translation } from '../xlate/translate.ts';
import type { Megaflow, Treatment } from './flow-cache.ts';
import { heldMask, type HeldMask } from './held-mask.ts';
import type { Itinerary } from './itinerary.ts';

/** What a translation says of how packets are treated, each of them by itself where the datapath cannot tell them apart. */
export function treatmentOf(
  { actions, slow, frozenIds, repetition }: Translation,
  { isTooCoarse }: HeldMask,
  itinerary: Itinerary | null = null,
): Treatment {
  return isTooCoarse
    ? { actions, slow: new Set([...slow, 'match' as const]), frozenIds, repetition: null, itinerary }
    : { actions, slow, frozenIds, repetition, itinerary };
}

/** How the megaflow's own packet would be treated now; undefined when its port or its frozen state is gone. */
function again(datapath: Datapath, { flow, dpPort }: Megaflow): Translation | undefined {
  const id = word(flow, WORD.recircId);
  const frozen = id === 0 ? null : datapath.frozen.find(id);
  const port = dpPort === null ? undefined : datapath.receivingPort(dpPort, flow);
  if (frozen === undefined || (frozen === null && !port)) return undefined;
  const bridge = port?.bridge ?? frozen?.bridge;
  if (!bridge) return undefined;
  const key = copyFlow(flow);
  if (port) key[WORD.inPort] = port.ofPort;
  return translate({
    bridge,
    flow: key,
    packet: null,
    sideEffects: false,
    revalidation: true,
    stats: null,
    trace: false,
    names: false,
    actions: null,
    inPacketOut: false,
    frozen,
  });
}

/** Brings one up to date; whether it stays. */
export function revalidate(datapath: Datapath, megaflow: Megaflow): boolean {
  const { cache, context, userspace } = datapath;
  if (megaflow.treatment.repetition?.stands === true) return true;
  const now = context.clock.now();
  const translation = again(datapath, megaflow);
  if (!translation) {
    cache.remove(megaflow, now);
    return false;
  }
  const held = heldMask(megaflow.flow, translation.mask, userspace);
  const treatment = treatmentOf(translation, held);
  const looksAtMore = held.mask.some((bits, at) => (bits & ~word(megaflow.mask, at)) !== 0);
  if (translation.error !== null || looksAtMore) {
    cache.release(treatment);
    cache.remove(megaflow, now);
    return false;
  }
  // Even where it comes to the same: what the old one depended on is no longer as it was.
  cache.treat(megaflow, treatment);
  return true;
}

/** The megaflows of the datapath as they stand now, oldest first. */
export function currentMegaflows(datapath: Datapath): readonly Megaflow[] {
  const { cache, context } = datapath;
  return cache.list(context.clock.now()).filter((one) => revalidate(datapath, one));
}
