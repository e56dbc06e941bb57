/** OVN on a deployment's nodes: the databases on the first controller, every node a chassis on the tenant network. */
import type { BridgeMapping, DeployedNode, Deployment } from './deployment.ts';

interface Line {
  readonly machine: string;
  readonly line: string;
}

const addressOn = (node: DeployedNode, ...networks: readonly string[]): string | undefined =>
  networks
    .map((network) => node.addresses.get(network)?.split('/')[0])
    .find((address) => address !== undefined);

/** The node that has the OVN databases: the first controller, else the first node. */
export const centralNode = ({ nodes }: Deployment): DeployedNode | undefined =>
  nodes.find(({ role }) => role === 'Controller') ?? nodes[0];

/** The mappings that hold for a role: its own where it has any. */
export function mappingsOf(
  { bridgeMappings }: Pick<Deployment, 'bridgeMappings'>,
  role: string,
): readonly BridgeMapping[] {
  const own = bridgeMappings.filter((mapping) => mapping.role === role);
  return own.length > 0 ? own : bridgeMappings.filter((mapping) => mapping.role === null);
}

/** The commands that join every node; controllers may hold gateways. */
export function joinChassis(deployment: Deployment): Line[] {
  const central = centralNode(deployment);
  const remote = central && addressOn(central, 'InternalApi', 'ctlplane');
  if (!central || remote === undefined) return [];
  const listen = ['ovn-nbctl set-connection ptcp:6641:0.0.0.0', 'ovn-sbctl set-connection ptcp:6642:0.0.0.0'];
  return [
    ...listen.map((line) => ({ machine: central.name, line })),
    ...deployment.nodes.flatMap((node): Line[] => {
      const encap = addressOn(node, 'Tenant', 'InternalApi', 'ctlplane');
      if (encap === undefined) return [];
      const mappings = mappingsOf(deployment, node.role).map(
        ({ physicalNetwork, bridge }) => `${physicalNetwork}:${bridge}`,
      );
      const settings = [
        `system-id=${node.name}`,
        `hostname=${node.name}.${deployment.domain}`,
        'ovn-bridge=br-int',
        ...(mappings.length > 0 ? [`ovn-bridge-mappings=${mappings.join(',')}`] : []),
        `ovn-remote=tcp:${remote}:6642`,
        'ovn-encap-type=geneve',
        `ovn-encap-ip=${encap}`,
        ...(node.role === 'Controller' ? ['ovn-cms-options=enable-chassis-as-gw'] : []),
      ];
      return [
        {
          machine: node.name,
          line: `ovs-vsctl set Open_vSwitch . ${settings.map((setting) => `external_ids:${setting}`).join(' ')}`,
        },
      ];
    }),
  ];
}
