/** `show bgp vrf NAME vni`: what an instance has to do with EVPN. */
import { formatIpv4, formatMac } from '../../../base/address.ts';
import type { BgpInstance } from '../../bgp/instance.ts';
import { formatDistinguisher } from '../../distinguisher.ts';
import { formatRouteTarget } from '../../policy/communities.ts';
import type { ShowContext } from '../context.ts';
import { prettyJson } from '../json.ts';

export function vrfVniText({ bgp: { evpn } }: ShowContext, instance: BgpInstance, json: boolean): string {
  const known = evpn.l3.vrfs.get(instance.vrf);
  const [local, vni] = [formatIpv4(known?.zebra.originator ?? 0), known?.zebra.vni ?? 0];
  const mac = formatMac(known?.zebra.routerMac ?? 0n);
  const filter = known?.zebra.prefixRoutesOnly === true ? 'prefix-routes-only' : 'none';
  const vnis =
    known === undefined
      ? []
      : [...evpn.vnis.values()]
          .filter(({ zebra }) => zebra?.tenantVrf === instance.vrf)
          .map((one) => one.vni)
          .sort((a, b) => a - b);
  const exported = (known?.exportTargets ?? []).map((target) => `RT:${formatRouteTarget(target)}`);
  const imported = (known?.importTargets.targets ?? []).map((target) => `RT:${formatRouteTarget(target)}`);
  const rd = formatDistinguisher(known?.distinguisher ?? 0n);
  if (json)
    return prettyJson({
      vrf: instance.vrf,
      'local-ip': local,
      l3vni: vni,
      rmac: mac,
      vniFilter: filter,
      l2vnis: vnis,
      'export-rts': exported,
      'import-rts': imported,
      rd,
    });
  const line = (words: readonly (string | number)[]): string =>
    `    ${words.map((word) => `${word}  `).join('')}`;
  return [
    `BGP VRF: ${instance.vrf}`,
    `  Local-Ip: ${local}`,
    `  L3-VNI: ${vni}`,
    `  Rmac: ${mac}`,
    `  VNI Filter: ${filter}`,
    '  L2-VNI List:',
    line(vnis),
    '  Export-RTs:',
    line(exported),
    '  Import-RTs:',
    line(imported),
    `  RD: ${rd}`,
    '',
  ].join('\n');
}
