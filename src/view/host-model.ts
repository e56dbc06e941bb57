/** One machine as nodes: what runs in it, its namespaces, bridges, devices and NICs, nested as they really are. */
import type { HostSnapshot, ProgramSnapshot } from '../engine/snapshot.ts';
import { addBridges } from './bridge-model.ts';
import type { DiagramNode } from './model.ts';
import { addEdge, addNode, monoLine, plainLine, someLines, type ModelBuild } from './model-parts.ts';
import { addNamespaceContent, addNamespaces } from './namespace-model.ts';
import { subjectId } from './subject-id.ts';
import { addTunnelDevices } from './tunnel-model.ts';

/** Adds `host` and all in it, guests included. */
export function addHost(build: ModelBuild, host: HostSnapshot, parent: string | null): void {
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
    trail: host.address ?? '',
    glyph: host.kind === 'container' ? 'container' : 'host',
    lines: collapsed ? [plainLine(`collapsed · ${inner.nodes.length} items`, 'ports')] : loopbackLines(host),
    collapsed,
  });
  if (collapsed) for (const node of inner.nodes) build.aliases.set(node.id, id);
  else build.nodes.push(...inner.nodes);
  build.edges.push(...inner.edges);
}

function addContent(build: ModelBuild, host: HostSnapshot, id: string): void {
  for (const other of build.world.snapshot.hosts)
    if (build.world.guestOf(other.name) === host.name) addHost(build, other, id);
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
