/** `show bgp ...` and `clear bgp ...`: syntax and effect. */
import { formatPrefix, network, parseAddress, parsePrefix, widthOf, type Prefix } from '../prefix.ts';
import type { BgpInstance, ClearTarget } from '../bgp/instance.ts';
import type { Destination, Path, Rib } from '../bgp/path.ts';
import type { Peer } from '../bgp/peer.ts';
import { compareInterfaceNames } from '../config/write/bgp.ts';
import type { Reply } from '../config/command.ts';
import type { Args } from '../config/match.ts';
import { judgeAccess, judgeAsPath, judgePrefix, judgeLarge, judgeStandard } from '../policy/lists.ts';
import { formatLargeCommunity, readCommunities, readLargeCommunities } from '../policy/communities.ts';
import { compileRegex } from '../policy/regex.ts';
import { formatAsPath } from '../policy/lists.ts';
import { each, FAMILY, familyOf, HEAD, instancesOf, isFamily, isReply, wantsJson } from './bgp-asked.ts';
import { adjacencyRoutes, type AdjacencyKind } from './bgp-adjacency.ts';
import { destinationJson } from './bgp-detail-json.ts';
import { destinationText } from './bgp-detail.ts';
import { neighborJson } from './bgp-neighbor-json.ts';
import { neighborText } from './bgp-neighbor-text.ts';
import { allStatisticsText, statisticsJson, statisticsText } from './bgp-statistics.ts';
import { summaryJson, summaryText } from './bgp-summary.ts';
import { bgpVrfs } from './bgp-vrfs.ts';
import { bgpTable, bgpTableJson, type TableFilter } from './bgp-table.ts';
import type { ShowContext } from './context.ts';
import { nextHopCache } from './next-hops.ts';
import { peerGroups } from './peer-groups.ts';
import { FAMILY_TEXT } from './family.ts';
import { warn, type ShowCommand } from './exec-command.ts';
import { escapedJson, prettyJson, type Json } from './json.ts';

const table =
  (filterOf: (context: ShowContext, args: Args) => TableFilter | undefined | Reply) =>
  (context: ShowContext, args: Args): Reply => {
    const filter = filterOf(context, args);
    if (filter !== undefined && typeof filter !== 'function') return filter;
    const layout = args.has('wide') ? 'wide' : args.has('detail') ? 'detail' : 'usual';
    return each(context, args, (instance, family) => {
      const rib = instance.rib(family);
      return wantsJson(args)
        ? bgpTableJson(context, instance, rib, filter, layout)
        : bgpTable(context, instance, rib, filter, layout);
    });
  };

/** Which paths of a destination are shown: all, the best, or the best and those beside it. */
const choice = (args: Args): ((path: Path) => boolean) =>
  args.has('bestpath')
    ? (path) => path.selected
    : args.has('multipath')
      ? (path) => path.selected || path.multipath
      : () => true;

/** The destination of an address (longest match) or of a prefix (that one only). */
function destinationOf(rib: Rib, typed: string): Destination | undefined {
  const prefix = parsePrefix(typed);
  if (!prefix) return undefined;
  if (typed.includes('/')) return rib.destinations.get(formatPrefix(network(prefix)));
  return rib.longestMatch(prefix);
}

function route(context: ShowContext, args: Args): Reply {
  const typed = args.get('prefix');
  const v6 = typed.includes(':');
  return each(context, args, (instance, family) => {
    if (v6 !== family.startsWith('ipv6'))
      return warn(`% Cannot specify IPv${v6 ? 6 : 4} address or prefix with IPv${v6 ? 4 : 6} AFI\n`);
    const rib = instance.rib(family);
    const destination = destinationOf(rib, typed);
    if (!destination || destination.paths.length === 0)
      return wantsJson(args) ? warn('{\n}\n') : warn('% Network not in table\n');
    return wantsJson(args)
      ? prettyJson(destinationJson(context, instance, rib, destination, choice(args)))
      : destinationText(context, instance, rib, destination, choice(args));
  });
}

/** A neighbour by address, interface, or the host name that it gave. */
function findPeer(instance: BgpInstance, name: string): Peer | undefined {
  const known = instance.peers.get(name) ?? instance.peers.get(name.toLowerCase());
  if (known || parseAddress(name)) return known;
  return instance.sortedPeers().find((peer) => peer.hostname?.host === name);
}

