/** MTUs: a VLAN larger than what is below it, and an underlay too small for what the overlay puts around a frame. */
import type { Problem } from '../../base/result.ts';
import { withMembers, type Device } from '../os-net-config/device.ts';
import { problemAt } from '../yaml/node.ts';
import { carrierOf, carriersOf, type Carrier } from './carriers.ts';
import type { Deployment } from './deployment.ts';

const DEFAULT_MTU = 1500;
/** Outer IPv4 or IPv6, UDP, Geneve with OVN's option, inner Ethernet: what Neutron takes off the physical MTU. */
const OVERHEAD = { 4: 58, 6: 78 } as const;

const mtuOf = (device: Device): number => device.mtu ?? DEFAULT_MTU;

/** What passes from end to end, and the device that lets the least through. */
const narrowest = ({ device, below }: Carrier): Device =>
  below.reduce((least, one) => (mtuOf(one) < mtuOf(least) ? one : least), device);

export function checkMtu({ networks, nodes, roles, parameter }: Omit<Deployment, 'problems'>): Problem[] {
  const problems: Problem[] = [];
  const first = roles.flatMap(({ name }) => nodes.find(({ role }) => role === name) ?? []);
  const asked = parameter('NeutronGlobalPhysnetMtu');
  const guests = parameter('NeutronMTU');
  for (const node of first) {
    for (const device of withMembers(node.devices)) {
      if (device.kind !== 'vlan') continue;
      const lower = carrierOf(node, device).below.find((one) => mtuOf(one) < mtuOf(device));
      if (lower)
        problems.push(
          problemAt(
            device.place,
            `the MTU ${mtuOf(device)} of ${device.name} does not fit ${lower.name} below it, which has ${mtuOf(lower)}`,
          ),
        );
    }
    for (const network of networks) {
      if (!network.name.startsWith('Tenant')) continue;
      for (const carrier of carriersOf(node, network)) {
        const least = narrowest(carrier);
        const physical =
          asked && /^\d+$/.test(asked.text) ? Number(asked.text) : Math.max(DEFAULT_MTU, network.mtu);
        const overhead = OVERHEAD[network.cidr?.family ?? 4];
        const inner = guests && /^\d+$/.test(guests.text) ? Number(guests.text) : physical - overhead;
        if (mtuOf(least) < inner + overhead)
          problems.push(
            problemAt(
              least.place,
              `the MTU ${mtuOf(least)} of ${least.name} is too small for the overlay: guests send ${inner} octets, and Geneve adds ${overhead}`,
            ),
          );
      }
    }
  }
  return problems;
}
