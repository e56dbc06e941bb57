/** Roles against one another: a network that one has with a tag and another without, or on NICs that are not joined. */
import type { Problem } from '../../base/result.ts';
import type { Device } from '../os-net-config/device.ts';
import { orderNics } from '../os-net-config/nic-names.ts';
import { problemAt } from '../yaml/node.ts';
import { carriersOf } from './carriers.ts';
import type { DeployedNode, Deployment } from './deployment.ts';
import type { Network } from './network.ts';
import { networkNumbers } from './virtual-networks.ts';

/** How a role's nodes have a network. */
interface Way {
  readonly role: string;
  readonly device: Device;
  readonly vlan: number | null;
  /** Numbers of its NICs from 0, and of the virtual networks that these are on. */
  readonly nics: readonly number[];
  readonly joined: readonly number[];
}

function waysOf(node: DeployedNode, network: Network, numbers: readonly number[]): Way[] {
  const order = orderNics(node.nics).map(({ name }) => name);
  return carriersOf(node, network).map(({ device, below }): Way => {
    const nics = [device, ...below].map(({ name }) => order.indexOf(name)).filter((at) => at >= 0);
    return {
      role: node.role,
      device,
      vlan: device.kind === 'vlan' ? device.vlanId : null,
      nics,
      joined: nics.flatMap((at) => numbers[at] ?? []),
    };
  });
}

const onOneWire = (a: Way, b: Way): boolean => a.joined.some((number) => b.joined.includes(number));

const tagOf = ({ vlan }: Way): string => (vlan === null ? 'without a tag' : `in VLAN ${vlan}`);
const nicsOf = ({ nics }: Way): string => nics.map((at) => `nic${at + 1}`).join(' and ');

export function checkWiring({
  networks,
  nodes,
  roles,
}: Pick<Deployment, 'networks' | 'nodes' | 'roles'>): Problem[] {
  const numbers = networkNumbers(nodes);
  const first = roles.flatMap(({ name }) => nodes.find(({ role }) => role === name) ?? []);
  return networks.flatMap((network): Problem[] => {
    const byRole = first.map((node) => waysOf(node, network, numbers)).filter((ways) => ways.length > 0);
    const [known = [], ...others] = byRole;
    const [model] = known;
    if (model === undefined || model.joined.length === 0) return [];
    return others.flatMap((ways) => {
      const [way] = ways;
      if (way === undefined || way.joined.length === 0) return [];
      const meets = ways.some((one) => known.some((two) => one.vlan === two.vlan && onOneWire(one, two)));
      if (meets) return [];
      const message = onOneWire(way, model)
        ? `${network.name} is ${tagOf(way)} on ${nicsOf(way)} of ${way.role} and ${tagOf(model)} on ${nicsOf(model)} of ${model.role}: they do not meet unless a switch between them changes that`
        : `${network.name} is on ${nicsOf(way)} of ${way.role} and on ${nicsOf(model)} of ${model.role}: they do not meet where NICs of the same number are on one network`;
      return [problemAt(way.device.place, message, 'warning')];
    });
  });
}
