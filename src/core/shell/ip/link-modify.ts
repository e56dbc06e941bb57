/** `ip link add`, `set`, `del`: reading the options in iproute2's order of abbreviations, and doing what they say. */
import { changeBond } from '../../linux/bond/settings.ts';
import { setBridge, setPort } from '../../linux/bridge/settings.ts';
import { scopeOf } from '../../linux/bridge/spanning-tree.ts';
import { changed, rename, setDown, setMac, setMtu, setUp } from '../../linux/device.ts';
import type { Link } from '../../linux/link.ts';
import { refuse } from '../../linux/errno.ts';
import type { NetlinkResult } from '../../linux/index.ts';
import { largestVxlanMtu } from '../../linux/links/vxlan.ts';
import { Arguments } from './arguments.ts';
import { parseBridgeOptions, parsePortOptions } from './bridge-options.ts';
import { linkAddress, macOf } from './link-address.ts';
import { readBond } from './link-bond.ts';
import { macvlanMode, specOf } from './link-types.ts';
import { changeVxlanOptions } from './link-vxlan.ts';
import { groupNumber } from './names.ts';
import type { IpRun } from './run.ts';
import { TYPE_USAGE, USAGE } from './usage.table.ts';

type Flag = 'multicast' | 'allmulticast' | 'promisc' | 'arp' | 'dynamic' | 'trailers';

interface Wanted {
  up: boolean | null;
  name: string | null;
  device: string | null;
  index: number;
  link: string | null;
  address: readonly number[] | null;
  queueLength: number | null;
  mtu: number | null;
  /** A setting that none of these drivers has. */
  refused: 'carrier' | 'protodown' | null;
  namespace: string | null;
  readonly flags: Map<Flag, boolean>;
  /** Undefined: not named; null: `nomaster`. */
  master: Link | null | undefined;
  alias: string | null;
  group: number | null;
  addrGenMode: Link['addrGenMode'] | null;
  type: string | null;
}

const nothing = (): Wanted => ({
  up: null,
  name: null,
  device: null,
  index: 0,
  link: null,
  address: null,
  queueLength: null,
  mtu: null,
  refused: null,
  namespace: null,
  flags: new Map(),
  master: undefined,
  alias: null,
  group: null,
  addrGenMode: null,
  type: null,
});

/** `IFNAMSIZ`, the end of the text included. */
const NAME_SIZE = 16;

const isName = (name: string): boolean =>
  name.length > 0 && name.length < NAME_SIZE && !/[\s/]/.test(name) && name !== '.' && name !== '..';

const GEN_MODES = ['eui64', 'none', 'stable_secret', 'random'] as const;

