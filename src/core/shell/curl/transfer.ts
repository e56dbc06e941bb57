/** One request of `curl` over the kernel's TCP: its answer, what is written of it, and what can go wrong on the way. */
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts';
import { findLink } from '../../linux/device.ts';
import { formatIp, parseIp, type IpAddress } from '../../linux/family.ts';
import { STRERROR, type TcpConnection, type TcpEnd } from '../../linux/index.ts';
import type { Resolver } from '../dns/resolver.ts';
import type { IpHost } from '../ip/host.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { HttpReader } from './http-message.ts';
import type { CurlOptions } from './options.ts';
import type { Place } from './place.ts';
import { requestLines, sizeOf, verbOf } from './request-head.ts';

const SECOND = 1e9;
const MILLISECOND = 1e6;

/** What curl needs of a machine besides its kernel. */
export interface CurlHost extends IpHost {
  readonly files?: { write(path: string, octets: Uint8Array): void };
  /** How the machine finds names; without, it knows `localhost` alone. */
  readonly resolver?: Resolver;
}

interface Target extends Place {
  readonly url: string;
  readonly address: IpAddress;
}

/** What was done before this request, when an answer led on. */
export interface Journey {
  readonly redirects: number;
  readonly headSize: number;
  readonly requestSize: number;
  /** The server before spoke HTTP/1.0. */
  readonly isOld: boolean;
  /** Goes on at another URL. */
  readonly follow: (url: string, journey: Omit<Journey, 'follow'>) => Exit | RunningProgram;
}

export class Transfer implements RunningProgram {
  readonly pace = 'fast';
  readonly #invocation: Invocation<CurlHost>;
  readonly #options: CurlOptions;
  readonly #target: Target;
  readonly #journey: Journey;
  readonly #reader = new HttpReader();
  readonly #began: number;
  readonly #listeners: ((exit: Exit) => void)[] = [];
  readonly #timers: (() => void)[] = [];
  #connection: TcpConnection | null = null;
  #isConnected = false;
  #requestSize = 0;
  /** The request that this one led to. */
  #next: RunningProgram | null = null;
  #exit: Exit | null = null;

  constructor(invocation: Invocation<CurlHost>, options: CurlOptions, target: Target, journey: Journey) {
    this.#journey = journey;
    this.#invocation = invocation;
    this.#options = options;
    this.#target = target;
    this.#began = invocation.context.clock.now();
  }

  cancel(): void {
    this.#next?.cancel();
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
      this.#fail(45, `Couldn't bind to '${device}'`);
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
    const { data } = this.#options;
    const isOld = this.#options.isOld || this.#journey.isOld;
    this.#isConnected = true;
    const text = formatIp(address.family, address.address);
    this.#note(
      `Connected to ${host.replace(/^\[(.*)\]$/, '$1')} (${text}) port ${port} (#${this.#journey.redirects})`,
    );
    const lines = requestLines(this.#options, { host, port, path, isOld });
    if (this.#options.isVerbose)
      for (const line of [...lines, '']) this.#invocation.output.err(`> ${line}\r\n`);
    const head = `${lines.join('\r\n')}\r\n\r\n`;
    this.#requestSize = encodeUtf8(head).length;
    this.#connection?.send(encodeUtf8(`${head}${data ?? ''}`), parent);
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
        : isConnecting
          ? `Failed to connect to ${host} port ${port} after ${this.#elapsed} ms: Timeout was reached`
          : `Connection timed out after ${this.#elapsed} milliseconds`,
    );
  }

