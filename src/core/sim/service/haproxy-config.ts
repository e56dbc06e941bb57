/** haproxy.cfg: sections with their binds, servers and checks (HAProxy configuration manual, 1.8). */
import { parseIpv4 } from '../../base/address.ts';
import { err, ok, type Problem, type Result } from '../../base/result.ts';

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface HaproxyBind extends Endpoint {
  /** Of the configuration, from 1. */
  readonly line: number;
  /** The address need not be the machine's. */
  readonly transparent: boolean;
}

export interface HaproxyServer extends Endpoint {
  readonly name: string;
  /** Of the configuration, from 1. */
  readonly line: number;
  readonly check: boolean;
  /** Milliseconds between two checks. */
  readonly inter: number;
  readonly fall: number;
  readonly rise: number;
  /** Used when no other is up. */
  readonly backup: boolean;
}

export interface HaproxyProxy {
  readonly name: string;
  /** Lines of the configuration, from 1, on which its sections begin: itself, and a backend of its own. */
  readonly lines: readonly number[];
  readonly binds: readonly HaproxyBind[];
  readonly servers: readonly HaproxyServer[];
  readonly mode: 'http' | 'tcp';
  /** `option httpchk`: the request that a check sends; null checks by connecting. */
  readonly httpCheck: string | null;
  readonly balance: 'roundrobin' | 'leastconn' | 'source' | 'first';
  /** Headers that `http-request set-header` gives, those whose condition holds without TLS. */
  readonly headers: readonly (readonly [string, string])[];
  /** `option forwardfor`: the client's address is added to the request. */
  readonly forwardFor: boolean;
}

interface Section {
  readonly kind: 'listen' | 'frontend' | 'backend' | 'defaults';
  readonly name: string;
  readonly line: number;
  readonly binds: HaproxyBind[];
  readonly servers: HaproxyServer[];
  mode: 'http' | 'tcp';
  httpCheck: string | null;
  balance: HaproxyProxy['balance'];
  readonly headers: [string, string][];
  forwardFor: boolean;
  defaultBackend: string | null;
}

const BALANCE = ['roundrobin', 'leastconn', 'source', 'first'] as const;
/** Words that change nothing that is seen here: logs, limits, times. */
const QUIET =
  /^(?:log|maxconn|retries|timeout|user|group|daemon|chroot|pidfile|option (?:httplog|tcplog|dontlognull|tcpka|http-server-close|redispatch)|ssl-default\S*|fullconn|description|tune\.\S+)\b/;

const newSection = (kind: Section['kind'], name: string, line: number, base: Section | null): Section => ({
  kind,
  name,
  line,
  binds: [],
  servers: [],
  mode: base?.mode ?? 'tcp',
  httpCheck: base?.httpCheck ?? null,
  balance: base?.balance ?? 'roundrobin',
  headers: [],
  forwardFor: base?.forwardFor ?? false,
  defaultBackend: base?.defaultBackend ?? null,
});

function endpoint(text: string): Endpoint | undefined {
  const [, host = '', digits] = /^(.*):(\d+)$/.exec(text) ?? [];
  const port = Number(digits ?? 0);
  const address = host === '' || host === '*' ? '0.0.0.0' : host;
  return port > 0 && port < 65_536 ? { address, port } : undefined;
}

const notIpv4 = ({ address }: Endpoint): string | undefined =>
  parseIpv4(address) === undefined ? `the address ${address} is not modelled: IPv4 is` : undefined;

function bind([at = '', ...options]: readonly string[], line: number): Result<HaproxyBind> {
  const here = endpoint(at);
  if (!here) return err(`'bind' : invalid address: '${at}'`);
  const other = options.find((option) => option !== 'transparent');
  if (other !== undefined) return err(`the option ${other} of bind is not modelled`);
  const refused = notIpv4(here);
  return refused === undefined ? ok({ ...here, line, transparent: options.length > 0 }) : err(refused);
}

const UNITS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A time in milliseconds; without a unit it is in them (configuration manual, 2.5). */
function milliseconds(text: string): number | undefined {
  const [, digits, unit = 'ms'] = /^(\d+)(us|ms|s|m|h|d)?$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (UNITS[unit] ?? 1);
}

const count = (text: string): number | undefined => (/^[1-9]\d*$/.test(text) ? Number(text) : undefined);

/** Options of a server that have a value, and how it is read. */
const SERVER_VALUES: Readonly<Record<'inter' | 'fall' | 'rise', (text: string) => number | undefined>> = {
  inter: milliseconds,
  fall: count,
  rise: count,
};

const isServerValue = (word: string): word is keyof typeof SERVER_VALUES =>
  Object.hasOwn(SERVER_VALUES, word);

