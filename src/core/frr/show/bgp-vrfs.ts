/** `show bgp vrfs`: the instances with their neighbours counted, as text and as JSON. */
import { formatIpv4, formatMac } from '../../base/address.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import { vrfIdOf, type ShowContext } from './context.ts';
import { prettyJson } from './json.ts';

/** An instance without a layer 3 VNI: bgpd then has no router MAC and no interface to name. */
const NO_VNI = { l3vni: 0, rmac: '00:00:00:00:00:00', interface: 'unknown' };

function layer3(context: ShowContext, { vrf }: BgpInstance): typeof NO_VNI {
  const zebra = context.bgp.evpn.l3.vrfs.get(vrf)?.zebra;
  return zebra === undefined
    ? NO_VNI
    : { l3vni: zebra.vni, rmac: formatMac(zebra.routerMac), interface: zebra.interface };
}

const row = (context: ShowContext, instance: BgpInstance) => ({
  type: instance.vrf === 'default' ? 'DFLT' : 'VRF',
  vrfId: vrfIdOf(instance),
  routerId: formatIpv4(instance.routerId),
  numConfiguredPeers: instance.peers.size,
  numEstablishedPeers: [...instance.peers.values()].filter((peer) => peer.state === 'Established').length,
  ...layer3(context, instance),
});

const cells = (texts: readonly (readonly [string | number, number])[]): string =>
  texts.map(([text, width]) => String(text).padEnd(width)).join('  ');

/** Every instance in the order in which it was made; nothing at all, as text, when there is none. */
export function bgpVrfs(context: ShowContext, json: boolean): string {
  const instances = [...context.bgp.instances.values()];
  if (json) {
    const vrfs = Object.fromEntries(instances.map((instance) => [instance.vrf, row(context, instance)]));
    return prettyJson({ vrfs, totalVrfs: instances.length });
  }
  if (instances.length === 0) return '';
  const lines = instances.flatMap((instance) => {
    const one = row(context, instance);
    return [
      `${one.type.padStart(4)}  ${cells([
        [one.vrfId, 5],
        [one.routerId, 16],
        [one.numConfiguredPeers, 9],
        [one.numEstablishedPeers, 10],
        [instance.vrf, 37],
      ])}`,
      `${' '.repeat(11)}  ${cells([
        [one.l3vni, 16],
        [one.rmac, 21],
        [one.interface, 20],
      ])}`,
    ];
  });
  return [
    `Type  ${'Id'.padEnd(5)}  ${'routerId'.padEnd(16)}  ${'#PeersCfg'.padStart(9)}  ${'#PeersEstb'.padStart(10)}  ${'Name'.padEnd(37)}`,
    `${' '.repeat(11)}  ${'L3-VNI'.padEnd(16)}  ${'RouterMAC'.padEnd(21)}  ${'Interface'.padEnd(6)}`,
    ...lines,
    '',
    `Total number of VRFs (including default): ${instances.length}`,
    '',
  ].join('\n');
}
