/** `dig` of BIND 9.18: one question to a server, and the whole of its answer. */
import { civilDate } from '../../base/calendar.ts';
import { formatIp, parseIp } from '../../linux/family.ts';
import { exchange, type DnsServer, type Outcome } from '../dns/exchange.ts';
import { FLAG, type DnsMessage } from '../dns/message.ts';
import { parseResolvConf, type ResolverSettings } from '../dns/resolv-conf.ts';
import type { IpHost } from '../ip/host.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { messageText } from './answer-text.ts';
import { parseDig, type DigOptions } from './options.ts';

const VERSION = '9.18.49-1~deb12u3-Debian';
const RESOLV_CONF = '/etc/resolv.conf';
const MILLISECOND = 1e6;
const UDP_SIZE = 1232;
const COOKIE = 10;
/** No server answered. */
const NO_REPLY = 9;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface DigHost extends IpHost {
  readFile(path: string): string | undefined;
  /** An address by /etc/hosts, for the name of a server. */
  addressOf(name: string): Omit<DnsServer, 'port'> | undefined;
}

/** `Mon Nov 23 04:32:31 UTC 2026`. */
function dateText(wallMs: number): string {
  const seconds = Math.floor(wallMs / 1000);
  const days = Math.floor(seconds / 86_400);
  const [year, month, day] = civilDate(days);
  const rest = seconds - days * 86_400;
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60]
    .map((value) => String(value).padStart(2, '0'))
    .join(':');
  return `${DAYS[(days + 4) % 7]} ${MONTHS[month - 1]} ${String(day).padStart(2, '0')} ${time} UTC ${year}`;
}

class Lookup implements RunningProgram {
  readonly pace = 'fast';
  readonly #invocation: Invocation<DigHost>;
  readonly #options: DigOptions;
  readonly #settings: ResolverSettings;
  /** Names yet to be tried, then servers yet to be asked for the first of them. */
  readonly #names: string[];
  readonly #servers: readonly DnsServer[];
  readonly #listeners: ((exit: Exit) => void)[] = [];
  #queue: DnsServer[] = [];
  #began = 0;
  #saidBanner = false;
  #exit: Exit | null = null;
  #cancel: (() => void) | null = null;

  constructor(
    invocation: Invocation<DigHost>,
    options: DigOptions,
    settings: ResolverSettings,
    servers: readonly DnsServer[],
  ) {
    this.#invocation = invocation;
    this.#options = options;
    this.#settings = settings;
    this.#servers = servers;
    this.#names = this.#candidates();
  }

