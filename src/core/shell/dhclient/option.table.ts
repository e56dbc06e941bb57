/** DHCP options as ISC's programs name and write them (dhcp-options(5)). */
import { formatIpv4 } from '../../base/address.ts';
import { toHex } from '../../base/bytes.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import { readDnsName } from '../../wire/layer/dns-name.ts';
import { readU16, readU32 } from '../../wire/octets.ts';

type Form = 'addresses' | 'text' | 'u8' | 'u16' | 'u32' | 'flag' | 'octets' | 'domains' | 'hex';

const OPTIONS: readonly (readonly [code: number, name: string, form: Form])[] = [
  [1, 'subnet-mask', 'addresses'],
  [2, 'time-offset', 'u32'],
  [3, 'routers', 'addresses'],
  [4, 'time-servers', 'addresses'],
  [6, 'domain-name-servers', 'addresses'],
  [7, 'log-servers', 'addresses'],
  [12, 'host-name', 'text'],
  [15, 'domain-name', 'text'],
  [17, 'root-path', 'text'],
  [19, 'ip-forwarding', 'flag'],
  [23, 'default-ip-ttl', 'u8'],
  [26, 'interface-mtu', 'u16'],
  [28, 'broadcast-address', 'addresses'],
  [33, 'static-routes', 'addresses'],
  [40, 'nis-domain', 'text'],
  [41, 'nis-servers', 'addresses'],
  [42, 'ntp-servers', 'addresses'],
  [43, 'vendor-encapsulated-options', 'hex'],
  [44, 'netbios-name-servers', 'addresses'],
  [46, 'netbios-node-type', 'u8'],
  [47, 'netbios-scope', 'text'],
  [50, 'dhcp-requested-address', 'addresses'],
  [51, 'dhcp-lease-time', 'u32'],
  [52, 'dhcp-option-overload', 'u8'],
  [53, 'dhcp-message-type', 'u8'],
  [54, 'dhcp-server-identifier', 'addresses'],
  [56, 'dhcp-message', 'text'],
  [57, 'dhcp-max-message-size', 'u16'],
  [58, 'dhcp-renewal-time', 'u32'],
  [59, 'dhcp-rebinding-time', 'u32'],
  [60, 'vendor-class-identifier', 'hex'],
  [61, 'dhcp-client-identifier', 'hex'],
  [66, 'tftp-server-name', 'text'],
  [67, 'bootfile-name', 'text'],
  [119, 'domain-search', 'domains'],
  [121, 'rfc3442-classless-static-routes', 'octets'],
];

const KINDS = new Map(OPTIONS.map(([code, name, form]) => [code, { name, form }]));

/** Names of a search list; one may end in a pointer into the list. */
export function searchList(value: Uint8Array): readonly string[] {
  const names: string[] = [];
  for (let at = 0; at < value.length;) {
    const read = readDnsName(value, 0, at, value.length);
    if (read === null) break;
    names.push(read.name);
    at = read.next;
  }
  return names;
}

function valueText(form: Form, value: Uint8Array): string {
  const words = (size: number, read: (at: number) => string): string =>
    Array.from({ length: Math.floor(value.length / size) }, (_, index) => read(size * index)).join(',');
  if (form === 'addresses') return words(4, (at) => formatIpv4(readU32(value, at)));
  if (form === 'u32') return words(4, (at) => String(readU32(value, at) | 0));
  if (form === 'u16') return words(2, (at) => String(readU16(value, at)));
  if (form === 'u8' || form === 'octets') return words(1, (at) => String(value[at]));
  if (form === 'flag') return value[0] === 0 ? 'false' : 'true';
  if (form === 'text') return `"${decodeUtf8(value).replace(/\0+$/, '')}"`;
  if (form === 'domains')
    return searchList(value)
      .map((name) => `"${name.replace(/\.?$/, '.')}"`)
      .join(', ');
  return toHex(value, ':').replaceAll(/\b0(?=[\da-f]\b)/g, '');
}

/** The code of an option by its name. */
export const optionCode = (name: string): number | undefined =>
  OPTIONS.find(([, each]) => each === name)?.[0] ??
  (/^unknown-\d+$/.test(name) ? Number(name.slice('unknown-'.length)) : undefined);

/** `option routers 10.0.0.2;`, without spaces before it. */
export function optionLine(code: number, value: Uint8Array): string {
  const kind = KINDS.get(code);
  const name = kind?.name ?? `unknown-${code}`;
  // Times are never negative.
  const isTime = code === 51 || code === 58 || code === 59;
  const text =
    isTime && value.length === 4 ? String(readU32(value, 0)) : valueText(kind?.form ?? 'hex', value);
  return `option ${name} ${text};`;
}
