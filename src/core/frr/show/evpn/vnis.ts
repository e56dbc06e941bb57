/** VNIs as bgpd lists them: `show bgp l2vpn evpn vni`. */
import { formatIpv4, formatMac } from '../../../base/address.ts';
import { formatDistinguisher } from '../../distinguisher.ts';
import { formatRouteTarget } from '../../policy/communities.ts';
import type { EvpnVrfView } from '../../bgp/evpn/evpn-vrf.ts';
import type { EvpnVniView } from '../../bgp/evpn/vni.ts';
import type { ShowContext } from '../context.ts';
import { prettyJson, type Json, type JsonObject } from '../json.ts';

const targets = (list: readonly bigint[]): string[] => list.map(formatRouteTarget);

/** The first of them, and that there are more. */
const brief = (list: readonly bigint[]): string => {
  const [first = ''] = targets(list);
  return (list.length > 1 ? `${first}, ...` : first).padEnd(25);
};

const originatorOf = ({ zebra }: EvpnVniView): string => formatIpv4(zebra?.originator ?? 0);
const groupOf = ({ zebra }: EvpnVniView): string => formatIpv4(zebra?.multicastGroup ?? 0);

const mark = (isKnown: boolean): string => (isKnown ? '*' : ' ');

/** A row of a VRF's layer 3 VNI. */
const vrfRow = ({ vrf, zebra, distinguisher, importTargets, exportTargets }: EvpnVrfView): string =>
  `${mark(true)} ${String(zebra.vni).padEnd(10)} L3   ${formatDistinguisher(distinguisher).padEnd(21)} ${brief(
    importTargets.targets,
  )} ${brief(exportTargets)}${vrf.padEnd(37)}\n`;

/** bgpd prints one member with two spellings. */
const vrfFacts = ({ zebra }: EvpnVrfView, systemMac: 'sysMAC' | 'sysMac', primary: string): JsonObject => ({
  advertiseGatewayMacip: 'n/a',
  advertiseSviMacIp: 'n/a',
  advertisePip: 'Enabled',
  sysIP: primary,
  [systemMac]: formatMac(zebra.routerMac),
  rmac: formatMac(zebra.routerMac),
});

const vrfRowJson = (vrf: EvpnVrfView, primary: string): JsonObject => ({
  vni: vrf.zebra.vni,
  type: 'L3',
  inKernel: 'True',
  originatorIp: formatIpv4(vrf.zebra.originator),
  rd: formatDistinguisher(vrf.distinguisher),
  ...vrfFacts(vrf, 'sysMAC', primary),
  importRTs: targets(vrf.importTargets.targets),
  exportRTs: targets(vrf.exportTargets),
});

/** The router id of the instance that has EVPN: bgpd's primary address (PIP). */
const primaryOf = ({ bgp: { evpn } }: ShowContext): string => formatIpv4(evpn.speaker?.routerId ?? 0);

/** `show bgp l2vpn evpn vni N` of a layer 3 VNI. */
export function vrfText(context: ShowContext, vrf: EvpnVrfView, json: boolean): string {
  const { zebra, distinguisher, importTargets, exportTargets } = vrf;
  const primary = primaryOf(context);
  if (json)
    return prettyJson({
      vni: zebra.vni,
      type: 'L3',
      inKernel: 'True',
      rd: formatDistinguisher(distinguisher),
      originatorIp: formatIpv4(zebra.originator),
      ...vrfFacts(vrf, 'sysMac', primary),
      importRts: targets(importTargets.targets),
      exportRts: targets(exportTargets),
    });
  return [
    `VNI: ${zebra.vni} (known to the kernel)`,
    '  Type: L3',
    `  Tenant VRF: ${vrf.vrf}`,
    `  RD: ${formatDistinguisher(distinguisher)}`,
    `  Originator IP: ${formatIpv4(zebra.originator)}`,
    '  Advertise-gw-macip : n/a',
    '  Advertise-svi-macip : n/a',
    '  Advertise-pip: Yes',
    `  System-IP: ${primary}`,
    `  System-MAC: ${formatMac(zebra.routerMac)}`,
    `  Router-MAC: ${formatMac(zebra.routerMac)}`,
    '  Import Route Target:',
    ...targets(importTargets.targets).map((target) => `    ${target}`),
    '  Export Route Target:',
    ...targets(exportTargets).map((target) => `    ${target}`),
    '',
  ].join('\n');
}

const row = (vni: EvpnVniView): string =>
  `${mark(vni.zebra !== null)} ${String(vni.vni).padEnd(10)} L2   ${formatDistinguisher(
    vni.distinguisher,
  ).padEnd(21)} ${brief(vni.importTargets.targets)} ${brief(vni.exportTargets)}${(
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

export function vnisText(context: ShowContext, json: boolean): string {
  const { evpn } = context.bgp;
  const vnis = [...evpn.vnis.values()];
  const vrfs = [...evpn.l3.vrfs.values()];
  const primary = primaryOf(context);
  const enabled = evpn.speaker === null ? 'Disabled' : 'Enabled';
  if (json)
    return prettyJson(
      new Map<string, Json>([
        ...Object.entries<Json>({
          advertiseGatewayMacip: 'Disabled',
          advertiseSviMacIp: 'Disabled',
          advertiseAllVnis: enabled,
          flooding: 'Head-end replication',
          vxlanFlooding: 'Enabled',
          numVnis: vnis.length + vrfs.length,
          numL2Vnis: vnis.length,
          numL3Vnis: vrfs.length,
        }),
        ...vnis.map((vni): [string, Json] => [String(vni.vni), rowJson(vni)]),
        ...vrfs.map((vrf): [string, Json] => [String(vrf.zebra.vni), vrfRowJson(vrf, primary)]),
      ]),
    );
  return [
    'Advertise Gateway Macip: Disabled',
    'Advertise SVI Macip: Disabled',
    `Advertise All VNI flag: ${enabled}`,
    'BUM flooding: Head-end replication',
    'VXLAN flooding: Enabled',
    `Number of L2 VNIs: ${vnis.length}`,
    `Number of L3 VNIs: ${vrfs.length}`,
    'Flags: * - Kernel',
    `  ${'VNI'.padEnd(10)} Type ${'RD'.padEnd(21)} ${'Import RT'.padEnd(25)} ${'Export RT'.padEnd(25)} ${'Tenant VRF'.padEnd(37)}`,
    [...vnis.map(row), ...vrfs.map(vrfRow)].join(''),
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
