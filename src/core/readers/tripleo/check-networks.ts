/** Networks against one another and against themselves: VLANs, subnets, pools, gateways, virtual addresses. */
import type { Problem } from '../../base/result.ts';
import { formatAddress, formatNetwork, holds, overlap, parseAddress } from '../os-net-config/prefix.ts';
import { problemAt, type Place } from '../yaml/node.ts';
import type { Deployment } from './deployment.ts';
import type { Network } from './network.ts';

const at = ({ file, line }: Place): string => `${file}:${line}`;

function againstItself(network: Network): Problem[] {
  const { cidr, pools, gateway, fixedVip, name } = network;
  if (cidr === null) return [problemAt(network.place, `${name} has no subnet`, 'warning')];
  const problems: Problem[] = [];
  const subnet = formatNetwork(cidr);
  for (const pool of pools)
    for (const end of [pool.start, pool.end])
      if (!holds(cidr, pool.family, end)) {
        problems.push(
          problemAt(
            pool.place,
            `the pool of ${name} is outside its subnet: ${formatAddress(pool.family, end)} is not in ${subnet}`,
          ),
        );
        break;
      }
  pools.forEach((pool, index) => {
    if (pools.some((other, n) => n < index && other.start <= pool.end && pool.start <= other.end))
      problems.push(problemAt(pool.place, `this pool of ${name} overlaps another of it`));
    const address = gateway === null ? undefined : parseAddress(gateway);
    if (address && address.family === pool.family && pool.start <= address.ip && address.ip <= pool.end)
      problems.push(problemAt(pool.place, `the gateway ${gateway} is in a pool of ${name}`));
  });
  for (const [what, text] of [
    ['gateway', gateway],
    ['virtual address', fixedVip],
  ] as const) {
    const address = text === null ? undefined : parseAddress(text);
    if (text !== null && !address)
      problems.push(problemAt(network.place, `the ${what} ${text} of ${name} is no address`));
    else if (address && !holds(cidr, address.family, address.ip))
      problems.push(problemAt(network.cidrPlace, `the ${what} ${text} of ${name} is not in ${subnet}`));
  }
  return problems;
}

export function checkNetworks({ networks }: Pick<Deployment, 'networks'>): Problem[] {
  const enabled = networks.filter((network) => network.enabled);
  const problems = enabled.flatMap(againstItself);
  enabled.forEach((network, index) => {
    for (const other of enabled.slice(0, index)) {
      if (network.vlan !== null && network.vlan === other.vlan)
        problems.push(
          problemAt(
            network.vlanPlace,
            `VLAN ${network.vlan} of ${network.name} is used by ${other.name} as well (${at(other.vlanPlace)})`,
          ),
        );
      if (network.cidr && other.cidr && overlap(network.cidr, other.cidr))
        problems.push(
          problemAt(
            network.cidrPlace,
            `${formatNetwork(network.cidr)} of ${network.name} overlaps ${formatNetwork(other.cidr)} of ${other.name} (${at(other.cidrPlace)})`,
          ),
        );
    }
  });
  return problems;
}