const noSuch = (args: Args, name: string): Reply => {
  if (wantsJson(args))
    return warn(
      prettyJson(parseAddress(name) ? { bgpNoSuchNeighbor: true } : { malformedAddressOrName: name }),
    );
  return warn(
    parseAddress(name) ? 'No such neighbor in this view/vrf\n' : `% Malformed address or name: ${name}\n`,
  );
};

/** Neighbours in the order of `show bgp neighbors`. */
const listed = (instance: BgpInstance): readonly Peer[] =>
  [...instance.sortedPeers()].sort((a, b) =>
    a.interface !== null && b.interface !== null ? compareInterfaceNames(a.name, b.name) : 0,
  );

function neighbors(context: ShowContext, args: Args): Reply {
  const name = args.find('neighbor');
  return each(
    context,
    args,
    (instance) => {
      if (name !== undefined) {
        const peer = findPeer(instance, name);
        if (!peer)
          return wantsJson(args)
            ? warn('{\n  "bgpNoSuchNeighbor":true\n}\n')
            : warn('% No such neighbor in this view/vrf\n\n');
        return wantsJson(args)
          ? escapedJson({ [peer.name]: neighborJson(context, instance, peer) })
          : `${neighborText(context, instance, peer)}\n`;
      }
      const peers = listed(instance);
      if (wantsJson(args)) {
        const entries = peers.map((peer): [string, Json] => [
          peer.name,
          neighborJson(context, instance, peer),
        ]);
        return escapedJson(Object.fromEntries(entries));
      }
      if (peers.length === 0) return '% No BGP neighbors found\n\n';
      return `${peers.map((peer) => neighborText(context, instance, peer)).join('')}\n`;
    },
    'neighbors',
  );
}

function neighborRoutes(context: ShowContext, args: Args): Reply {
  const name = args.get('neighbor');
  return each(context, args, (instance, family) => {
    const peer = findPeer(instance, name);
    if (!peer) return noSuch(args, name);
    if (!peer.families.get(family)?.options.activate)
      return warn(
        wantsJson(args)
          ? prettyJson({ warning: 'No such neighbor or address family' })
          : '% No such neighbor or address family\n',
      );
    const rib = instance.rib(family);
    // bgpd compares the far end of the connection, which a new attempt forgets.
    const filter: TableFilter = (_destination, path) => path.peer === peer && peer.ends !== null;
    return wantsJson(args)
      ? bgpTableJson(context, instance, rib, filter)
      : bgpTable(context, instance, rib, filter);
  });
}

const adjacency =
  (kind: AdjacencyKind) =>
  (context: ShowContext, args: Args): Reply =>
    each(context, args, (instance, family) => {
      const name = args.get('neighbor');
      const peer = findPeer(instance, name);
      if (!peer) return noSuch(args, name);
      const answer = adjacencyRoutes(context, instance, peer, family, kind, wantsJson(args));
      return answer.ok ? answer.text : warn(answer.text);
    });

/** The neighbours that the end of a `summary` line names; null: all. */
function chosenPeers(args: Args): ((peer: Peer) => boolean) | null {
  const [name, as] = [args.find('neighbor'), args.find('remote_as')];
  if (name !== undefined) return (peer) => peer.name === name || peer.hostname?.host === name;
  if (as === undefined) return null;
  if (as === 'internal' || as === 'external') return (peer) => peer.isInternal === (as === 'internal');
  return (peer) => peer.remoteAs === Number(as);
}

function summary(context: ShowContext, args: Args): Reply {
  const version = args.has('ipv6') ? 'ipv6' : args.has('ipv4') || args.has('ip') ? 'ipv4' : null;
  const isNamed = args.has('l2vpn') || args.find('safi') !== undefined;
  const options = {
    failed: args.has('failed'),
    established: args.has('established'),
    wide: args.has('wide'),
    terse: args.has('terse'),
    only: chosenPeers(args),
  };
  const family = familyOf(args);
  if (!isFamily(family)) return family;
  const instances = instancesOf(context, args, 'summary');
  if (isReply(instances)) return instances;
  const wanted = args.find('neighbor');
  if (wanted !== undefined && instances.every((instance) => !findPeer(instance, wanted)))
    return warn('No such neighbor in this view/vrf\n');
  const named = isNamed ? family : null;
  if (!wantsJson(args))
    return {
      text: instances.map((instance) => summaryText(context, instance, named, version, options)).join(''),
    };
  const texts = instances.map((instance) => summaryJson(context, instance, named, version));
  if (args.find('vrf') !== 'all') return { text: texts.join('') };
  const members = texts.map((text, at) => `"${instances[at]?.vrf ?? ''}":${text}`);
  return { text: `{\n${members.join(',\n')}}\n` };
}

