/** A microflow to begin with: from the first port of a datapath to the next. */
import type { LogicalSnapshot } from '../../engine/snapshot.ts';

interface Addresses {
  readonly mac: string;
  readonly ip: string | null;
}

/** The first MAC and IPv4 address of a port, if it has them. */
function addressesOf(addresses: readonly string[]): Addresses | null {
  for (const address of addresses) {
    const [mac, ip] = address.split(/\s+/);
    if (mac && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac))
      return { mac, ip: ip && /^\d+(\.\d+){3}/.test(ip) ? (ip.split('/')[0] ?? null) : null };
  }
  return null;
}

/** Text for ovn-trace; `''` when the datapath has no port. */
export function exampleMicroflow(logical: LogicalSnapshot, uuid: string): string {
  const found = logical.switches.find((other) => other.uuid === uuid);
  if (!found) {
    const port = logical.routers.find((other) => other.uuid === uuid)?.ports[0];
    return port ? `inport == "${port.name}" && eth.dst == ${port.mac} && ip4 && ip.ttl == 64` : '';
  }
  const vifs = found.ports.filter((port) => port.type === '');
  const [from = found.ports[0], to] = vifs;
  if (!from) return '';
  const source = addressesOf(from.addresses);
  const target = to ? addressesOf(to.addresses) : null;
  return [
    `inport == "${from.name}"`,
    ...(source ? [`eth.src == ${source.mac}`] : []),
    ...(target ? [`eth.dst == ${target.mac}`] : []),
    ...(source?.ip && target?.ip
      ? [`ip4.src == ${source.ip}`, `ip4.dst == ${target.ip}`, 'ip.ttl == 64', 'icmp4.type == 8']
      : []),
  ].join(' && ');
}
