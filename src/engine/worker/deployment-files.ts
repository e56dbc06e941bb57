/** TripleO files that a user dropped: the deployment that they describe, brought up on one hypervisor. */
import type { Problem } from '../../core/base/result.ts';
import { decodeUtf8 } from '../../core/base/utf8.ts';
import {
  centralNode,
  joinChassis,
  LAYOUT_BRIDGE,
  NIC_LAYOUTS,
  nicTemplates,
  planWorld,
  readDeployment,
  type Deployment,
} from '../../core/readers/tripleo/index.ts';
import type { World } from '../../core/sim/index.ts';
import { formatNetwork } from '../../core/readers/os-net-config/prefix.ts';
import type { DeploymentSnapshot } from '../snapshot.ts';
import { bringUp } from './bring-up.ts';
import type { CallContext } from './call.ts';
import type { NamedOctets } from './database-files.ts';
import { Refused } from './refused.ts';

const TEXTS = /\.(?:ya?ml|json|j2|sh)$/i;
const DESCRIPTIONS = /\.(?:ya?ml|json|j2)$/i;
const REMEDY =
  'Give the whole set: network-environment.yaml or network_data.yaml, roles_data.yaml and the NIC templates.';
/** Names of the first virtual networks, as such deployments have them. */
const NETWORKS = ['management', 'data', 'external'];

/** Whether files are those of a deployment, by their names. */
export const isDeployment = (files: readonly NamedOctets[]): boolean =>
  files.length > 0 &&
  files.every(({ name }) => TEXTS.test(name)) &&
  files.some(({ name }) => DESCRIPTIONS.test(name));

const placeOf = ({ place }: Problem): string =>
  place?.line === undefined ? (place?.file ?? '') : `${place.file ?? ''}, line ${place.line}`;

/** A deployment with the files that describe it. */
export interface DeploymentSet {
  readonly deployment: Deployment;
  readonly files: ReadonlyMap<string, string>;
}

export function readSet(files: ReadonlyMap<string, string>): DeploymentSet {
  return { deployment: readDeployment(files), files };
}

/** What the page is told of a deployment. */
export function deploymentSnapshot({ deployment, files }: DeploymentSet): DeploymentSnapshot {
  const { networks, nodes, roles, vips } = deployment;
  return {
    networks: networks
      .filter(({ enabled }) => enabled)
      .map(({ name, nameLower, vlan, cidr, gateway }) => ({
        name,
        lower: nameLower,
        gateway,
        vlan,
        subnet: cidr && formatNetwork(cidr),
        vip: vips.get(name) ?? null,
        nodes: nodes.filter(({ addresses }) => addresses.has(name)).map((node) => node.name),
      })),
    nodes: nodes.map(({ name, role, template }) => ({ name, role, template })),
    roles: roles.map(({ name, count }) => ({ name, count })),
    templates: nicTemplates(files),
    layouts: NIC_LAYOUTS.map((layout) => ({ ...layout, bridge: LAYOUT_BRIDGE })),
    physicalNetworks: [...new Set(deployment.bridgeMappings.map(({ physicalNetwork }) => physicalNetwork))],
  };
}

export interface OpenedDeployment extends DeploymentSet {
  readonly world: World;
  /** What is odd in the files, and what no machine here can have. */
  readonly problems: readonly { readonly message: string; readonly place: string }[];
}

/** Brings the deployment up; a `Refused` names the first thing that is wrong in it. */
export async function openDeployment(
  files: readonly NamedOctets[],
  context: CallContext,
): Promise<OpenedDeployment> {
  const set = readSet(new Map(files.map(({ name, octets }) => [name, decodeUtf8(octets)])));
  const { deployment } = set;
  const errors = deployment.problems.filter(({ severity }) => severity !== 'warning');
  const [first, ...more] = errors;
  if (first)
    throw new Refused(
      more.length === 0 ? `${first.message}.` : `${first.message}. ${more.length} more like it.`,
      placeOf(first),
      { remedy: 'Mend the file and open the set again.' },
    );
  if (!deployment.nodes.some(({ devices }) => devices.length > 0))
    throw new Refused('These files describe no machine.', files[0]?.name ?? '', { remedy: REMEDY });
  const central = centralNode(deployment)?.name;
  const plan = planWorld(deployment, {
    networks: NETWORKS.map((name, at) => ({ name, mac: `52:54:00:fe:00:0${at}`, addresses: [] })),
    services: ({ name }) =>
      name === central ? ['openvswitch', 'ovn-central', 'ovn-controller'] : ['openvswitch', 'ovn-controller'],
  });
  const { world, refused } = await bringUp(plan, joinChassis(deployment), context);
  return {
    ...set,
    world,
    problems: [
      ...deployment.problems.map((problem) => ({ message: problem.message, place: placeOf(problem) })),
      ...plan.unsupported.map(({ feature, where }) => ({
        message: `${feature} is not modelled`,
        place: where,
      })),
      ...refused,
    ],
  };
}
