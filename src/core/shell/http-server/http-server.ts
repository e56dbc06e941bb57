/**
 * `python3 -m http.server`, the web server that every host has: it answers GET and HEAD with files of the machine's
 * shell, those that were there when it started, and logs each request. Files have no times here, so that answers are
 * without Last-Modified.
 */
import { concatBytes } from '../../base/bytes.ts';
import { civilDate } from '../../base/calendar.ts';
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts';
import { formatIp, parseIp } from '../../linux/family.ts';
import { STRERROR, type TcpConnection } from '../../linux/index.ts';
import { HttpReader } from '../curl/http-message.ts';
import type { IpHost } from '../ip/host.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { CONTENT_TYPES } from './content-type.table.ts';
import { errorPage, listingPage } from './pages.ts';

export interface ServerHost extends IpHost {
  readonly files?: {
    read(path: string): Uint8Array | undefined;
    /** Names in a directory, those of directories with a slash behind; undefined when it is none. */
    list(path: string): readonly string[] | undefined;
  };
}

const SERVER = 'SimpleHTTP/0.6 Python/3.11.2';
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Numbers of what bind(2) and listen(2) can answer. */
const NUMBERS: Readonly<Record<string, number>> = {
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  EINVAL: 22,
  EACCES: 13,
};
const USAGE = 'usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [-p VERSION] [port]\n';
/** Options with a value, by the names under which errors show them. */
const OPTION_NAMES: Readonly<Record<string, string>> = {
  '-b': '-b/--bind',
  '--bind': '-b/--bind',
  '-d': '-d/--directory',
  '--directory': '-d/--directory',
};
const DAY = 86_400_000;

interface Moment {
  readonly weekday: string;
  readonly day: string;
  readonly month: string;
  readonly year: number;
  readonly time: string;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A moment of the simulated wall clock in UTC. */
function momentOf(wallMs: number): Moment {
  const days = Math.floor(wallMs / DAY);
  const rest = Math.floor((wallMs - days * DAY) / 1000);
  const [year, month, day] = civilDate(days);
  return {
    weekday: DAYS[(((days + 4) % 7) + 7) % 7] as string,
    day: two(day),
    month: MONTHS[month - 1] as string,
    year,
    time: `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`,
  };
}

interface Answer {
  readonly code: number;
  readonly reason: string;
  readonly fields: readonly string[];
  readonly body: Uint8Array;
}

/** Octets for `%41`; anything else stays (`urllib.parse.unquote`). */
const unquoted = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (octets) =>
    decodeUtf8(Uint8Array.from(octets.slice(1).split('%'), (digits) => Number.parseInt(digits, 16))),
  );