const longer = (_context: ShowContext, args: Args): TableFilter | Reply => {
  const prefix = parsePrefix(args.get('prefix'));
  if (!prefix) return warn('% Malformed Prefix\n');
  return (destination) => isInside(network(prefix), destination.prefix);
};

const isInside = (outer: Prefix, inner: Prefix): boolean => {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  const shift = BigInt(widthOf(outer.family) - outer.length);
  return outer.address >> shift === inner.address >> shift;
};

const byRegex = (_context: ShowContext, args: Args): TableFilter | Reply => {
  const regex = compileRegex(args.get('regex'));
  if (!regex) return warn(`Can't compile regexp ${args.get('regex')}\n`);
  return (_destination, path) => regex.test(formatAsPath(path.attributes.asPath));
};

/** A network that is not just what the class of its address says (RFC 791). */
const isClassless: TableFilter = ({ prefix }) => {
  if (prefix.family === 6) return true;
  const top = Number(prefix.address >> 29n);
  return prefix.length !== (top < 4 ? 8 : top < 6 ? 16 : top === 6 ? 24 : -1);
};

const byList = (context: ShowContext, args: Args): TableFilter | Reply => {
  const name = args.get('name');
  const { config } = context;
  const version = args.has('ipv6') ? 6 : 4;
  if (args.has('prefix-list')) {
    const list = config.prefixLists.get(`${version} ${name}`);
    if (!list) return warn(`% ${name} prefix-list not found\n`);
    return (destination) => judgePrefix(list, destination.prefix, context.policy.hits) === 'permit';
  }
  if (args.has('access-list')) {
    const list = config.accessLists.get(`${version} ${name}`);
    if (!list) return warn(`% ${name} access-list not found\n`);
    return (destination) => judgeAccess(list, destination.prefix) === 'permit';
  }
  if (args.has('route-map')) {
    if (!config.routeMaps.has(name)) return warn(`% ${name} route-map not found\n`);
    return (destination, path) => isPermitted(context, name, destination, path);
  }
  if (args.has('filter-list')) {
    const list = config.asPathLists.get(name);
    if (!list) return warn(`% ${name} AS-path access-list not found\n`);
    return (_destination, path) => judgeAsPath(list, path.attributes.asPath) === 'permit';
  }
  if (args.has('large-community-list')) {
    const list = config.communityLists.get(`large-community ${name}`);
    if (!list) return warn(`% ${name} is not a valid large-community-list name\n`);
    return (_destination, path) =>
      judgeLarge(list, path.attributes.largeCommunities, args.has('exact-match')) === 'permit';
  }
  const list = config.communityLists.get(`community ${name}`);
  if (!list) return warn(`% ${name} community-list not found\n`);
  return (_destination, path) =>
    judgeStandard(list, path.attributes.communities, args.has('exact-match')) === 'permit';
};

/** Whether a route map lets a path through; asking does not count as an invocation. */
function isPermitted(context: ShowContext, map: string, destination: Destination, path: Path): boolean {
  const { peer } = path;
  const verdict = context.policy.judgeQuietly(map, {
    family: destination.prefix.family === 4 ? 'ipv4-unicast' : 'ipv6-unicast',
    prefix: destination.prefix,
    attributes: path.attributes,
    source: path.source,
    peer:
      peer.config === null
        ? null
        : {
            name: peer.name,
            remoteAs: peer.remoteAs,
            localAs: peer.localAs,
            isInternal: peer.isInternal,
            address: peer.address,
            interface: peer.interface,
            localAddress: peer.ends?.local ?? null,
          },
    direction: 'in',
    igpMetric: path.igpMetric,
    pathsInUse: 0,
    vrf: 'default',
    localAs: peer.localAs,
    localPreference: 0,
    sourceVrf: null,
  });
  return verdict !== 'missing' && verdict.permit;
}