  #candidates(): string[] {
    const { name, usesSearch } = this.#options;
    const { search, ndots } = this.#settings;
    if (!usesSearch || name.endsWith('.')) return [name];
    const below = search.map((domain) => `${name}.${domain}`);
    return name.split('.').length > ndots ? [name, ...below] : [...below, name];
  }

  start(): void {
    const { tries } = this.#options;
    this.#queue = Array.from({ length: tries }).flatMap(() => this.#servers);
    this.#ask();
  }

  cancel(): void {
    this.#cancel?.();
    this.#end(130);
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit === null) this.#listeners.push(listener);
    else listener(this.#exit);
  }

  #end(status: number): void {
    if (this.#exit !== null) return;
    this.#exit = { status };
    for (const listener of this.#listeners.splice(0)) listener(this.#exit);
  }

  #out(text: string): void {
    this.#invocation.output.out(text);
  }

  #banner(): void {
    const { shown, isShort, server } = this.#options;
    if (this.#saidBanner || isShort || !shown.has('cmd')) return;
    this.#saidBanner = true;
    const found = server === null ? '' : `; (${this.#servers.length} server found)\n`;
    const argv = this.#invocation.argv.slice(1).map((word) => ` ${word}`);
    this.#out(`\n; <<>> DiG ${VERSION} <<>>${argv.join('')}\n${found};; global options: +cmd\n`);
  }

  #query(): DnsMessage {
    const { type, class: kind, recursion, authenticData, edns, cookie } = this.#options;
    const { random, clock } = this.#invocation.context;
    const draw = random.fork(`dig ${clock.now()} ${this.#queue.length} ${this.#names.length}`);
    const octets = Uint8Array.from({ length: 8 }, () => draw.below(256));
    return {
      id: draw.below(0x10000),
      flags: (recursion ? FLAG.recursionDesired : 0) | (authenticData ? FLAG.authenticData : 0),
      questions: [{ name: this.#names[0] ?? '', type, class: kind }],
      answers: [],
      authorities: [],
      additionals: [],
      edns: edns
        ? { udpSize: UDP_SIZE, flags: 0, options: cookie ? [{ code: COOKIE, data: octets }] : [] }
        : null,
    };
  }

  #ask(): void {
    const { host, namespace, context } = this.#invocation;
    const server = this.#queue.shift();
    if (server === undefined) {
      this.#banner();
      this.#out(';; no servers could be reached\n');
      this.#end(NO_REPLY);
      return;
    }
    this.#began = context.clock.now();
    const { kernel } = host;
    const { timeout } = this.#options;
    this.#cancel = exchange(
      { kernel, namespace, context, program: 'dig', server, message: this.#query(), seconds: timeout },
      (outcome) => this.#took(server, outcome),
    );
  }

  #took(server: DnsServer, outcome: Outcome): void {
    const address = formatIp(server.family, server.address);
    if (outcome.kind === 'none') {
      if (outcome.why === 'network unreachable') {
        this.#out(
          `;; UDP setup with ${address}#${server.port}(${this.#options.server ?? address}) for ${this.#names[0] ?? ''} failed: network unreachable.\n`,
        );
        this.#queue = this.#queue.filter((one) => one !== server);
        if (this.#queue.length === 0) this.#saidBanner = true;
      } else this.#out(`;; communications error to ${address}#${server.port}: ${outcome.why}\n`);
      this.#ask();
      return;
    }
    const { message, size } = outcome;
    if ((message.flags & 15) === 3 && this.#names.length > 1) {
      this.#names.shift();
      this.start();
      return;
    }
    if ((message.flags & FLAG.truncated) !== 0) {
      this.#invocation.output.err('dig: an answer over TCP is not modelled\n');
      this.#end(1);
      return;
    }
    this.#show(server, message, size);
    this.#end(0);
  }

  #show(server: DnsServer, message: DnsMessage, size: number): void {
    const { isShort, shown } = this.#options;
    if (isShort) {
      for (const { text } of message.answers) this.#out(`${text}\n`);
      return;
    }
    this.#banner();
    this.#out(messageText(message, this.#options));
    if (!shown.has('stats')) return;
    const { clock } = this.#invocation.context;
    const address = formatIp(server.family, server.address);
    const took = Math.floor((clock.now() - this.#began) / MILLISECOND);
    this.#out(
      `;; Query time: ${took} msec\n;; SERVER: ${address}#${server.port}(${this.#options.server ?? address}) (UDP)\n;; WHEN: ${dateText(clock.wallMs())}\n;; MSG SIZE  rcvd: ${size}\n\n`,
    );
  }
}

/** `argv[0]` is the program's name. */
export function dig(invocation: Invocation<DigHost>): Exit | RunningProgram {
  const { argv, output, host } = invocation;
  if (argv[1] === '-v') {
    output.out(`DiG ${VERSION}\n`);
    return { status: 0 };
  }
  const parsed = parseDig(argv);
  if (!parsed.ok) {
    output.err(parsed.error);
    return { status: 1 };
  }
  const options = parsed.value;
  for (const warning of options.warnings) output.out(`${warning}\n`);
  const settings = parseResolvConf(host.readFile(RESOLV_CONF) ?? '');
  let servers = settings.servers.map((one) => ({ ...one, port: options.port }));
  if (options.server !== null) {
    const address = parseIp(options.server) ?? host.addressOf(options.server);
    if (address === undefined) {
      output.err(`dig: couldn't get address for '${options.server}': failure\n`);
      return { status: 1 };
    }
    servers = [{ ...address, port: options.port }];
  }
  const { family } = options;
  const lookup = new Lookup(
    invocation,
    options,
    settings,
    servers.filter((one) => family === null || one.family === family),
  );
  lookup.start();
  return lookup;
}
