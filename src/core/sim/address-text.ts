/** `192.168.24.1/24` as an address of a device, with the broadcast address of its network. */
import { parseIpv4 } from '../base/address.ts';

export function addressFromText(
  text: string,
): { readonly local: number; readonly length: number; readonly broadcast: number } | undefined {
  const [address = '', length] = text.split('/');
  const local = parseIpv4(address);
  if (local === undefined) return undefined;
  const bits = Number(length ?? 32);
  const broadcast = (local | (bits >= 32 ? 0 : 0xffffffff >>> bits)) >>> 0;
  return { local, length: bits, broadcast };
}
