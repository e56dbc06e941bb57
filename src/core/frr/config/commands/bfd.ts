/** The node bfd: profiles and peers. */
import { parseAddress } from '../../prefix.ts';
import { command, failed, OK, type ConfigCommand, type Edit, type NodeName, type Reply } from '../command.ts';
import type { BfdPeerConfig, BfdTimers } from '../host-config.ts';
import type { Args } from '../match.ts';
import { without } from '../bgp-edit.ts';

const IN_SESSION: readonly NodeName[] = ['bfd-peer', 'bfd-profile'];

/** One option of a profile or peer, with what running-config prints of it. */
export interface BfdOptionEntry {
  readonly option: keyof BfdTimers;
  readonly syntax: readonly string[];
  readonly read: (args: Args) => BfdTimers[keyof BfdTimers] | undefined;
  readonly note?: string;
  readonly write: (timers: BfdTimers) => string | undefined;
}

const number = (option: keyof BfdTimers, words: string, range: string, usual: number): BfdOptionEntry => ({
  option,
  syntax: [`${words} ${range}$value`],
  read: (args) => (args.number('value') === usual ? undefined : args.number('value')),
  write: (timers) => (timers[option] === undefined ? undefined : `${words} ${String(timers[option])}`),
});

const flag = (option: keyof BfdTimers, words: string, note?: string): BfdOptionEntry => ({
  option,
  syntax: [`[no] ${words}`],
  read: (args) => (args.no ? undefined : true),
  ...(note === undefined ? {} : { note }),
  write: (timers) => (timers[option] === true ? words : undefined),
});

const ECHO_NOTE =
  '% Echo mode works correctly for IPv4, but only works when the peer is also FRR for IPv6.\n';

/** In running-config's order. */
export const BFD_OPTIONS: readonly BfdOptionEntry[] = [
  number('detectMultiplier', 'detect-multiplier', '(2-255)', 3),
  number('transmitInterval', 'transmit-interval', '(10-60000)', 300),
  number('receiveInterval', 'receive-interval', '(10-60000)', 300),
  flag('shutdown', 'shutdown'),
  flag('passiveMode', 'passive-mode'),
  flag('echoMode', 'echo-mode', ECHO_NOTE),
  {
    option: 'echoTransmitInterval',
    syntax: ['echo transmit-interval (10-60000)$value', 'echo-interval (10-60000)$value'],
    read: (args) => (args.number('value') === 50 ? undefined : args.number('value')),
    write: ({ echoTransmitInterval: value }) =>
      value === undefined ? undefined : `echo transmit-interval ${value}`,
  },
  {
    option: 'echoReceiveInterval',
    syntax: ['echo receive-interval <disabled|(10-60000)>$value'],
    read: (args) =>
      args.get('value') === 'disabled'
        ? 'disabled'
        : args.number('value') === 50
          ? undefined
          : args.number('value'),
    write: ({ echoReceiveInterval: value }) =>
      value === undefined ? undefined : `echo receive-interval ${value}`,
  },
  {
    option: 'minimumTtl',
    syntax: ['[no] minimum-ttl (1-254)$value', 'no minimum-ttl'],
    read: (args) => (args.no || args.number('value') === 254 ? undefined : args.number('value')),
    write: ({ minimumTtl }) => (minimumTtl === undefined ? undefined : `minimum-ttl ${minimumTtl}`),
  },
];

const keyOf = (peer: BfdPeerConfig): string =>
  [
    peer.multihop ? 'multihop' : 'singlehop',
    peer.localAddress ?? '*',
    peer.peer,
    peer.interface ?? '*',
    peer.vrf,
  ].join(' ');

function readPeer(args: Args): BfdPeerConfig {
  return {
    peer: args.get('peer'),
    multihop: args.has('multihop'),
    localAddress: args.find('local') ?? null,
    interface: args.find('interface') ?? null,
    vrf: args.find('vrf') ?? 'default',
    profile: null,
    timers: {},
  };
}

function enterPeer(edit: Edit, args: Args): Reply {
  const peer = readPeer(args);
  if (peer.multihop && peer.localAddress === null)
    return failed('% local-address is required when using multihop');
  if (peer.multihop && peer.interface !== null) return failed('% interface is prohibited for multihop peers');
  const [remote, local] = [parseAddress(peer.peer), parseAddress(peer.localAddress ?? peer.peer)];
  if (remote?.family !== local?.family) return failed('% peer and local-address must be of the same family');
  const key = keyOf(peer);
  if (!edit.config.bfdPeers.has(key)) {
    edit.config.bfdPeers.set(key, peer);
    edit.changed({ kind: 'bfd-peer', key });
  }
  return { enter: { node: 'bfd-peer', name: key } };
}

