/** One machine as nodes: what runs in it, its namespaces, bridges, devices and NICs, nested as they really are. */
import type { HostSnapshot, ProgramSnapshot, RoutingSnapshot } from '../engine/snapshot.ts';
import { addBridges } from './bridge-model.ts';
import { foldSplit } from './fold.ts';
import { briefLines, shownAddress } from './machine-brief.ts';
import type { DiagramNode } from './model.ts';
import { addEdge, addNode, monoLine, someLines, type ModelBuild } from './model-parts.ts';
import { addNamespaceContent, addNamespaces } from './namespace-model.ts';
import { subjectId, subjectOf } from './subject-id.ts';
import { addTunnelDevices } from './tunnel-model.ts';

/** A machine without its inside shows this many NICs, an open one that many, before the rest folds into one chip. */
const NICS = { brief: 4, open: 10 } as const;
/** With so many cables in the world each machine without its inside has one chip for all its NICs. */
const MANY_CABLES = 20;
/** Machines side by side before those whose names differ by a number alone fold. */
const ALIKE = { least: 12, shown: 3 } as const;

/** Adds `hosts`, guests included; many that are alike fold into one. */
export function addHosts(build: ModelBuild, hosts: readonly HostSnapshot[], parent: string | null): void {
  for (const { fold, shown, folded } of alikeHosts(build, hosts, parent, ALIKE.least)) {
    for (const host of shown) addHost(build, host, parent);
    if (folded.length > 0) addAlike(build, fold, folded, parent);
  }
}

interface AlikeHosts {
  /** Id of the plate that stands for the folded ones. */
  readonly fold: string;
  readonly shown: readonly HostSnapshot[];
  readonly folded: readonly HostSnapshot[];
}

/** `hosts` by their names without numbers, where there are more than `least`; of each group all but the first few fold. */
export function alikeHosts(
  build: ModelBuild,
  hosts: readonly HostSnapshot[],
  parent: string | null,
  least: number,
): readonly AlikeHosts[] {
  const groups = new Map<string, HostSnapshot[]>();
  const kept = keptByHost(build);
  for (const host of hosts) {
    const key = hosts.length > least ? host.name.replace(/[-_.]?\d+$/, '') : host.name;
    groups.set(key, [...(groups.get(key) ?? []), host]);
  }
  return [...groups].map(([stem, group]) => {
    const fold = `fold:hosts/${parent ?? ''}/${encodeURIComponent(stem)}`;
    const { shown, folded } = foldSplit(build, fold, group, ({ name }) => kept.get(name) ?? [], ALIKE.shown);
    return { fold, shown: [...shown], folded };
  });
}

/** What must not be folded away, by the machine that it is in (or that it is). */
function keptByHost({ options, world }: ModelBuild): ReadonlyMap<string, readonly string[]> {
  const kept = new Map<string, string[]>();
  for (const id of options.keep)
    for (const host of hostsOf(id, world.snapshot.routing)) kept.set(host, [...(kept.get(host) ?? []), id]);
  return kept;
}

/** The machines that a thing is in: those of both ends for a session. */
function hostsOf(id: string, routing: RoutingSnapshot | null): readonly string[] {
  const subject = subjectOf(id);
  if (!subject) return [];
  if ('host' in subject) return [subject.host];
  const hostOf = (speaker: string): readonly string[] =>
    (routing?.speakers ?? []).flatMap(({ id: one, host }) => (one === speaker ? [host] : []));
  if (subject.kind === 'speaker') return hostOf(subject.id);
  if (subject.kind !== 'bgp-session') return [];
  const session = routing?.sessions.find((one) => one.id === subject.id);
  return session ? [session.near, session.far].flatMap((end) => (end ? hostOf(end.speaker) : [])) : [];
}

/** One plate that stands for many machines. */
function addAlike(
  build: ModelBuild,
  id: string,
  hosts: readonly HostSnapshot[],
  parent: string | null,
): void {
  const inner: ModelBuild = { ...build, nodes: [], edges: [] };
  for (const host of hosts) addHost(inner, host, id);
  addPile(build, id, hosts, parent);
  for (const node of inner.nodes) build.aliases.set(node.id, id);
  build.edges.push(...inner.edges);
}

/** The plate itself: how many machines it stands for, and the first and the last of them. */
export function addPile(
  build: ModelBuild,
  id: string,
  hosts: readonly HostSnapshot[],
  parent: string | null,
): void {
  addNode(build, {
    id,
    kind: hosts[0]?.kind ?? 'machine',
    parent,
    name: `${hosts.length} more machines`,
    glyph: 'host',
    lines: [monoLine(hosts[0]?.name ?? '', 'names'), monoLine(`to ${hosts.at(-1)?.name ?? ''}`, 'names')],
    folds: { count: hosts.length, expand: id },
    collapsed: true,
  });
}

