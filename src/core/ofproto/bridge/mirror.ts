/** Port mirrors of a bridge: which packets are copied, and where to. */
import type { Flow } from '../../flow/flow.ts';
import { matchesFlow, type Match } from '../../flow/match.ts';
import type { Bundle } from './port.ts';

export interface Mirror {
  readonly name: string;
  /** Bit of this mirror in sets of mirrors. */
  readonly bit: number;
  readonly sources: ReadonlySet<Bundle>;
  readonly destinations: ReadonlySet<Bundle>;
  /** VLANs selected; null for all. */
  readonly vlans: ReadonlySet<number> | null;
  readonly output: Bundle | null;
  readonly outputVlan: number;
  /** Bytes kept of a copy, 0 for all. */
  readonly snapLength: number;
  readonly filter: Match | null;
}

/** Bits of the mirrors that send where `mirror` sends: a packet is copied there once. */
export function duplicatesOf(mirror: Mirror, mirrors: readonly Mirror[]): number {
  return mirrors
    .filter((other) =>
      mirror.output
        ? other.output === mirror.output
        : !other.output && other.outputVlan === mirror.outputVlan,
    )
    .reduce((bits, other) => bits | (1 << other.bit), 1 << mirror.bit);
}

const bitsOf = (mirrors: readonly Mirror[], holds: (mirror: Mirror) => boolean): number =>
  mirrors.filter(holds).reduce((bits, mirror) => bits | (1 << mirror.bit), 0);

export const mirrorsFrom = (mirrors: readonly Mirror[], bundle: Bundle): number =>
  bitsOf(mirrors, (mirror) => mirror.sources.has(bundle));

export const mirrorsTo = (mirrors: readonly Mirror[], bundle: Bundle): number =>
  bitsOf(mirrors, (mirror) => mirror.destinations.has(bundle));

/** Whether a port is only there to receive copies. */
export const isMirrorOutput = (mirrors: readonly Mirror[], bundle: Bundle): boolean =>
  mirrors.some((mirror) => mirror.output === bundle);

export const passesFilter = (mirror: Mirror, flow: Flow): boolean =>
  mirror.filter === null || matchesFlow(mirror.filter, flow);
