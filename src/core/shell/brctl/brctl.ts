/** `brctl` of bridge-utils 1.7.1. */
import type { Kernel, Link, Namespace, NetlinkResult } from '../../linux/index.ts';
import { STRERROR } from '../../linux/index.ts';
import { findLink } from '../../linux/device.ts';
import { setBridge, setPort, type BridgeSetting, type PortSetting } from '../../linux/bridge/settings.ts';
import { scopeOf } from '../../linux/bridge/spanning-tree.ts';
import type { Exit, Invocation } from '../program.ts';
import { listBridges, listMacs, listSpanningTree } from './tables.ts';
import { BRCTL_USAGE } from './usage.table.ts';

export interface BrctlHost {
  readonly kernel: Kernel;
}

/** What a command needs: where it acts and where it writes. */
interface Site {
  readonly kernel: Kernel;
  readonly net: Namespace;
  readonly now: number;
  out(text: string): void;
  err(text: string): void;
}

interface Command {
  readonly arguments: number;
  readonly optional?: number;
  readonly usage: string;
  run(site: Site, words: readonly string[]): number;
}

const link = (site: Site, name: string): Link | undefined => findLink(site.net, name);
const bridgeNamed = (site: Site, name: string): Link | undefined => {
  const found = link(site, name);
  return found?.bridge == null ? undefined : found;
};

function addBridge(site: Site, [name = '']: readonly string[]): number {
  const short = name.slice(0, 15);
  const result = site.kernel.addLink(site.net.name, { kind: 'bridge', name: short });
  if (result.ok) return 0;
  site.err(
    result.error.errno === 'EEXIST'
      ? `device ${name} already exists; can't create bridge with the same name\n`
      : `add bridge failed: ${STRERROR[result.error.errno]}\n`,
  );
  return 1;
}

function deleteBridge(site: Site, [name = '']: readonly string[]): number {
  const found = link(site, name);
  if (found === undefined) {
    site.err(`bridge ${name} doesn't exist; can't delete it\n`);
    return 1;
  }
  if (found.bridge === null) {
    site.err(`can't delete bridge ${name}: Operation not permitted\n`);
    return 1;
  }
  if (found.up) {
    site.err(`bridge ${name} is still up; can't delete it\n`);
    return 1;
  }
  site.kernel.removeLink(found);
  return 0;
}

function addInterface(site: Site, [name = '', ...devices]: readonly string[]): number {
  for (const device of devices) {
    const bridge = bridgeNamed(site, name);
    const port = link(site, device);
    if (bridge === undefined) {
      site.err(
        link(site, name) === undefined
          ? `bridge ${name} does not exist!\n`
          : `can't add ${device} to bridge ${name}: Operation not supported\n`,
      );
      return 1;
    }
    if (port === undefined) {
      site.err(`interface ${device} does not exist!\n`);
      return 1;
    }
    if (port.master !== null) {
      site.err(`device ${device} is already a member of a bridge; can't add it to bridge ${name}.\n`);
      return 1;
    }
    const result = site.kernel.setMaster(port, bridge);
    if (result.ok) continue;
    site.err(
      result.error.errno === 'ELOOP'
        ? `device ${device} is a bridge device itself; can't add a bridge device to a bridge device.\n`
        : `can't add ${device} to bridge ${name}: ${STRERROR[result.error.errno]}\n`,
    );
    return 1;
  }
  return 0;
}

function deleteInterface(site: Site, [name = '', ...devices]: readonly string[]): number {
  for (const device of devices) {
    const bridge = link(site, name);
    const port = link(site, device);
    if (port === undefined) {
      site.err(`interface ${device} does not exist!\n`);
      return 1;
    }
    if (bridge?.bridge == null) {
      site.err(
        bridge === undefined
          ? `bridge ${name} does not exist!\n`
          : `can't delete ${device} from ${name}: Operation not supported\n`,
      );
      return 1;
    }
    if (port.master !== bridge) {
      site.err(`device ${device} is not a port of ${name}\n`);
      return 1;
    }
    site.kernel.setMaster(port, null);
  }
  return 0;
}

/** The refusal of writing a setting. */
function written(site: Site, what: string, result: NetlinkResult): number {
  if (result.ok) return 0;
  site.err(`${what} failed: ${STRERROR[result.error.errno]}\n`);
  return 1;
}

