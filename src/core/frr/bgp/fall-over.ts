/** Neighbours with `bfd`: a session of bfdd beside each, whose end ends the BGP session (RFC 5882). */
import { isLinkLocal, type Address } from '../prefix.ts';
import { sameValue } from '../same-value.ts';
import type { BfdHandle, BfdPort } from '../bfd/bfd-port.ts';
import type { BfdProfile } from '../config/host-config.ts';
import { DEFAULT_INTERVALS, type BfdIntervals } from '../bfd/session.ts';
import { CEASE, NOTIFICATION, notification } from './message/notification.ts';
import type { Neighbour } from './neighbour.ts';
import type { BfdStatus } from './peer.ts';
import { sourceAddress } from './session-rules.ts';
import type { SessionMachine } from './session.ts';
import type { Speaker } from './speaker.ts';

/** This end of a BFD session; null as long as it is not known. */
interface OwnEnd {
  readonly local: Address | null;
  readonly interface: string | null;
}

interface Known {
  readonly end: OwnEnd;
  readonly hops: number;
  readonly peer: Address;
  readonly handle: BfdHandle;
  readonly intervals: BfdIntervals;
  /** bfdd's last word. */
  isUp: boolean;
}

/** A profile gives what the neighbour leaves at the default (`bfd_session_apply`). */
function withProfile(own: BfdIntervals, profile: BfdProfile | undefined): BfdIntervals {
  const pick = (mine: number, usual: number, given: number | undefined): number =>
    mine === usual ? (given ?? usual) : mine;
  const timers = profile?.timers;
  return {
    multiplier: pick(own.multiplier, DEFAULT_INTERVALS.multiplier, timers?.detectMultiplier),
    receive: pick(own.receive, DEFAULT_INTERVALS.receive, timers?.receiveInterval),
    transmit: pick(own.transmit, DEFAULT_INTERVALS.transmit, timers?.transmitInterval),
  };
}

export class FallOver {
  readonly #bfd: BfdPort | null;
  readonly #known = new Map<Neighbour, Known>();

  constructor(bfd: BfdPort | null) {
    this.#bfd = bfd;
  }

  /**
   * Brings the BFD session in line with the neighbour's configuration and addresses. This end is known with the first
   * connection; a session that was begun without is ended and begun anew, which ends BGP's if it was up.
   */
  refresh(speaker: Speaker, neighbour: Neighbour, machine: SessionMachine): void {
    const { bfd } = neighbour.options;
    const peer = neighbour.address;
    if (
      this.#bfd === null ||
      bfd === undefined ||
      peer === null ||
      neighbour.options.shutdown !== undefined
    ) {
      this.release(neighbour);
      return;
    }
    const own = bfd.timers ?? DEFAULT_INTERVALS;
    const profile = bfd.profile === undefined ? undefined : speaker.host.config.bfdProfiles.get(bfd.profile);
    const intervals = withProfile(own, profile);
    const hops = hopsTo(neighbour);
    const before = this.#known.get(neighbour);
    const end = ownEnd(speaker, neighbour, before?.end);
    if (before !== undefined && sameValue([before.hops, before.peer, before.end], [hops, peer, end])) {
      if (sameValue(before.intervals, intervals)) return;
      before.handle.change(intervals);
      this.#known.set(neighbour, { ...before, intervals });
      neighbour.bfd = statusOf(before.handle, hops, own);
      return;
    }
    // Over several hops there is no session before this end's address is known.
    if (hops > 1 && end.local === null) {
      this.release(neighbour);
      neighbour.bfd = statusOf({ status: 'Unknown', lastChange: null }, hops, own);
      return;
    }
    const wentDown = (): void =>
      machine.end(notification(NOTIFICATION.cease, CEASE.bfdDown), undefined, 'bfd-down');
    this.release(neighbour);
    const handle = this.#bfd.request(
      { peer, ...end, interface: hops > 1 ? null : end.interface, vrf: speaker.vrf, hops, intervals },
      (isUp) => {
        const known = this.#known.get(neighbour);
        if (known !== undefined) known.isUp = isUp;
        if (!isUp) wentDown();
        else if (!neighbour.isEstablished) machine.tryNow();
      },
    );
    this.#known.set(neighbour, { end, hops, peer, handle, intervals, isUp: handle.status === 'Up' });
    neighbour.bfd = statusOf(handle, hops, own);
    if (before?.isUp === true && handle.status !== 'Up') speaker.after(0, wentDown);
  }

  release(neighbour: Neighbour): void {
    this.#known.get(neighbour)?.handle.release();
    this.#known.delete(neighbour);
    neighbour.bfd = null;
  }
}

/** How far the neighbour may be: one of this AS on a shared network is next to it, one of another is where its TTL reaches. */
const hopsTo = ({ isInternal, sharedNetwork, ttl }: Neighbour): number =>
  isInternal && sharedNetwork ? 1 : ttl;

/** Reads the handle each time, so that the neighbour always shows bfdd's present word. Intervals are bgpd's own. */
const statusOf = (
  handle: Pick<BfdHandle, 'status' | 'lastChange'>,
  hops: number,
  intervals: { readonly multiplier: number; readonly receive: number; readonly transmit: number },
): BfdStatus => ({
  get status() {
    return handle.status;
  },
  get lastChange() {
    return handle.lastChange;
  },
  multiHop: hops > 1,
  detectMultiplier: intervals.multiplier,
  receiveInterval: intervals.receive,
  transmitInterval: intervals.transmit,
});

/** This end as the neighbour's connection, its `update-source` or the BFD session of before tell. */
function ownEnd(speaker: Speaker, neighbour: Neighbour, before: OwnEnd | undefined): OwnEnd {
  const { ends, address } = neighbour;
  const configured = address === null ? null : sourceAddress(speaker, neighbour, address);
  const local = configured ?? ends?.local ?? before?.local ?? null;
  const link =
    ends === null
      ? undefined
      : isLinkLocal(ends.local)
        ? neighbour.interface
        : speaker
            .interfaces()
            .find(({ addresses }) =>
              addresses.some((own) => own.family === ends.local.family && own.address === ends.local.address),
            )?.name;
  return { local, interface: before?.interface ?? link ?? null };
}
