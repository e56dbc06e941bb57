/** dnsmasq's options, of its command line and its configuration files: the same words for both (dnsmasq(8)). */
import { err, ok, type Result } from '../../base/result.ts';
import { parseIp, type IpAddress } from '../../linux/family.ts';
import type { DnsServer } from '../dns/exchange.ts';
import { DHCP_OPTIONS, newDhcpSettings, type DhcpSettings } from './dhcp/settings.ts';
import { MISSING_OPTIONS } from './missing-option.table.ts';
import { flag, TRY_HELP, type Apply, type OptionSpec } from './option-spec.ts';

/** `--server`: for names below `domain` ('' = all others); null = they are known here alone. */
interface Upstream {
  readonly domain: string;
  readonly server: DnsServer | null;
}

/** `--address`: names below `domain` ('' = all) have this address; null = they do not exist. */
interface DomainAddress {
  readonly domain: string;
  readonly address: IpAddress | null;
}

export interface DnsmasqOptions {
  port: number;
  bindsInterfaces: boolean;
  /** Devices may come later. */
  bindsDynamically: boolean;
  foreground: 'no' | 'quiet' | 'debug';
  readsHosts: boolean;
  expandsHosts: boolean;
  needsDomain: boolean;
  keepsPrivate: boolean;
  domain: string | null;
  /** Null: no file of servers is read. */
  resolvFile: string | null;
  readonly interfaces: string[];
  readonly exceptInterfaces: string[];
  /** Of `interfaces`, those that are not there. */
  readonly missingInterfaces: string[];
  readonly listenAddresses: IpAddress[];
  readonly upstreams: Upstream[];
  readonly addresses: DomainAddress[];
  readonly hostRecords: { readonly names: readonly string[]; readonly addresses: readonly IpAddress[] }[];
  readonly aliases: { readonly names: readonly string[]; readonly target: string }[];
  readonly hostsFiles: string[];
  /** Answers go only to askers on the machine's own networks. */
  localService: boolean;
  /** `-` = standard error; null = the system's log. */
  logFile: string | null;
  /** Null: the usual one. */
  pidFile: string | null;
  readonly dhcp: DhcpSettings;
}

/** What ends dnsmasq before it starts: its text, without the program's name, and the exit status. */
interface Refusal {
  readonly text: string;
  readonly status: number;
}

const MOST_FILES = 20;

const plain = (name: string): string => name.replace(/^\*?\.|\.$/g, '').toLowerCase();

/** `/a/b/rest` into its domains and what follows; a text without slashes concerns all names. */
function domainsOf(value: string): { readonly domains: readonly string[]; readonly rest: string } {
  if (!value.startsWith('/')) return { domains: [''], rest: value };
  const words = value.slice(1).split('/');
  const rest = words.pop() ?? '';
  return { domains: words.map((word) => (word === '#' ? '' : plain(word))), rest };
}