function setOf(what: string, setting: (value: string) => BridgeSetting | undefined, bad: string) {
  return (site: Site, [name = '', value = '']: readonly string[]): number => {
    const wanted = setting(value);
    if (wanted === undefined) {
      site.err(`${bad}\n`);
      return 1;
    }
    const found = link(site, name);
    if (found === undefined) return written(site, what, { ok: false, error: { errno: 'ENODEV' } });
    const scope = scopeOf(site.net, found);
    return written(
      site,
      what,
      scope === undefined ? { ok: false, error: { errno: 'EOPNOTSUPP' } } : setBridge(scope, wanted),
    );
  };
}

/** Seconds with a fraction, as hundredths. */
function hundredths(value: string): number | undefined {
  const number = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)/.exec(value);
  return number === null ? undefined : Math.round(Number(number[0]) * 100);
}

function integer(value: string): number | undefined {
  if (/^0[xX][0-9a-fA-F]+$/.test(value)) return Number.parseInt(value, 16);
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

const timed =
  (kind: 'forward-delay' | 'hello-time' | 'max-age' | 'ageing-time') =>
  (value: string): BridgeSetting | undefined => {
    const number = hundredths(value);
    return number === undefined ? undefined : { kind, value: number };
  };

function setPortOf(what: string, setting: (value: string) => PortSetting | undefined, bad: string) {
  return (site: Site, [name = '', device = '', value = '']: readonly string[]): number => {
    const wanted = setting(value);
    if (wanted === undefined) {
      site.err(`${bad}\n`);
      return 1;
    }
    const port = link(site, device);
    const scope = port?.master == null ? undefined : scopeOf(site.net, port.master);
    if (port?.port == null || scope === undefined) {
      const bridge = link(site, name);
      const errno =
        port === undefined || bridge === undefined
          ? 'ENODEV'
          : bridge.bridge === null
            ? 'EOPNOTSUPP'
            : 'ENOENT';
      return written(site, what, { ok: false, error: { errno } });
    }
    return written(site, what, setPort(scope, port.port, wanted));
  };
}

function onOff(value: string): boolean | undefined {
  if (value === 'on' || value === 'yes' || value === '1') return true;
  return value === 'off' || value === 'no' || value === '0' ? false : undefined;
}

function hairpin(site: Site, [name = '', device = '', value = '']: readonly string[]): number {
  const on = onOff(value);
  if (on === undefined) {
    site.err('expect on/off for argument\n');
    return 1;
  }
  const port = link(site, device);
  if (port === undefined) {
    site.err(`interface ${device} does not exist!\n`);
    return 1;
  }
  const bridge = link(site, name);
  if (bridge?.bridge == null) {
    site.err(
      bridge === undefined
        ? `bridge ${name} does not exist!\n`
        : `can't set ${device} to hairpin on bridge ${name}: Operation not supported\n`,
    );
    return 1;
  }
  if (port.port === null) {
    site.err(`can't set ${device} to hairpin on bridge ${name}: No such file or directory\n`);
    return 1;
  }
  port.port.hairpin = on;
  return 0;
}

function show(site: Site, names: readonly string[]): number {
  let status = 0;
  const wanted: Link[] = [];
  if (names.length === 0) wanted.push(...[...site.net.links.values()].filter((each) => each.bridge !== null));
  for (const name of names) {
    const found = link(site, name);
    if (found?.bridge == null) {
      site.err(
        found === undefined ? `bridge ${name} does not exist!\n` : `device ${name} is not a bridge!\n`,
      );
      status = 1;
    } else wanted.push(found);
  }
  site.out(listBridges(site.net, wanted));
  return status;
}

function showMacs(site: Site, [name = '']: readonly string[]): number {
  const found = link(site, name);
  if (found?.bridge == null) {
    site.err(
      `read of forward table failed: ${found === undefined ? 'No such device' : 'Operation not supported'}\n`,
    );
    return 1;
  }
  site.out(listMacs(found.bridge, site.now));
  return 0;
}

function showSpanningTree(site: Site, names: readonly string[]): number {
  for (const name of names) {
    const found = link(site, name);
    if (found?.bridge == null) {
      site.err(
        found === undefined ? `bridge ${name} does not exist!\n` : `device ${name} is not a bridge!\n`,
      );
      return 1;
    }
    site.out(listSpanningTree(site.net, found, found.bridge));
  }
  return 0;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  addbr: { arguments: 1, usage: '<bridge>\t\tadd bridge', run: addBridge },
  delbr: { arguments: 1, usage: '<bridge>\t\tdelete bridge', run: deleteBridge },
  addif: {
    arguments: 2,
    optional: 32,
    usage: '<bridge> <device>\tadd interface to bridge',
    run: addInterface,
  },
  delif: {
    arguments: 2,
    optional: 32,
    usage: '<bridge> <device>\tdelete interface from bridge',
    run: deleteInterface,
  },
  hairpin: { arguments: 3, usage: '<bridge> <port> {on|off}\tturn hairpin on/off', run: hairpin },
  setageing: {
    arguments: 2,
    usage: '<bridge> <time>\t\tset ageing time',
    run: setOf('set ageing time', timed('ageing-time'), 'bad ageing time value'),
  },
  setbridgeprio: {
    arguments: 2,
    usage: '<bridge> <prio>\t\tset bridge priority',
    run: setOf(
      'set bridge priority',
      (value) =>
        integer(value) === undefined ? undefined : { kind: 'priority', value: integer(value) ?? 0 },
      'bad priority',
    ),
  },
  setfd: {
    arguments: 2,
    usage: '<bridge> <time>\t\tset bridge forward delay',
    run: setOf('set forward delay', timed('forward-delay'), 'bad forward delay value'),
  },
  sethello: {
    arguments: 2,
    usage: '<bridge> <time>\t\tset hello time',
    run: setOf('set hello timer', timed('hello-time'), 'bad hello timer value'),
  },
  setmaxage: {
    arguments: 2,
    usage: '<bridge> <time>\t\tset max message age',
    run: setOf('set max age', timed('max-age'), 'bad max age value'),
  },
  setpathcost: {
    arguments: 3,
    usage: '<bridge> <port> <cost>\tset path cost',
    run: setPortOf(
      'set path cost',
      (value) => (integer(value) === undefined ? undefined : { kind: 'cost', value: integer(value) ?? 0 }),
      'bad path cost value',
    ),
  },
  setportprio: {
    arguments: 3,
    usage: '<bridge> <port> <prio>\tset port priority',
    run: setPortOf(
      'set port priority',
      (value) =>
        integer(value) === undefined ? undefined : { kind: 'priority', value: integer(value) ?? 0 },
      'bad path priority value',
    ),
  },
  show: { arguments: 0, optional: 32, usage: '[ <bridge> ]\t\tshow a list of bridges', run: show },
  showmacs: { arguments: 1, usage: '<bridge>\t\tshow a list of mac addrs', run: showMacs },
  showstp: { arguments: 1, usage: '<bridge>\t\tshow bridge stp info', run: showSpanningTree },
  stp: {
    arguments: 2,
    usage: '<bridge> {on|off}\tturn stp on/off',
    run: setOf(
      'set stp status',
      (value) => (onOff(value) === undefined ? undefined : { kind: 'stp', on: onOff(value) === true }),
      'expect on/off for argument',
    ),
  },
};

/** `argv[0]` is the program's name. */
export function brctl(invocation: Invocation<BrctlHost>): Exit {
  const { argv, output, host, namespace, context } = invocation;
  const [, name, ...words] = argv;
  if (name === undefined || name === '-h' || name === '--help') {
    output.err(BRCTL_USAGE);
    return { status: name === undefined ? 1 : 0 };
  }
  if (name === '-V' || name === '--version') {
    output.out('bridge-utils, 1.7\n');
    return { status: 0 };
  }
  if (name.startsWith('-')) {
    output.err(`brctl: invalid option -- '${name.charAt(1)}'\nUnknown option '?'\n${BRCTL_USAGE}`);
    return { status: 1 };
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    output.err(`never heard of command [${name}]\n${BRCTL_USAGE}`);
    return { status: 1 };
  }
  if (words.length < command.arguments || words.length > command.arguments + (command.optional ?? 0)) {
    output.err(`Incorrect number of arguments for command\nUsage: brctl ${name} ${command.usage}\n`);
    return { status: 1 };
  }
  const site: Site = {
    kernel: host.kernel,
    net: host.kernel.namespace(namespace),
    now: context.clock.now(),
    out: (text) => output.out(text),
    err: (text) => output.err(text),
  };
  return { status: command.run(site, words) };
}
