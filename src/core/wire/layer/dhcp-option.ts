/** Names and texts of DHCP options (RFC 2132 and later), as far as OVN sets them. */
import { formatIpv4 } from '../../base/address.ts';
import { toHex } from '../../base/bytes.ts';
import { readU16, readU32 } from '../octets.ts';

type Format =
  | 'addresses'
  | 'text'
  | 'u8'
  | 'u16'
  | 'u32'
  | 'seconds'
  | 'flag'
  | 'message'
  | 'codes'
  | 'routes'
  | 'hex';

const OPTIONS: readonly (readonly [code: number, name: string, format: Format])[] = [
  [1, 'subnet mask', 'addresses'],
  [3, 'router', 'addresses'],
  [6, 'dns server', 'addresses'],
  [7, 'log server', 'addresses'],
  [9, 'lpr server', 'addresses'],
  [12, 'host name', 'text'],
  [15, 'domain name', 'text'],
  [16, 'swap server', 'addresses'],
  [17, 'root path', 'text'],
  [19, 'ip forwarding', 'flag'],
  [20, 'non-local source routing', 'flag'],
  [21, 'policy filter', 'addresses'],
  [23, 'default ttl', 'u8'],
  [26, 'mtu', 'u16'],
  [28, 'broadcast address', 'addresses'],
  [31, 'router discovery', 'flag'],
  [32, 'router solicitation', 'addresses'],
  [33, 'static route', 'addresses'],
  [35, 'arp cache timeout', 'seconds'],
  [36, 'ethernet encapsulation', 'flag'],
  [37, 'tcp default ttl', 'u8'],
  [38, 'tcp keepalive interval', 'seconds'],
  [40, 'nis domain', 'text'],
  [41, 'nis server', 'addresses'],
  [42, 'ntp server', 'addresses'],
  [44, 'netbios name server', 'addresses'],
  [47, 'netbios node type', 'u8'],
  [50, 'requested address', 'addresses'],
  [51, 'lease time', 'seconds'],
  [52, 'option overload', 'u8'],
  [53, 'message type', 'message'],
  [54, 'server id', 'addresses'],
  [55, 'parameter request', 'codes'],
  [56, 'message', 'text'],
  [57, 'maximum message size', 'u16'],
  [58, 'renewal time', 'seconds'],
  [59, 'rebinding time', 'seconds'],
  [60, 'vendor class', 'text'],
  [66, 'tftp server', 'text'],
  [67, 'boot file', 'text'],
  [121, 'classless static routes', 'routes'],
  [150, 'tftp server address', 'addresses'],
  [209, 'path prefix', 'text'],
  [252, 'wpad', 'text'],
];

/** Names of options by code. */
export const DHCP_OPTION_NAMES: ReadonlyMap<number, string> = new Map(
  OPTIONS.map(([code, name]) => [code, name]),
);
const FORMATS: ReadonlyMap<number, Format> = new Map(OPTIONS.map(([code, , format]) => [code, format]));

/** The message types of option 53. */
const DHCP_MESSAGES = [
  '',
  'discover',
  'offer',
  'request',
  'decline',
  'ack',
  'nak',
  'release',
  'inform',
] as const;

function addresses(value: Uint8Array): string {
  const texts: string[] = [];
  for (let at = 0; at + 4 <= value.length; at += 4) texts.push(formatIpv4(readU32(value, at)));
  return texts.join(', ');
}

/** RFC 3442: prefix length, as many octets of the prefix as it needs, router. */
function routes(value: Uint8Array): string {
  const texts: string[] = [];
  for (let at = 0; at < value.length;) {
    const length = value[at] as number;
    const size = Math.ceil(length / 8);
    if (length > 32 || at + 1 + size + 4 > value.length) return toHex(value);
    const prefix = new Uint8Array(4);
    prefix.set(value.subarray(at + 1, at + 1 + size));
    at += 1 + size;
    texts.push(`${formatIpv4(readU32(prefix, 0))}/${length} via ${formatIpv4(readU32(value, at))}`);
    at += 4;
  }
  return texts.join(', ');
}

/** What the value of an option says; hex where that is not known or the size is wrong. */
export function dhcpOptionText(code: number, value: Uint8Array): string {
  const format = FORMATS.get(code) ?? 'hex';
  const size = value.length;
  if (format === 'addresses' && size > 0 && size % 4 === 0) return addresses(value);
  if (format === 'text') return String.fromCharCode(...value);
  if (format === 'u8' && size === 1) return `${value[0]}`;
  if (format === 'flag' && size === 1) return value[0] === 0 ? 'off' : 'on';
  if (format === 'u16' && size === 2) return `${readU16(value, 0)}`;
  if (format === 'u32' && size === 4) return `${readU32(value, 0)}`;
  if (format === 'seconds' && size === 4) return `${readU32(value, 0)} s`;
  if (format === 'message' && size === 1) return DHCP_MESSAGES[value[0] as number] || `${value[0]}`;
  if (format === 'codes') return [...value].map((one) => DHCP_OPTION_NAMES.get(one) ?? `${one}`).join(', ');
  if (format === 'routes') return routes(value);
  return toHex(value);
}
