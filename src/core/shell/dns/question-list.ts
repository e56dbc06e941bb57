/** How BIND's programs ask: one question after the other, each of a list of servers several times (host(1), nslookup(1)). */
import type { Context } from '../../base/context.ts';
import { formatIp } from '../../linux/family.ts';
import type { Kernel } from '../../linux/index.ts';
import { exchange, type DnsServer } from './exchange.ts';
import { CLASS_IN, FLAG, type DnsMessage } from './message.ts';

export interface Asker {
  readonly kernel: Kernel;
  readonly namespace: string;
  readonly context: Context;
  readonly program: string;
  readonly servers: readonly DnsServer[];
  /** Seconds for one try. */
  readonly timeout: number;
  readonly tries: number;
  readonly recursion: boolean;
  /** Says that a server could not be asked. */
  readonly say: (line: string) => void;
}

/** An answer, who gave it, and what it took. `took` in nanoseconds, `size` in octets. */
export interface Reply {
  readonly server: DnsServer;
  readonly message: DnsMessage;
  readonly size: number;
  readonly took: number;
}

/** Asks for one name as it is; null = no server could be reached. The answer gives up. */
export function ask(
  asker: Asker,
  question: { readonly name: string; readonly type: number; readonly class?: number },
  done: (reply: Reply | null) => void,
): () => void {
  const { kernel, namespace, context, program, servers, timeout, tries, recursion, say } = asker;
  const queue = Array.from({ length: tries }).flatMap(() => servers);
  let cancel = (): void => undefined;
  const next = (): void => {
    const server = queue.shift();
    if (server === undefined) {
      done(null);
      return;
    }
    const began = context.clock.now();
    const draw = context.random.fork(`${program} ${began} ${queue.length} ${question.type}`);
    const message: DnsMessage = {
      id: draw.below(0x10000),
      flags: recursion ? FLAG.recursionDesired : 0,
      questions: [{ name: question.name, type: question.type, class: question.class ?? CLASS_IN }],
      answers: [],
      authorities: [],
      additionals: [],
      edns: null,
    };
    cancel = exchange(
      { kernel, namespace, context, program, server, message, seconds: timeout },
      (outcome) => {
        if (outcome.kind === 'answer') {
          const { message: answer, size } = outcome;
          done({ server, message: answer, size, took: context.clock.now() - began });
          return;
        }
        const place = `${formatIp(server.family, server.address)}#${server.port}`;
        say(
          outcome.why === 'network unreachable'
            ? `;; UDP setup with ${place}(${formatIp(server.family, server.address)}) for ${question.name} failed: network unreachable.`
            : `;; communications error to ${place}: ${outcome.why}`,
        );
        next();
      },
    );
  };
  next();
  return () => cancel();
}

/** The names that a short one may stand for, in the order in which they are tried. */
export function candidates(
  name: string,
  { search, ndots }: { readonly search: readonly string[]; readonly ndots: number },
): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const below = search.map((domain) => `${name}.${domain}`);
  return name.split('.').length > ndots ? [name, ...below] : [...below, name];
}
