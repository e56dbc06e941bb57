/** The resource agent ocf:heartbeat:IPaddr2: adds the address, tells the network with gratuitous ARP, and takes it away. */
import { formatIpv4, parseIpv4 } from '../../base/address.ts';
import type { Clock } from '../../base/context.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { ETHERTYPE, frameOf } from '../../linux/ether.ts';
import { buildArp } from '../../linux/ip4/arp.ts';
import { removeAddress } from '../../linux/ip4/address.ts';
import type { Kernel, Link } from '../../linux/index.ts';
import type { AddressResource } from './cib.ts';

/** `arp_count` and `arp_interval`: five rounds, each a request and an answer. */
const ROUNDS = 5;
const INTERVAL = 200_000_000;
const BROADCAST = 0xffffffffffffn;
const REQUEST = 1;
const REPLY = 2;

const inNetwork = (ip: number, local: number, length: number): boolean =>
  length === 0 || ip >>> (32 - length) === local >>> (32 - length);

/** The device that has a network with the address on it, and that network's length. */
function findDevice(
  kernel: Kernel,
  resource: AddressResource,
  ip: number,
): { link: Link; length: number } | undefined {
  for (const link of kernel.namespace().links.values())
    for (const one of link.addresses4)
      if (
        one.length < 32 &&
        inNetwork(ip, one.local, one.length) &&
        (resource.nic === null || resource.nic === link.name)
      )
        return { link, length: one.length };
  return undefined;
}

function announce(kernel: Kernel, clock: Clock, link: Link, ip: number): void {
  const send = (operation: number): void => {
    if (!link.addresses4.some(({ local }) => local === ip)) return;
    kernel.transmit(
      link,
      frameOf(BROADCAST, link.mac, ETHERTYPE.arp, buildArp(operation, link.mac, ip, BROADCAST, ip)),
      null,
    );
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    clock.after(round * INTERVAL, () => send(REQUEST));
    clock.after(round * INTERVAL + INTERVAL / 2, () => send(REPLY));
  }
}

/** Starts the resource here. The error, in the agent's words, is that no device of the host has a network for it. */
export function startAddress(kernel: Kernel, clock: Clock, resource: AddressResource): Result<void> {
  const ip = parseIpv4(resource.address);
  const found = ip === undefined ? undefined : findDevice(kernel, resource, ip);
  if (ip === undefined || !found) return err('[findif] failed');
  const { link, length } = found;
  const broadcast = (ip | (0xffffffff >>> length)) >>> 0;
  kernel.addAddress4(link, { local: ip, length: resource.length ?? length, broadcast });
  announce(kernel, clock, link, ip);
  return ok(undefined);
}

/** Stops it: the address goes from whichever device has it. */
export function stopAddress(kernel: Kernel, resource: AddressResource): void {
  const net = kernel.namespace();
  for (const link of net.links.values())
    for (const one of [...link.addresses4])
      if (formatIpv4(one.local) === resource.address && one.length === (resource.length ?? one.length))
        removeAddress(net, link, one);
}