/** `iplink_parse`: everything before (and the word after) `type`. */
function parse(run: IpRun, args: Arguments): Wanted {
  const wanted = nothing();
  const flag = (name: Flag): void => {
    args.next();
    wanted.flags.set(name, args.onOff(name));
  };
  const master = (message: string): Link => {
    args.next();
    return run.link(args.word) ?? args.wrong(message);
  };
  const integer = (word: string): number => {
    args.next();
    return Arguments.number(args.word) ?? args.wrong(`Invalid "${word}" value\n`);
  };
  while (!args.done) {
    if (args.is('up')) wanted.up = true;
    else if (args.is('down')) wanted.up = false;
    else if (args.is('name')) {
      args.next();
      if (wanted.name !== null) args.duplicate('name');
      if (!isName(args.word))
        args.end(`Error: argument "${args.word}" is wrong: "name" not a valid ifname\n`, 255);
      wanted.name = args.word;
      wanted.device ??= wanted.name;
    } else if (args.is('index')) {
      args.next();
      wanted.index = Number.parseInt(args.word, 10) || 0;
      if (wanted.index <= 0) args.wrong('Invalid "index" value');
    } else if (args.matches('link')) wanted.link = args.next();
    else if (args.matches('address')) {
      args.next();
      wanted.address = linkAddress(args);
    } else if (args.matches('broadcast') || args.is('brd')) {
      args.next();
      linkAddress(args);
    } else if (args.matches('txqueuelen', 'txqlen') || args.is('qlen')) {
      if (wanted.queueLength !== null) {
        args.next();
        args.duplicate('txqueuelen');
      }
      wanted.queueLength = integer('txqueuelen');
    } else if (args.is('mtu')) {
      if (wanted.mtu !== null) {
        args.next();
        args.duplicate('mtu');
      }
      wanted.mtu = integer('mtu');
    } else if (args.is('netns')) {
      args.next();
      if (!run.kernel.namespaces.has(args.word) && args.word !== '1') args.wrong('Invalid "netns" value\n');
      wanted.namespace = args.word === '1' ? '' : args.word;
    } else if (args.is('multicast')) flag('multicast');
    else if (args.is('allmulticast')) flag('allmulticast');
    else if (args.is('promisc')) flag('promisc');
    else if (args.is('trailers')) flag('trailers');
    else if (args.is('arp')) flag('arp');
    else if (args.is('carrier', 'protodown')) {
      const word = args.is('carrier') ? 'carrier' : 'protodown';
      args.next();
      args.oneOfOnOff(word, 22);
      wanted.refused ??= word;
    } else if (args.matches('master')) wanted.master = master('Device does not exist\n');
    else if (args.is('vrf')) {
      wanted.master = master('Not a valid VRF name\n');
      if (wanted.master.vrfTable === null) args.wrong('Not a valid VRF name\n');
    } else if (args.matches('nomaster')) wanted.master = null;
    else if (args.matches('dynamic')) flag('dynamic');
    else if (args.matches('type')) {
      wanted.type = args.next();
      args.advance();
      break;
    } else if (args.matches('alias')) wanted.alias = args.next();
    else if (args.is('group')) {
      args.next();
      wanted.group = groupNumber(args.word) ?? args.wrong('Invalid "group" value\n');
    } else if (
      args.is('mode', 'state', 'gso_max_size', 'gso_max_segs', 'gro_max_size', 'parentdev') ||
      args.matches('numtxqueues', 'numrxqueues', 'link-netns', 'link-netnsid')
    )
      args.next();
    else if (args.matches('addrgenmode')) {
      args.next();
      wanted.addrGenMode =
        GEN_MODES.find((mode) => mode === args.word) ?? args.wrong('Invalid address generation mode\n');
    } else {
      if (args.matches('help')) args.end(USAGE.link ?? '', 255);
      if (args.is('dev')) args.next();
      if (wanted.device !== wanted.name) args.duplicateOrGarbage('dev');
      if (args.word.length >= 128 || /[\s/]/.test(args.word)) args.wrong('"dev" not a valid ifname');
      wanted.device = args.word;
    }
    args.advance();
  }
  wanted.name ??= wanted.device;
  wanted.device ??= wanted.name;
  return wanted;
}

const DEFAULT_NAMES: Readonly<Record<string, string>> = {
  bridge: 'bridge',
  veth: 'veth',
  vxlan: 'vxlan',
  dummy: 'dummy',
  bond: 'bond',
  vrf: 'vrf',
  vlan: 'vlan',
  macvlan: 'macvlan',
  geneve: 'geneve',
};

function freeName(run: IpRun, stem: string): string {
  for (let number = 0; ; number += 1)
    if (run.link(`${stem}${number}`) === undefined) return `${stem}${number}`;
}

