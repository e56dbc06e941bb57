/** `neighbor ...`: addresses, interfaces, peer groups, and the options of both tables. */
import { covers, network, parseAddress, parsePrefix } from '../../prefix.ts';
import { BGP_FAMILIES, type PeerConfig, type RemoteAs } from '../bgp-config.ts';
import {
  emptyPeer,
  familyOf,
  instanceOf,
  replacePeer,
  setPeerFamilyOption,
  setPeerOption,
  without,
} from '../bgp-edit.ts';
import { command, failed, OK, type ConfigCommand, type Edit, type NodeName, type Reply } from '../command.ts';
import { activeByDefault, effectiveRemoteAs, findPeer } from '../effective.ts';
import type { Args } from '../match.ts';
import { PEER_FAMILY_OPTIONS } from './peer-family-options.table.ts';
import { PEER_INTERFACE, PEER_OPTIONS, type PeerOptionEntry } from './peer-options.table.ts';

const NEIGHBOR = 'neighbor <A.B.C.D|X:X::X:X|WORD>$peer';
const NO_PEER = '% Specify remote-as or peer-group commands first';
const AS = '<(1-4294967295)|internal|external>$as';

/** An address is known by its canonical text. */
function peerName(text: string): string {
  const address = parseAddress(text);
  if (address?.family !== 6) return text;
  return text.toLowerCase();
}

const readAs = (text: string): RemoteAs =>
  text.startsWith('i') ? 'internal' : text.startsWith('e') ? 'external' : Number(text);

function sortOf(edit: Edit, peer: PeerConfig): 'internal' | 'external' | undefined {
  const as = peer.remoteAs;
  if (as === null) return undefined;
  if (as === 'internal' || as === 'external') return as;
  return as === instanceOf(edit).asn ? 'internal' : 'external';
}

function addPeer(edit: Edit, peer: PeerConfig): void {
  const { vrf, options } = instanceOf(edit);
  const active = BGP_FAMILIES.filter(
    (family) => peer.group === null && activeByDefault(instanceOf(edit), family),
  );
  const created = {
    ...peer,
    ...(options.defaultShutdown ? { options: { shutdown: { message: null } } } : {}),
    families: Object.fromEntries(active.map((family) => [family, { activate: true }])),
  };
  replacePeer(instanceOf(edit), created);
  edit.changed(
    peer.kind === 'group'
      ? { kind: 'group-added', vrf, group: peer.name }
      : { kind: 'peer-added', vrf, peer: peer.name },
  );
}

function changeAs(edit: Edit, peer: PeerConfig, as: RemoteAs): Reply {
  const group = peer.group === null ? undefined : instanceOf(edit).groups.get(peer.group);
  if (group && group.remoteAs !== null)
    return failed('% Peer-group member cannot override remote-as of peer-group.');
  if (peer.remoteAs === as) return OK;
  replacePeer(instanceOf(edit), { ...peer, remoteAs: as });
  edit.changed({ kind: 'peer-remote-as', vrf: instanceOf(edit).vrf, peer: peer.name });
  return OK;
}

function setRemoteAs(edit: Edit, args: Args): Reply {
  const instance = instanceOf(edit);
  const name = peerName(args.get('peer'));
  const as = readAs(args.get('as'));
  if (!parseAddress(name)) {
    const peer = findPeer(instance, name);
    return peer ? changeAs(edit, peer, as) : failed('% Create the peer-group or interface first');
  }
  if (edit.environment.isLocalAddress(name, instance.vrf))
    return failed('% Can not configure the local system as neighbor');
  const peer = instance.peers.get(name);
  if (peer) return changeAs(edit, peer, as);
  addPeer(edit, { ...emptyPeer(name, 'address'), remoteAs: as });
  return OK;
}

