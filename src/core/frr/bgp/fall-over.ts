/** Neighbours with `bfd`: a session of bfdd beside each, whose end ends the BGP session (RFC 5882). */
import { isLinkLocal, type Address } from '../prefix.ts';
import type { BfdHandle, BfdPort } from '../bfd/bfd-port.ts';
import { DEFAULT_INTERVALS } from '../bfd/session.ts';
import { CEASE, NOTIFICATION, notification } from './message/notification.ts';
import type { Neighbour } from './neighbour.ts';
import type { BfdStatus } from './peer.ts';
import type { SessionMachine } from './session.ts';
import type { Speaker } from './speaker.ts';

export class FallOver {
  readonly #bfd: BfdPort | null;
  readonly #handles = new Map<Neighbour, { readonly key: string; readonly handle: BfdHandle }>();

  constructor(bfd: BfdPort | null) {
    this.#bfd = bfd;
  }

  /** Brings the BFD session in line with the neighbour's configuration and address. */
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
    const intervals = bfd.timers ?? DEFAULT_INTERVALS;
    const multihop = neighbour.ttl > 1 && !neighbour.isInternal;
    const way = localEnd(speaker, neighbour, peer);
    const key = JSON.stringify([
      intervals,
      multihop,
      way?.interface,
      `${peer.address}`,
      `${way?.local.address}`,
    ]);
    if (this.#handles.get(neighbour)?.key === key) return;
    this.release(neighbour);
    const handle = this.#bfd.request(
      {
        peer,
        local: way?.local ?? null,
        interface: multihop ? null : (way?.interface ?? neighbour.interface),
        vrf: speaker.vrf,
        multihop,
        intervals,
      },
      (isUp) => {
        if (isUp) {
          if (!neighbour.isEstablished) machine.tryNow();
        } else machine.end(notification(NOTIFICATION.cease, CEASE.bfdDown), undefined, 'bfd-down');
      },
    );
    this.#handles.set(neighbour, { key, handle });
    neighbour.bfd = statusOf(handle, multihop, intervals);
  }

  release(neighbour: Neighbour): void {
    this.#handles.get(neighbour)?.handle.release();
    this.#handles.delete(neighbour);
    neighbour.bfd = null;
  }
}

/** Reads the handle each time, so that the neighbour always shows bfdd's present word. */
const statusOf = (
  handle: BfdHandle,
  multiHop: boolean,
  intervals: { readonly multiplier: number; readonly receive: number; readonly transmit: number },
): BfdStatus => ({
  get status() {
    return handle.status;
  },
  get lastChange() {
    return handle.lastChange;
  },
  multiHop,
  detectMultiplier: intervals.multiplier,
  receiveInterval: intervals.receive,
  transmitInterval: intervals.transmit,
});

/** This end's address and interface towards the neighbour, as far as connected networks tell. */
function localEnd(
  speaker: Speaker,
  neighbour: Neighbour,
  peer: Address,
): { readonly local: Address; readonly interface: string } | undefined {
  for (const link of speaker.interfaces())
    for (const own of link.addresses) {
      if (own.family !== peer.family) continue;
      const shift = BigInt((own.family === 4 ? 32 : 128) - own.length);
      const onNetwork = own.address >> shift === peer.address >> shift;
      const rightLink = isLinkLocal(peer) ? link.name === neighbour.interface : true;
      if (onNetwork && rightLink)
        return { local: { family: own.family, address: own.address }, interface: link.name };
    }
  return undefined;
}
