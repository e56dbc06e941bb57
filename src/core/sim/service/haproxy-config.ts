/** haproxy.cfg: sections with their binds, servers and checks (HAProxy configuration manual, 1.8). */
import type { Problem } from '../../base/result.ts';

interface HaproxyBind {
  readonly address: string;
  readonly port: number;
}

export interface HaproxyServer {
  readonly name: string;
  readonly address: string;
  readonly port: number;
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
  readonly binds: readonly HaproxyBind[];
  readonly servers: readonly HaproxyServer[];
  readonly mode: 'http' | 'tcp';
  /** `option httpchk`: the request that a check sends; null checks by connecting. */
  readonly httpCheck: string | null;
  readonly balance: 'roundrobin' | 'leastconn' | 'source' | 'first';
  /** Headers that `http-request set-header` gives, those whose condition holds without TLS. */
  readonly headers: readonly (readonly [string, string])[];
}

interface Section {
  readonly kind: 'listen' | 'frontend' | 'backend' | 'defaults';
  readonly name: string;
  readonly binds: HaproxyBind[];
  readonly servers: HaproxyServer[];
  mode: 'http' | 'tcp';
  httpCheck: string | null;
  balance: HaproxyProxy['balance'];
  readonly headers: [string, string][];
  defaultBackend: string | null;
}

const BALANCE = ['roundrobin', 'leastconn', 'source', 'first'] as const;
/** Words that change nothing that is seen here: logs, limits, times. */
const QUIET =
  /^(?:log|maxconn|retries|timeout|stats|user|group|daemon|chroot|pidfile|option (?:httplog|tcplog|forwardfor|dontlognull|tcpka|http-server-close|redispatch)|ssl-default\S*|fullconn|description|tune\.\S+)\b/;

const newSection = (kind: Section['kind'], name: string, base: Section | null): Section => ({
  kind,
  name,
  binds: [],
  servers: [],
  mode: base?.mode ?? 'tcp',
  httpCheck: base?.httpCheck ?? null,
  balance: base?.balance ?? 'roundrobin',
  headers: [],
  defaultBackend: base?.defaultBackend ?? null,
});

function endpoint(text: string): HaproxyBind | undefined {
  const match = /^(.*):(\d+)$/.exec(text);
  const port = Number(match?.[2] ?? 0);
  return match && port > 0 && port < 65_536
    ? { address: match[1] === '' || match[1] === '*' ? '0.0.0.0' : (match[1] ?? ''), port }
    : undefined;
}

function server(words: readonly string[]): HaproxyServer | undefined {
  const [name, at = '', ...options] = words;
  const to = endpoint(at);
  if (name === undefined || !to) return undefined;
  const number = (key: string, absent: number): number => {
    const index = options.indexOf(key);
    const value = Number.parseInt(options[index + 1] ?? '', 10);
    return index >= 0 && Number.isFinite(value) ? value : absent;
  };
  return {
    name,
    ...to,
    check: options.includes('check'),
    inter: number('inter', 2000),
    fall: number('fall', 3),
    rise: number('rise', 2),
    backup: options.includes('backup'),
  };
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

  line(text: string, line: number): void {
    const words = text.split(/\s+/);
    const [word = '', ...rest] = words;
    const refuse = (message: string): void =>
      void this.problems.push({ message, place: { file: this.#file, line, column: 1 }, severity: 'error' });
    if (word === 'global') this.#current = null;
    else if (word === 'defaults') this.#current = this.#defaults = newSection('defaults', '', null);
    else if (word === 'listen' || word === 'frontend' || word === 'backend') {
      this.#current = newSection(word, rest[0] ?? '', this.#defaults);
      this.sections.push(this.#current);
    } else if (this.#current && !QUIET.test(text)) this.#setting(this.#current, word, rest, refuse);
  }

  #setting(section: Section, word: string, rest: readonly string[], refuse: (message: string) => void): void {
    const [first = '', second] = rest;
    switch (word) {
      case 'bind': {
        const bind = endpoint(first);
        if (bind) section.binds.push(bind);
        else refuse(`'bind' : invalid address: '${first}'`);
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
        const made = server(rest);
        if (made) section.servers.push(made);
        else refuse(`'server' expects <name> and <addr>[:<port>] as arguments`);
        return;
      }
      case 'default_backend':
        section.defaultBackend = first;
        return;
      case 'option':
        if (first === 'httpchk') {
          const [method, path, version] = rest.slice(1);
          section.httpCheck = `${path === undefined ? 'OPTIONS' : method} ${path ?? method ?? '/'} ${version ?? 'HTTP/1.0'}`;
        } else refuse(`the option ${first} is not modelled`);
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
    if (section.kind === 'listen') return [section];
    const behind = section.kind === 'frontend' ? backends.get(section.defaultBackend ?? '') : undefined;
    return behind
      ? [
          {
            ...behind,
            name: section.name,
            binds: section.binds,
            mode: section.mode,
            headers: [...section.headers, ...behind.headers],
          },
        ]
      : [];
  });
  return { proxies, problems: reading.problems };
}
