/** Questions over UDP to one server, from one port, and what came of them: a programs' half of a resolver. */
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

/** `size` is the message's in octets. */
interface Answer {
  readonly message: DnsMessage;
  readonly size: number;
  readonly parent: StepId | null;
}

/** The end of an exchange. */
export type Outcome =
  | ({ readonly kind: 'answer' } & Answer)
  | { readonly kind: 'none'; readonly why: NoAnswer };

/** The end of several: all answers, in the order of the questions, or none. */
export type Outcomes =
  | { readonly kind: 'answers'; readonly answers: readonly Answer[] }
  | { readonly kind: 'none'; readonly why: NoAnswer };

interface Setting {
  readonly kernel: Kernel;
  readonly namespace: string;
  readonly context: Context;
  /** Who asks, for steps and `ss`. */
  readonly program: string;
  readonly server: DnsServer;
  /** How long to wait. */
  readonly seconds: number;
  /** What the question follows from; null when it begins a chain of steps. */
  readonly parent?: StepId | null;
}

export interface Asking extends Setting {
  readonly message: DnsMessage;
}

/** Sends the question; `done` is called once, unless the answer of this call, which ends it, was called before. */
export function exchange({ message, ...setting }: Asking, done: (outcome: Outcome) => void): () => void {
  return exchangeAll({ ...setting, messages: [message] }, (outcome) => {
    const [answer] = outcome.kind === 'answers' ? outcome.answers : [];
    if (answer) done({ kind: 'answer', ...answer });
    else if (outcome.kind === 'none') done(outcome);
  });
}

/** As `exchange`, with several questions at once. */
export function exchangeAll(
  asking: Setting & { readonly messages: readonly DnsMessage[] },
  done: (outcomes: Outcomes) => void,
): () => void {
  const { kernel, namespace, context, program, server, messages } = asking;
  const { sockets } = kernel.namespace(namespace);
  const random = context.random.fork(`dns ${program} ${messages[0]?.id ?? 0} ${context.clock.now()}`);
  const answers = new Map<number, Answer>();
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
      const asked = answer && messages.some(({ id }) => id === answer.id);
      if (answer === undefined || !asked || (answer.flags & 0x8000) === 0) return;
      answers.set(answer.id, { message: answer, size: payload.length, parent });
      const whole = messages.flatMap(({ id }) => answers.get(id) ?? []);
      if (whole.length === messages.length && end()) done({ kind: 'answers', answers: whole });
    },
    // Errors that are not final, such as a host that does not answer for now, are not told to a socket.
    error: ({ family, type, code }) => {
      if (code === (family === 4 ? 3 : 4) && type === (family === 4 ? 3 : 1)) none('connection refused');
    },
  });
  const cancel = context.clock.after(asking.seconds * SECOND, () => none('timed out'));
  for (const message of messages) {
    if (!open) break;
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
    if (sent.ok) continue;
    // Never before this call has answered.
    const why = sent.error.errno === 'EHOSTUNREACH' ? 'host unreachable' : 'network unreachable';
    context.clock.after(0, () => none(why));
    break;
  }
  return () => void end();
}
