/** Outputs of a real deployment that a user pasted or dropped: what they say as a world, what they do not say named. */
import { decodeUtf8 } from '../../core/base/utf8.ts';
import { readOutputs } from '../../core/readers/pasted/index.ts';
import { replay } from '../../core/shell/transcript.ts';
import { World } from '../../core/sim/index.ts';
import type { UnknownSnapshot, WorldSnapshot } from '../snapshot.ts';
import type { CallContext } from './call.ts';
import type { NamedOctets } from './database-files.ts';

export interface OpenedPaste {
  readonly world: World;
  readonly problems: WorldSnapshot['problems'];
  readonly unknown: readonly UnknownSnapshot[];
}

/** Simulated time until the bridges' spanning tree is calm. */
const CALM = 6_000_000_000;
/** Outputs are texts of moderate size. */
const MOST_OCTETS = 4_000_000;

const isText = ({ octets }: NamedOctets): boolean => octets.length <= MOST_OCTETS && !octets.includes(0);

/** Null when the files hold no output that is read here. */
export function openPaste(files: readonly NamedOctets[], context: CallContext): OpenedPaste | null {
  if (files.length === 0 || !files.every(isText)) return null;
  const plan = readOutputs(new Map(files.map(({ name, octets }) => [name, decodeUtf8(octets)])));
  if (plan === null) return null;
  const world = new World({ machines: plan.machines, segments: plan.segments }, 1);
  const refused: { readonly message: string; readonly place: string }[] = [];
  plan.transcript.forEach(({ machine, line }, at) => {
    context.progress(at, plan.transcript.length, line);
    const { status, err } = replay(world, machine, line);
    if (status !== 0) refused.push({ message: `${line}: ${err.trim()}`, place: machine });
  });
  world.clock.run(world.clock.now() + CALM);
  return {
    world,
    problems: [
      ...plan.problems.map(({ message, place }) => ({
        message,
        place: place?.line === undefined ? (place?.file ?? '') : `${place.file}, line ${place.line}`,
      })),
      ...refused,
    ],
    unknown: plan.unknown.map(({ machine, device, text }) => ({
      subject:
        device === null
          ? { kind: 'host', host: machine ?? '' }
          : { kind: 'link', host: machine ?? '', namespace: '', device },
      text,
    })),
  };
}
