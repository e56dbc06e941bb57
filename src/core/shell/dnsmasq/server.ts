/** dnsmasq's DNS half at work: a question is answered from its own records, or goes to a server and its answer back. */
import type { Context } from '../../base/context.ts';
import type { Datagram, Kernel } from '../../linux/index.ts';
import { exchange, type DnsServer } from '../dns/exchange.ts';
import {
  FLAG,
  RCODE,
  readMessage,
  TYPE,
  writeMessage,
  type DnsMessage,
  type Question,
  type ResourceRecord,
} from '../dns/message.ts';
import type { DnsmasqOptions } from './options.ts';
import { closest, type LocalRecords } from './records.ts';

const SECOND = 1e9;
/** What dnsmasq says that it takes over UDP. */
const UDP_SIZE = 1232;
/** What every asker takes. */
const SMALLEST = 512;
/** Questions that wait for a server, as with `--dns-forward-max`. */
const MOST_WAITING = 150;
const MOST_CACHED = 150;
/** How long it remembers a question that no server answers. */
const TIMEOUT = 40;
/** The reason of RFC 8914 for a question without a server. */
const NOT_READY = 14;
const EXTENDED_ERROR = 15;

const OPCODE_BITS = 0x7800;

interface Cached {
  readonly records: readonly ResourceRecord[];
  readonly since: number;
  readonly until: number;
}

interface Site {
  readonly kernel: Kernel;
  readonly namespace: string;
  readonly context: Context;
}

/** An address whose name nobody outside knows (`--bogus-priv`). */
const isPrivate = (name: string): boolean =>
  /(?:^|\.)(?:10|127|168\.192|254\.169|(?:1[6-9]|2\d|3[01])\.172)\.in-addr\.arpa$/.test(name);

export class NameServer {
  readonly #site: Site;
  readonly #options: DnsmasqOptions;
  readonly #records: LocalRecords;
  readonly #servers: readonly DnsServer[];
  readonly #waiting = new Set<() => void>();
  readonly #cache = new Map<string, Cached>();
  #asked = 0;

  /** `servers` are those for names that no `--server` with a domain concerns. */
  constructor(site: Site, options: DnsmasqOptions, records: LocalRecords, servers: readonly DnsServer[]) {
    this.#site = site;
    this.#options = options;
    this.#records = records;
    this.#servers = servers;
  }

  /** Ends the questions that wait. */
  close(): void {
    for (const end of this.#waiting) end();
    this.#waiting.clear();
  }

  receive(datagram: Datagram): void {
    const query = readMessage(datagram.payload);
    const asked = query?.questions[0];
    if (query === undefined || (query.flags & FLAG.response) !== 0) return;
    if (asked === undefined || query.questions.length !== 1 || (query.flags & OPCODE_BITS) !== 0) return;
    const own = this.#records.answer(asked);
    if (own.length > 0) {
      this.#reply(datagram, query, FLAG.authoritative | RCODE.noError, own);
      return;
    }
    const cached = this.#cached(asked);
    if (cached !== undefined) this.#reply(datagram, query, RCODE.noError, cached);
    else this.#forward(datagram, query, asked);
  }

  #forward(datagram: Datagram, query: DnsMessage, asked: Question): void {
    const { needsDomain, keepsPrivate, upstreams } = this.#options;
    const name = asked.name.toLowerCase();
    const missing = this.#records.has(name) ? RCODE.noError : RCODE.noSuchName;
    const simple = needsDomain && !name.includes('.') && name !== '.' && isAddressType(asked.type);
    const isLocal =
      this.#records.isDenied(name) || simple || (keepsPrivate && asked.type === TYPE.PTR && isPrivate(name));
    const own = upstreams.filter(({ domain }) => domain !== '');
    const rules = closest(own, name);
    if (isLocal || (rules.length > 0 && rules.every(({ server }) => server === null))) {
      this.#reply(datagram, query, missing, []);
      return;
    }
    const servers = rules.length > 0 ? rules.flatMap(({ server }) => server ?? []) : this.#servers;
    if (servers.length === 0) this.#reply(datagram, query, RCODE.refused, [], true);
    else if (this.#waiting.size >= MOST_WAITING) this.#reply(datagram, query, RCODE.refused, []);
    else this.#ask(datagram, query, servers);
  }

  /** The first server is asked; one that says that it does not listen makes the next be asked. */
  #ask(datagram: Datagram, query: DnsMessage, [server, ...others]: readonly DnsServer[]): void {
    if (server === undefined) return;
    this.#asked += 1;
    const id = this.#site.context.random.fork(`dnsmasq ${this.#asked}`).below(0x10000);
    const { edns } = query;
    const message: DnsMessage = { ...query, id, edns: edns && { ...edns, udpSize: UDP_SIZE } };
    const end = exchange(
      { ...this.#site, program: 'dnsmasq', server, message, seconds: TIMEOUT, parent: datagram.parent },
      (outcome) => {
        this.#waiting.delete(end);
        if (outcome.kind === 'none') {
          this.#ask(datagram, query, others);
          return;
        }
        const { answers, flags } = outcome.message;
        const asked = query.questions[0];
        if (asked !== undefined && (flags & 0xf) === RCODE.noError) this.#remember(asked, answers);
        const isKnown = (flags & 0xf) === RCODE.noSuchName && this.#records.has(asked?.name ?? '');
        const changed = isKnown ? (flags & ~0xf) | FLAG.authoritative : flags;
        const back: DnsMessage = {
          ...outcome.message,
          id: query.id,
          flags: (changed & ~FLAG.authenticData) | FLAG.recursionAvailable,
          edns: query.edns && outcome.message.edns,
        };
        this.#send(datagram, query, back, outcome.parent);
      },
    );
    this.#waiting.add(end);
  }

  #cached({ name, type }: Question): readonly ResourceRecord[] | undefined {
    const key = `${type} ${name.toLowerCase()}`;
    const found = this.#cache.get(key);
    const now = this.#site.context.clock.now();
    if (found === undefined || found.until > now) {
      const passed = found ? Math.floor((now - found.since) / SECOND) : 0;
      return found?.records.map((record) => ({ ...record, ttl: record.ttl - passed }));
    }
    this.#cache.delete(key);
    return undefined;
  }