function addHost(build: ModelBuild, host: HostSnapshot, parent: string | null): void {
  const id = subjectId({ kind: 'host', host: host.name });
  if (build.options.hidden.has(id)) return;
  const inner: ModelBuild = { ...build, nodes: [], edges: [] };
  addContent(inner, host, id);
  const collapsed = build.options.collapsed.has(id);
  addNode(build, {
    id,
    kind: host.kind,
    parent,
    name: host.name,
    trail: collapsed ? '' : shownAddress(host),
    glyph: host.kind === 'container' ? 'container' : 'host',
    lines: collapsed ? briefLines(host, build.world.snapshot) : loopbackLines(host),
    collapsed,
  });
  build.edges.push(...inner.edges);
  const isNic = (node: DiagramNode): boolean => node.kind === 'nic' && node.parent === id;
  const nics = inner.nodes.filter(isNic);
  const fold = `fold:nics/${id}`;
  const { shown, folded } = foldSplit(
    build,
    fold,
    nics,
    (node) => [node.id],
    nicLimit(build, collapsed, nics.length),
  );
  for (const node of inner.nodes) {
    if (isNic(node) ? shown.has(node) : !collapsed) build.nodes.push(node);
    else build.aliases.set(node.id, isNic(node) ? fold : id);
  }
  if (folded.length > 0)
    addNode(build, {
      id: fold,
      kind: 'fold',
      parent: id,
      name: shown.size === 0 ? `${folded.length} NICs` : `+${folded.length} NICs`,
      side: 'bottom',
      folds: { count: folded.length, expand: fold },
    });
}

function nicLimit({ options, world }: ModelBuild, collapsed: boolean, count: number): number {
  if (!collapsed) return NICS.open;
  if (options.compact || world.snapshot.segments.length > MANY_CABLES) return 0;
  // In a low pane the names of some of many could not be read.
  return options.low && count > NICS.brief + 1 ? 0 : NICS.brief;
}

function addContent(build: ModelBuild, host: HostSnapshot, id: string): void {
  addHosts(
    build,
    build.world.snapshot.hosts.filter(({ name }) => build.world.guestOf(name) === host.name),
    id,
  );
  addPrograms(build, host, id);
  const folded = addNamespaces(build, host, id);
  addBridges(build, host, id, folded);
  const root = host.namespaces[0];
  if (root) addNamespaceContent(build, host, root, id, folded);
  addTunnelDevices(build, host, id);
}

/** Addresses of the loopback that others may route to. */
function loopbackLines(host: HostSnapshot): DiagramNode['lines'] {
  const loopback = host.namespaces[0]?.links.find(({ kind }) => kind === 'loopback');
  const addresses = (loopback?.addresses ?? []).filter((text) => !/^(127\.|::1\/)/.test(text));
  return addresses.slice(0, 2).map((text) => monoLine(`lo ${text}`, 'ports'));
}

const DATABASE_NAMES: Readonly<Record<string, string>> = { OVN_Northbound: 'NB', OVN_Southbound: 'SB' };
const PROGRAM_NAMES: Readonly<Record<string, string>> = { 'ovn-northd': 'northd' };

function addPrograms(build: ModelBuild, host: HostSnapshot, parent: string): void {
  const shown = host.programs.filter(isShown).toSorted((a, b) => programOrder(a) - programOrder(b));
  const ids: string[] = [];
  for (const program of shown) {
    const id = subjectId({
      kind: 'program',
      host: host.name,
      name: program.name,
      database: program.database,
    });
    const kind =
      program.name === 'ovsdb-server' ? 'database' : program.name === 'bgpd' ? 'speaker' : 'program';
    addNode(build, {
      id,
      kind,
      parent,
      name:
        DATABASE_NAMES[program.database] ?? PROGRAM_NAMES[program.name] ?? (program.database || program.name),
      glyph: kind === 'database' ? 'db' : kind === 'speaker' ? 'speaker' : '',
      lines:
        program.name === 'ovn-northd' && program.state === 'running'
          ? []
          : someLines(monoLine(program.text, 'ports')),
      state: program.state === 'running' ? 'up' : program.state,
    });
    if (programOrder(program) < 3) ids.push(id);
  }
  for (let index = 1; index < ids.length; index += 1)
    addEdge(build, {
      id: `control:${ids[index]}`,
      kind: 'control',
      from: ids[index - 1] ?? '',
      to: ids[index] ?? '',
    });
}

/** A daemon that every machine has and that runs as it should says nothing: left to the explorer. */
function isShown(program: ProgramSnapshot): boolean {
  switch (program.name) {
    case 'ovn-northd':
    case 'bgpd':
      return true;
    case 'ovsdb-server':
      return program.database in DATABASE_NAMES;
    case 'ovn-controller':
    case 'ovs-vswitchd':
    case 'zebra':
      return program.state === 'failed';
  }
}

function programOrder(program: ProgramSnapshot): number {
  if (program.database === 'OVN_Northbound') return 0;
  if (program.name === 'ovn-northd') return 1;
  if (program.database === 'OVN_Southbound') return 2;
  return 3;
}