function change(
  edit: Edit,
  update: (timers: BfdTimers) => BfdTimers,
  { profile, option }: { readonly profile?: string | null; readonly option?: keyof BfdTimers } = {},
): Reply {
  const told = option === undefined ? {} : { option };
  const name = edit.position.name ?? '';
  if (edit.position.node === 'bfd-profile') {
    const known = edit.config.bfdProfiles.get(name);
    if (known) edit.config.bfdProfiles.set(name, { ...known, timers: update(known.timers) });
    edit.changed({ kind: 'bfd-profile', name, ...told });
    return OK;
  }
  const known = edit.config.bfdPeers.get(name);
  if (known)
    edit.config.bfdPeers.set(name, {
      ...known,
      timers: update(known.timers),
      ...(profile === undefined ? {} : { profile }),
    });
  edit.changed({ kind: 'bfd-peer', key: name, ...told });
  return OK;
}

const ONE_HOP: ReadonlySet<keyof BfdTimers> = new Set<keyof BfdTimers>([
  'echoMode',
  'echoTransmitInterval',
  'echoReceiveInterval',
]);

/** Some options are for sessions over one hop, some for those over several. */
function hopsRefused({ config, position }: Edit, option: keyof BfdTimers): string | undefined {
  if (position.node !== 'bfd-peer') return undefined;
  const isMultihop = config.bfdPeers.get(position.name ?? '')?.multihop === true;
  if (!isMultihop && option === 'minimumTtl')
    return '% Minimum TTL is only available for multi hop sessions.';
  return isMultihop && ONE_HOP.has(option)
    ? '% Echo mode is only available for single hop sessions.'
    : undefined;
}

const PEER =
  'peer <A.B.C.D|X:X::X:X>$peer [{multihop|local-address <A.B.C.D|X:X::X:X>$local|interface IFNAME$interface|vrf NAME$vrf}]';

export const BFD_COMMANDS: readonly ConfigCommand[] = [
  command('config', 'bfd', () => ({ enter: { node: 'bfd' } })),
  command('config', 'no bfd', (edit) => {
    const { bfdPeers, bfdProfiles } = edit.config;
    const [peers, profiles] = [[...bfdPeers.keys()], [...bfdProfiles.keys()]];
    bfdPeers.clear();
    bfdProfiles.clear();
    for (const key of peers) edit.changed({ kind: 'bfd-peer', key });
    for (const name of profiles) edit.changed({ kind: 'bfd-profile', name });
    return OK;
  }),
  command(['bfd', 'bfd-peer', 'bfd-profile'], PEER, enterPeer),
  command(['bfd', 'bfd-peer', 'bfd-profile'], `no ${PEER}`, (edit, args) => {
    const key = keyOf(readPeer(args));
    if (!edit.config.bfdPeers.delete(key)) return OK;
    edit.changed({ kind: 'bfd-peer', key });
    return OK;
  }),
  command(['bfd', 'bfd-peer', 'bfd-profile'], 'profile BFDPROF$name', (edit, args) => {
    const name = args.get('name');
    if (edit.position.node === 'bfd-peer') return change(edit, (timers) => timers, { profile: name });
    if (!edit.config.bfdProfiles.has(name)) {
      edit.config.bfdProfiles.set(name, { name, timers: {} });
      edit.changed({ kind: 'bfd-profile', name });
    }
    return { enter: { node: 'bfd-profile', name } };
  }),
  command(['bfd', 'bfd-peer'], 'no profile BFDPROF$name', (edit, args) => {
    if (edit.position.node === 'bfd-peer') return change(edit, (timers) => timers, { profile: null });
    edit.config.bfdProfiles.delete(args.get('name'));
    edit.changed({ kind: 'bfd-profile', name: args.get('name') });
    return OK;
  }),
  ...BFD_OPTIONS.map((entry) =>
    command(IN_SESSION, entry.syntax, (edit, args): Reply => {
      const refusal = hopsRefused(edit, entry.option);
      if (refusal !== undefined) return failed(refusal);
      const value = entry.read(args);
      const reply = change(
        edit,
        (timers) =>
          value === undefined ? without(timers, entry.option) : { ...timers, [entry.option]: value },
        { option: entry.option },
      );
      return entry.note === undefined || args.no ? reply : { text: entry.note };
    }),
  ),
];
