/** How glibc's programs find names: /etc/nsswitch.conf, /etc/hosts, and DNS by /etc/resolv.conf (resolver(3)). */
import { parseIp, type Family, type IpAddress } from '../../linux/family.ts';
import type { Context } from '../../base/context.ts';
import { probeWay, type Kernel } from '../../linux/index.ts';
import { nameService } from '../name-service.ts';
import { exchangeAll, type DnsServer } from './exchange.ts';
import { CLASS_IN, FLAG, RCODE, reverseName, TYPE, type DnsMessage, type ResourceRecord } from './message.ts';
import { parseResolvConf, type ResolverSettings } from './resolv-conf.ts';

/** Why a name was not found, as `gai_strerror` has it. */
export const LOOKUP_ERRORS = {
  'no-name': 'Name or service not known',
  'no-data': 'No address associated with hostname',
  again: 'Temporary failure in name resolution',
} as const;

type LookupError = keyof typeof LOOKUP_ERRORS;

/** Addresses of a name, the ones to be tried first in front, and its names: the canonical one first. */
interface FoundName {
  readonly kind: 'found';
  readonly addresses: readonly IpAddress[];
  readonly names: readonly string[];
}

export type NameAnswer = FoundName | { readonly kind: 'failed'; readonly why: LookupError };

export interface ResolverSite {
  readonly kernel: Kernel;
  readonly namespace: string;
  readonly context: Context;
  /** Who asks, for steps. */
  readonly program: string;
  readonly readFile: (path: string) => string | undefined;
}

/** Looks names up for one program. Both call back at once where no packet is needed; the answer ends the search. */
export interface Resolver {
  /** `family` null: addresses of both. */
  lookUp(name: string, family: Family | null, done: (answer: NameAnswer) => void): () => void;
  /** The name of an address; null when it has none. */
  nameOf(address: IpAddress, done: (name: string | null) => void): () => void;
}

const HOSTS = '/etc/hosts';
const RESOLV_CONF = '/etc/resolv.conf';
const NSSWITCH = '/etc/nsswitch.conf';
const USUAL_ORDER = ['files', 'dns'];
const NOTHING = (): void => undefined;
const MOST_ALIASES = 16;

