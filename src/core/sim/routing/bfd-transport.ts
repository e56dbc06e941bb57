/** BFD's UDP over the kernel: port 3784, TTL 255 both ways (RFC 5881 section 4, GTSM). */
import type { BfdTransport } from '../../frr/bfd/bfd-port.ts';
import type { Kernel } from '../../linux/index.ts';
import type { VrfScopes } from './vrf-scope.ts';

const PORT = 3784;
const SOURCE_PORT = 49152;
const TTL = 255;

export interface ClosableBfdTransport extends BfdTransport {
  close(): void;
}

export function bfdTransport(kernel: Kernel, scopes: VrfScopes): ClosableBfdTransport {
  const closers: (() => void)[] = [];
  return {
    close() {
      for (const close of closers.splice(0)) close();
    },

    send(request, octets) {
      const scope = scopes.named(request.vrf);
      if (scope === undefined) return;
      const link =
        request.interface === null ? undefined : kernel.findLink(scope.net.name, request.interface);
      kernel.udpSend(
        {
          family: request.peer.family,
          local: request.local?.address ?? 0n,
          remote: request.peer.address,
          sourcePort: SOURCE_PORT,
          destinationPort: PORT,
          payload: octets,
          ttl: TTL,
          ...(link === undefined ? {} : { oif: link.index }),
        },
        null,
        scope.net.name,
      );
    },

    listen(received) {
      const opened = new Set<string>();
      for (const { net } of scopes.all()) {
        if (opened.has(net.name)) continue;
        opened.add(net.name);
        const close = kernel.listenUdp(
          PORT,
          (datagram) => {
            const link = net.links.get(datagram.ifindex);
            const scope = link && scopes.ofLink(net, link);
            if (link === undefined || scope === undefined || datagram.ttl !== TTL) return;
            const { family, source, destination } = datagram;
            received(
              scope.vrf,
              link.name,
              { family, address: source },
              { family, address: destination },
              datagram.payload,
            );
          },
          net.name,
        );
        closers.push(close);
      }
    },
  };
}
