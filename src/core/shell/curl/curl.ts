/** `curl` 7.88.1 for HTTP: one request over the kernel's TCP, its answer and what can go wrong on the way. */
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts';
import { findLink } from '../../linux/device.ts';
import { formatIp, parseIp, type Family, type IpAddress } from '../../linux/family.ts';
import { STRERROR, type TcpConnection, type TcpEnd } from '../../linux/index.ts';
import { deferred } from '../deferred.ts';
import type { Resolver } from '../dns/resolver.ts';
import type { IpHost } from '../ip/host.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { HttpReader } from './http-message.ts';
import { parseCurl, type CurlOptions } from './options.ts';

const VERSION =
  'curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1\nRelease-Date: 2023-02-20\nProtocols: http\n';
const SECOND = 1e9;
const MILLISECOND = 1e6;

/** What curl needs of a machine besides its kernel. */
export interface CurlHost extends IpHost {
  readonly files?: { write(path: string, octets: Uint8Array): void };
  /** How the machine finds names; without, it knows `localhost` alone. */
  readonly resolver?: Resolver;
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

interface Target extends Place {
  readonly address: IpAddress;
}

type Refusal = { readonly status: number; readonly text: string };

function placeOf(url: string): Place | Refusal {
  const parts = /^(?:([a-z]+):\/\/)?(?:[^@/]*@)?(\[[^\]]+\]|[^:/?#]*)(?::(\d*))?([^#]*)/i.exec(url);
  const [, scheme = 'http', host = '', port = '', rest = ''] = parts ?? [];
  if (host === '') return { status: 3, text: 'URL using bad/illegal format or missing URL' };
  if (scheme.toLowerCase() !== 'http')
    return { status: 1, text: `Protocol "${scheme}" is not modelled: HTTP alone is` };
  const path = rest === '' || rest.startsWith('?') ? `/${rest}` : rest;
  return { host, port: port === '' ? 80 : Number(port), path };
}

/** Finds the address of a host; undefined when it has none of the family. The answer gives up. */
function findAddress(
  host: string,
  family: Family | null,
  resolver: Resolver | undefined,
  done: (address: IpAddress | undefined) => void,
): () => void {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const loopback: IpAddress = family === 6 ? { family: 6, address: 1n } : { family: 4, address: 0x7f000001n };
  const known = bare === 'localhost' ? loopback : parseIp(bare);
  if (known === undefined && resolver !== undefined)
    return resolver.lookUp(bare, family, (answer) =>
      done(answer.kind === 'found' ? answer.addresses[0] : undefined),
    );
  done(known !== undefined && (family === null || known.family === family) ? known : undefined);
  return () => undefined;
}

class Transfer implements RunningProgram {
  readonly pace = 'fast';
  readonly #invocation: Invocation<CurlHost>;
  readonly #options: CurlOptions;
  readonly #target: Target;
  readonly #reader = new HttpReader();
  readonly #began: number;
  readonly #listeners: ((exit: Exit) => void)[] = [];
  readonly #timers: (() => void)[] = [];
  #connection: TcpConnection | null = null;
  #isConnected = false;
  #exit: Exit | null = null;

  constructor(invocation: Invocation<CurlHost>, options: CurlOptions, target: Target) {
    this.#invocation = invocation;
    this.#options = options;
    this.#target = target;
    this.#began = invocation.context.clock.now();
  }

  cancel(): void {
    this.#end(130);
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit === null) this.#listeners.push(listener);
    else listener(this.#exit);
  }

  start(): void {
    const { host, namespace, context } = this.#invocation;
    const { address, port } = this.#target;
    const { device, maxTime, connectTime } = this.#options;
    const net = host.kernel.namespace(namespace);
    const link = device === null ? undefined : findLink(net, device);
    const local = device === null || link !== undefined ? undefined : parseIp(device);
    if (device !== null && link === undefined && local === undefined) {
      this.#fail(45, `Failed binding local connection end`);
      return;
    }
    this.#note(`  Trying ${this.#place(address, port)}...`);
    const opened = host.kernel.tcpConnect(
      namespace,
      {
        family: address.family,
        remote: address.address,
        remotePort: port,
        noDelay: true,
        program: 'curl',
        recorder: context.recorder,
        ...(link === undefined ? {} : { ifindex: link.index }),
        ...(local === undefined ? {} : { local: local.address }),
      },
      {
        onConnected: (parent) => this.#connected(parent),
        onData: (octets) => this.#received(octets),
        onEnd: () => this.#ended(),
        onClosed: (reason) => this.#closed(reason),
      },
    );
    if (!opened.ok) {
      this.#refused(STRERROR[opened.error.errno]);
      return;
    }
    this.#connection = opened.value;
    const limit = (seconds: number, act: () => void): void => {
      if (seconds > 0) this.#timers.push(context.clock.after(seconds * SECOND, act));
    };
    limit(maxTime, () => this.#timedOut(false));
    limit(connectTime, () => this.#timedOut(true));
  }

  #place({ family, address }: IpAddress, port: number): string {
    const text = formatIp(family, address);
    return family === 6 ? `[${text}]:${port}` : `${text}:${port}`;
  }

  get #elapsed(): number {
    return Math.floor((this.#invocation.context.clock.now() - this.#began) / MILLISECOND);
  }

  #note(text: string): void {
    if (this.#options.isVerbose) this.#invocation.output.err(`* ${text}\n`);
  }

  #connected(parent: Parameters<TcpConnection['send']>[1]): void {
    const { host, port, path, address } = this.#target;
    const { method, isHeadOnly, headers, data, agent } = this.#options;
    this.#isConnected = true;
    const text = formatIp(address.family, address.address);
    this.#note(`Connected to ${host.replace(/^\[(.*)\]$/, '$1')} (${text}) port ${port} (#0)`);
    const verb = method ?? (isHeadOnly ? 'HEAD' : data === null ? 'GET' : 'POST');
    const given = (name: string): boolean =>
      headers.some((header) => header.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    const lines = [
      `${verb} ${path} HTTP/1.1`,
      ...(given('Host') ? [] : [`Host: ${host}${port === 80 ? '' : `:${port}`}`]),
      ...(given('User-Agent') ? [] : [`User-Agent: ${agent}`]),
      ...(given('Accept') ? [] : ['Accept: */*']),
      ...headers,
      ...(data === null
        ? []
        : [`Content-Length: ${encodeUtf8(data).length}`, 'Content-Type: application/x-www-form-urlencoded']),
    ];
    if (this.#options.isVerbose)
      for (const line of [...lines, '']) this.#invocation.output.err(`> ${line}\r\n`);
    this.#connection?.send(encodeUtf8(`${lines.join('\r\n')}\r\n\r\n${data ?? ''}`), parent);
  }

  #received(octets: Uint8Array): void {
    this.#reader.add(octets);
    if (this.#reader.isWhole || (this.#options.isHeadOnly && this.#reader.head !== null)) this.#finish();
  }

  #ended(): void {
    if (this.#exit !== null) return;
    if (this.#reader.head === null) this.#fail(52, 'Empty reply from server');
    else if (this.#reader.field('content-length') === undefined || this.#reader.isWhole) this.#finish();
    else {
      const missing = Number(this.#reader.field('content-length')) - this.#reader.body.length;
      this.#fail(18, `transfer closed with ${missing} bytes remaining to read`);
    }
  }

  #closed(reason: TcpEnd): void {
    if (reason === 'finished') this.#ended();
    else if (this.#isConnected) this.#fail(56, `Recv failure: ${STRERROR[reason]}`);
    else this.#refused(STRERROR[reason]);
  }

  #refused(why: string): void {
    const { address, port, host } = this.#target;
    this.#note(`connect to ${formatIp(address.family, address.address)} port ${port} failed: ${why}`);
    const bare = host.replace(/^\[(.*)\]$/, '$1');
    const text = `Failed to connect to ${bare} port ${port} after ${this.#elapsed} ms: Couldn't connect to server`;
    this.#note(text);
    this.#fail(7, text);
  }

  #timedOut(isConnecting: boolean): void {
    if (isConnecting && this.#isConnected) return;
    const { port, host } = this.#target;
    this.#fail(
      28,
      this.#isConnected
        ? `Operation timed out after ${this.#elapsed} milliseconds with ${this.#reader.body.length} bytes received`
        : `Failed to connect to ${host} port ${port} after ${this.#elapsed} ms: Timeout was reached`,
    );
  }

  #fail(status: number, text: string): void {
    this.#note('Closing connection 0');
    const { isSilent, showsErrors } = this.#options;
    if (!isSilent || showsErrors) this.#invocation.output.err(`curl: (${status}) ${text}\n`);
    this.#connection?.close();
    this.#writeOut(0);
    this.#end(status);
  }

  #finish(): void {
    const { head, body } = this.#reader;
    if (head === null || this.#exit !== null) return;
    const { output, host } = this.#invocation;
    const { isVerbose, includesHead, isHeadOnly, failsOnError } = this.#options;
    if (head[0]?.startsWith('HTTP/1.0') === true) this.#note('HTTP 1.0, assume close after body');
    if (isVerbose) for (const line of [...head, '']) output.err(`< ${line}\r\n`);
    const code = Number(head[0]?.split(' ')[1] ?? '0');
    if (failsOnError && code >= 400) {
      this.#fail(22, `The requested URL returned error: ${code}`);
      return;
    }
    let text = includesHead || isHeadOnly ? [...head, ''].map((line) => `${line}\r\n`).join('') : '';
    if (!isHeadOnly) {
      if (isVerbose && body.length > 0) output.err(`{ [${body.length} bytes data]\n`);
      text += decodeUtf8(body);
    }
    if (this.#options.output === null) output.out(text);
    else if (this.#options.output !== '/dev/null') host.files?.write(this.#options.output, encodeUtf8(text));
    this.#note('Closing connection 0');
    this.#connection?.close();
    this.#writeOut(code);
    this.#end(0);
  }

  #writeOut(code: number): void {
    const { writeOut } = this.#options;
    if (writeOut === null) return;
    const { address, port } = this.#target;
    const connection = this.#connection;
    const seconds = (this.#invocation.context.clock.now() - this.#began) / SECOND;
    const values: Readonly<Record<string, string>> = {
      http_code: String(code).padStart(3, '0'),
      response_code: String(code).padStart(3, '0'),
      size_download: String(this.#options.isHeadOnly ? 0 : this.#reader.body.length),
      remote_ip: this.#isConnected ? formatIp(address.family, address.address) : '',
      remote_port: this.#isConnected ? String(port) : '0',
      local_ip: connection && this.#isConnected ? formatIp(connection.family, connection.local) : '',
      local_port: connection && this.#isConnected ? String(connection.localPort) : '0',
      time_total: seconds.toFixed(6),
      method: this.#options.method ?? 'GET',
      url: this.#options.url ?? '',
    };
    const text = writeOut
      .replaceAll(/%\{(\w+)\}/g, (_, name: string) => {
        if (Object.hasOwn(values, name)) return values[name] ?? '';
        this.#invocation.output.err(`curl: unknown --write-out variable: '${name}'\n`);
        return '';
      })
      .replaceAll('\\n', '\n')
      .replaceAll('\\t', '\t');
    this.#invocation.output.out(text);
  }

  #end(status: number): void {
    if (this.#exit !== null) return;
    this.#exit = { status };
    for (const cancel of this.#timers) cancel();
    if (status === 130) this.#connection?.close();
    for (const listener of this.#listeners) listener(this.#exit);
  }
}

/** `argv[0]` is the program's name. */
export function curl(invocation: Invocation<CurlHost>): Exit | RunningProgram {
  const { argv, output } = invocation;
  const parsed = parseCurl(argv.slice(1));
  if (!parsed.ok) {
    output.err(parsed.error);
    return { status: 2 };
  }
  const options = parsed.value;
  if (options.showsVersion) {
    output.out(VERSION);
    return { status: 0 };
  }
  const fail = ({ status, text }: Refusal): Exit => {
    if (!options.isSilent || options.showsErrors) output.err(`curl: (${status}) ${text}\n`);
    return { status };
  };
  const place = placeOf(options.url ?? '');
  if ('status' in place) return fail(place);
  return deferred((go) =>
    findAddress(place.host, options.family, invocation.host.resolver, (address) => {
      if (address === undefined) {
        const bare = place.host.replace(/^\[(.*)\]$/, '$1');
        go(fail({ status: 6, text: `Could not resolve host: ${bare}` }));
        return;
      }
      const transfer = new Transfer(invocation, options, { ...place, address });
      transfer.start();
      go(transfer);
    }),
  );
}