function server([name, at = '', ...options]: readonly string[], line: number): Result<HaproxyServer> {
  const to = endpoint(at);
  if (name === undefined || !to) return err(`'server' expects <name> and <addr>[:<port>] as arguments`);
  const refused = notIpv4(to);
  if (refused !== undefined) return err(refused);
  const flags = new Set<string>();
  const values = { inter: 2000, fall: 3, rise: 2 };
  for (let n = 0; n < options.length; n += 1) {
    const word = options[n] ?? '';
    if (word === 'check' || word === 'backup') flags.add(word);
    else if (isServerValue(word)) {
      const text = options[(n += 1)] ?? '';
      const value = SERVER_VALUES[word](text);
      if (value === undefined) return err(`invalid value '${text}' of ${word} for server ${name}`);
      values[word] = value;
    } else return err(`the option ${word} of a server is not modelled`);
  }
  return ok({ name, line, ...to, ...values, check: flags.has('check'), backup: flags.has('backup') });
}

class ConfigReading {
  readonly problems: Problem[] = [];
  readonly sections: Section[] = [];
  readonly #file: string;
  #defaults: Section | null = null;
  #current: Section | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  refuse(line: number, message: string): void {
    this.problems.push({ message, place: { file: this.#file, line, column: 1 }, severity: 'error' });
  }

  line(text: string, line: number): void {
    const words = text.split(/\s+/);
    const [word = '', ...rest] = words;
    const refuse = (message: string): void => this.refuse(line, message);
    if (word === 'global') this.#current = null;
    else if (word === 'defaults') this.#current = this.#defaults = newSection('defaults', '', line, null);
    else if (word === 'listen' || word === 'frontend' || word === 'backend') {
      this.#current = newSection(word, rest[0] ?? '', line, this.#defaults);
      this.sections.push(this.#current);
    } else if (this.#current && !QUIET.test(text))
      this.#setting(this.#current, [word, ...rest], line, refuse);
  }

  #setting(
    section: Section,
    [word = '', ...rest]: readonly string[],
    line: number,
    refuse: (message: string) => void,
  ): void {
    const [first = '', second] = rest;
    switch (word) {
      case 'bind': {
        const made = bind(rest, line);
        if (made.ok) section.binds.push(made.value);
        else refuse(made.error);
        return;
      }
      case 'mode':
        if (first === 'http' || first === 'tcp') section.mode = first;
        else refuse(`unknown proxy mode '${first}'`);
        return;
      case 'balance': {
        const found = BALANCE.find((each) => each === first);
        if (found) section.balance = found;
        else refuse(`the balance ${first} is not modelled`);
        return;
      }
      case 'server': {
        const made = server(rest, line);
        if (made.ok) section.servers.push(made.value);
        else refuse(made.error);
        return;
      }
      case 'default_backend':
        section.defaultBackend = first;
        return;
      case 'option':
        if (first === 'httpchk') {
          const [method, path, version] = rest.slice(1);
          section.httpCheck = `${path === undefined ? 'OPTIONS' : method} ${path ?? method ?? '/'} ${version ?? 'HTTP/1.0'}`;
        } else if (first === 'forwardfor' && second === undefined) section.forwardFor = true;
        else refuse(`the option ${first} is not modelled`);
        return;
      case 'http-request': {
        const [, name = '', value = '', iff, ...condition] = rest;
        const tls = condition.join(' ');
        if (first !== 'set-header') refuse(`http-request ${first} is not modelled`);
        else if (iff === undefined || tls === '!{ ssl_fc }') section.headers.push([name, value]);
        else if (tls !== '{ ssl_fc }') refuse(`the condition ${tls} is not modelled`);
        return;
      }
      default:
        refuse(`the keyword ${word}${second === undefined ? '' : ` ${first}`} is not modelled`);
    }
  }
}

/** The proxies of a configuration, and the lines that it has and this reader has not. */
export function readHaproxyConfig(
  text: string,
  file: string,
): { readonly proxies: readonly HaproxyProxy[]; readonly problems: readonly Problem[] } {
  const reading = new ConfigReading(file);
  text.split('\n').forEach((raw, at) => {
    const line = raw.replace(/(?:^|\s)#.*$/, '').trim();
    if (line !== '') reading.line(line, at + 1);
  });
  const backends = new Map(
    reading.sections.filter(({ kind }) => kind === 'backend').map((section) => [section.name, section]),
  );
  const proxies = reading.sections.flatMap((section): HaproxyProxy[] => {
    if (section.kind === 'listen') return [{ ...section, lines: [section.line] }];
    if (section.kind !== 'frontend') return [];
    const { name, line, binds, mode, forwardFor, defaultBackend } = section;
    const behind = backends.get(defaultBackend ?? '');
    if (!behind) {
      reading.refuse(
        line,
        defaultBackend === null
          ? `a frontend without default_backend is not modelled: ${name}`
          : `Proxy '${name}': unable to find required default_backend: '${defaultBackend}'.`,
      );
      return [];
    }
    return [
      {
        ...behind,
        name,
        lines: [line, behind.line],
        binds,
        mode,
        headers: [...section.headers, ...behind.headers],
        forwardFor: forwardFor || behind.forwardFor,
      },
    ];
  });
  return { proxies, problems: reading.problems };
}
