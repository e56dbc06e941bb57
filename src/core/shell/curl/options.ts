/** The command line of curl 7.88.1, as far as it is modelled: HTTP to one URL. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Family } from '../../linux/family.ts';

export interface CurlOptions {
  url: string | null;
  method: string | null;
  readonly headers: string[];
  referer: string | null;
  range: string | null;
  /** Speaks HTTP/1.0. */
  isOld: boolean;
  /** Goes where answers lead to, at most so often. */
  follows: boolean;
  maxRedirects: number;
  /** Into a file named as the URL ends. */
  keepsName: boolean;
  /** Addresses of hosts, by host and port. */
  readonly addresses: Map<string, string>;
  data: string | null;
  agent: string;
  family: Family | null;
  device: string | null;
  /** In seconds; 0: no limit. */
  maxTime: number;
  connectTime: number;
  isSilent: boolean;
  showsErrors: boolean;
  isVerbose: boolean;
  includesHead: boolean;
  isHeadOnly: boolean;
  failsOnError: boolean;
  output: string | null;
  writeOut: string | null;
  showsVersion: boolean;
}

const TRY = "curl: try 'curl --help' or 'curl --manual' for more information\n";

/** Long names of the letters. */
const LONG: Readonly<Record<string, string>> = {
  silent: 's',
  'show-error': 'S',
  verbose: 'v',
  include: 'i',
  head: 'I',
  fail: 'f',
  globoff: 'g',
  ipv4: '4',
  ipv6: '6',
  version: 'V',
  request: 'X',
  header: 'H',
  data: 'd',
  'user-agent': 'A',
  output: 'o',
  'write-out': 'w',
  'max-time': 'm',
  'connect-timeout': 'connect-timeout',
  interface: 'interface',
  url: 'url',
  referer: 'e',
  range: 'r',
  location: 'L',
  'remote-name': 'O',
  insecure: 'k',
  'http1.0': '0',
  'http1.1': 'http1.1',
  'no-buffer': 'N',
  'max-redirs': 'max-redirs',
  resolve: 'resolve',
};

const MAX_REDIRECTS = 50;

/** What the real program has besides. */
const NOT_MODELLED: ReadonlySet<string> = new Set([
  ...Array.from('abcCDEFGjJKlMnpPqQRtTuUxyYzZ#:'),
  ...['cacert', 'cert', 'compressed', 'cookie', 'data-binary', 'data-raw', 'form', 'get', 'http2', 'json'],
  ...['key', 'keepalive-time', 'limit-rate', 'local-port', 'netrc', 'no-keepalive', 'noproxy', 'parallel'],
  ...['path-as-is', 'proxy', 'retry', 'retry-delay', 'tcp-nodelay', 'tlsv1.2', 'trace', 'trace-ascii'],
  ...['unix-socket', 'upload-file', 'user', 'connect-to', 'dns-servers', 'fail-with-body', 'stderr'],
]);
const WITH_VALUE: ReadonlySet<string> = new Set([
  'X',
  'H',
  'd',
  'A',
  'o',
  'w',
  'm',
  'connect-timeout',
  'interface',
  'url',
  'e',
  'r',
  'max-redirs',
  'resolve',
]);
const FLAGS: ReadonlySet<string> = new Set([
  's',
  'S',
  'v',
  'i',
  'I',
  'f',
  'g',
  '4',
  '6',
  'V',
  'L',
  'O',
  'k',
  '0',
  'http1.1',
  'N',
]);

