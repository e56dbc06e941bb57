/** `debug bgp updates` and `debug bgp zebra`: what came, what became of it, what went out, and what zebra is told. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import type { BgpFamily } from '../config/bgp-config.ts';
import { formatCommunities, formatExtendedCommunity, formatLargeCommunity } from '../policy/communities.ts';
import { formatAsPath } from '../policy/lists.ts';
import { formatAddress, formatPrefix, type Prefix } from '../prefix.ts';
import { FAMILY_TEXT } from '../show/family.ts';
import type { MpNextHop, PathAttributes } from './attributes.ts';
import type { Nlri } from './message/nlri.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import type { RawMessage } from './message/header.ts';
import { named } from './session-log.ts';
import type { Speaker } from './speaker.ts';
import { updateGroup } from './update-group.ts';
import type { ZebraRoute } from './zebra-port.ts';

const ORIGINS = { igp: 'i', egp: 'e', incomplete: '?' } as const;

const FAMILY_WORDS: Readonly<Record<BgpFamily, string>> = {
  'ipv4-unicast': 'IPv4 unicast',
  'ipv6-unicast': 'IPv6 unicast',
  'ipv4-vpn': 'IPv4 vpn',
  'ipv6-vpn': 'IPv6 vpn',
  'l2vpn-evpn': 'L2VPN evpn',
};

const routeText = (family: BgpFamily, prefix: Prefix): string =>
  `${formatPrefix(prefix)} ${FAMILY_WORDS[family]}`;

/** Attributes as bgpd dumps them (`bgp_dump_attr`): what is not there is left out. */
function attributesText(
  attributes: PathAttributes,
  given: { readonly origin: boolean; readonly localPreference: boolean },
): string {
  const { nextHop, mpNextHop, med, communities, largeCommunities, extendedCommunities } = attributes;
  const { aggregator, originatorId, clusterList, localPreference } = attributes;
  const parts: (string | null)[] = [
    given.origin ? `origin ${ORIGINS[attributes.origin]}` : null,
    mpNextHop === null
      ? null
      : `mp_nexthop ${formatIpv6(mpNextHop.global)}${mpNextHop.linkLocal === null ? '' : `(${formatIpv6(mpNextHop.linkLocal)})`}`,
    given.localPreference && localPreference !== null ? `localpref ${localPreference}` : null,
    med === null ? null : `metric ${med}`,
    communities === null ? null : `community ${formatCommunities(communities)}`,
    largeCommunities === null
      ? null
      : `large-community ${largeCommunities.map(formatLargeCommunity).join(' ')}`,
    extendedCommunities === null
      ? null
      : `extcommunity ${extendedCommunities.map(formatExtendedCommunity).join(' ')}`,
    attributes.atomicAggregate ? 'atomic-aggregate' : null,
    aggregator === null ? null : `aggregated by ${aggregator.asn} ${formatIpv4(aggregator.address)}`,
    originatorId === null ? null : `originator ${formatIpv4(originatorId)}`,
    clusterList === null ? null : `clusterlist ${clusterList.map(formatIpv4).join(' ')}`,
    `path ${formatAsPath(attributes.asPath)}`,
  ];
  const head = nextHop === null ? '' : `nexthop ${formatIpv4(nextHop)}`;
  return `${head}${parts.flatMap((part) => (part === null ? [] : [`, ${part}`])).join('')}`;
}

/** A whole UPDATE came, in good form. */
export function updateReceived(
  { host }: Speaker,
  neighbour: Neighbour,
  attributes: PathAttributes | null,
  message: RawMessage,
): void {
  if (!host.log.wants('bgp updates in')) return;
  if (attributes !== null) {
    const given = { origin: true, localPreference: !neighbour.isExternal };
    host.log.debug(
      'T5AAP-5GA85',
      `${named(neighbour)} rcvd UPDATE w/ attr: ${attributesText(attributes, given)}`,
    );
  }
  const octets = message.reader();
  const withdrawn = octets.part(octets.u16()).left;
  const given = octets.part(octets.u16()).left;
  host.log.debug(
    'PCFFM-WMARW',
    `${named(neighbour)} rcvd UPDATE wlen ${withdrawn} attrlen ${given} alen ${octets.left}`,
  );
}

/** The neighbour has told all that it had; this needs no `debug`. */
export const endOfRibReceived = ({ host, vrf }: Speaker, { name }: Neighbour, family: BgpFamily): void =>
  host.log.info(
    'M59KS-A3ZXZ',
    `bgp_update_receive: rcvd End-of-RIB for ${FAMILY_TEXT[family]} from ${name} in vrf ${vrf}`,
  );

