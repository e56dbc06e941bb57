/** IP datagrams of any protocol: who in the kernel takes those that arrive (`inet_add_protocol`), and how one is sent. */
import { ok } from '../base/result.ts';
import type { StepId } from '../base/step.ts';
import { refuse, type NetlinkResult } from './errno.ts';
import type { Family } from './family.ts';
import { nextId } from './ip4/identification.ts';
import { buildIpv4 } from './ip4/packet.ts';
import { routeOutput } from './ip4/route-output.ts';
import { buildIpv6 } from './ip6/packet.ts';
import { routeOutput6 } from './ip6/route-output.ts';
import type { Namespace } from './namespace.ts';
import { record, recordDrop } from './recording.ts';
import type { IpReceiver } from './socket.ts';
import type { Incoming, Stack } from './stack.ts';

const keyOf = (family: Family, protocol: number): string => `${family}/${protocol}`;

/** Gives datagrams of a protocol to `receiver`: `first` before others, who get what it does not take. The answer ends it. */
export function openProtocol(
  net: Namespace,
  family: Family,
  protocol: number,
  receiver: IpReceiver,
  place: 'first' | 'last' = 'last',
): () => void {
  const key = keyOf(family, protocol);
  const receivers = net.ipProtocols.get(key) ?? [];
  net.ipProtocols.set(key, receivers);
  if (place === 'first') receivers.unshift(receiver);
  else receivers.push(receiver);
  return () => {
    const at = receivers.indexOf(receiver);
    if (at >= 0) receivers.splice(at, 1);
  };
}

/** What of a datagram's header its receiver is told. */
interface Arrived {
  readonly family: Family;
  readonly source: bigint;
  readonly destination: bigint;
  readonly protocol: number;
  readonly ttl: number;
  readonly tos: number;
  readonly payload: Uint8Array;
}

/** Hands a datagram over; false when nobody takes its protocol. */
export function receiveProtocol(net: Namespace, incoming: Incoming, arrived: Arrived): boolean {
  const { family, protocol, ...header } = arrived;
  const receivers = net.ipProtocols.get(keyOf(family, protocol)) ?? [];
  if (receivers.length === 0) return false;
  const { link, frame, datagram } = incoming;
  const what = { kind: 'delivered', to: `IP protocol ${protocol}` } as const;
  const parent = record(net, link.name, what, frame, incoming.parent);
  const whole = {
    ...header,
    family,
    sourcePort: 0,
    destinationPort: 0,
    ifindex: link.index,
    datagram,
    parent,
  };
  return receivers.some((receiver) => receiver(whole) !== false);
}

/** A datagram to be sent; addresses of one family, ports (for rules) 0 where the protocol has none. */
export interface IpSend {
  readonly family: Family;
  readonly protocol: number;
  /** 0n: the kernel chooses. */
  readonly local: bigint;
  readonly remote: bigint;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly ttl?: number;
  readonly tos?: number;
  readonly dontFragment?: boolean;
  readonly mark?: number;
  readonly oif?: number;
  /** What follows the IP header, given the source address that was chosen. */
  readonly payload: (source: bigint) => Uint8Array;
  /** Tells of the datagram before it goes; `parent` is the step that asked for it. */
  readonly originated?: (datagram: Uint8Array) => StepId | null;
}

/** Sends along the host's own routes; refusals are those of `sendto(2)`. */
export function sendIp(stack: Stack, net: Namespace, send: IpSend, parent: StepId | null): NetlinkResult {
  const asked = {
    mark: send.mark ?? 0,
    oif: send.oif ?? 0,
    protocol: send.protocol,
    sourcePort: send.sourcePort ?? 0,
    destinationPort: send.destinationPort ?? 0,
  };
  const step = (datagram: Uint8Array): StepId | null => send.originated?.(datagram) ?? parent;
  if (send.family === 4) {
    const destination = Number(send.remote);
    const route = routeOutput(net, {
      ...asked,
      destination,
      source: Number(send.local),
      tos: (send.tos ?? 0) & 0x1c,
    });
    if (!route.ok) {
      recordDrop(net, null, { kind: 'no-route' }, null, parent);
      return refuse(route.errno);
    }
    const { source } = route.value;
    const datagram = buildIpv4(
      {
        source,
        destination,
        protocol: send.protocol,
        tos: send.tos ?? 0,
        id: nextId(net, source, destination),
        dontFragment: send.dontFragment ?? false,
        ttl: send.ttl ?? net.sysctl.number('net.ipv4.ip_default_ttl'),
      },
      send.payload(BigInt(source)),
    );
    stack.send4(net, datagram, route.value, step(datagram));
    return ok(undefined);
  }
  const route = routeOutput6(net, { ...asked, destination: send.remote, source: send.local });
  if (!route.ok) {
    recordDrop(net, null, { kind: 'no-route' }, null, parent);
    return refuse(route.errno);
  }
  const { source } = route.value;
  const datagram = buildIpv6(
    {
      source,
      destination: send.remote,
      next: send.protocol,
      hopLimit: send.ttl ?? route.value.hopLimit,
      trafficClass: send.tos ?? 0,
    },
    send.payload(source),
  );
  stack.send6(net, datagram, route.value, step(datagram));
  return ok(undefined);
}
