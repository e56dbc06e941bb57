/** dnsmasq's options for DHCP: `--dhcp-range`, `--dhcp-host` and what else decides about leases (dnsmasq(8)). */
import { formatIpv4, parseIpv4 } from '../../../base/address.ts';
import { encodeUtf8 } from '../../../base/utf8.ts';
import { flag, TRY_HELP, type OptionSpec } from '../option-spec.ts';
import { parseDhcpHost, patternOf, type DhcpHost, type HardwarePattern } from './host.ts';
import { optionValue, optionWords, parseDhcpOption, type DhcpOption } from './option-value.ts';
import { parseRange, type DhcpRange } from './range.ts';
import { setTagOf, tagOf } from './tags.ts';

const MOST_LEASES = 1000;
const LEASE_FILE = '/var/lib/misc/dnsmasq.leases';

/** `--dhcp-boot`. */
export interface BootFile {
  readonly tags: readonly string[];
  readonly file: string;
  readonly serverName: string;
  /** 0: the server itself. */
  readonly address: number;
}

/** `--dhcp-match`: null = the option is enough. */
interface OptionMatch {
  readonly tag: string;
  readonly code: number;
  readonly value: Uint8Array | null;
}

/** `--dhcp-vendorclass` and `--dhcp-userclass`: a text that is a part of the client's. */
interface ClassMatch {
  readonly tag: string;
  readonly kind: 'vendor' | 'user';
  readonly text: Uint8Array;
}

/** `--dhcp-relay`: from an own address to a server. */
export interface Relay {
  readonly local: number;
  readonly server: number;
  /** The device by which answers come; null = any. */
  readonly device: string | null;
}

export interface DhcpSettings {
  readonly ranges: DhcpRange[];
  readonly hosts: DhcpHost[];
  /** The newest first, as they are sent. */
  readonly options: DhcpOption[];
  readonly boots: BootFile[];
  readonly matches: OptionMatch[];
  readonly classes: ClassMatch[];
  readonly hardware: { readonly tag: string; readonly pattern: HardwarePattern }[];
  /** Lists of tags; clients that have all of one are not served, or their names not taken. */
  readonly ignored: (readonly string[])[];
  readonly ignoredNames: (readonly string[])[];
  readonly broadcasts: (readonly string[])[];
  readonly generatedNames: (readonly string[])[];
  readonly relays: Relay[];
  readonly notOn: string[];
  readonly hostsFiles: string[];
  readonly optionFiles: string[];
  leaseFile: string;
  mostLeases: number;
  authoritative: boolean;
  sequential: boolean;
  pings: boolean;
  overloads: boolean;
  ignoresClientIds: boolean;
  rapidCommit: boolean;
  logsOptions: boolean;
  quiet: boolean;
}

export const newDhcpSettings = (): DhcpSettings => ({
  ranges: [],
  hosts: [],
  options: [],
  boots: [],
  matches: [],
  classes: [],
  hardware: [],
  ignored: [],
  ignoredNames: [],
  broadcasts: [],
  generatedNames: [],
  relays: [],
  notOn: [],
  hostsFiles: [],
  optionFiles: [],
  leaseFile: LEASE_FILE,
  mostLeases: MOST_LEASES,
  authoritative: false,
  sequential: false,
  pings: true,
  overloads: true,
  ignoresClientIds: false,
  rapidCommit: false,
  logsOptions: false,
  quiet: false,
});

type Change = (settings: DhcpSettings, value: string) => string | null;

const needed = (apply: Change, short?: string): OptionSpec => ({
  ...(short === undefined ? {} : { short }),
  value: 'needed',
  apply: (options, value) => apply(options.dhcp, value),
});

const set = (change: (settings: DhcpSettings) => void, short?: string): OptionSpec =>
  flag(short, (options) => change(options.dhcp));

/** Lists of tags may be empty: then all clients are meant. */
const tagLists = (of: (settings: DhcpSettings) => (readonly string[])[]): OptionSpec => ({
  value: 'optional',
  apply: (options, value) => {
    const words = value === '' ? [] : value.split(',');
    of(options.dhcp).push(words.map((word) => tagOf(word) ?? setTagOf(word) ?? word));
    return null;
  },
});

/** `set:TAG,REST`; undefined without both. */
function tagged(value: string): { readonly tag: string; readonly rest: string } | undefined {
  const [, word = '', rest = ''] = /^([^,]*),(.*)$/s.exec(value) ?? [];
  return word === '' ? undefined : { tag: setTagOf(word) ?? word, rest };
}

/** Adds a host; a second one with the address of another is refused. */
export function addDhcpHost(settings: DhcpSettings, value: string): string | null {
  const host = parseDhcpHost(value);
  if (!host.ok) return host.error;
  const { address } = host.value;
  if (address !== null && settings.hosts.some((one) => one.address === address))
    return `duplicate dhcp-host IP address ${formatIpv4(address)}`;
  settings.hosts.unshift(host.value);
  return null;
}

