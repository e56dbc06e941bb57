/** `show bgp summary`, as text and as JSON. */
import { formatIpv4 } from '../../base/address.ts';
import { dynamicCount, LISTEN_LIMIT } from '../bgp/dynamic-neighbours.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import type { Peer, PeerFamily } from '../bgp/peer.ts';
import { BGP_FAMILIES, type BgpFamily } from '../config/bgp-config.ts';
import { hostnameOf, isShutdown, lacksPolicy, total, shownLocalAs } from './bgp-neighbor-facts.ts';
import { resetLines } from './bgp-reset.ts';
import { epochOf, vrfIdOf, type ShowContext } from './context.ts';
import { FAMILY_JSON, FAMILY_TEXT } from './family.ts';
import type { Json, JsonObject } from './json.ts';
import { prettyJson, truly } from './json.ts';
import { secondsSince, uptimeOf } from './time.ts';

/** Sizes of bgpd's structures on the machine recorded: memory is shown as a multiple of them. */
const DESTINATION_SIZE = 192;
const PEER_SIZE = 741_464;
const GROUP_SIZE = 64;

/** What was sent is kept by update groups: the neighbour's own version stays 0. */
const TABLE_VERSION = 0;

/** bgpd's words for an amount of memory: rounded to the unit that leaves at least two digits. */
function memory(bytes: number): string {
  const scaled = (unit: number): number => Math.floor(bytes / unit) + (bytes % unit >= unit / 2 ? 1 : 0);
  if (bytes >> 20 > 10) return `${scaled(1 << 20)} MiB`;
  if (bytes >> 10 > 10) return `${scaled(1 << 10)} KiB`;
  return `${bytes} bytes`;
}

/** What the words after `summary` ask for. */
export interface SummaryOptions {
  readonly failed: boolean;
  readonly established: boolean;
  readonly wide: boolean;
  readonly terse: boolean;
  /** `neighbor X` and `remote-as N`: which neighbours are shown; null: all. */
  readonly only: ((peer: Peer) => boolean) | null;
}

const familyPeers = (instance: BgpInstance, family: BgpFamily): Peer[] =>
  instance.sortedPeers().filter((peer) => peer.families.get(family)?.options.activate);

const receives = (peer: Peer, family: BgpFamily): boolean =>
  peer.receivedCapabilities?.multiprotocol.includes(family) ?? false;

const isFailed = (peer: Peer, family: BgpFamily): boolean =>
  peer.state !== 'Established' || !receives(peer, family);

function stateColumns(instance: BgpInstance, peer: Peer, family: PeerFamily): string {
  const grouped = family.updateGroup !== null;
  if (peer.state === 'Established') {
    const received = receives(peer, family.family)
      ? lacksPolicy(instance, peer, family, 'in')
        ? '(Policy)'.padStart(13)
        : String(family.acceptedCount).padStart(13)
      : '        NoNeg';
    const sent = grouped
      ? (lacksPolicy(instance, peer, family, 'out') ? '(Policy)' : String(family.sentCount)).padStart(9)
      : '    NoNeg';
    return `${received}${sent}`;
  }
  const word = isShutdown(instance, peer)
    ? 'Idle (Admin)'
    : peer.prefixOverflow
      ? 'Idle (PfxCt)'
      : peer.state;
  return `${word.padStart(13)}${'0'.padStart(9)}`;
}

function failedRow(context: ShowContext, peer: Peer, width: number): string {
  const reason = peer.state === 'Established' ? '  AFI/SAFI Not Negotiated\n' : resetLines(peer.lastReset);
  const columns = [
    String(peer.establishedCount).padStart(7),
    String(peer.droppedCount).padStart(7),
    uptimeOf(peer.upSince, context.clock.now()).padStart(9),
  ];
  return `${mark(peer)}${peer.name.padEnd(width - mark(peer).length)}${columns.join(' ')}${reason}`;
}

function row(
  context: ShowContext,
  instance: BgpInstance,
  peer: Peer,
  family: PeerFamily,
  width: number,
  wide: boolean,
): string {
  const local = wide ? ` ${String(shownLocalAs(peer)).padStart(10)}` : '';
  const columns = [
    `4 ${String(peer.remoteAs).padStart(10)}${local}`,
    String(total(peer.received)).padStart(9),
    String(total(peer.sent)).padStart(9),
    String(TABLE_VERSION).padStart(8),
    '   0',
    '   0',
    uptimeOf(peer.upSince, context.clock.now()).padStart(8),
  ];
  const description = (peer.options.description ?? 'N/A').slice(0, wide ? 64 : 20);
  return `${nameOf(instance, peer).padEnd(width)}${columns.join(' ')}${stateColumns(instance, peer, family)} ${description}\n`;
}

