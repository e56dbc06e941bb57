/** `--dhcp-host`: what is set down for one client, and which of these concerns a request (dnsmasq(8)). */
import { parseIpv4 } from '../../../base/address.ts';
import { equalBytes } from '../../../base/bytes.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { encodeUtf8 } from '../../../base/utf8.ts';
import { sameNet, type Subnet } from './range.ts';
import { setTagOf, tagOf, tagsMatch, type Tags } from './tags.ts';
import { parseDuration } from './time.ts';

/** An address of hardware, its octets null where any will do. */
export type HardwarePattern = readonly (number | null)[];

export interface DhcpHost {
  readonly hardware: readonly HardwarePattern[];
  /** Null: any; `ignored` = the client's is not looked at. */
  readonly clientId: Uint8Array | 'ignored' | null;
  readonly address: number | null;
  readonly name: string | null;
  readonly domain: string | null;
  readonly leaseTime: number | null;
  readonly ignores: boolean;
  readonly sets: readonly string[];
  readonly tags: readonly string[];
}

const SIZE = 6;

/** `02:00:00:*:*:*`; undefined for what is none. */
export function patternOf(word: string): HardwarePattern | undefined {
  const octets = word.replace(/^\d+-/, '').split(/[:-]/);
  if (octets.length !== SIZE || !octets.every((octet) => octet === '*' || /^[\da-f]{1,2}$/i.test(octet)))
    return undefined;
  return octets.map((octet) => (octet === '*' ? null : Number.parseInt(octet, 16)));
}

const clientIdOf = (text: string): Uint8Array =>
  /^[\da-f]{1,2}(?::[\da-f]{1,2})+$/i.test(text)
    ? Uint8Array.from(text.split(':'), (octet) => Number.parseInt(octet, 16))
    : encodeUtf8(text);

export function parseDhcpHost(text: string): Result<DhcpHost> {
  const host = {
    hardware: [] as HardwarePattern[],
    clientId: null as DhcpHost['clientId'],
    address: null as number | null,
    name: null as string | null,
    domain: null as string | null,
    leaseTime: null as number | null,
    ignores: false,
    sets: [] as string[],
    tags: [] as string[],
  };
  for (const raw of text.split(',')) {
    const word = raw.trim();
    const set = setTagOf(word);
    const tag = tagOf(word);
    const address = parseIpv4(word);
    if (word === '') continue;
    if (word.startsWith('id:')) {
      const id = word.slice('id:'.length);
      host.clientId = id === '*' ? 'ignored' : clientIdOf(id);
    } else if (set !== undefined) host.sets.push(set);
    else if (tag !== undefined) host.tags.push(tag);
    else if (word.startsWith('[')) return err('an IPv6 address of --dhcp-host is not modelled');
    else if (word.includes(':')) {
      const pattern = patternOf(word);
      if (pattern === undefined) return err('bad hex constant');
      host.hardware.push(pattern);
    } else if (address !== undefined) host.address = address;
    else if (word === 'ignore') host.ignores = true;
    else if (/^(?:\d+[smhdw]?|infinite)$/i.test(word)) host.leaseTime = parseDuration(word) ?? null;
    else {
      if (!/^[a-z\d_.-]+$/i.test(word)) return err('bad DHCP host name');
      const dot = word.indexOf('.');
      host.name = dot < 0 ? word : word.slice(0, dot);
      host.domain = dot < 0 ? null : word.slice(dot + 1);
    }
  }
  return ok(host);
}

/** Who asks, as far as it decides which host it is. */
export interface Asker {
  readonly hardware: bigint;
  readonly clientId: Uint8Array | null;
  /** The name that it gives itself; null = it is not looked at. */
  readonly name: string | null;
}

const octetAt = (hardware: bigint, at: number): number => Number((hardware >> BigInt(8 * (5 - at))) & 0xffn);

/** Whether an address is one that the pattern means. */
export const hardwareMatches = (pattern: HardwarePattern, hardware: bigint): boolean =>
  pattern.every((octet, at) => octet === null || octet === octetAt(hardware, at));

const wildcards = (pattern: HardwarePattern): number => pattern.filter((octet) => octet === null).length;

/** Whether one of a host's addresses without wildcards is this one. */
export const ownsHardware = (host: DhcpHost, hardware: bigint): boolean =>
  host.hardware.some((pattern) => wildcards(pattern) === 0 && hardwareMatches(pattern, hardware));

/** Some clients put a zero before the text of their identifier. */
function hasClientId({ clientId }: DhcpHost, asked: Uint8Array): boolean {
  if (clientId === null || clientId === 'ignored') return false;
  return equalBytes(clientId, asked) || (asked[0] === 0 && equalBytes(clientId, asked.subarray(1)));
}

/** The host of a request: by identifier, hardware, name, and last by hardware with the fewest wildcards. */
export function hostOf(
  hosts: readonly DhcpHost[],
  asker: Asker,
  tags: Tags,
  subnets: readonly Subnet[] | null,
): DhcpHost | undefined {
  const { hardware, clientId, name } = asker;
  const fitting = hosts.filter(
    (host) =>
      tagsMatch(host.tags, tags, true) &&
      (subnets === null ||
        host.address === null ||
        subnets.some(({ range, netmask }) => sameNet(host.address ?? 0, range.start, netmask))),
  );
  const byId = clientId && fitting.find((host) => hasClientId(host, clientId));
  if (byId) return byId;
  const byHardware = fitting.find((host) => ownsHardware(host, hardware));
  if (byHardware !== undefined) return byHardware;
  const byName = name === null ? undefined : fitting.find((host) => sameName(host.name, name));
  if (byName !== undefined) return byName;
  let best: DhcpHost | undefined;
  let fewest = SIZE + 1;
  for (const host of fitting)
    for (const pattern of host.hardware)
      if (wildcards(pattern) < fewest && hardwareMatches(pattern, hardware)) {
        best = host;
        fewest = wildcards(pattern);
      }
  return best;
}

const sameName = (a: string | null, b: string): boolean => a !== null && a.toLowerCase() === b.toLowerCase();
