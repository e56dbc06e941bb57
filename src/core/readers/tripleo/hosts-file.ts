/** `/etc/hosts` as TripleO writes it on every node: each node's name on each network, and the names of virtual addresses. */
import type { Deployment } from './deployment.ts';
import { CONTROL_PLANE } from './network.ts';

/** Networks that a node's own name stands on, the first that it is on. */
const HOME = ['InternalApi', CONTROL_PLANE];

/** TripleO's short names of networks in host names. */
const label = (name: string): string => (name === CONTROL_PLANE ? 'ctlplane' : name.toLowerCase());

export function hostsFile({
  networks,
  nodes,
  vips,
  domain,
}: Pick<Deployment, 'networks' | 'nodes' | 'vips' | 'domain'>): string {
  const lines = [
    '127.0.0.1 localhost localhost.localdomain localhost4 localhost4.localdomain4',
    '::1 localhost localhost.localdomain localhost6 localhost6.localdomain6',
    '',
  ];
  for (const node of nodes) {
    const ip = (network: string): string | undefined => node.addresses.get(network)?.split('/')[0];
    const home = HOME.map(ip).find((address) => address !== undefined);
    if (home !== undefined) lines.push(`${home} ${node.name}.${domain} ${node.name}`);
    for (const { name } of networks) {
      const address = ip(name);
      if (address === undefined) continue;
      const host = `${node.name}.${label(name)}`;
      lines.push(`${address} ${host}.${domain} ${host} ${host}.local`);
    }
  }
  lines.push('');
  for (const [network, vip] of vips) {
    const host = network === 'External' ? 'overcloud' : `overcloud.${label(network)}`;
    lines.push(`${vip} ${host}.${domain}${network === 'External' ? '' : ` ${host}`}`);
  }
  return `${lines.join('\n')}\n`;
}