/** A refusal is the text on standard error (status 2). */
export function parseCurl(argv: readonly string[]): Result<CurlOptions> {
  const options: CurlOptions = {
    url: null,
    method: null,
    headers: [],
    referer: null,
    range: null,
    isOld: false,
    follows: false,
    maxRedirects: MAX_REDIRECTS,
    keepsName: false,
    addresses: new Map(),
    data: null,
    agent: 'curl/7.88.1',
    family: null,
    device: null,
    maxTime: 0,
    connectTime: 0,
    isSilent: false,
    showsErrors: false,
    isVerbose: false,
    includesHead: false,
    isHeadOnly: false,
    failsOnError: false,
    output: null,
    writeOut: null,
    showsVersion: false,
  };
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] as string;
    if (!word.startsWith('-') || word === '-') {
      if (options.url !== null) return err('curl: more than one URL is not modelled\n');
      options.url = word;
      continue;
    }
    let letters = word.startsWith('--') ? [LONG[word.slice(2)] ?? ''] : Array.from(word.slice(1));
    while (letters.length > 0) {
      const [letter = '', ...rest] = letters;
      letters = rest;
      const shown = word.startsWith('--') ? word : `-${letter}`;
      if (WITH_VALUE.has(letter)) {
        const value = word.startsWith('--') || rest.length === 0 ? argv[(at += 1)] : rest.join('');
        letters = [];
        if (value === undefined) return err(`curl: option ${shown}: requires parameter\n${TRY}`);
        const problem = takeValue(options, letter, value, shown);
        if (problem !== null) return err(problem);
      } else if (FLAGS.has(letter)) takeFlag(options, letter);
      else if (NOT_MODELLED.has(letter === '' ? word.slice(2) : letter))
        return err(`curl: option ${shown} is not modelled\n`);
      else return err(`curl: option ${shown}: is unknown\n${TRY}`);
    }
  }
  return options.url === null && !options.showsVersion ? err(TRY) : ok(options);
}

function takeFlag(options: CurlOptions, letter: string): void {
  switch (letter) {
    case 's':
      options.isSilent = true;
      return;
    case 'S':
      options.showsErrors = true;
      return;
    case 'v':
      options.isVerbose = true;
      return;
    case 'i':
      options.includesHead = true;
      return;
    case 'I':
      options.isHeadOnly = true;
      return;
    case 'f':
      options.failsOnError = true;
      return;
    case '4':
      options.family = 4;
      return;
    case '6':
      options.family = 6;
      return;
    case 'V':
      options.showsVersion = true;
      return;
    case 'L':
      options.follows = true;
      return;
    case 'O':
      options.keepsName = true;
      return;
    case '0':
      options.isOld = true;
      return;
    default:
    // -g: brackets in a URL are never patterns here. -k and -N: there is no TLS and no buffer.
  }
}

function takeValue(options: CurlOptions, letter: string, value: string, shown: string): string | null {
  const seconds = (take: (value: number) => void): string | null => {
    if (!/^\d+(?:\.\d+)?$/.test(value))
      return `curl: option ${shown}: expected a proper numerical parameter\n${TRY}`;
    take(Number(value));
    return null;
  };
  switch (letter) {
    case 'X':
      options.method = value;
      return null;
    case 'H':
      options.headers.push(value);
      return null;
    case 'd':
      options.data = options.data === null ? value : `${options.data}&${value}`;
      return null;
    case 'A':
      options.agent = value;
      return null;
    case 'o':
      options.output = value;
      return null;
    case 'w':
      options.writeOut = value;
      return null;
    case 'm':
      return seconds((limit) => (options.maxTime = limit));
    case 'connect-timeout':
      return seconds((limit) => (options.connectTime = limit));
    case 'interface':
      options.device = value;
      return null;
    case 'e':
      options.referer = value;
      return null;
    case 'r':
      options.range = value;
      return null;
    case 'max-redirs':
      if (!/^-?\d+$/.test(value))
        return `curl: option ${shown}: expected a proper numerical parameter\n${TRY}`;
      options.maxRedirects = Number(value) < 0 ? Infinity : Number(value);
      return null;
    case 'resolve': {
      const [, place = '', address = ''] = /^\+?([^:]+:\d+):(.+)$/.exec(value) ?? [];
      if (place === '') return `curl: option ${shown} ${value} is not modelled\n`;
      options.addresses.set(place, address);
      return null;
    }
    default:
      options.url = value;
      return null;
  }
}
