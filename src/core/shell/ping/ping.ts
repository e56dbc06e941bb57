/** `ping` of iputils 20221126 in simulated time: what is asked for, and whether it can be begun. */
import { parseIp, type Family } from '../../linux/family.ts';
import { deferred } from '../deferred.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { notesOf, parsePing, type PingOptions } from './options.ts';
import { findTarget, planPing, type PingHost, type Resolved } from './plan.ts';
import { PingSession } from './session.ts';
import { PING_USAGE } from './usage.table.ts';

export type { PingHost } from './plan.ts';

/** What `-v` says of the sockets: one of each family that may be needed, the first as descriptor 3. */
function socketsText(family: Family | null): string {
  const none = '-1 (socktype: 0)';
  const four = family === 6 ? none : '3 (socktype: SOCK_RAW)';
  const six = family === 4 ? none : `${family === 6 ? 3 : 4} (socktype: SOCK_RAW)`;
  const hint = family === null ? 'UNSPEC' : family === 4 ? 'INET' : 'INET6';
  return `ping: sock4.fd: ${four}, sock6.fd: ${six}, hints.ai_family: AF_${hint}\n\n`;
}

/** `argv[0]` is the program's name: `ping`, `ping4` or `ping6`. */
export function ping(invocation: Invocation<PingHost>): Exit | RunningProgram {
  const { output, argv } = invocation;
  const parsed = parsePing(argv);
  if (parsed.kind === 'end') {
    output.out(parsed.out);
    output.err(parsed.err);
    return { status: parsed.status };
  }
  output.err(notesOf(parsed.options));
  if (parsed.options.flood && parsed.options.count === null && parsed.options.deadline === 0) {
    output.err('ping: a flood without -c or -w is not modelled\n');
    return { status: 2 };
  }
  const { pattern, quiet } = parsed.options;
  if (pattern !== null && !quiet)
    output.out(`PATTERN: 0x${[...pattern].map((octet) => octet.toString(16).padStart(2, '0')).join('')}\n`);
  if (parsed.options.verbose) output.err(socketsText(parsed.options.family));
  const { host, namespace } = invocation;
  const { options } = parsed;
  const hosts = options.targets.slice(0, -1).map((word) => parseIp(word)?.address);
  const isStamped = options.stamps === 'tsprespec' && hosts.length < 5;
  if (hosts.length > 0 && !isStamped) {
    const isMisuse = options.recordRoute || options.stamps !== null;
    output.err(isMisuse ? PING_USAGE : 'ping: record route: Operation not permitted\n');
    return { status: 2 };
  }
  if (hosts.includes(undefined)) {
    output.err('ping: names of hosts on the way are not modelled\n');
    return { status: 2 };
  }
  const net = host.kernel.namespace(namespace);
  return deferred((go) =>
    findTarget(host, net, options.targets.at(-1) ?? '', options, (target) =>
      go(begin(invocation, options, target)),
    ),
  );
}

function begin(
  invocation: Invocation<PingHost>,
  options: PingOptions,
  target: Resolved,
): Exit | RunningProgram {
  const { output } = invocation;
  if (options.verbose && !('text' in target))
    output.out(
      `ai->ai_family: AF_INET${target.family === 4 ? '' : '6'}, ai->ai_canonname: '${target.name}'\n`,
    );
  const made = planPing(invocation, options, target, (text) => output.err(text));
  if ('text' in made) {
    output.err(made.text);
    return { status: made.status };
  }
  const session = new PingSession(invocation, made);
  session.start();
  return session;
}
