/**
 * `python3 -m http.server`, the web server that every host has: it answers GET and HEAD with files of the machine's
 * shell and logs each request. A directory without index.html is listed as empty, since those files cannot be listed.
 */
import { concatBytes } from '../../base/bytes.ts';
import { civilDate } from '../../base/calendar.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import { formatIp, parseIp } from '../../linux/family.ts';
import type { TcpConnection } from '../../linux/index.ts';
import { HttpReader } from '../curl/http-message.ts';
import type { IpHost } from '../ip/host.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';

export interface ServerHost extends IpHost {
  readonly files?: { read(path: string): Uint8Array | undefined };
}

const SERVER = 'SimpleHTTP/0.6 Python/3.11.2';
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  txt: 'text/plain',
  json: 'application/json',
  css: 'text/css',
  js: 'text/javascript',
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

const errorPage = (code: number, message: string, explanation: string): Uint8Array =>
  encodeUtf8(`<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: ${code}</p>
        <p>Message: ${message}.</p>
        <p>Error code explanation: ${code} - ${explanation}.</p>
    </body>
</html>
`);

const emptyListing = (path: string): Uint8Array =>
  encodeUtf8(`<!DOCTYPE HTML>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Directory listing for ${path}</title>
</head>
<body>
<h1>Directory listing for ${path}</h1>
<hr>
<ul>
</ul>
<hr>
</body>
</html>
`);

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
    const opened = host.kernel.tcpListen(
      namespace,
      {
        family: address.family,
        port,
        backlog: 5,
        program: 'python3',
        recorder: context.recorder,
        ...(address.address === undefined ? {} : { local: address.address }),
      },
      (connection) => this.#accept(connection),
    );
    if (!opened.ok) return 'OSError: [Errno 98] Address already in use';
    this.#close = opened.value;
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
    const path = target.replace(/[?#].*$/s, '');
    const name = path.endsWith('/') ? `${path}index.html` : path;
    const body = this.#invocation.host.files?.read(`${this.#root}${name}`);
    if (body !== undefined) {
      const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
      return { code: 200, reason: 'OK', fields: [`Content-type: ${type}`], body };
    }
    if (path.endsWith('/'))
      return {
        code: 200,
        reason: 'OK',
        fields: ['Content-type: text/html; charset=utf-8'],
        body: emptyListing(path),
      };
    return failed(404, 'File not found', 'Nothing matches the given URI');
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
  let port = 8000;
  let bind: string | null = null;
  let root = '';
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] as string;
    if (word === '-b' || word === '--bind') bind = rest[(at += 1)] ?? '';
    else if (word === '-d' || word === '--directory') root = (rest[(at += 1)] ?? '').replace(/\/+$/, '');
    else if (/^\d+$/.test(word)) port = Number(word);
    else {
      output.err(
        `usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [-p VERSION] [port]\nserver.py: error: argument port: invalid int value: '${word}'\n`,
      );
      return { status: 2 };
    }
  }
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