function bind(edit: Edit, peer: PeerConfig | undefined, name: string, groupName: string): Reply {
  const instance = instanceOf(edit);
  const group = instance.groups.get(groupName);
  if (!group) return failed('% Configure the peer-group first');
  if (!peer) {
    addPeer(edit, { ...emptyPeer(name, 'address'), group: groupName });
    return OK;
  }
  if (peer.group === groupName) return OK;
  if (peer.group !== null) return failed('% Cannot change the peer-group. Deconfigure first');
  const [own, ofGroup] = [sortOf(edit, peer), sortOf(edit, group)];
  if (typeof group.remoteAs !== 'number' && own && ofGroup && own !== ofGroup)
    return failed('% Peer-group members must be all internal or all external.');
  replacePeer(instance, {
    ...peer,
    group: groupName,
    remoteAs: group.remoteAs === null ? peer.remoteAs : null,
    families: Object.fromEntries(
      Object.entries(peer.families).map(([family, own]) => [family, without(own, 'activate')]),
    ),
  });
  edit.changed({ kind: 'peer-group', vrf: instance.vrf, peer: peer.name });
  return OK;
}

function setInterfacePeer(edit: Edit, args: Args): Reply {
  const instance = instanceOf(edit);
  const name = args.get('peer');
  if (instance.groups.has(name)) return failed('% Name conflict with peer-group ');
  const as = args.find('as') === undefined ? null : readAs(args.get('as'));
  const v6only = args.has('v6only');
  const known = instance.peers.get(name);
  if (!known) addPeer(edit, { ...emptyPeer(name, 'interface'), remoteAs: as, v6only });
  else {
    if (as !== null) {
      const reply = changeAs(edit, known, as);
      if (reply.status) return reply;
    }
    const now = instance.peers.get(name) ?? known;
    if (now.v6only !== v6only) {
      replacePeer(instance, { ...now, v6only });
      edit.changed({ kind: 'peer-remote-as', vrf: instance.vrf, peer: name });
    }
  }
  const group = args.find('group');
  return group === undefined ? OK : bind(edit, instance.peers.get(name), name, group);
}

function removePeer(edit: Edit, name: string): void {
  const instance = instanceOf(edit);
  instance.peers.delete(name);
  edit.changed({ kind: 'peer-removed', vrf: instance.vrf, peer: name });
}

function removeGroup(edit: Edit, name: string): void {
  const instance = instanceOf(edit);
  for (const peer of instance.peers.values()) if (peer.group === name) removePeer(edit, peer.name);
  for (const [range, group] of instance.listenRanges) if (group === name) instance.listenRanges.delete(range);
  instance.groups.delete(name);
  edit.changed({ kind: 'group-removed', vrf: instance.vrf, group: name });
}

function removeNeighbor(edit: Edit, args: Args): Reply {
  const instance = instanceOf(edit);
  const name = peerName(args.get('peer'));
  if (instance.peers.has(name)) removePeer(edit, name);
  else if (instance.groups.has(name)) removeGroup(edit, name);
  else if (!parseAddress(name)) return failed('% Create the peer-group first');
  return OK;
}

function lookup(edit: Edit, args: Args): PeerConfig | undefined {
  return findPeer(instanceOf(edit), peerName(args.get('peer')));
}

/** `no neighbor GROUP remote-as`: members that lived on the group's AS go with it. */
function removeGroupAs(edit: Edit, args: Args): Reply {
  const instance = instanceOf(edit);
  const name = args.get('peer');
  if (instance.peers.has(name)) {
    const peer = instance.peers.get(name);
    if (peer) replacePeer(instance, { ...peer, remoteAs: null });
    edit.changed({ kind: 'peer-remote-as', vrf: instance.vrf, peer: name });
    return OK;
  }
  const group = instance.groups.get(name);
  if (!group) return failed('% Create the peer-group first');
  replacePeer(instance, { ...group, remoteAs: null });
  for (const peer of instance.peers.values())
    if (peer.group === name && peer.remoteAs === null && peer.kind === 'address') removePeer(edit, peer.name);
  edit.changed({ kind: 'peer-remote-as', vrf: instance.vrf, peer: name });
  return OK;
}