/** Neighbours that are not configured one by one are marked. */
const mark = ({ range }: Peer): string => (range === null ? '' : '*');

const nameOf = (instance: BgpInstance, peer: Peer): string => {
  const host = instance.config.options.defaultShowHostname ? hostnameOf(peer) : undefined;
  return `${mark(peer)}${host === undefined ? peer.name : `${host}(${peer.name})`}`;
};

function familyText(
  context: ShowContext,
  instance: BgpInstance,
  family: BgpFamily,
  options: SummaryOptions,
): string {
  const peers = familyPeers(instance, family);
  const rib = instance.rib(family);
  const groups = instance.config.groups.size;
  const entries = rib.nodeCount;
  const lines = [
    `BGP router identifier ${formatIpv4(instance.routerId)}, local AS number ${instance.asn} vrf-id ${vrfIdOf(instance)}\n`,
  ];
  if (!options.terse)
    lines.push(
      ...(instance.config.options.maxMedAdministrative === undefined
        ? []
        : ['Max-med administrative active\n']),
      `BGP table version ${rib.version}\n`,
      `RIB entries ${entries}, using ${memory(entries * DESTINATION_SIZE)} of memory\n`,
      `Peers ${peers.length}, using ${memory(peers.length * PEER_SIZE)} of memory\n`,
      ...(groups === 0 ? [] : [`Peer groups ${groups}, using ${memory(groups * GROUP_SIZE)} of memory\n`]),
    );
  const width = Math.max(16, ...peers.map((peer) => nameOf(instance, peer).length + 1));
  const heading = 'Neighbor'.padEnd(width);
  if (options.failed) {
    const failed = peers.filter((peer) => isFailed(peer, family));
    if (failed.length === 0) return '% No failed BGP neighbors found\n';
    lines.push(`\n${heading}EstdCnt DropCnt ResetTime Reason\n`);
    for (const peer of failed) lines.push(failedRow(context, peer, width));
    lines.push(`\nDisplayed neighbors ${failed.length}\nTotal number of neighbors ${peers.length}\n`);
  } else {
    const shown = peers.filter(
      (peer) => (!options.established || !isFailed(peer, family)) && (options.only?.(peer) ?? true),
    );
    if (shown.length > 0)
      lines.push(
        `\n${heading}V ${options.wide ? '        AS    LocalAS' : '        AS'}   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc\n`,
      );
    for (const peer of shown) {
      const one = peer.families.get(family);
      if (one) lines.push(row(context, instance, peer, one, width, options.wide));
    }
    if (options.only !== null && shown.length === 0) lines.push('\n% No matching neighbor\n');
    else if (options.established || options.only !== null)
      lines.push(`\nDisplayed neighbors ${shown.length}\nTotal number of neighbors ${peers.length}\n`);
  }
  if (!options.established && !options.failed && options.only === null)
    lines.push(`\nTotal number of neighbors ${peers.length}\n`);
  const dynamic = dynamicCount(peers);
  const limit = instance.config.options.listenLimit ?? LISTEN_LIMIT;
  if (dynamic > 0) lines.push(`* - dynamic neighbor\n${dynamic} dynamic neighbor(s), limit ${limit}\n`);
  return lines.join('');
}

/** Families to show: those that have neighbours, of one address family if only that was typed. */
const shownFamilies = (instance: BgpInstance, version: 'ipv4' | 'ipv6' | null): BgpFamily[] =>
  BGP_FAMILIES.filter(
    (family) => familyPeers(instance, family).length > 0 && (version === null || family.startsWith(version)),
  );

export function summaryText(
  context: ShowContext,
  instance: BgpInstance,
  named: BgpFamily | null,
  version: 'ipv4' | 'ipv6' | null,
  options: SummaryOptions,
): string {
  if (named !== null && familyPeers(instance, named).length > 0)
    return familyText(context, instance, named, options);
  const families = named === null ? shownFamilies(instance, version) : [];
  if (families.length === 0) return `% No BGP neighbors found in VRF ${instance.vrf}\n`;
  return families
    .map(
      (family) =>
        `\n${FAMILY_TEXT[family]} Summary (VRF ${instance.vrf}):\n${familyText(context, instance, family, options)}`,
    )
    .join('');
}

function stateWord(instance: BgpInstance, peer: Peer, family: BgpFamily): string {
  if (isShutdown(instance, peer)) return 'Idle (Admin)';
  return !receives(peer, family) && peer.prefixOverflow ? 'Idle (PfxCt)' : peer.state;
}