export function addLinkCommand(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  const wanted = parse(run, args);
  if (wanted.group !== null && wanted.device === null)
    args.end('group cannot be used when creating devices.\n', 255);
  if (wanted.name !== wanted.device)
    args.end('both "name" and "dev" cannot be used when creating devices.\n', 255);
  let below: Link | null = null;
  if (wanted.link !== null) {
    const found = run.link(wanted.link);
    if (found === undefined) return run.noDevice(wanted.link);
    below = found;
  }
  const { type } = wanted;
  if (type === null) {
    run.err('Not enough information: "type" argument is required\n');
    return 1;
  }
  if (wanted.name !== null && !isName(wanted.name)) {
    const isLong = wanted.name.length >= NAME_SIZE;
    return run.refused({
      errno: 'EINVAL',
      ...(isLong ? { message: 'Attribute failed policy validation' } : {}),
    });
  }
  const name = wanted.name ?? freeName(run, DEFAULT_NAMES[type] ?? type);
  const common = {
    name,
    link: below,
    ...(wanted.address === null ? {} : { mac: macOf(wanted.address) }),
    ...(wanted.mtu === null ? {} : { mtu: wanted.mtu }),
    ...(wanted.index === 0 ? {} : { index: wanted.index }),
  };
  const settings = type === 'bridge' ? parseBridgeOptions(args) : [];
  const spec = specOf(run, type, common, args, (rest) => {
    const peer = parse(run, rest);
    return {
      name: peer.name ?? '',
      ...(peer.address === null ? {} : { mac: macOf(peer.address) }),
      ...(peer.mtu === null ? {} : { mtu: peer.mtu }),
      ...(peer.namespace === null ? {} : { namespace: peer.namespace }),
    };
  });
  if ('status' in spec) return spec.status;
  const named =
    spec.kind === 'veth' && spec.peer.name === ''
      ? { ...spec, peer: { ...spec.peer, name: freeNameBut(run, 'veth', name) } }
      : spec;
  const made = run.kernel.addLink(wanted.namespace ?? run.namespace, named);
  if (!made.ok) return run.refused(made.error);
  const link = made.value;
  const scope = scopeOf(run.kernel.namespace(link.namespace), link);
  if (scope !== undefined)
    for (const setting of settings) {
      const result = setBridge(scope, setting);
      if (!result.ok) {
        run.kernel.removeLink(link);
        return run.refused(result.error);
      }
    }
  return apply(run, link, { ...wanted, address: null, mtu: null, name: null, namespace: null });
}

function freeNameBut(run: IpRun, stem: string, other: string): string {
  for (let number = 0; ; number += 1) {
    const name = `${stem}${number}`;
    if (name !== other && run.link(name) === undefined) return name;
  }
}

export function setLinkCommand(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  const wanted = parse(run, args);
  if (wanted.group !== null && wanted.device === null) return 0;
  if (wanted.device === null) return args.end('Not enough information: "dev" argument is required.\n', 255);
  if (wanted.address !== null && wanted.address.length !== 6 && run.link(wanted.device)?.ethernet === true) {
    run.err(`Invalid address length ${wanted.address.length} - must be 6 bytes\n`);
    return 1;
  }
  const link = run.link(wanted.device);
  if (link === undefined) return run.noDevice(wanted.device);
  if (wanted.index !== 0 && wanted.namespace === null)
    return args.end(
      'index can be used only when creating devices or when moving device to another netns.\n',
      255,
    );
  if (wanted.type !== null) {
    const status = changeType(run, link, wanted.type, args);
    if (status !== 0) return status;
  }
  return apply(run, link, wanted.name === wanted.device ? { ...wanted, name: null } : wanted);
}

/** `ip link set LINK type KIND ...`. */
function changeType(run: IpRun, link: Link, type: string, args: Arguments): number {
  if (type === 'bridge') {
    const settings = parseBridgeOptions(args);
    const scope = scopeOf(run.net, link);
    if (scope === undefined) return run.refused({ errno: 'EOPNOTSUPP' });
    return firstRefusal(
      run,
      settings.map((setting) => () => setBridge(scope, setting)),
    );
  }
  if (type === 'bridge_slave') {
    const settings = parsePortOptions(args);
    const { port, master } = link;
    const scope = master === null ? undefined : scopeOf(run.net, master);
    if (port === null || scope === undefined) return run.refused({ errno: 'EOPNOTSUPP' });
    return firstRefusal(
      run,
      settings.map((setting) => () => setPort(scope, port, setting)),
    );
  }
  if (type === 'bond' && link.bond !== null) {
    const request = readBond(run, args);
    if ('status' in request) return request.status;
    const result = changeBond(run.kernel.machine, run.net, link, request);
    return result.ok ? 0 : run.refused(result.error);
  }
  if (type === 'vxlan' && link.vxlan !== null) return changeVxlanOptions(run, link, link.vxlan, args);
  if (type === 'macvlan' && link.macvlan !== null) {
    link.macvlan.mode = macvlanMode(args);
    return 0;
  }
  if (!args.done && args.matches('help')) return args.end(TYPE_USAGE[type] ?? '', 1);
  return args.done ? 0 : run.refused({ errno: 'EOPNOTSUPP' });
}