  #remember({ name, type }: Question, records: readonly ResourceRecord[]): void {
    const ttl = Math.min(...records.map((record) => record.ttl));
    if (records.length === 0 || ttl === 0 || (!isAddressType(type) && type !== TYPE.PTR)) return;
    const since = this.#site.context.clock.now();
    if (this.#cache.size >= MOST_CACHED)
      for (const oldest of this.#cache.keys()) {
        this.#cache.delete(oldest);
        break;
      }
    this.#cache.set(`${type} ${name.toLowerCase()}`, { records, since, until: since + ttl * SECOND });
  }

  #reply(
    datagram: Datagram,
    query: DnsMessage,
    flags: number,
    answers: readonly ResourceRecord[],
    isUnready = false,
  ): void {
    const kept = query.flags & (FLAG.recursionDesired | FLAG.checkingDisabled);
    const options = isUnready ? [{ code: EXTENDED_ERROR, data: Uint8Array.of(0, NOT_READY) }] : [];
    this.#send(
      datagram,
      query,
      {
        id: query.id,
        flags: FLAG.response | FLAG.recursionAvailable | kept | flags,
        questions: query.questions,
        answers,
        authorities: [],
        additionals: [],
        edns: query.edns && { udpSize: UDP_SIZE, flags: 0, options },
      },
      datagram.parent,
    );
  }

  /** Back from the address that was asked; what is larger than the asker takes is cut to a bare header. */
  #send(datagram: Datagram, query: DnsMessage, message: DnsMessage, parent: Datagram['parent']): void {
    const { kernel, namespace, context } = this.#site;
    const most = Math.min(UDP_SIZE, Math.max(SMALLEST, query.edns?.udpSize ?? SMALLEST));
    const whole = writeMessage(message);
    const payload =
      whole.length <= most
        ? whole
        : writeMessage({
            ...message,
            flags: message.flags | FLAG.truncated,
            answers: [],
            authorities: [],
            additionals: [],
          });
    kernel.udpSend(
      {
        family: datagram.family,
        local: datagram.destination,
        remote: datagram.source,
        sourcePort: datagram.destinationPort,
        destinationPort: datagram.sourcePort,
        payload,
        dontFragment: true,
        program: { name: 'dnsmasq', recorder: context.recorder },
      },
      parent,
      namespace,
    );
  }
}

const isAddressType = (type: number): boolean => type === TYPE.A || type === TYPE.AAAA;