function peerStateWord(instance: BgpInstance, peer: Peer, family: PeerFamily): string {
  if (isShutdown(instance, peer)) return 'Admin';
  if (peer.prefixOverflow) return 'PfxCt';
  if (peer.options.passive) return 'Passive';
  if (peer.awaitsRestart) return 'NSF passive';
  return lacksPolicy(instance, peer, family, 'in') || lacksPolicy(instance, peer, family, 'out')
    ? 'Policy'
    : 'OK';
}

function peerJson(context: ShowContext, instance: BgpInstance, peer: Peer, family: PeerFamily): JsonObject {
  const { upSince } = peer;
  const seconds = upSince === null ? 0 : secondsSince(upSince, context.clock.now());
  return {
    dynamicPeer: truly(peer.range !== null),
    hostname: hostnameOf(peer),
    domainname: peer.hostname?.domain || undefined,
    remoteAs: peer.remoteAs,
    localAs: shownLocalAs(peer),
    version: 4,
    msgRcvd: total(peer.received),
    msgSent: total(peer.sent),
    tableVersion: TABLE_VERSION,
    outq: 0,
    inq: 0,
    peerUptime: uptimeOf(upSince, context.clock.now()),
    peerUptimeMsec: seconds * 1000,
    peerUptimeEstablishedEpoch: upSince === null ? undefined : epochOf(context.clock, upSince),
    pfxRcd: family.acceptedCount,
    pfxSnt: family.updateGroup === null ? 0 : family.sentCount,
    state: stateWord(instance, peer, family.family),
    peerState: peerStateWord(instance, peer, family),
    connectionsEstablished: peer.establishedCount,
    connectionsDropped: peer.droppedCount,
    desc: peer.options.description,
    idType: peer.interface === null ? (peer.address?.family === 6 ? 'ipv6' : 'ipv4') : 'interface',
  };
}

/** The options of the decision that were typed. */
function bestPathMembers({ config: { options } }: BgpInstance): JsonObject {
  const relax = options.bestpathMultipathRelax;
  const med = options.bestpathMed;
  return {
    asPath: options.bestpathAsPathConfed ? 'confed' : options.bestpathAsPathIgnore ? 'ignore' : undefined,
    multiPathRelax: relax === undefined ? 'false' : relax === 'as-set' ? 'as-set' : 'true',
    peerTypeRelax: options.bestpathPeerTypeMultipathRelax,
    compareRouterId: options.bestpathCompareRouterid ? 'true' : undefined,
    med: med ? (med.missingAsWorst ? 'missing-as-worst' : 'true') : undefined,
  };
}

function familyJson(context: ShowContext, instance: BgpInstance, family: BgpFamily): JsonObject {
  const peers = familyPeers(instance, family);
  const rib = instance.rib(family);
  const groups = instance.config.groups.size;
  const entries = rib.nodeCount;
  const members = peers.flatMap((peer): [string, Json][] => {
    const one = peer.families.get(family);
    return one ? [[peer.name, peerJson(context, instance, peer, one)]] : [];
  });
  return {
    routerId: formatIpv4(instance.routerId),
    as: instance.asn,
    vrfId: vrfIdOf(instance),
    vrfName: instance.vrf,
    maxMedAdministrative: instance.config.options.maxMedAdministrative === undefined ? undefined : true,
    tableVersion: rib.version,
    ribCount: entries,
    ribMemory: entries * DESTINATION_SIZE,
    peerCount: peers.length,
    peerMemory: peers.length * PEER_SIZE,
    peerGroupCount: groups === 0 ? undefined : groups,
    peerGroupMemory: groups === 0 ? undefined : groups * GROUP_SIZE,
    peers: Object.fromEntries(members),
    failedPeers: peers.filter((peer) => isFailed(peer, family)).length,
    displayedPeers: peers.length,
    totalPeers: peers.length,
    dynamicPeers: dynamicCount(peers),
    bestPath: bestPathMembers(instance),
  };
}

/** bgpd writes the outer braces by hand, one family after another. */
export function summaryJson(
  context: ShowContext,
  instance: BgpInstance,
  named: BgpFamily | null,
  version: 'ipv4' | 'ipv6' | null,
): string {
  if (named !== null) {
    if (familyPeers(instance, named).length === 0) return '{\n}\n';
    return prettyJson(familyJson(context, instance, named));
  }
  const families = shownFamilies(instance, version);
  if (families.length === 0) return '{\n}\n';
  const texts = families.map(
    (family) => `"${FAMILY_JSON[family]}":${prettyJson(familyJson(context, instance, family))}`,
  );
  return `{\n${texts.join(',\n')}}\n`;
}
