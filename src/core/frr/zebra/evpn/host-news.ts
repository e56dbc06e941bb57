/** What bgpd is told of the hosts on a VNI's bridge. */
import type { ZebraEvpnListener } from '../../bgp/zebra-evpn.ts';
import type { EvpnMac, EvpnNeighbour, VniTables } from './vni-tables.ts';

type Tell = (say: (listener: ZebraEvpnListener) => void) => void;

export class HostNews {
  readonly #tell: Tell;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** A host's address is here, or is other than before. */
  mac({ vni }: VniTables, { mac, isSticky, localSequence }: EvpnMac): void {
    const host = {
      vni,
      mac,
      ip: null,
      sticky: isSticky,
      gateway: false,
      router: false,
      sequence: localSequence,
    };
    this.#tell((listener) => listener.localMac(host));
  }

  macGone({ vni }: VniTables, { mac }: EvpnMac): void {
    this.#tell((listener) => listener.localMacGone({ vni, mac, ip: null }));
  }

  neighbour({ vni }: VniTables, { ip, mac, isRouter, localSequence }: EvpnNeighbour): void {
    const host = {
      vni,
      mac: mac.mac,
      ip,
      sticky: mac.isSticky,
      gateway: false,
      router: isRouter && ip.family === 6,
      sequence: localSequence,
    };
    this.#tell((listener) => listener.localMac(host));
  }

  neighbourGone({ vni }: VniTables, { ip, mac }: EvpnNeighbour): void {
    this.#tell((listener) => listener.localMacGone({ vni, mac: mac.mac, ip }));
  }
}
