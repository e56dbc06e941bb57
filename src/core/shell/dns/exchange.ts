/** One question over UDP to one server, and what came of it: a programs' half of a resolver. */
import type { Context } from '../../base/context.ts';
import type { StepId } from '../../base/step.ts';
import type { IpAddress } from '../../linux/family.ts';
import type { Kernel } from '../../linux/index.ts';
import { readMessage, writeMessage, type DnsMessage } from './message.ts';

const SECOND = 1e9;
const FIRST_PORT = 32768;
const LAST_PORT = 60999;

/** Why no answer came, as the socket says it. */
type NoAnswer = 'timed out' | 'connection refused' | 'host unreachable' | 'network unreachable';

export interface DnsServer extends IpAddress {
  readonly port: number;
}

/** The end of an exchange. `size` is the answer's in octets. */
export type Outcome =
  | {
      readonly kind: 'answer';
      readonly message: DnsMessage;
      readonly size: number;
      readonly parent: StepId | null;
    }
  | { readonly kind: 'none'; readonly why: NoAnswer };

export interface Asking {
  readonly kernel: Kernel;
  readonly namespace: string;
  readonly context: Context;
  /** Who asks, for steps and `ss`. */
  readonly program: string;
  readonly server: DnsServer;
  readonly message: DnsMessage;
  /** How long to wait. */
  readonly seconds: number;
  /** What the question follows from; null when it begins a chain of steps. */
  readonly parent?: StepId | null;
}

/** Sends the question; `done` is called once, unless the answer of this call, which ends it, was called before. */
export function exchange(asking: Asking, done: (outcome: Outcome) => void): () => void {
  const { kernel, namespace, context, program, server, message } = asking;
  const { sockets } = kernel.namespace(namespace);
  const random = context.random.fork(`dns ${program} ${message.id} ${context.clock.now()}`);
  let port = FIRST_PORT + random.below(LAST_PORT - FIRST_PORT);
  while (sockets.taken('udp', server.family, port)) port = port < LAST_PORT ? port + 1 : FIRST_PORT;
  let open = true;
  const end = (): boolean => {
    if (!open) return false;
    open = false;
    close();
    cancel();
    return true;
  };
  const none = (why: NoAnswer): void => {
    if (end()) done({ kind: 'none', why });
  };
  const close = sockets.open({
    protocol: 'udp',
    family: server.family,
    port,
    local: null,
    remote: server.address,
    remotePort: server.port,
    ifindex: null,
    program,
    receive: ({ payload, parent }) => {
      const answer = readMessage(payload);
      if (answer === undefined || answer.id !== message.id || (answer.flags & 0x8000) === 0) return;
      if (end()) done({ kind: 'answer', message: answer, size: payload.length, parent });
    },
    error: ({ family, type, code }) =>
      none(
        code === (family === 4 ? 3 : 4) && type === (family === 4 ? 3 : 1)
          ? 'connection refused'
          : 'host unreachable',
      ),
  });
  const cancel = context.clock.after(asking.seconds * SECOND, () => none('timed out'));
  const sent = kernel.udpSend(
    {
      family: server.family,
      local: 0n,
      remote: server.address,
      sourcePort: port,
      destinationPort: server.port,
      payload: writeMessage(message),
      dontFragment: false,
      program: { name: program, recorder: context.recorder },
    },
    asking.parent ?? null,
    namespace,
  );
  // Never before this call has answered.
  if (!sent.ok) {
    const why = sent.error.errno === 'EHOSTUNREACH' ? 'host unreachable' : 'network unreachable';
    context.clock.after(0, () => none(why));
  }
  return () => void end();
}