function serverOf(text: string): DnsServer | null | undefined {
  if (text === '') return null;
  const [, host = '', port = '53'] = /^([^#@]+)(?:#(\d+))?$/.exec(text) ?? [];
  const address = parseIp(host);
  return address && { ...address, port: Number(port) };
}

const addServer: Apply = (options, value) => {
  const { domains, rest } = domainsOf(value);
  const server = serverOf(rest);
  if (server === undefined) return 'Cannot resolve server name';
  for (const domain of domains) options.upstreams.push({ domain, server });
  return null;
};

const addAddress: Apply = (options, value) => {
  const { domains, rest } = domainsOf(value);
  const address = rest === '' ? null : parseIp(rest);
  if (address === undefined || !value.startsWith('/')) return 'Bad address in --address';
  for (const domain of domains) options.addresses.push({ domain, address });
  return null;
};

const addHostRecord: Apply = (options, value) => {
  const words = value.split(',').map((word) => word.trim());
  const addresses = words.flatMap((word) => parseIp(word) ?? []);
  const names = words.filter((word) => parseIp(word) === undefined);
  if (words.length < 2 || names.length === 0) return 'Bad host-record';
  if (names.some((name) => /^\d+$/.test(name))) return 'the time to live of a host-record is not modelled';
  options.hostRecords.push({ names: names.map(plain), addresses });
  return null;
};

const addAlias: Apply = (options, value) => {
  const names = value.split(',').map((word) => plain(word.trim()));
  const target = names.pop() ?? '';
  if (names.length === 0 || target === '') return 'bad CNAME';
  if (/^\d+$/.test(target)) return 'the time to live of a CNAME is not modelled';
  options.aliases.push({ names, target });
  return null;
};

const OPTIONS: Readonly<Record<string, OptionSpec>> = {
  'no-resolv': flag('R', (options) => (options.resolvFile = null)),
  'no-hosts': flag('h', (options) => (options.readsHosts = false)),
  'expand-hosts': flag('E', (options) => (options.expandsHosts = true)),
  'domain-needed': flag('D', (options) => (options.needsDomain = true)),
  'bogus-priv': flag('b', (options) => (options.keepsPrivate = true)),
  'bind-interfaces': flag('z', (options) => (options.bindsInterfaces = true)),
  'bind-dynamic': flag(undefined, (options) => (options.bindsInterfaces = options.bindsDynamically = true)),
  'no-daemon': flag('d', (options) => (options.foreground = 'debug')),
  'keep-in-foreground': flag('k', (options) => (options.foreground = 'quiet')),
  /** Servers are asked in the order in which they were given here in any case. */
  'strict-order': flag('o', () => undefined),
  /** Files are read once, at the start. */
  'no-poll': flag('n', () => undefined),
  interface: {
    short: 'i',
    value: 'needed',
    apply: (options, value) => {
      options.interfaces.push(...value.split(','));
      return null;
    },
  },
  'except-interface': {
    short: 'I',
    value: 'needed',
    apply: (options, value) => {
      options.exceptInterfaces.push(...value.split(','));
      return null;
    },
  },
  'listen-address': {
    short: 'a',
    value: 'needed',
    apply: (options, value) => {
      const addresses = value.split(',').map((word) => parseIp(word));
      for (const address of addresses) if (address !== undefined) options.listenAddresses.push(address);
      return addresses.includes(undefined) ? TRY_HELP : null;
    },
  },
  port: {
    short: 'p',
    value: 'needed',
    apply: (options, value) => {
      options.port = Number(value);
      return /^\d+$/.test(value) && options.port <= 65535 ? null : TRY_HELP;
    },
  },
  'resolv-file': {
    short: 'r',
    value: 'needed',
    apply: (options, value) => {
      options.resolvFile = value;
      return null;
    },
  },
  server: { short: 'S', value: 'needed', apply: addServer },
  local: { value: 'needed', apply: addServer },
  address: { short: 'A', value: 'needed', apply: addAddress },
  'host-record': { value: 'needed', apply: addHostRecord },
  cname: { value: 'needed', apply: addAlias },
  'addn-hosts': {
    short: 'H',
    value: 'needed',
    apply: (options, value) => {
      options.hostsFiles.push(value);
      return null;
    },
  },
  domain: {
    short: 's',
    value: 'needed',
    apply: (options, value) => {
      if (value.includes(',')) return 'a domain of a range of addresses is not modelled';
      options.domain = plain(value);
      return null;
    },
  },
  'local-service': flag(undefined, (options) => (options.localService = true)),
  'log-facility': {
    short: '8',
    value: 'needed',
    apply: (options, value) => {
      options.logFile = value === '-' || value.includes('/') ? value : null;
      return null;
    },
  },
  'pid-file': {
    short: 'x',
    value: 'optional',
    apply: (options, value) => {
      options.pidFile = value;
      return null;
    },
  },
  ...DHCP_OPTIONS,
  /** There is no other user here, so that it goes on as the one that started it. */
  user: { short: 'u', value: 'needed', apply: () => null },
  group: { short: 'g', value: 'needed', apply: () => null },
};

interface Reading {
  readonly options: DnsmasqOptions;
  readonly read: (path: string) => string | undefined;
  files: number;
}

const optionNamed = (name: string): OptionSpec | undefined =>
  Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;

const notModelled = (name: string): Refusal => ({ text: `--${name} is not modelled`, status: 1 });

/** One configuration file, with those that it includes. */
function readFile(reading: Reading, path: string): Refusal | null {
  const text = reading.read(path);
  reading.files += 1;
  if (text === undefined || reading.files > MOST_FILES)
    return { text: `cannot read ${path}: No such file or directory`, status: 3 };
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/(^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const [, name = '', value] = /^([^=\s]+)\s*(?:=\s*(.*))?$/s.exec(line) ?? [];
    const at = ` at line ${index + 1} of ${path}`;
    if (name === 'conf-file') {
      const refusal = readFile(reading, value ?? '');
      if (refusal) return refusal;
      continue;
    }
    if (MISSING_OPTIONS.includes(name)) return { text: `--${name} is not modelled${at}`, status: 1 };
    const spec = optionNamed(name);
    if (spec === undefined) return { text: `bad option${at}`, status: 1 };
    if (spec.value === 'none' && value !== undefined) return { text: `extraneous parameter${at}`, status: 1 };
    if (spec.value === 'needed' && value === undefined) return { text: `missing parameter${at}`, status: 1 };
    const wrong = spec.apply(reading.options, value?.replaceAll('"', '') ?? '');
    if (wrong !== null) return { text: `${wrong === TRY_HELP ? 'error' : wrong}${at}`, status: 1 };
  }
  return null;
}

/** The command line with the files that it names; `read` reads a file. */
export function parseDnsmasq(
  argv: readonly string[],
  read: (path: string) => string | undefined,
): Result<DnsmasqOptions, Refusal> {
  const options: DnsmasqOptions = {
    port: 53,
    bindsInterfaces: false,
    bindsDynamically: false,
    missingInterfaces: [],
    foreground: 'no',
    readsHosts: true,
    expandsHosts: false,
    needsDomain: false,
    keepsPrivate: false,
    domain: null,
    resolvFile: '/etc/resolv.conf',
    interfaces: [],
    exceptInterfaces: [],
    listenAddresses: [],
    upstreams: [],
    addresses: [],
    hostRecords: [],
    aliases: [],
    hostsFiles: [],
    localService: false,
    logFile: null,
    pidFile: null,
    dhcp: newDhcpSettings(),
  };
  const reading: Reading = { options, read, files: 0 };
  const bad = (why: string): Result<never, Refusal> =>
    err({ text: `bad command line options: ${why}`, status: 1 });
  const files: string[] = [];
  let named = false;
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    let name: string;
    let joined: string | undefined;
    if (word.startsWith('--')) [name = '', joined] = word.slice(2).split(/=(.*)/s);
    else if (/^-./.test(word)) {
      const letter = word.charAt(1);
      const long = Object.keys(OPTIONS).find((each) => OPTIONS[each]?.short === letter);
      name = letter === 'C' ? 'conf-file' : (long ?? word);
      if (word.length > 2) joined = word.slice(2);
    } else return err({ text: 'junk found in command line', status: 1 });
    if (MISSING_OPTIONS.includes(name)) return err(notModelled(name));
    const spec = optionNamed(name);
    if (spec === undefined && name !== 'conf-file') return bad(TRY_HELP);
    if (spec?.value === 'none' && joined !== undefined) return bad(TRY_HELP);
    const takesNext = spec === undefined || spec.value === 'needed';
    const value = joined ?? (takesNext ? argv[(at += 1)] : '');
    if (value === undefined) return bad(TRY_HELP);
    if (name === 'conf-file') {
      named = true;
      if (value !== '') files.push(value);
      continue;
    }
    const wrong = spec?.apply(options, value) ?? null;
    if (wrong !== null) return bad(wrong);
  }
  if (!named && read('/etc/dnsmasq.conf') !== undefined) files.push('/etc/dnsmasq.conf');
  for (const path of files) {
    if (path === '/dev/null') continue;
    const refusal = readFile(reading, path);
    if (refusal) return err(refusal);
  }
  return ok(options);
}