const byCommunity = (_context: ShowContext, args: Args): TableFilter | Reply => {
  const typed = args.find('community');
  if (typed === undefined) return (_destination, path) => path.attributes.communities !== null;
  const wanted = readCommunities(typed);
  if (!wanted) return warn(`% Community malformed: ${typed}\n`);
  return (_destination, path) => {
    const held = path.attributes.communities ?? [];
    const all = wanted.values.every((value) => held.includes(value));
    return all && (!args.has('exact-match') || held.length === wanted.values.length);
  };
};

const byLargeCommunity = (_context: ShowContext, args: Args): TableFilter | Reply => {
  const typed = args.find('large');
  if (typed === undefined) return (_destination, path) => path.attributes.largeCommunities !== null;
  const wanted = readLargeCommunities(typed);
  if (!wanted) return warn('% Large-community malformed\n');
  const texts = wanted.values.map(formatLargeCommunity);
  return (_destination, path) => {
    const held = (path.attributes.largeCommunities ?? []).map(formatLargeCommunity);
    const all = texts.every((text) => held.includes(text));
    return all && (!args.has('exact-match') || held.length === texts.length);
  };
};

function clearTarget(args: Args): ClearTarget {
  const name = args.find('neighbor');
  if (name !== undefined) return { kind: 'peer', name };
  const group = args.find('group');
  if (group !== undefined) return { kind: 'group', name: group };
  if (args.has('external')) return { kind: 'external' };
  const asn = args.findNumber('asn');
  return asn === undefined ? { kind: 'all' } : { kind: 'as', asn };
}

function clear(context: ShowContext, args: Args): Reply {
  const vrf = args.find('vrf') ?? 'default';
  if (!context.bgp.instances.has(vrf) && vrf !== 'all')
    return warn(args.find('vrf') === undefined ? '' : `Can't find BGP instance ${vrf}\n`);
  const family = familyOf(args);
  if (!isFamily(family)) return family;
  const soft = args.has('soft') || args.has('in') || args.has('out');
  const target = clearTarget(args);
  const missing = context.bgp.clear({
    vrf: vrf === 'all' ? null : vrf,
    target,
    family: args.find('afi') === undefined ? null : family,
    soft: soft ? (args.has('in') ? 'in' : args.has('out') ? 'out' : 'both') : null,
  });
  if (missing.length === 0) return {};
  const isNamed = args.find('afi') !== undefined || args.has('ip');
  const named = isNamed ? FAMILY_TEXT[family] : 'Unknown';
  if (target.kind === 'peer' && !parseAddress(target.name))
    return warn(`Malformed address or name: ${target.name}\n`);
  return warn(missing.map((name) => clearComplaint(target, name, named)).join(''));
}

function clearComplaint(target: ClearTarget, name: string, family: string): string {
  switch (target.kind) {
    case 'peer':
      return `% BGP: Unknown neighbor - "${name}"\n`;
    case 'group':
      return `% BGP: No such peer-group ${name}\n`;
    case 'external':
      return `% BGP: No external ${family} peer is configured\n`;
    case 'as':
      return `% BGP: No ${family} peer is configured with AS ${target.asn}\n`;
    case 'all':
      return '';
  }
}

const NEIGHBOR = 'neighbors <A.B.C.D|X:X::X:X|WORD>$neighbor';