  #fail(status: number, text: string): void {
    this.#closing();
    const { isSilent, showsErrors } = this.#options;
    if (!isSilent || showsErrors) this.#invocation.output.err(`curl: (${status}) ${text}\n`);
    this.#connection?.close();
    this.#writeOut(0, status, text);
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
    const elsewhere = this.#elsewhere;
    if (this.#options.follows && elsewhere !== undefined) {
      this.#follow(elsewhere, head);
      return;
    }
    if (failsOnError && code >= 400) {
      this.#fail(22, `The requested URL returned error: ${code}`);
      return;
    }
    let text = includesHead || isHeadOnly ? [...head, ''].map((line) => `${line}\r\n`).join('') : '';
    if (!isHeadOnly) {
      if (isVerbose && body.length > 0) output.err(`{ [${body.length} bytes data]\n`);
      text += decodeUtf8(body);
    }
    const file = this.#file;
    if (file === null) output.out(text);
    else if (file === '') {
      this.#fail(23, 'Failed writing received data to disk/application');
      return;
    } else if (file !== '/dev/null') host.files?.write(file, encodeUtf8(text));
    this.#closing();
    this.#connection?.close();
    this.#writeOut(code, 0, '');
    this.#end(0);
  }

  /** Where the body goes; null: the terminal, empty: nowhere, since the URL has no name. */
  get #file(): string | null {
    const { output, keepsName } = this.#options;
    return (
      output ??
      (keepsName
        ? (this.#target.path
            .replace(/[?].*$/s, '')
            .split('/')
            .at(-1) ?? '')
        : null)
    );
  }

  #closing(): void {
    this.#note(`Closing connection ${this.#journey.redirects}`);
  }

  /** Where the answer leads to. */
  get #elsewhere(): string | undefined {
    const code = Number(this.#reader.head?.[0]?.split(' ')[1] ?? '0');
    const location = this.#reader.field('location');
    if (code < 300 || code >= 400 || location === undefined) return undefined;
    const { host, port, path } = this.#target;
    if (/^[a-z]+:\/\//i.test(location)) return location;
    const root = `http://${host}${port === 80 ? '' : `:${port}`}`;
    return location.startsWith('/')
      ? `${root}${location}`
      : `${root}${path.replace(/[^/]*$/, '')}${location}`;
  }

  #follow(url: string, head: readonly string[]): void {
    const { redirects, headSize, requestSize, follow } = this.#journey;
    this.#closing();
    this.#connection?.close();
    const { maxRedirects, isSilent, showsErrors } = this.#options;
    if (redirects >= maxRedirects) {
      if (!isSilent || showsErrors)
        this.#invocation.output.err(`curl: (47) Maximum (${maxRedirects}) redirects followed\n`);
      this.#end(47);
      return;
    }
    this.#note(`Issue another request to this URL: '${url}'`);
    const next = follow(url, {
      redirects: redirects + 1,
      headSize: headSize + sizeOf(head),
      requestSize: requestSize + this.#requestSize,
      isOld: head[0]?.startsWith('HTTP/1.0') === true,
    });
    if ('status' in next) {
      this.#end(next.status);
      return;
    }
    this.#next = next;
    next.onDone(({ status }) => this.#end(status));
  }

  #writeOut(code: number, status: number, message: string): void {
    const { writeOut } = this.#options;
    if (writeOut === null) return;
    const { address, port } = this.#target;
    const connection = this.#connection;
    const seconds = (this.#invocation.context.clock.now() - this.#began) / SECOND;
    const { redirects, headSize, requestSize } = this.#journey;
    const head = this.#reader.head ?? [];
    const { isHeadOnly, data } = this.#options;
    const received = isHeadOnly ? 0 : this.#reader.body.length;
    const values: Readonly<Record<string, string>> = {
      content_type: this.#reader.field('content-type') ?? '',
      errormsg: message,
      exitcode: String(status),
      filename_effective: this.#file ?? '',
      http_connect: '000',
      http_version:
        head.length === 0 ? '0' : (/^HTTP\/(\S+)/.exec(head[0] ?? '')?.[1] ?? '0').replace(/\.0$/, ''),
      num_connects: String(this.#isConnected ? redirects + 1 : redirects),
      num_headers: String(Math.max(0, head.length - 1)),
      num_redirects: String(redirects),
      redirect_url: this.#options.follows ? '' : (this.#elsewhere ?? ''),
      scheme: head.length === 0 ? '' : 'HTTP',
      size_header: String(headSize + (head.length === 0 ? 0 : sizeOf(head))),
      size_request: String(requestSize + this.#requestSize),
      size_upload: String(data === null ? 0 : encodeUtf8(data).length),
      speed_download: String(seconds === 0 ? 0 : Math.floor(received / seconds)),
      ssl_verify_result: '0',
      url_effective: this.#target.url,
      urlnum: '0',
      http_code: String(code).padStart(3, '0'),
      response_code: String(code).padStart(3, '0'),
      size_download: String(received),
      remote_ip: this.#isConnected ? formatIp(address.family, address.address) : '',
      remote_port: this.#isConnected ? String(port) : '0',
      local_ip: connection && this.#isConnected ? formatIp(connection.family, connection.local) : '',
      local_port: connection && this.#isConnected ? String(connection.localPort) : '0',
      time_total: seconds.toFixed(6),
      method: verbOf(this.#options),
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
