/** BFD's UDP over the kernel: TTL 255 where it is sent, and over one hop where it arrives (RFC 5881 section 4, GTSM). */
import type { BfdTransport } from '../../frr/bfd/bfd-port.ts';
import type { Address } from '../../frr/prefix.ts';
import type { Kernel, Namespace } from '../../linux/index.ts';
import type { VrfScopes } from './vrf-scope.ts';

const PORT = 3784;
const MULTIHOP_PORT = 4784;
const SOURCE_PORT = 49152;
const TTL = 255;

const isOwn = ({ links }: Namespace, { family, address }: Address): boolean =>
  [...links.values()].some(({ addresses4, ipv6 }) =>
    family === 4
      ? addresses4.some((one) => BigInt(one.local) === address)
      : ipv6.addresses.some((one) => one.address === address),
  );

export interface ClosableBfdTransport extends BfdTransport {
  close(): void;
}

export function bfdTransport(kernel: Kernel, scopes: VrfScopes): ClosableBfdTransport {
  const closers: (() => void)[] = [];
  return {
    close() {
      for (const close of closers.splice(0)) close();
    },

    send(ends, octets) {
      const { local, interface: name } = ends;
      const scope = scopes.named(ends.vrf);
      const link = scope && name !== null ? kernel.findLink(scope.net.name, name) : undefined;
      if (scope === undefined || (name !== null && link === undefined)) return false;
      if (local !== null && !isOwn(scope.net, local)) return false;
      return kernel.udpSend(
        {
          family: ends.peer.family,
          local: ends.local?.address ?? 0n,
          remote: ends.peer.address,
          sourcePort: SOURCE_PORT,
          destinationPort: ends.multihop ? MULTIHOP_PORT : PORT,
          payload: octets,
          ttl: TTL,
          ...(link === undefined ? {} : { oif: link.index }),
        },
        null,
        scope.net.name,
      ).ok;
    },

    listen(received) {
      const nets = new Set(scopes.all().map(({ net }) => net));
      for (const net of nets)
        for (const port of [PORT, MULTIHOP_PORT])
          closers.push(
            kernel.listenUdp(
              port,
              ({ family, source, destination, ifindex, ttl, payload }) => {
                const link = net.links.get(ifindex);
                const scope = link && scopes.ofLink(net, link);
                const multihop = port === MULTIHOP_PORT;
                if (link === undefined || scope === undefined || (!multihop && ttl !== TTL)) return;
                received({
                  vrf: scope.vrf,
                  interface: link.name,
                  from: { family, address: source },
                  to: { family, address: destination },
                  multihop,
                  ttl,
                  octets: payload,
                });
              },
              net.name,
            ),
          );
    },
  };
}
