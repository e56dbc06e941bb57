/** `pcs status` as pcs 0.10 prints what Pacemaker 2.0 tells it. */
import { instancesOf, type BundleResource, type Resource } from '../../sim/cluster/cib.ts';
import { ctime } from '../../base/ctime.ts';
import type { ClusterMember } from '../../sim/cluster/member.ts';

const state = (member: ClusterMember, resource: Resource, instance: string): string => {
  const node = member.placement.get(instance);
  if (!resource.enabled) return 'Stopped (disabled)';
  return node === undefined || (node === member.name && member.failed.has(instance))
    ? 'Stopped'
    : `Started ${node}`;
};

const bundleLines = (member: ClusterMember, bundle: BundleResource): string[] => [
  `  * Container bundle set: ${bundle.id} [${bundle.image}]:`,
  ...instancesOf(bundle).map(
    (instance) => `    * ${instance}\t(ocf::heartbeat:podman):\t ${state(member, bundle, instance)}`,
  ),
];

/** The lines of one resource; a bundle has several. */
export const resourceLines = (member: ClusterMember, resource: Resource): string[] =>
  resource.kind === 'bundle'
    ? bundleLines(member, resource)
    : [`  * ${resource.id}\t(ocf::heartbeat:IPaddr2):\t ${state(member, resource, resource.id)}`];

/** What this member could not start; Pacemaker adds numbers and times of its calls, which are not modelled. */
const failedLines = ({ failed, name }: ClusterMember): string[] =>
  failed.size === 0
    ? []
    : [
        'Failed Resource Actions:',
        ...[...failed].map(
          ([instance, reason]) => `  * ${instance}_start_0 on ${name} 'error' (1): exitreason='${reason}'`,
        ),
        '',
      ];

/** `pcs status nodes`: members by what they are ready for; nobody here is a remote one. */
export function nodesText(member: ClusterMember): string {
  const { nodes, standby } = member.cib;
  const online = member.online();
  const kinds = (of: Readonly<Record<string, readonly string[]>>): string[] =>
    ['Online', 'Standby', 'Standby with resource(s) running', 'Maintenance', 'Offline'].map(
      (kind) => ` ${[`${kind}:`, ...(of[kind] ?? [])].join(' ')}`,
    );
  const own = {
    Online: online.filter((node) => !standby.has(node)),
    Standby: online.filter((node) => standby.has(node)),
    Offline: nodes.filter((node) => !online.includes(node)),
  };
  return ['Pacemaker Nodes:', ...kinds(own), 'Pacemaker Remote Nodes:', ...kinds({}), ''].join('\n');
}

export function statusText(member: ClusterMember, wallMs: number): string {
  const { cib } = member;
  const online = member.online();
  const offline = cib.nodes.filter((node) => !online.includes(node));
  const active = online.filter((node) => !cib.standby.has(node));
  const instances = cib.resources.reduce((sum, resource) => sum + instancesOf(resource).length, 0);
  return [
    `Cluster name: ${cib.clusterName}`,
    'Cluster Summary:',
    '  * Stack: corosync',
    `  * Current DC: ${member.controller} (version 2.0.3-5.el8-4b1f869f0f) - partition ${member.hasQuorum ? 'with' : 'WITHOUT'} quorum`,
    `  * Last updated: ${ctime(wallMs)}`,
    `  * ${cib.nodes.length} nodes configured`,
    `  * ${instances} resource instances configured`,
    '',
    'Node List:',
    ...online.filter((node) => cib.standby.has(node)).map((node) => `  * Node ${node}: standby`),
    ...(active.length > 0 ? [`  * Online: [ ${active.join(' ')} ]`] : []),
    ...(offline.length > 0 ? [`  * OFFLINE: [ ${offline.join(' ')} ]`] : []),
    '',
    'Full List of Resources:',
    ...cib.resources.flatMap((resource) => resourceLines(member, resource)),
    '',
    ...failedLines(member),
    'Daemon Status:',
    '  corosync: active/enabled',
    '  pacemaker: active/enabled',
    '  pcsd: active/enabled',
    '',
  ].join('\n');
}