function firstRefusal(run: IpRun, acts: readonly (() => NetlinkResult)[]): number {
  for (const act of acts) {
    const result = act();
    if (!result.ok) return run.refused(result.error);
  }
  return 0;
}

/** What the kernel does with the rest, in its order (`do_setlink`). */
function apply(run: IpRun, link: Link, wanted: Wanted): number {
  const { kernel } = run;
  const net = (): ReturnType<typeof kernel.namespace> => kernel.namespace(link.namespace);
  if (wanted.namespace !== null) {
    const moved = kernel.moveLink(link, kernel.namespace(wanted.namespace));
    if (!moved.ok) return run.refused(moved.error);
  }
  const acts: (() => NetlinkResult)[] = [];
  const { address, mtu, name, master } = wanted;
  if (address !== null) acts.push(() => changeAddress(run, link, macOf(address)));
  if (mtu !== null)
    acts.push(() => {
      if (link.bridge !== null) link.bridge.mtuSetByUser = true;
      const most = link.vxlan === null ? undefined : largestVxlanMtu(link.vxlan, link.lower);
      if (most !== undefined && mtu > most) return refuse('EINVAL');
      return setMtu(net(), link, mtu);
    });
  if (wanted.refused === 'carrier') acts.push(() => refuse('EOPNOTSUPP'));
  if (wanted.refused === 'protodown')
    acts.push(() => refuse('EOPNOTSUPP', 'Protodown not supported by device'));
  if (wanted.addrGenMode === 'stable_secret') acts.push(() => refuse('EINVAL'));
  if (wanted.group !== null) link.group = wanted.group;
  if (name !== null) acts.push(() => rename(net(), link, name));
  if (wanted.alias !== null) link.alias = wanted.alias === '' ? null : wanted.alias;
  if (master !== undefined) acts.push(() => kernel.setMaster(link, master));
  const status = firstRefusal(run, acts);
  if (status !== 0) return status;
  for (const [flag, on] of wanted.flags) setFlag(run, link, flag, on);
  if (wanted.addrGenMode !== null) link.addrGenMode = wanted.addrGenMode;
  if (wanted.queueLength !== null) link.txQueueLength = wanted.queueLength;
  if (wanted.up === true) return run.outcome(setUp(net(), link));
  if (wanted.up === false) setDown(net(), link);
  return 0;
}

/** A bridge's address is part of its identity. */
function changeAddress(run: IpRun, link: Link, mac: bigint): NetlinkResult {
  return setMac(run.kernel.namespace(link.namespace), link, mac);
}

function setFlag(run: IpRun, link: Link, flag: Flag, on: boolean): void {
  switch (flag) {
    case 'multicast':
      link.multicastFlag = on;
      return;
    case 'allmulticast':
      link.allmultiFlag = on;
      link.allmulti += on ? 1 : -1;
      return;
    case 'promisc':
      if (link.promiscFlag !== on) link.promiscuity += on ? 1 : -1;
      link.promiscFlag = on;
      return;
    case 'arp':
      if (link.noArp === !on) return;
      link.noArp = !on;
      changed(run.kernel.namespace(link.namespace), link, 'noarp');
      return;
    case 'dynamic':
    case 'trailers':
  }
}

export function deleteLinkCommand(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  const wanted = parse(run, args);
  if (wanted.device === null) return args.end('Not enough information: "dev" argument is required.\n', 255);
  const link = run.link(wanted.device);
  if (link === undefined) return run.noDevice(wanted.device);
  return run.outcome(run.kernel.deleteLink(link));
}
