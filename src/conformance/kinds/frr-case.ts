/** What the files of one recorded FRR case say: nodes, links, events with their times. */
import { formatIpv6, linkLocalOf, parseMac } from '../../core/base/address.ts';

interface LinkEnd {
  readonly node: string;
  readonly interface: string;
}

export interface Topology {
  readonly nodes: readonly {
    readonly name: string;
    readonly kind: string;
    readonly vrfs: readonly string[];
    readonly interfaces: readonly {
      readonly name: string;
      readonly vrf: string | null;
      readonly mac: string;
      readonly addresses: readonly string[];
    }[];
  }[];
  readonly links: readonly { readonly id: number; readonly a: LinkEnd; readonly b: LinkEnd }[];
  readonly events: readonly {
    readonly name: string;
    /** Seconds of rest between the last command and the first output. */
    readonly wait?: number;
    readonly commands: readonly FrrCommand[];
  }[];
}

export interface FrrCommand {
  readonly node: string;
  /** `shell`, `vtysh`, `signal`, or the VRF whose shell it is. */
  readonly where: string;
  readonly cmd: string;
}

export interface FrrEvent {
  /** The step whose outputs were taken after it. */
  readonly name: string;
  /** Seconds since the links came up. */
  readonly at: number;
  /** Seconds of rest after its last command. */
  readonly rest: number;
  readonly commands: readonly FrrCommand[];
}

/** Events of the topology with the times that the transcript gives them. */
export function readEvents(topology: Topology, setup: string): FrrEvent[] {
  const times = new Map<string, number>();
  for (const match of setup.matchAll(/^# ---- event: (\S+) \(at t=([\d.]+)s\)$/gm))
    times.set(match[1] as string, Number(match[2]));
  return topology.events.map(({ name, wait = 0, commands }) => ({
    name,
    at: times.get(name) ?? 0,
    rest: wait,
    commands,
  }));
}

/**
 * When each node's configuration was read, in seconds, from its first OPEN: neighbours start a second after the end of the
 * file, or four when it has route maps, whose changes count after five. Nodes without an OPEN are missing.
 */
export function readLoadTimes(
  topology: Topology,
  lines: string,
  configuration: (node: string) => string,
): ReadonlyMap<string, number> {
  const owners = new Map<string, string>();
  for (const node of topology.nodes)
    for (const { mac, addresses } of node.interfaces) {
      for (const address of addresses) owners.set(address.split('/')[0] as string, node.name);
      const number = parseMac(mac);
      if (number !== undefined) owners.set(formatIpv6(linkLocalOf(number)), node.name);
    }
  const times = new Map<string, number>();
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const { t, src, type } = JSON.parse(line) as { t: number; src: string; type: string };
    const node = owners.get(src);
    if (type === 'OPEN' && node !== undefined && !times.has(node))
      times.set(node, Math.max(0.5, t - (/^route-map /m.test(configuration(node)) ? 4 : 1) - CONNECT));
  }
  return times;
}

/** From the start of a neighbour to its OPEN, in seconds. */
const CONNECT = 0.003;

/** One line of the transcript before the configurations are read. */
export interface SetupLine {
  readonly node: string;
  readonly vrf: string | null;
  readonly command: string;
}

export function readSetup(setup: string): SetupLine[] {
  const lines: SetupLine[] = [];
  for (const line of setup.split('\n')) {
    if (line.startsWith('# ----')) break;
    const match = /^([^#\s(]+)(?:\(([^)]+)\))?# (.*)$/.exec(line);
    if (match === null) continue;
    const [, node = '', vrf, command = ''] = match;
    if (!command.startsWith('vtysh ')) lines.push({ node, vrf: vrf ?? null, command });
  }
  return lines;
}
