/** A connection as a program holds it: what it may do, and what it is told. */
import type { StepId } from '../../base/step.ts';
import type { Family } from '../family.ts';
import { awaitPeerFin, finish } from './finish.ts';
import { push } from './output.ts';
import { isSynchronized, type Tcb, type TcpEnd, type TcpSettings, type TcpState } from './tcb.ts';
import { sendReset } from './transmit.ts';

/**
 * What the kernel tells the program of a connection. Each call comes in an event of its own, later than the segment
 * that caused it; `parent` is the step of that segment, to be given to what the program sends in answer.
 */
export interface TcpHandlers {
  onConnected?(parent: StepId | null): void;
  onData(octets: Uint8Array, parent: StepId | null): void;
  /** The peer has finished sending. Without this handler the connection closes itself, and `onClosed('finished')` follows. */
  onEnd?(parent: StepId | null): void;
  /** The connection is over, and not by this program's `close` or `abort`: after those no handler is called. */
  onClosed(reason: TcpEnd, parent: StepId | null): void;
}

/** Octets written that the peer has not acknowledged. */
export const queued = ({ inFlight, unsent }: Tcb): number =>
  [...inFlight, ...unsent].reduce((sum, each) => sum + each.octets.length, 0);

export class TcpConnection {
  readonly #tcb: Tcb;

  constructor(tcb: Tcb) {
    this.#tcb = tcb;
  }

  get state(): TcpState {
    return this.#tcb.state;
  }

  get family(): Family {
    return this.#tcb.family;
  }

  get local(): bigint {
    return this.#tcb.local;
  }

  get localPort(): number {
    return this.#tcb.localPort;
  }

  get remote(): bigint {
    return this.#tcb.remote;
  }

  get remotePort(): number {
    return this.#tcb.remotePort;
  }

  /** The interface that it is bound to; 0: none. */
  get ifindex(): number {
    return this.#tcb.ifindex;
  }

  /** Octets written that the peer has not acknowledged. */
  get pending(): number {
    return queued(this.#tcb);
  }

  /** Queues octets behind those before them. False once this side has finished or the connection is over (`EPIPE`). */
  send(octets: Uint8Array, parent: StepId | null = null): boolean {
    const tcb = this.#tcb;
    if (tcb.finishing || tcb.state === 'CLOSED' || tcb.state === 'TIME-WAIT') return false;
    if (octets.length > 0) tcb.unsent.push({ octets: octets.slice(), parent });
    if (isSynchronized(tcb.state)) push(tcb);
    return true;
  }

  /** Nothing more will be sent, but what comes is still read (`shutdown(SHUT_WR)`). */
  finish(): void {
    const tcb = this.#tcb;
    if (tcb.finishing || tcb.state === 'CLOSED') return;
    tcb.finishing = true;
    if (isSynchronized(tcb.state)) push(tcb);
  }

  /** `close(2)`: what was written is still delivered. No handler is called again. */
  close(): void {
    const tcb = this.#tcb;
    tcb.orphaned = true;
    if (tcb.state === 'SYN-SENT') finish(tcb, 'finished', null);
    else if (tcb.state === 'FIN-WAIT-2') awaitPeerFin(tcb);
    else this.finish();
  }

  /** Ends the connection at once with a reset (`SO_LINGER` of 0). No handler is called again. */
  abort(parent: StepId | null = null): void {
    const tcb = this.#tcb;
    tcb.orphaned = true;
    if (isSynchronized(tcb.state) && tcb.state !== 'TIME-WAIT') sendReset(tcb, parent);
    finish(tcb, 'finished', parent);
  }

  /** Sets socket options for what is sent and received from now on. */
  set(settings: Partial<TcpSettings>): void {
    Object.assign(this.#tcb, settings);
  }
}
