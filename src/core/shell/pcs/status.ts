/** `pcs status` as pcs 0.10 prints what Pacemaker 2.0 tells it. */
import { instancesOf, type BundleResource, type Resource } from '../../sim/cluster/cib.ts';
import type { ClusterMember } from '../../sim/cluster/member.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Days since 1970 to year, month and day (Gregorian calendar, UTC). */
function civil(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 2 : shiftedMonth - 10;
  return {
    year: yearOfEra + era * 400 + (month <= 1 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

/** ctime(3) of a moment in milliseconds since 1970, UTC. */
function ctime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  const { year, month, day } = civil(days);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  return `${DAYS[(days + 4) % 7]} ${MONTHS[month]} ${String(day).padStart(2, ' ')} ${clock} ${year}`;
}

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
