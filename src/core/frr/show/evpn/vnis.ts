/** VNIs as bgpd lists them: `show bgp l2vpn evpn vni`. */
import { formatIpv4 } from '../../../base/address.ts';
import { formatDistinguisher } from '../../distinguisher.ts';
import { formatRouteTarget } from '../../policy/communities.ts';
import type { EvpnVniView } from '../../bgp/evpn/vni.ts';
import type { ShowContext } from '../context.ts';
import { prettyJson, type JsonObject } from '../json.ts';

const targets = (list: readonly bigint[]): string[] => list.map(formatRouteTarget);

/** The first of them, and that there are more. */
const brief = (list: readonly bigint[]): string => {
  const [first = ''] = targets(list);
  return (list.length > 1 ? `${first}, ...` : first).padEnd(25);
};

const originatorOf = ({ zebra }: EvpnVniView): string => formatIpv4(zebra?.originator ?? 0);
const groupOf = ({ zebra }: EvpnVniView): string => formatIpv4(zebra?.multicastGroup ?? 0);

const row = (vni: EvpnVniView): string =>
  `${vni.zebra === null ? ' ' : '*'} ${String(vni.vni).padEnd(10)} L2   ${formatDistinguisher(
    vni.distinguisher,
  ).padEnd(21)} ${brief(vni.importTargets.targets)} ${brief(vni.exportTargets)} ${(
    vni.zebra?.tenantVrf ?? 'default'
  ).padEnd(37)}\n`;

const facts = (vni: EvpnVniView): JsonObject => ({
  vni: vni.vni,
  type: 'L2',
  inKernel: vni.zebra === null ? 'False' : 'True',
  rd: formatDistinguisher(vni.distinguisher),
});

const rowJson = (vni: EvpnVniView): JsonObject => ({
  ...facts(vni),
  originatorIp: originatorOf(vni),
  mcastGroup: groupOf(vni),
  advertiseGatewayMacip: 'Disabled',
  advertiseSviMacIp: 'Disabled',
  importRTs: targets(vni.importTargets.targets),
  exportRTs: targets(vni.exportTargets),
});

export function vnisText({ bgp: { evpn } }: ShowContext, json: boolean): string {
  const vnis = [...evpn.vnis.values()];
  const enabled = evpn.speaker === null ? 'Disabled' : 'Enabled';
  if (json)
    return prettyJson({
      advertiseGatewayMacip: 'Disabled',
      advertiseSviMacIp: 'Disabled',
      advertiseAllVnis: enabled,
      flooding: 'Head-end replication',
      vxlanFlooding: 'Enabled',
      numVnis: vnis.length,
      numL2Vnis: vnis.length,
      numL3Vnis: 0,
      ...Object.fromEntries(vnis.map((vni) => [String(vni.vni), rowJson(vni)])),
    });
  return [
    'Advertise Gateway Macip: Disabled',
    'Advertise SVI Macip: Disabled',
    `Advertise All VNI flag: ${enabled}`,
    'BUM flooding: Head-end replication',
    'VXLAN flooding: Enabled',
    `Number of L2 VNIs: ${vnis.length}`,
    'Number of L3 VNIs: 0',
    'Flags: * - Kernel',
    `  ${'VNI'.padEnd(10)} Type ${'RD'.padEnd(21)} ${'Import RT'.padEnd(25)} ${'Export RT'.padEnd(25)} ${'Tenant VRF'.padEnd(37)}`,
    vnis.map(row).join(''),
  ].join('\n');
}

export function vniText(vni: EvpnVniView, json: boolean): string {
  const svi = vni.zebra?.bridgeInterface ?? null;
  if (json)
    return prettyJson({
      ...facts(vni),
      originatorIp: originatorOf(vni),
      mcastGroup: groupOf(vni),
      advertiseGatewayMacip: 'Disabled',
      advertiseSviMacIp: 'Disabled',
      sviInterface: svi ?? 'unknown',
      importRts: targets(vni.importTargets.targets),
      exportRts: targets(vni.exportTargets),
    });
  return [
    `VNI: ${vni.vni}${vni.zebra === null ? '' : ' (known to the kernel)'}`,
    '  Type: L2',
    `  Tenant-Vrf: ${vni.zebra?.tenantVrf ?? 'default'}`,
    `  RD: ${formatDistinguisher(vni.distinguisher)}`,
    `  Originator IP: ${originatorOf(vni)}`,
    `  Mcast group: ${groupOf(vni)}`,
    '  Advertise-gw-macip : Disabled',
    '  Advertise-svi-macip : Disabled',
    `  SVI interface : ${svi ?? 'unknown'}`,
    '  Import Route Target:',
    ...targets(vni.importTargets.targets).map((target) => `    ${target}`),
    '  Export Route Target:',
    ...targets(vni.exportTargets).map((target) => `    ${target}`),
    '',
  ].join('\n');
}