/** Adds an option before those that were given earlier. */
export function addDhcpOption(settings: DhcpSettings, value: string, forced: boolean): string | null {
  const option = parseDhcpOption(value, forced);
  if (!option.ok) return option.error;
  settings.options.unshift(option.value);
  return null;
}

function addBoot(settings: DhcpSettings, value: string): string | null {
  const words = value.split(',');
  const tags: string[] = [];
  for (let tag = tagOf(words[0] ?? ''); tag !== undefined; tag = tagOf(words[0] ?? '')) {
    tags.push(tag);
    words.shift();
  }
  const [file = '', serverName = '', server] = words;
  const address = server === undefined || server === '' ? 0 : parseIpv4(server);
  if (address === undefined) return 'the name of a boot server is not modelled';
  settings.boots.unshift({ tags, file, serverName, address });
  return null;
}

function addMatch(settings: DhcpSettings, value: string): string | null {
  const words = optionWords(value, true);
  if (!words.ok) return words.error;
  const { code, tags, rest } = words.value;
  const [tag] = tags;
  if (tag === undefined) return 'illegal dhcp-match';
  const wanted = rest === null || rest === '' ? null : optionValue(code, rest);
  if (wanted !== null && !wanted.ok) return wanted.error;
  settings.matches.push({ tag, code, value: wanted && wanted.value.value });
  return null;
}

const addClass =
  (kind: ClassMatch['kind']): Change =>
  (settings, value) => {
    const words = tagged(value);
    if (words === undefined) return TRY_HELP;
    if (words.rest.startsWith('enterprise:')) return 'enterprise: is not modelled';
    settings.classes.push({ tag: words.tag, kind, text: encodeUtf8(words.rest) });
    return null;
  };

function addHardware(settings: DhcpSettings, value: string): string | null {
  const words = tagged(value);
  if (words === undefined) return TRY_HELP;
  const pattern = patternOf(words.rest);
  if (pattern !== undefined) settings.hardware.push({ tag: words.tag, pattern });
  return null;
}

function addRelay(settings: DhcpSettings, value: string): string | null {
  const [from = '', to = '', device] = value.split(',');
  const local = parseIpv4(from);
  const server = parseIpv4(to);
  if (local === undefined || server === undefined) return 'Bad dhcp-relay';
  settings.relays.unshift({ local, server, device: device ?? null });
  return null;
}

export const DHCP_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  'dhcp-range': needed((settings, value) => {
    const range = parseRange(value);
    if (!range.ok) return range.error;
    settings.ranges.unshift(range.value);
    return null;
  }, 'F'),
  'dhcp-host': needed(addDhcpHost, 'G'),
  'dhcp-hostsfile': needed((settings, value) => {
    settings.hostsFiles.push(value);
    return null;
  }),
  'dhcp-optsfile': needed((settings, value) => {
    settings.optionFiles.push(value);
    return null;
  }),
  'dhcp-option': needed((settings, value) => addDhcpOption(settings, value, false), 'O'),
  'dhcp-option-force': needed((settings, value) => addDhcpOption(settings, value, true)),
  'dhcp-boot': needed(addBoot, 'M'),
  'dhcp-match': needed(addMatch),
  'dhcp-vendorclass': needed(addClass('vendor'), 'U'),
  'dhcp-userclass': needed(addClass('user'), 'j'),
  'dhcp-mac': needed(addHardware, '4'),
  'dhcp-ignore': { ...tagLists((settings) => settings.ignored), short: 'J', value: 'needed' },
  'dhcp-ignore-names': tagLists((settings) => settings.ignoredNames),
  'dhcp-generate-names': tagLists((settings) => settings.generatedNames),
  'dhcp-broadcast': tagLists((settings) => settings.broadcasts),
  'dhcp-relay': needed(addRelay),
  'no-dhcp-interface': needed((settings, value) => {
    settings.notOn.push(...value.split(','));
    return null;
  }, '2'),
  'dhcp-leasefile': {
    short: 'l',
    value: 'optional',
    apply: ({ dhcp }, value) => {
      if (value !== '') dhcp.leaseFile = value;
      return null;
    },
  },
  'dhcp-lease-max': needed((settings, value) => {
    settings.mostLeases = Number(value);
    return /^\d+$/.test(value) ? null : TRY_HELP;
  }, 'X'),
  'dhcp-authoritative': set((settings) => (settings.authoritative = true), 'K'),
  'dhcp-sequential-ip': set((settings) => (settings.sequential = true)),
  'dhcp-no-override': set((settings) => (settings.overloads = false)),
  'dhcp-ignore-clid': set((settings) => (settings.ignoresClientIds = true)),
  'dhcp-rapid-commit': set((settings) => (settings.rapidCommit = true)),
  'no-ping': set((settings) => (settings.pings = false), '5'),
  'log-dhcp': set((settings) => (settings.logsOptions = true)),
  'quiet-dhcp': set((settings) => (settings.quiet = true)),
};
