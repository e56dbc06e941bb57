/** What is best in a VNI and another VTEP's, as zebra is told of it: hosts behind it, and that it takes part. */
import type { StoredPath } from '../rib-table.ts';
import type { SpeakerHost } from '../speaker.ts';
import { isDefaultGateway, isRouter, isSticky, sequenceOf } from './communities.ts';
import { INGRESS_REPLICATION } from './own-attributes.ts';

const PIM_SM = 3;

export function tellRemote(
  zebra: SpeakerHost['zebra'],
  vni: number,
  { attributes, destination }: StoredPath,
): void {
  const { evpn } = destination.prefix;
  if (evpn?.type === 2)
    zebra.evpn.remoteMac({
      vni,
      mac: evpn.mac,
      ip: evpn.ip,
      vtep: attributes.nextHop ?? 0,
      sticky: isSticky(attributes),
      gateway: isDefaultGateway(attributes),
      router: evpn.ip?.family === 6 && isRouter(attributes),
      sequence: sequenceOf(attributes),
    });
  else if (evpn?.type === 3)
    zebra.evpn.remoteVtep(
      vni,
      Number(evpn.originator.address),
      attributes.pmsiTunnel?.type === INGRESS_REPLICATION || attributes.pmsiTunnel?.type === PIM_SM,
    );
}

export function tellRemoteGone(
  zebra: SpeakerHost['zebra'],
  vni: number,
  { attributes, destination }: StoredPath,
): void {
  const { evpn } = destination.prefix;
  if (evpn?.type === 2)
    zebra.evpn.remoteMacGone({ vni, mac: evpn.mac, ip: evpn.ip, vtep: attributes.nextHop ?? 0 });
  else if (evpn?.type === 3) zebra.evpn.remoteVtepGone(vni, Number(evpn.originator.address));
}