function unbind(edit: Edit, args: Args): Reply {
  const instance = instanceOf(edit);
  const name = peerName(args.get('peer'));
  const peer = instance.peers.get(name);
  if (!peer) return failed(parseAddress(name) ? NO_PEER : `% Malformed address or name: ${name}`);
  if (!instance.groups.has(args.get('group'))) return failed('% Configure the peer-group first');
  if (peer.group !== args.get('group')) return failed('% Peer is not a member of this peer-group');
  if (effectiveRemoteAs(instance, { ...peer, group: null }) === null && peer.kind === 'address')
    removePeer(edit, name);
  else {
    replacePeer(instance, { ...peer, group: null });
    edit.changed({ kind: 'peer-group', vrf: instance.vrf, peer: name });
  }
  return OK;
}

const sessionCommands = (entry: PeerOptionEntry, neighbor = NEIGHBOR): ConfigCommand[] => [
  command(
    'bgp',
    entry.syntax.map((words) => `${neighbor} ${words}`),
    (edit, args) => {
      const peer = lookup(edit, args);
      if (!peer) return failed(NO_PEER);
      const refusal = entry.check?.(instanceOf(edit), peer, args);
      if (refusal) return refusal;
      setPeerOption(edit, peer, entry.option, entry.read(args, peer.options));
      return OK;
    },
  ),
  command(
    'bgp',
    entry.no.map((words) => `no ${neighbor} ${words}`),
    (edit, args) => {
      const peer = lookup(edit, args);
      if (!peer) return failed(NO_PEER);
      setPeerOption(edit, peer, entry.option, entry.negate?.(args, peer.options));
      return OK;
    },
  ),
];

/** The nodes of the families; in `router bgp` itself the old form, for IPv4 unicast, is taken as well. */
const FAMILY_NODES: readonly NodeName[] = [
  'bgp',
  'bgp-ipv4',
  'bgp-ipv6',
  'bgp-vpnv4',
  'bgp-vpnv6',
  'bgp-evpn',
];

function activate(edit: Edit, args: Args): Reply {
  const peer = lookup(edit, args);
  if (!peer) return failed(NO_PEER);
  setPeerFamilyOption(edit, peer, 'activate', !args.no);
  return OK;
}

/** Options whose route map is missed at once when it is not there. */
const ROUTE_MAP_OPTIONS: ReadonlySet<string> = new Set([
  'routeMapIn',
  'routeMapOut',
  'unsuppressMap',
  'defaultOriginate',
]);

function mapOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !('routeMap' in value)) return null;
  return typeof value.routeMap === 'string' ? value.routeMap : null;
}

/** One command for all options with the same words, so that `in` and `out` do not make it ambiguous. */
function familyCommands(): ConfigCommand[] {
  const groups = new Map<string, (typeof PEER_FAMILY_OPTIONS)[number][]>();
  for (const entry of PEER_FAMILY_OPTIONS) {
    const key = entry.syntax.join('\n');
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()].flatMap((entries) => {
    const apply = (edit: Edit, args: Args): Reply => {
      const peer = lookup(edit, args);
      if (!peer) return failed(NO_PEER);
      const entry = entries.find((one) => one.when?.(args) ?? true);
      if (!entry) return OK;
      const before = peer.families[familyOf(edit)] ?? {};
      if (!args.no) {
        const refusal = entry.check?.(instanceOf(edit), peer, args, before);
        if (refusal) return refusal;
      }
      const value = args.no ? entry.negate?.(args, before) : entry.read(args, before);
      const implied =
        (before[entry.option] === true) === args.no ? entry.implies?.(!args.no, before) : undefined;
      if (implied) setPeerFamilyOption(edit, peer, implied.option, implied.value);
      setPeerFamilyOption(edit, lookup(edit, args) ?? peer, entry.option, value);
      const map = !args.no && ROUTE_MAP_OPTIONS.has(entry.option) ? mapOf(value) : null;
      return map !== null && !edit.config.routeMaps.has(map)
        ? { text: `The route-map '${map}' does not exist.\n` }
        : OK;
    };
    const nodes = entries[0]?.nodes ?? FAMILY_NODES;
    return [
      command(
        nodes,
        (entries[0]?.syntax ?? []).map((words) => `${NEIGHBOR} ${words}`),
        apply,
      ),
      command(
        nodes,
        (entries[0]?.no ?? []).map((words) => `no ${NEIGHBOR} ${words}`),
        apply,
      ),
    ];
  });
}