/** The services of the line `hosts:`, with `return` behind one that has `[NOTFOUND=return]`. */
function orderOf(text: string): readonly string[] {
  const line = /^hosts:(.*)$/m.exec(text)?.[1]?.replace(/#.*/, '').trim();
  if (line === undefined || line === '') return USUAL_ORDER;
  return line.split(/\s+(?![^[]*\])/).flatMap((word) => {
    if (!word.startsWith('[')) return [word];
    return /\bnotfound=return\b/i.test(word) ? ['return'] : [];
  });
}

/** What one name, as it is, brought. */
type Verdict =
  | { readonly kind: 'found'; readonly records: readonly ResourceRecord[] }
  | { readonly kind: 'none'; readonly why: LookupError; readonly unanswered: boolean };

export function newResolver(site: ResolverSite): Resolver {
  const { kernel, namespace, context, program, readFile } = site;
  const hosts = nameService(readFile(HOSTS) ?? '');
  const configuration = readFile(RESOLV_CONF);
  const settings = configuration === undefined ? null : parseResolvConf(configuration);
  const order = orderOf(readFile(NSSWITCH) ?? '');
  let asked = 0;

  const messageFor = (name: string, type: number): DnsMessage => {
    asked += 1;
    return {
      id: context.random.fork(`${program} resolver ${context.clock.now()} ${asked}`).below(0x10000),
      flags: FLAG.recursionDesired,
      questions: [{ name, type, class: CLASS_IN }],
      answers: [],
      authorities: [],
      additionals: [],
      edns: null,
    };
  };

  /** Goes through the servers, `attempts` times, until one has something to say. */
  const query = (
    { servers, attempts, timeout }: ResolverSettings,
    name: string,
    types: readonly number[],
    done: (verdict: Verdict) => void,
  ): (() => void) => {
    const messages = types.map((type) => messageFor(name, type));
    const queue: { server: DnsServer; seconds: number }[] = [];
    for (let round = 0; round < attempts; round += 1)
      for (const [index, server] of servers.entries()) {
        const seconds = index === 0 ? timeout : Math.floor((timeout << index) / servers.length);
        queue.push({ server, seconds: Math.max(1, seconds) });
      }
    let cancel = NOTHING;
    const next = (): void => {
      const turn = queue.shift();
      if (turn === undefined) {
        done({ kind: 'none', why: 'again', unanswered: true });
        return;
      }
      cancel = exchangeAll({ kernel, namespace, context, program, ...turn, messages }, (outcome) => {
        if (outcome.kind === 'none') {
          next();
          return;
        }
        const codes = outcome.answers.map(({ message }) => message.flags & 0xf);
        const records = outcome.answers.flatMap(({ message }) => message.answers);
        const isUseful = codes.every((code) => code === RCODE.noError || code === RCODE.noSuchName);
        if (records.length > 0) done({ kind: 'found', records });
        else if (!isUseful) next();
        else
          done({
            kind: 'none',
            why: codes.includes(RCODE.noSuchName) ? 'no-name' : 'no-data',
            unanswered: false,
          });
      });
    };
    next();
    return () => cancel();
  };

  /** Tries the names that `search` and `ndots` make of one, in their order. */
  const search = (
    resolver: ResolverSettings,
    name: string,
    types: readonly number[],
    done: (verdict: Verdict) => void,
  ): (() => void) => {
    const dots = name.split('.').length - 1;
    const asItIs = name.replace(/\.$/, '');
    const below = name.endsWith('.') ? [] : resolver.search.map((domain) => `${asItIs}.${domain}`);
    const first = dots >= resolver.ndots || name.endsWith('.');
    const queue = first ? [asItIs, ...below] : [...below, asItIs];
    let cancel = NOTHING;
    let worst: LookupError = 'no-name';
    const next = (): void => {
      const candidate = queue.shift();
      if (candidate === undefined) {
        done({ kind: 'none', why: worst, unanswered: false });
        return;
      }
      cancel = query(resolver, candidate, types, (verdict) => {
        if (verdict.kind === 'found') {
          done(verdict);
          return;
        }
        if (verdict.why !== 'no-name' && worst !== 'no-data') worst = verdict.why;
        // Who does not answer is not asked about other domains.
        if (verdict.unanswered) queue.splice(0, queue.length, ...(queue.includes(asItIs) ? [asItIs] : []));
        next();
      });
    };
    next();
    return () => cancel();
  };

  const sorted = (addresses: readonly IpAddress[]): readonly IpAddress[] => {
    const net = kernel.namespace(namespace);
    const rank = ({ family, address }: IpAddress): number => {
      const way = probeWay(net, { family, destination: address, oif: 0, mark: 0, tos: 0 });
      if (!way.ok) return 3;
      const isNarrow = family === 6 && way.value.source >> 118n === 0x3fan && address >> 118n !== 0x3fan;
      return isNarrow ? 2 : family === 6 ? 0 : 1;
    };
    return addresses
      .map((one, index) => ({ one, index, rank: rank(one) }))
      .toSorted((a, b) => a.rank - b.rank || a.index - b.index)
      .map(({ one }) => one);
  };

  const byDns = (
    resolver: ResolverSettings,
    name: string,
    family: Family | null,
    done: (answer: NameAnswer) => void,
  ): (() => void) => {
    const types = family === null ? [TYPE.A, TYPE.AAAA] : [family === 4 ? TYPE.A : TYPE.AAAA];
    return search(resolver, name, types, (verdict) => {
      if (verdict.kind === 'none') {
        done({ kind: 'failed', why: verdict.why });
        return;
      }
      const { addresses, names } = readAddresses(verdict.records, family);
      done(
        addresses.length === 0
          ? { kind: 'failed', why: 'no-data' }
          : { kind: 'found', addresses: sorted(addresses), names: [...names, ...aliasOf(name, names)] },
      );
    });
  };

  return {
    lookUp(name, family, done) {
      for (const service of order) {
        if (service === 'files') {
          const { addresses, names } = hosts.all(name, family);
          if (addresses.length > 0) {
            done({ kind: 'found', addresses: sorted(addresses), names });
            return NOTHING;
          }
        } else if (service === 'dns' && settings !== null) return byDns(settings, name, family, done);
        else if (service === 'return') break;
      }
      done({ kind: 'failed', why: order.includes('dns') ? 'again' : 'no-name' });
      return NOTHING;
    },
    nameOf(address, done) {
      for (const service of order) {
        const name = service === 'files' ? hosts.nameOf(address) : undefined;
        if (name !== undefined) {
          done(name);
          return NOTHING;
        }
        if (service === 'return') break;
        if (service === 'dns' && settings !== null)
          return query(settings, reverseName(address), [TYPE.PTR], (verdict) => {
            const records = verdict.kind === 'found' ? verdict.records : [];
            done(records.find(({ type }) => type === TYPE.PTR)?.text.replace(/\.$/, '') ?? null);
          });
      }
      done(null);
      return NOTHING;
    },
  };
}

/** Addresses of an answer, behind its aliases. */
function readAddresses(
  records: readonly ResourceRecord[],
  family: Family | null,
): { readonly addresses: readonly IpAddress[]; readonly names: readonly string[] } {
  let owner = records[0]?.name ?? '';
  for (let left = MOST_ALIASES; left > 0; left -= 1) {
    const alias = records.find(({ type, name }) => type === TYPE.CNAME && name === owner);
    if (alias === undefined) break;
    owner = alias.text.replace(/\.$/, '');
  }
  const addresses = records.flatMap(({ type, text }): IpAddress[] => {
    const of = type === TYPE.A ? 4 : type === TYPE.AAAA ? 6 : null;
    const parsed = of === null || (family !== null && of !== family) ? undefined : parseIp(text);
    return parsed === undefined ? [] : [parsed];
  });
  return { addresses, names: [owner] };
}

/** The name that was asked for, where it is but an alias. */
const aliasOf = (name: string, names: readonly string[]): readonly string[] =>
  name.includes('.') && !names.includes(name.replace(/\.$/, '')) ? [name] : [];