export const BGP_SHOW_COMMANDS: readonly ShowCommand[] = [
  { syntax: [`${HEAD} ${FAMILY} [wide|json [detail]]`], run: table(() => undefined) },
  { syntax: [`${HEAD} ${FAMILY} cidr-only [wide|json [detail]]`], run: table(() => isClassless) },
  {
    syntax: [
      `${HEAD} ${FAMILY} <A.B.C.D|A.B.C.D/M|X:X::X:X|X:X::X:X/M>$prefix [<bestpath|multipath>] [json]`,
    ],
    run: route,
  },
  { syntax: [`${HEAD} ${FAMILY} summary [established|failed] [wide|terse] [json]`], run: summary },
  {
    syntax: [
      `${HEAD} ${FAMILY} summary [established] neighbor <A.B.C.D|X:X::X:X|WORD>$neighbor [wide|terse]`,
      `${HEAD} ${FAMILY} summary [established] remote-as <(1-4294967295)|internal|external>$remote_as [wide|terse]`,
    ],
    run: summary,
  },
  { syntax: [`${HEAD} l2vpn evpn summary [established|failed] [json]`], run: summary },
  {
    syntax: [`${HEAD} ${FAMILY} statistics [json]`],
    run: (context, args) => each(context, args, wantsJson(args) ? statisticsJson : statisticsText),
  },
  {
    syntax: [`${HEAD} statistics-all [json]`],
    run: (context, args) =>
      each(context, args, (instance) =>
        instance.rib('l2vpn-evpn').destinations.size > 0
          ? { unsupported: { kind: 'unsupported', feature: 'statistics of EVPN routes', where: 'bgpd' } }
          : wantsJson(args)
            ? statisticsJson(instance, null)
            : allStatisticsText(instance),
      ),
  },
  {
    syntax: [`${HEAD} nexthop [detail]`, `${HEAD} import-check-table [detail]`],
    run: (context, args) => {
      const vrf = args.find('vrf') ?? 'default';
      return context.bgp.instances.has(vrf)
        ? { text: nextHopCache(context, vrf, args.has('nexthop') ? 'next-hop' : 'import-check') }
        : warn('% No such BGP instance exist\n');
    },
  },
  {
    syntax: [`${HEAD} ${FAMILY} dampening parameters`],
    run: (context, args) => {
      const family = familyOf(args);
      if (!isFamily(family)) return family;
      if (!context.bgp.instances.has('default')) return warn('No BGP process is configured\n');
      return { text: `dampening not enabled for ${FAMILY_TEXT[family]}\n` };
    },
  },
  {
    syntax: [`${HEAD} peer-group [PGNAME$group]`],
    run: (context, args) => peerGroups(context, args.find('vrf') ?? 'default', args.find('group')),
  },
  {
    syntax: ['show [ip] bgp vrfs [json]'],
    run: (context, args) => ({ text: bgpVrfs(context, wantsJson(args)) }),
  },
  {
    syntax: [`${HEAD} [<ipv4|ipv6>$afi] neighbors [<A.B.C.D|X:X::X:X|WORD>$neighbor] [json]`],
    run: neighbors,
  },
  { syntax: [`${HEAD} ${FAMILY} ${NEIGHBOR} routes [json]`], run: neighborRoutes },
  { syntax: [`${HEAD} ${FAMILY} ${NEIGHBOR} advertised-routes [json]`], run: adjacency('advertised') },
  { syntax: [`${HEAD} ${FAMILY} ${NEIGHBOR} received-routes [json]`], run: adjacency('received') },
  { syntax: [`${HEAD} ${FAMILY} ${NEIGHBOR} filtered-routes [json]`], run: adjacency('filtered') },
  {
    syntax: [`${HEAD} ${FAMILY} <A.B.C.D/M|X:X::X:X/M>$prefix longer-prefixes [wide|json [detail]]`],
    run: table(longer),
  },
  { syntax: [`${HEAD} ${FAMILY} regexp REGEX$regex [json]`], run: table(byRegex) },
  {
    syntax: [
      `${HEAD} ${FAMILY} <prefix-list|access-list|filter-list|route-map> WORD$name [wide|json [detail]]`,
      `${HEAD} ${FAMILY} community-list WORD$name [exact-match] [wide|json [detail]]`,
      `${HEAD} ${FAMILY} large-community-list WORD$name [exact-match] [json]`,
    ],
    run: table(byList),
  },
  {
    syntax: [`${HEAD} ${FAMILY} community [AA:NN$community] [exact-match] [wide|json [detail]]`],
    run: table(byCommunity),
  },
  {
    syntax: [`${HEAD} ${FAMILY} large-community [AA:BB:CC$large] [exact-match] [json]`],
    run: table(byLargeCommunity),
  },
  {
    syntax: [
      'clear [ip] bgp [<view|vrf> VIEWVRFNAME$vrf] [<ipv4|ipv6>$afi [<unicast|multicast|vpn|labeled-unicast|flowspec>$safi]] <*|A.B.C.D$neighbor|X:X::X:X$neighbor|WORD$neighbor|(1-4294967295)$asn|external|peer-group PGNAME$group> [<soft [<in|out>]|in|out>]',
    ],
    run: clear,
  },
];
