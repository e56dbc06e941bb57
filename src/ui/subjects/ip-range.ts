/** IP addresses as numbers, to tell what a subnet holds. */

export interface Ip {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const GROUP = /^[0-9a-f]{1,4}$/i;

/** Null for what is no whole address. */
export function ipOf(text: string): Ip | null {
  if (IPV4.test(text)) {
    const value = text.split('.').reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
    return { bits: 32, value };
  }
  const halves = text.split('::');
  if (!text.includes(':') || halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!groups.every((group) => GROUP.test(group))) return null;
  return { bits: 128, value: groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n) };
}

export const sameIp = (a: Ip | null, b: Ip): boolean => a?.bits === b.bits && a.value === b.value;

/** Whether `subnet` (`192.168.0.0/24`, or any address in it with its length) holds `ip`. */
export function holdsIp(subnet: string, ip: Ip): boolean {
  const [address = '', length = ''] = subnet.split('/', 2);
  const own = ipOf(address);
  const kept = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (own?.bits !== ip.bits || !(kept <= own.bits)) return false;
  const shift = BigInt(own.bits - kept);
  return own.value >> shift === ip.value >> shift;
}