/** The path below the served directory, without a slash at its end; `..` never leads out of it. */
function pathOf(target: string): string {
  const words: string[] = [];
  for (const word of unquoted(target.replace(/[?#].*$/s, '')).split('/')) {
    if (word === '..') words.pop();
    else if (word !== '' && word !== '.') words.push(`/${word}`);
  }
  return words.join('');
}

class Server implements RunningProgram {
  readonly pace = 'listen';
  readonly #invocation: Invocation<ServerHost>;
  readonly #root: string;
  readonly #listeners: ((exit: Exit) => void)[] = [];
  #close: (() => void) | null = null;
  #exit: Exit | null = null;

  constructor(invocation: Invocation<ServerHost>, root: string) {
    this.#invocation = invocation;
    this.#root = root;
  }

  /** Listens; a text says why it cannot. */
  open(port: number, bind: string | null): string | null {
    const { host, namespace, context } = this.#invocation;
    const address = bind === null ? { family: 4 as const, address: undefined } : parseIp(bind);
    if (address === undefined) return 'socket.gaierror: [Errno -2] Name or service not known';
    const isAny = address.address === undefined || address.address === 0n;
    const closers: (() => void)[] = [];
    // A socket of IPv6 for any address takes connections over IPv4 as well.
    for (const family of isAny && address.family === 6 ? ([6, 4] as const) : [address.family]) {
      const opened = host.kernel.tcpListen(
        namespace,
        {
          family,
          port,
          backlog: 5,
          program: 'python3',
          recorder: context.recorder,
          ...(isAny ? {} : { local: address.address }),
        },
        (connection) => this.#accept(connection),
      );
      if (!opened.ok) {
        for (const close of closers) close();
        const { errno } = opened.error;
        return `OSError: [Errno ${NUMBERS[errno] ?? errno}] ${STRERROR[errno]}`;
      }
      closers.push(opened.value);
    }
    this.#close = () => {
      for (const close of closers) close();
    };
    return null;
  }

  cancel(): void {
    if (this.#exit !== null) return;
    this.#close?.();
    this.#invocation.output.out('\nKeyboard interrupt received, exiting.\n');
    this.#exit = { status: 0 };
    for (const listener of this.#listeners) listener(this.#exit);
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit === null) this.#listeners.push(listener);
    else listener(this.#exit);
  }

  #accept(connection: TcpConnection): ReturnType<Parameters<IpHost['kernel']['tcpListen']>[2]> {
    const reader = new HttpReader();
    return {
      onData: (octets, parent) => {
        reader.add(octets);
        const line = reader.head?.[0];
        if (line === undefined) return;
        connection.send(this.#respond(line, connection), parent);
        connection.close();
      },
      onEnd: () => connection.close(),
      onClosed: () => undefined,
    };
  }

  #log(connection: TcpConnection, text: string): void {
    const { day, month, year, time } = momentOf(this.#invocation.context.clock.wallMs());
    const peer = formatIp(connection.family, connection.remote);
    this.#invocation.output.err(`${peer} - - [${day}/${month}/${year} ${time}] ${text}\n`);
  }

  #respond(line: string, connection: TcpConnection): Uint8Array {
    const [method = '', path = '/'] = line.split(' ');
    const { code, reason, fields, body } = this.#answer(method, path);
    if (code >= 400) this.#log(connection, `code ${code}, message ${reason}`);
    this.#log(connection, `"${line}" ${code} -`);
    const { weekday, day, month, year, time } = momentOf(this.#invocation.context.clock.wallMs());
    const head = [
      `HTTP/1.0 ${code} ${reason}`,
      `Server: ${SERVER}`,
      `Date: ${weekday}, ${day} ${month} ${year} ${time} GMT`,
      ...fields,
      `Content-Length: ${body.length}`,
    ];
    const octets = encodeUtf8(`${head.join('\r\n')}\r\n\r\n`);
    return method === 'HEAD' ? octets : concatBytes([octets, body]);
  }

  #answer(method: string, target: string): Answer {
    const failed = (code: number, reason: string, explanation: string): Answer => ({
      code,
      reason,
      fields: ['Connection: close', 'Content-Type: text/html;charset=utf-8'],
      body: errorPage(code, reason, explanation),
    });
    if (method !== 'GET' && method !== 'HEAD')
      return failed(501, `Unsupported method ('${method}')`, 'Server does not support this operation');
    const { files } = this.#invocation.host;
    const path = `${this.#root}${pathOf(target)}`;
    const asked = target.replace(/[?#].*$/s, '');
    const names = files?.list(path === '' ? '/' : path);
    if (names !== undefined && !asked.endsWith('/')) {
      const location = `${asked}/${target.slice(asked.length)}`;
      return {
        code: 301,
        reason: 'Moved Permanently',
        fields: [`Location: ${location}`],
        body: new Uint8Array(0),
      };
    }
    const index = ['index.html', 'index.htm'].find((name) => names?.includes(name));
    const file = names === undefined ? path : `${path}/${index ?? ''}`;
    const found = (type: string, body: Uint8Array): Answer => ({
      code: 200,
      reason: 'OK',
      fields: [`Content-type: ${type}`],
      body,
    });
    if (names !== undefined && index === undefined)
      return found('text/html; charset=utf-8', listingPage(unquoted(target), names));
    const body = names === undefined && asked.endsWith('/') ? undefined : files?.read(file);
    if (body === undefined) return failed(404, 'File not found', 'Nothing matches the given URI');
    const extension = /[^/]\.([^./]+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
    const type = Object.hasOwn(CONTENT_TYPES, extension) ? CONTENT_TYPES[extension] : undefined;
    return found(type ?? 'application/octet-stream', body);
  }
}

/** `python3 -m http.server [-b ADDRESS] [-d DIRECTORY] [PORT]`; anything else of Python is refused by name. */
export function httpServer(invocation: Invocation<ServerHost>): Exit | RunningProgram {
  const { argv, output } = invocation;
  const [, flag, module, ...rest] = argv;
  if (flag !== '-m' || module !== 'http.server') {
    output.err('python3: only `python3 -m http.server` is modelled\n');
    return { status: 1 };
  }
  let bind: string | null = null;
  let root = '.';
  const usage = (text: string): Exit => {
    output.err(`${USAGE}server.py: error: ${text}\n`);
    return { status: 2 };
  };
  let portText: string | undefined;
  for (let at = 0; at < rest.length; at += 1) {
    const [word = '', joined] = /^--[^=]+=/.test(rest[at] ?? '')
      ? (rest[at] ?? '').split(/=(.*)/s)
      : [rest[at]];
    const name = OPTION_NAMES[word];
    if (name !== undefined) {
      const value = joined ?? rest[(at += 1)];
      if (value === undefined) return usage(`argument ${name}: expected one argument`);
      if (name === '-b/--bind') bind = value;
      else root = value.replace(/\/+$/, '');
    } else if (/^(?:-p|--protocol|--cgi|-h|--help)$/.test(word)) {
      output.err(`python3: http.server ${word} is not modelled\n`);
      return { status: 1 };
    } else if (word.startsWith('-') || portText !== undefined)
      return usage(`unrecognized arguments: ${rest[at] ?? ''}`);
    else if (/^\d+$/.test(word)) portText = word;
    else return usage(`argument port: invalid int value: '${word}'`);
  }
  const port = Number(portText ?? 8000);
  const server = new Server(invocation, root);
  const problem = server.open(port, bind);
  if (problem !== null) {
    output.err(`${problem}\n`);
    return { status: 1 };
  }
  const shown = bind ?? '0.0.0.0';
  const url = shown.includes(':') ? `[${shown}]` : shown;
  output.out(`Serving HTTP on ${shown} port ${port} (http://${url}:${port}/) ...\n`);
  return server;
}
