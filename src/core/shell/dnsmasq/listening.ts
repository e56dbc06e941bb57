/** Where dnsmasq answers: the addresses of devices, and which of them its options name. */
import type { Family, IpAddress } from '../../linux/family.ts';
import type { Namespace } from '../../linux/index.ts';
import type { DnsmasqOptions } from './options.ts';

const LOOPBACK = 'lo';

/** An address that it is bound to; null = any. */
interface Listening {
  readonly family: Family;
  readonly local: bigint | null;
}

interface OwnAddress extends IpAddress {
  readonly device: string;
  readonly length: number;
}

/** The addresses of a namespace's devices, as datagrams have them. */
export function* addressesOf(net: Namespace): Generator<OwnAddress> {
  for (const link of net.links.values()) {
    for (const { local, length } of link.addresses4)
      yield { family: 4, address: BigInt(local), device: link.name, length };
    for (const { address, length } of link.ipv6.addresses)
      yield { family: 6, address, device: link.name, length };
  }
}

export const sameAddress = (a: IpAddress, b: IpAddress): boolean =>
  a.family === b.family && a.address === b.address;

/** Whether a name is one of an option's, a `*` at its end for anything. */
const isNamed = (names: readonly string[], device: string): boolean =>
  names.some((name) => (name.endsWith('*') ? device.startsWith(name.slice(0, -1)) : name === device));

/** Whether an address of a device is one that the options name; the loopback's is with any of them. */
export function isAllowed(options: DnsmasqOptions, one: OwnAddress): boolean {
  const { interfaces, exceptInterfaces, listenAddresses } = options;
  if (isNamed(exceptInterfaces, one.device)) return false;
  if (listenAddresses.some((each) => sameAddress(each, one)) || isNamed(interfaces, one.device)) return true;
  return interfaces.length > 0 ? one.device === LOOPBACK : listenAddresses.length === 0;
}

/** Whether DHCP is served on a device: as `isAllowed`, but never on the loopback by itself. */
export function servesDevice(
  options: DnsmasqOptions,
  device: string,
  addresses: Iterable<OwnAddress>,
): boolean {
  const { interfaces, listenAddresses } = options;
  if (device === LOOPBACK && interfaces.length > 0 && !isNamed(interfaces, device)) return false;
  const own = [...addresses].filter((one) => one.device === device);
  return (
    own.some((one) => isAllowed(options, one)) || (interfaces.length === 0 && listenAddresses.length === 0)
  );
}

/** What its sockets are bound to. */
export function listeningOf(net: Namespace, options: DnsmasqOptions): readonly Listening[] {
  if (!options.bindsInterfaces)
    return [
      { family: 4, local: null },
      { family: 6, local: null },
    ];
  const own = [...addressesOf(net)].filter((one) => isAllowed(options, one));
  const given = options.listenAddresses.filter((one) => !own.some((each) => sameAddress(each, one)));
  return [...own, ...given].map(({ family, address }) => ({ family, local: address }));
}

/** `--local-service`: whether a question comes from a network that the machine itself is on. */
export function isNear(net: Namespace, source: IpAddress): boolean {
  const width = source.family === 4 ? 32 : 128;
  for (const { family, address, length } of addressesOf(net))
    if (family === source.family && (address ^ source.address) >> BigInt(width - length) === 0n) return true;
  return false;
}