/** What became of one prefix: taken, the same as before, withdrawn, or refused for a reason. */
export function routeReceived(
  { host }: Speaker,
  neighbour: Neighbour,
  family: BgpFamily,
  prefix: Prefix,
  outcome: 'taken' | 'duplicate' | 'withdrawn' | { readonly refused: string },
): void {
  if (!host.log.wants('bgp updates in')) return;
  const [who, what] = [named(neighbour), routeText(family, prefix)];
  if (outcome === 'taken') host.log.debug('YCKEM-GB33T', `${who} rcvd ${what}`);
  else if (outcome === 'duplicate') host.log.debug('NJYMB-R5FFH', `${who} rcvd ${what}...duplicate ignored`);
  else if (outcome === 'withdrawn')
    host.log.debug('PAPP6-VDAWM', `${who} rcvd UPDATE about ${what} -- withdrawn`);
  else host.log.debug('RZMGQ-A03CG', `${who} rcvd UPDATE about ${what} -- DENIED due to: ${outcome.refused}`);
}

const groupOf = ({ updateGroup, subgroup }: NeighbourFamily): string => `u${updateGroup}:s${subgroup}`;

/** What neighbours of a group hear alike is logged with the first of them. */
const speaksForGroup = (speaker: Speaker, neighbour: Neighbour, family: NeighbourFamily): boolean =>
  [...speaker.peers.values()].find((one) => {
    const beside = one.family(family.family);
    return (
      one.isEstablished &&
      beside?.negotiated === true &&
      updateGroup(speaker.groupNumbers, one, beside) === updateGroup(speaker.groupNumbers, neighbour, family)
    );
  }) === neighbour;

/** Prefixes of equal attributes go out in messages of so many octets. */
export function updateSent(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  attributes: PathAttributes,
  sent: {
    readonly isOwn: boolean;
    readonly nlris: readonly Nlri[];
    readonly messages: readonly Uint8Array[];
    readonly nextHop: number | MpNextHop;
    readonly options: { readonly maximumSize: number };
  },
): void {
  const { host } = speaker;
  if (!host.log.wants('bgp updates out')) return;
  const group = groupOf(family);
  const nextHop =
    typeof sent.nextHop === 'number' ? formatIpv4(sent.nextHop) : formatIpv6(sent.nextHop.global);
  const given = { origin: !sent.isOwn, localPreference: !neighbour.isExternal };
  const isFirst = speaksForGroup(speaker, neighbour, family);
  if (isFirst) {
    host.log.debug('TN0HX-6G1RR', `${group} send UPDATE w/ attr: ${attributesText(attributes, given)}`);
    for (const { prefix } of sent.nlris)
      host.log.debug('HVRWP-5R9NQ', `${group} send UPDATE ${routeText(family.family, prefix)}`);
  }
  for (const { length } of sent.messages) {
    if (isFirst)
      host.log.debug(
        'WEV7K-2GAQ5',
        `${group} send UPDATE len ${length} (max message len: ${sent.options.maximumSize}) numpfx ${sent.nlris.length}`,
      );
    host.log.debug('MBFVT-8GSC6', `${group} ${neighbour.name} send UPDATE w/ nexthop ${nextHop}`);
  }
}

/** Prefixes that are told of no more. */
export function withdrawalSent(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  nlris: readonly Nlri[],
  messages: readonly Uint8Array[],
): void {
  const { host } = speaker;
  if (!host.log.wants('bgp updates out') || !speaksForGroup(speaker, neighbour, family)) return;
  const group = groupOf(family);
  for (const { prefix } of nlris)
    host.log.debug('WHJ94-YXNE1', `${group} send UPDATE ${routeText(family.family, prefix)} -- unreachable`);
  for (const { length } of messages)
    host.log.debug('G259R-NCBEJ', `${group} send UPDATE (withdraw) len ${length} numpfx ${nlris.length}`);
}

/** Zebra is told of a route. */
export function routeToldToZebra({ host, vrfId }: Speaker, route: ZebraRoute): void {
  if (!host.log.wants('bgp zebra')) return;
  const prefix = formatPrefix(route.prefix);
  const vrf = vrfId ?? 0;
  host.log.debug('KR6T7-EW7AS', `bgp_zebra_announce: p=${prefix}, extra is NULL, no label`);
  host.log.debug(
    'V15FP-4CPVK',
    `Tx route add VRF ${vrf} ${prefix} metric ${route.metric} tag ${route.tag} count ${route.nextHops.length} nhg 0`,
  );
  const links = host.zebra.interfaces();
  for (const [at, hop] of route.nextHops.entries()) {
    const address = hop.kind === 'gateway' ? formatAddress(hop.gateway) : '';
    const name = hop.kind === 'blackhole' ? null : hop.interface;
    const index = links.find((one) => one.name === name)?.index ?? 0;
    host.log.debug('JQXM8-V0CKB', `  nhop [${at + 1}]: ${address} if ${index} VRF ${vrf} wt 0   `);
  }
  host.log.debug(
    'JMVGR-VQ1M1',
    `bgp_zebra_announce: ${prefix}: announcing to zebra (recursion ${route.allowRecursion ? '' : 'NOT '}set)`,
  );
}

/** Zebra is told that a route is no more. */
export function routeTakenFromZebra({ host, vrfId }: Speaker, prefix: Prefix): void {
  if (host.log.wants('bgp zebra'))
    host.log.debug('G7K80-KF0HM', `Tx route delete VRF ${vrfId ?? 0} ${formatPrefix(prefix)}`);
}