function listenRange(edit: Edit, args: Args): Reply {
  const instance = instanceOf(edit);
  const prefix = parsePrefix(args.get('range'));
  if (!prefix) return failed('% Malformed listen range');
  const range = args.get('range');
  const group = args.get('group');
  if (args.no) {
    if (!instance.groups.has(group)) return failed('% Peer-group does not exist');
    if (instance.listenRanges.get(range) !== group)
      return failed('% Range specified cannot be deleted because it is not part of current config.');
    instance.listenRanges.delete(range);
  } else {
    for (const [known, owner] of instance.listenRanges) {
      const other = parsePrefix(known);
      if (known === range && owner === group) return OK;
      if (other && (covers(network(other), prefix) || covers(network(prefix), other)))
        return failed('% Listen range conflicts with existing listen range');
    }
    if (!instance.groups.has(group)) return failed('% Configure the peer-group first');
    instance.listenRanges.set(range, group);
  }
  edit.changed({ kind: 'listen-range', vrf: instance.vrf, range });
  return OK;
}

export const BGP_NEIGHBOR_COMMANDS: readonly ConfigCommand[] = [
  command('bgp', `${NEIGHBOR} remote-as ${AS}`, setRemoteAs),
  command('bgp', 'neighbor WORD$peer peer-group', (edit, args) => {
    const instance = instanceOf(edit);
    const name = args.get('peer');
    if (instance.peers.has(name)) return failed('% Name conflict with interface: ');
    if (!instance.groups.has(name)) addPeer(edit, emptyPeer(name, 'group'));
    return OK;
  }),
  command(
    'bgp',
    [
      'neighbor WORD$peer interface [peer-group PGNAME$group]',
      `neighbor WORD$peer interface remote-as ${AS}`,
      'neighbor WORD$peer interface v6only [peer-group PGNAME$group]',
      `neighbor WORD$peer interface v6only remote-as ${AS}`,
    ],
    setInterfacePeer,
  ),
  command('bgp', `${NEIGHBOR} peer-group PGNAME$group`, (edit, args) => {
    const name = peerName(args.get('peer'));
    const peer = instanceOf(edit).peers.get(name);
    if (!peer && !parseAddress(name)) return failed(`% Malformed address or name: ${name}`);
    return bind(edit, peer, name, args.get('group'));
  }),
  command('bgp', `no ${NEIGHBOR} peer-group PGNAME$group`, unbind),
  command(
    'bgp',
    `no neighbor <WORD$peer|<A.B.C.D|X:X::X:X>$peer [remote-as <(1-4294967295)|internal|external>]>`,
    removeNeighbor,
  ),
  command(
    'bgp',
    'no neighbor WORD$peer interface [v6only] [peer-group PGNAME] [remote-as <(1-4294967295)|internal|external>]',
    (edit, args) => {
      if (!instanceOf(edit).peers.has(args.get('peer'))) return failed('% Create the bgp interface first');
      removePeer(edit, args.get('peer'));
      return OK;
    },
  ),
  command('bgp', 'no neighbor WORD$peer peer-group', (edit, args) => {
    if (!instanceOf(edit).groups.has(args.get('peer'))) return failed('% Create the peer-group first');
    removeGroup(edit, args.get('peer'));
    return OK;
  }),
  command('bgp', 'no neighbor WORD$peer remote-as <(1-4294967295)|internal|external>', removeGroupAs),
  command(
    'bgp',
    [
      'bgp listen range <A.B.C.D/M|X:X::X:X/M>$range peer-group PGNAME$group',
      'no bgp listen range <A.B.C.D/M|X:X::X:X/M>$range peer-group PGNAME$group',
    ],
    listenRange,
  ),
  ...PEER_OPTIONS.flatMap((entry) => sessionCommands(entry)),
  ...sessionCommands(PEER_INTERFACE, 'neighbor <A.B.C.D|X:X::X:X>$peer'),
  command(FAMILY_NODES, [`${NEIGHBOR} activate`, `no ${NEIGHBOR} activate`], activate),
  ...familyCommands(),
];
