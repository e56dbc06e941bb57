/** A Geneve device of the kernel: an Ethernet network over UDP to one remote end (RFC 8926, `geneve.c`). */
import type { StepId } from '../../base/step.ts';
import { readU16, readU24, writeU16, writeU24 } from '../../wire/octets.ts';
import { namespaceOf, receive } from '../device.ts';
import { HEADER_SIZE, sourceOf } from '../ether.ts';
import { formatIp, type IpAddress } from '../family.ts';
import { tunnelSourcePort } from '../flow-hash.ts';
import { routeOutput } from '../ip4/route-output.ts';
import { routeOutput6 } from '../ip6/route-output.ts';
import type { Link, LinkDriver } from '../link.ts';
import type { Machine, Namespace } from '../namespace.ts';
import { record, recordDrop } from '../recording.ts';
import type { Datagram } from '../socket.ts';
import type { Stack } from '../stack.ts';
import { sendUdp } from '../udp.ts';
import type { TunnelState } from './tunnel-state.ts';

const GENEVE_HEADER = 8;
const BRIDGED = 0x6558;
const OPTION_WORDS = 0x3f;
/** IP, UDP and Geneve headers and the inner Ethernet header. */
const HEADROOM = { 4: 50, 6: 70 } as const;

/** MTU of the device on the way to `remote`; undefined if there is no way. */
export function mtuTowards(net: Namespace, remote: IpAddress): number | undefined {
  const common = { mark: 0, oif: 0, source: 0n };
  const route =
    remote.family === 4
      ? routeOutput(net, { ...common, tos: 0, source: 0, destination: Number(remote.address) })
      : routeOutput6(net, { ...common, destination: remote.address });
  return route.ok ? route.value.link.mtu : undefined;
}

/** What is left for the inner packet; undefined if there is no way to the remote end. */
export function geneveMtu(net: Namespace, { remote }: TunnelState): number | undefined {
  const below = remote === null ? undefined : mtuTowards(net, remote);
  return remote === null || below === undefined ? undefined : below - HEADROOM[remote.family];
}

export function geneveDriver(machine: Machine, stack: () => Stack): LinkDriver {
  let close: (() => void) | null = null;
  return {
    transmit(link, octets, parent) {
      const state = link.tunnel;
      if (state?.remote == null) return false;
      const net = namespaceOf(machine, link);
      const payload = new Uint8Array(GENEVE_HEADER + octets.length);
      writeU16(payload, 2, BRIDGED);
      writeU24(payload, 4, state.vni);
      payload.set(octets, GENEVE_HEADER);
      const step = tell(net, link, 'encapsulated', state, octets, parent);
      return sendUdp(
        stack(),
        net,
        {
          family: state.remote.family,
          local: 0n,
          remote: state.remote.address,
          sourcePort: tunnelSourcePort(octets),
          destinationPort: state.port,
          payload,
          tos: state.tos,
          dontFragment: state.dontFragment === 'set',
          checksum: state.outputChecksum,
          ...(state.ttl === 0 ? {} : { ttl: state.ttl }),
        },
        step,
      ).ok;
    },
    changed(link) {
      close?.();
      close = null;
      const state = link.tunnel;
      if (!link.up || state?.remote == null) return;
      const net = namespaceOf(machine, link);
      close = net.sockets.open({
        protocol: 'udp',
        family: state.remote.family,
        port: state.port,
        local: null,
        remote: null,
        remotePort: null,
        ifindex: null,
        receive: (datagram) => decapsulate(net, state.port, datagram),
      });
    },
  };
}

const tell = (
  net: Namespace,
  link: Link,
  kind: 'encapsulated' | 'decapsulated',
  { vni, remote }: TunnelState,
  frame: Uint8Array,
  parent: StepId | null,
): StepId | null =>
  record(
    net,
    link.name,
    {
      kind,
      protocol: 'geneve',
      vni,
      local: '',
      remote: remote === null ? '' : formatIp(remote.family, remote.address),
      metadata: '',
    },
    frame,
    parent,
  );

/** Each device listens by itself; the one that is meant is found by VNI and remote end. */
function decapsulate(net: Namespace, port: number, { payload, parent, source, family }: Datagram): void {
  const size = GENEVE_HEADER + ((payload[0] ?? 0) & OPTION_WORDS) * 4;
  const version = (payload[0] ?? 0) >> 6;
  if (payload.length < size + HEADER_SIZE || version !== 0 || readU16(payload, 2) !== BRIDGED) {
    recordDrop(net, null, { kind: 'malformed', problem: 'Geneve header' }, null, parent);
    return;
  }
  const vni = readU24(payload, 4);
  const link = [...net.links.values()].find(
    ({ up, kind, tunnel }) =>
      up &&
      kind === 'geneve' &&
      tunnel?.vni === vni &&
      tunnel.port === port &&
      tunnel.remote?.family === family &&
      tunnel.remote.address === source,
  );
  if (link?.tunnel == null) {
    const problem = `no Geneve device for VNI ${vni} of ${formatIp(family, source)}`;
    recordDrop(net, null, { kind: 'no-tunnel', problem }, null, parent);
    return;
  }
  const frame = payload.slice(size);
  if (sourceOf(frame) === link.mac) {
    recordDrop(net, link.name, { kind: 'loop', problem: 'our own frame came back' }, frame, parent);
    return;
  }
  receive(net, link, frame, tell(net, link, 'decapsulated', link.tunnel, frame, parent));
}
