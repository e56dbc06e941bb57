/** `show bgp neighbors` in words: one address family. */
import type { BgpInstance } from '../bgp/instance.ts';
import type { Peer, PeerFamily } from '../bgp/peer.ts';
import { lacksPolicy, policiesOf, sentCommunities } from './bgp-neighbor-facts.ts';
import type { ShowContext } from './context.ts';
import { FAMILY_TEXT } from './family.ts';

function privateAsWords(family: PeerFamily): string[] {
  const { removePrivateAs: remove } = family.options;
  if (!remove) return [];
  return [
    `  Private AS numbers${remove.all ? ' (all)' : ''} ${remove.replaceAs ? 'replaced' : 'removed'} in updates to this neighbor`,
  ];
}

function communityWords(family: PeerFamily): string[] {
  const sent = sentCommunities(family);
  if (!sent.standard && !sent.extended && !sent.large) return [];
  const kind =
    sent.standard && sent.extended && sent.large
      ? 'all'
      : sent.large
        ? 'large'
        : sent.extended
          ? 'extended'
          : 'standard';
  return [`  Community attribute sent to this neighbor(${kind})`];
}

function filterWords(context: ShowContext, { options, family }: PeerFamily): string[] {
  const { config } = context;
  const version = family.startsWith('ipv6') ? 6 : 4;
  const star = (name: string | undefined, exists: boolean): string => `${exists ? '*' : ''}${name ?? ''}`;
  const list = (
    words: string,
    name: string | undefined,
    map: ReadonlyMap<string, unknown>,
    key: string,
  ): string[] => (name === undefined ? [] : [`  ${words} is ${star(name, map.has(key))}`]);
  const prefix = (way: string, name: string | undefined): string[] =>
    list(`${way} update prefix filter list`, name, config.prefixLists, `${version} ${name}`);
  const access = (way: string, name: string | undefined): string[] =>
    list(`${way} update network filter list`, name, config.accessLists, `${version} ${name}`);
  const path = (way: string, name: string | undefined): string[] =>
    list(`${way} update AS path filter list`, name, config.asPathLists, `${name}`);
  const map = (way: string, name: string | undefined): string[] =>
    list(`Route map for ${way} advertisements`, name, config.routeMaps, `${name}`);
  return [
    ...prefix('Incoming', options.prefixListIn),
    ...prefix('Outgoing', options.prefixListOut),
    ...access('Incoming', options.distributeListIn),
    ...access('Outgoing', options.distributeListOut),
    ...path('Incoming', options.filterListIn),
    ...path('Outgoing', options.filterListOut),
    ...map('incoming', options.routeMapIn),
    ...map('outgoing', options.routeMapOut),
  ];
}

function defaultWords(context: ShowContext, family: PeerFamily): string[] {
  const origin = family.options.defaultOriginate;
  if (!origin) return [];
  const map =
    origin.routeMap === null
      ? ''
      : ` default route-map ${context.config.routeMaps.has(origin.routeMap) ? '*' : ''}${origin.routeMap},`;
  return [`  Default information originate,${map} default ${family.defaultOriginated ? '' : 'not '}sent`];
}

function maximumWords({ options }: PeerFamily): string[] {
  const { maximumPrefix: most } = options;
  if (!most) return [];
  return [
    `  Maximum prefixes allowed ${most.limit}${most.warningOnly ? ' (warning-only)' : ''}`,
    `  Threshold for warning message ${most.threshold}%${most.restart === null ? '' : `, restart interval ${most.restart} min`}`,
  ];
}

/** The section of `family`. */
export function familyText(
  context: ShowContext,
  instance: BgpInstance,
  peer: Peer,
  family: PeerFamily,
): string {
  const { options } = family;
  const unchanged = options.attributeUnchanged;
  const { inbound, outbound } = policiesOf(options);
  const when = (condition: unknown, text: string): string[] => (condition ? [text] : []);
  const lines = [
    ` For address family: ${FAMILY_TEXT[family.family]}`,
    ...when(peer.config?.group, `  ${peer.config?.group} peer-group member`),
    ...(family.updateGroup === null
      ? ['  Not part of any update group']
      : [`  Update group ${family.updateGroup}, subgroup ${family.subgroup}`, '  Packet Queue length 0']),
    ...when(options.routeReflectorClient, '  Route-Reflector Client'),
    ...when(options.routeServerClient, '  Route-Server Client'),
    ...when(options.softReconfigurationInbound, '  Inbound soft reconfiguration allowed'),
    ...privateAsWords(family),
    ...when(options.addpathTxAll, '  Advertise all paths via addpath'),
    ...when(options.addpathTxBestPerAs, '  Advertise bestpath per AS via addpath'),
    ...when(options.asOverride, '  Override ASNs in outbound updates if aspath equals remote-as'),
    ...when(options.nextHopSelf, '  NEXT_HOP is always this router'),
    ...when(unchanged?.asPath, '  AS_PATH is propagated unchanged to this neighbor'),
    ...when(unchanged?.nextHop, '  NEXT_HOP is propagated unchanged to this neighbor'),
    ...when(unchanged?.med, '  MED is propagated unchanged to this neighbor'),
    ...communityWords(family),
    ...defaultWords(context, family),
    ...when(inbound !== undefined, '  Inbound path policy configured'),
    ...when(outbound !== undefined, '  Outbound path policy configured'),
    ...filterWords(context, family),
    ...when(lacksPolicy(instance, peer, family, 'in'), '  Inbound updates discarded due to missing policy'),
    ...when(lacksPolicy(instance, peer, family, 'out'), '  Outbound updates discarded due to missing policy'),
    ...when(
      options.unsuppressMap,
      `  Route map for selective unsuppress is ${
        context.config.routeMaps.has(options.unsuppressMap ?? '') ? '*' : ''
      }${options.unsuppressMap}`,
    ),
    `  ${family.acceptedCount} accepted prefixes`,
    ...when(options.maximumPrefixOut, `  Maximum allowed prefixes sent ${options.maximumPrefixOut}`),
    ...maximumWords(family),
  ];
  return `${lines.join('\n')}\n\n`;
}
