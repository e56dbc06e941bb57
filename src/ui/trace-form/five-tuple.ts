/** A microflow from a port and a 5-tuple: the text that ovn-trace is given. */
import type { TraceablePort } from '../../engine/questions/logical-trace.ts';

export const PROTOCOLS = ['tcp', 'udp', 'sctp', 'icmp', 'arp', 'nd', 'any IP'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface FiveTuple {
  readonly protocol: Protocol;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: string;
  readonly destinationPort: string;
}

const isIpv6 = (address: string): boolean => address.includes(':');

/** The destination's MAC: that of the port that has the address, on the same network; else the router's. */
function nextHopMac(ports: readonly TraceablePort[], from: TraceablePort, destination: string): string {
  const peers = ports.filter((port) => port.datapath === from.datapath && port.name !== from.name);
  const owner = peers.find((port) => port.ips.includes(destination));
  if (owner) return owner.macs[0] ?? '';
  // A port towards a router has the router's addresses, or says `router` and its peer has them.
  const router = ports.find(
    (port) => port.datapath !== from.datapath && sharesNetwork(port, from) && port.macs.length > 0,
  );
  return router?.macs[0] ?? '';
}

/** Whether a port could be the gateway of the other: same first 24 bits, or same first 64. */
function sharesNetwork(a: TraceablePort, b: TraceablePort): boolean {
  const head = (ip: string): string =>
    isIpv6(ip) ? ip.split(':').slice(0, 4).join(':') : ip.split('.').slice(0, 3).join('.');
  return a.ips.some((ip) => b.ips.some((other) => head(ip) === head(other)));
}

/** What is still open is left out, so that the check says what lacks. */
export function microflowOf(ports: readonly TraceablePort[], port: TraceablePort, tuple: FiveTuple): string {
  const { protocol, source, destination, sourcePort, destinationPort } = tuple;
  const ip = isIpv6(source || destination) ? 'ip6' : 'ip4';
  const terms = [`inport == ${JSON.stringify(port.name)}`];
  const mac = port.macs[0];
  if (mac) terms.push(`eth.src == ${mac}`);
  if (protocol === 'arp') {
    terms.push('eth.dst == ff:ff:ff:ff:ff:ff', 'arp.op == 1');
    if (mac) terms.push(`arp.sha == ${mac}`);
    if (source) terms.push(`arp.spa == ${source}`);
    if (destination) terms.push(`arp.tpa == ${destination}`);
    return terms.join(' && ');
  }
  if (protocol === 'nd') {
    terms.push('eth.dst == 33:33:00:00:00:01', 'nd_ns', 'ip.ttl == 255');
    if (source) terms.push(`ip6.src == ${source}`);
    if (destination) terms.push(`ip6.dst == ff02::1`, `nd.target == ${destination}`);
    return terms.join(' && ');
  }
  const next = nextHopMac(ports, port, destination);
  if (next) terms.push(`eth.dst == ${next}`);
  if (source) terms.push(`${ip}.src == ${source}`);
  if (destination) terms.push(`${ip}.dst == ${destination}`);
  terms.push('ip.ttl == 64');
  if (protocol === 'icmp') terms.push(ip === 'ip4' ? 'icmp4.type == 8' : 'icmp6.type == 128');
  else if (protocol === 'any IP') terms.push(ip);
  else {
    terms.push(protocol);
    if (sourcePort) terms.push(`${protocol}.src == ${sourcePort}`);
    if (destinationPort) terms.push(`${protocol}.dst == ${destinationPort}`);
  }
  return terms.join(' && ');
}
