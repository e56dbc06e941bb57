/** The diagram in words: the world as rows of a tree, open branches only. */
import type { CaptureSummary, Subject } from '../../engine/protocol.ts';
import type { HostSnapshot, LinkSnapshot, TunnelSnapshot, WorldSnapshot } from '../../engine/snapshot.ts';
import { subjectId } from '../../view/index.ts';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { portGlyph, speakerPlace } from '../subjects/describe.ts';
import { deviceBranches, plain } from './device-branches.ts';

export interface ExplorerRow {
  readonly id: string;
  /** From 1, as `aria-level`. */
  readonly level: number;
  readonly kind: 'group' | 'thing';
  readonly glyph: GlyphName | null;
  readonly name: string;
  readonly note: string;
  readonly subject: Subject | null;
  readonly capture: number | null;
  /** Null for a leaf. */
  readonly open: boolean | null;
  /** Place among its siblings, from 1, and their number. */
  readonly position: number;
  readonly size: number;
  readonly down: boolean;
}

/** A node before it is flattened; children are made only when it is open. */
export interface Branch {
  readonly id: string;
  readonly glyph: GlyphName | null;
  readonly name: string;
  readonly note: string;
  readonly subject: Subject | null;
  readonly capture?: number;
  readonly down?: boolean;
  /** Open unless turned. */
  readonly starts?: boolean;
  readonly size: number;
  readonly children?: () => readonly Branch[];
}

/** A switch with more ports than this starts closed. */
const OPEN_PORTS = 12;
/** With more switches and routers than this, all of them start closed. */
const OPEN_DATAPATHS = 12;
const OPEN_MACHINES = 8;

const thing = (subject: Subject, parts: Omit<Branch, 'id' | 'subject'>): Branch => ({
  id: subjectId(subject),
  subject,
  ...parts,
});

/** Devices that are shown elsewhere: loopback, and those that are a bridge's own port. */
const shownHere = (link: LinkSnapshot): boolean =>
  link.kind !== 'loopback' && !(link.ovsPort !== null && link.kind === 'internal');

function machineChildren(host: HostSnapshot): readonly Branch[] {
  const [root, ...namespaces] = host.namespaces;
  return [
    ...namespaces.map((namespace) =>
      thing(
        { kind: 'namespace', host: host.name, namespace: namespace.name },
        {
          glyph: 'netns',
          name: namespace.name,
          note: 'netns',
          starts: true,
          size: namespace.links.filter((link) => link.kind !== 'loopback').length,
          children: () =>
            deviceBranches(
              host,
              namespace,
              namespace.links.filter((link) => link.kind !== 'loopback'),
            ),
        },
      ),
    ),
    ...host.bridges.map((bridge) =>
      thing(
        { kind: 'bridge', host: host.name, bridge: bridge.name },
        {
          glyph: 'ovs',
          name: bridge.name,
          note: `${bridge.ports.length} ${bridge.ports.length === 1 ? 'port' : 'ports'}`,
          starts: bridge.ports.length <= OPEN_PORTS,
          size: bridge.ports.length,
          children: () =>
            bridge.ports
              .toSorted((a, b) => a.ofport - b.ofport)
              .map((port) =>
                thing(
                  { kind: 'port', host: host.name, bridge: bridge.name, port: port.name },
                  {
                    glyph: portGlyph(port),
                    name: port.name,
                    note: port.ofport === 65534 ? 'LOCAL' : String(port.ofport),
                    size: 0,
                  },
                ),
              ),
        },
      ),
    ),
    ...(root ? deviceBranches(host, root, root.links.filter(shownHere)) : []),
    ...(host.programs.length === 0
      ? []
      : [
          {
            id: `programs:${host.name}`,
            glyph: 'term' as const,
            name: 'Programs',
            note: String(host.programs.length),
            subject: null,
            starts: false,
            size: host.programs.length,
            children: () =>
              host.programs.map((program) =>
                thing(
                  { kind: 'program', host: host.name, name: program.name, database: program.database },
                  {
                    glyph: program.database === '' ? 'term' : 'db',
                    name: program.database || program.name,
                    note: program.state === 'running' ? program.text : program.state,
                    down: program.state === 'failed',
                    size: 0,
                  },
                ),
              ),
          },
        ]),
  ];
}

function logicalBranches(snapshot: WorldSnapshot): readonly Branch[] {
  const { switches = [], routers = [] } = snapshot.logical ?? {};
  const few = switches.length + routers.length <= OPEN_DATAPATHS;
  const key = (tunnelKey: number | null): string => (tunnelKey === null ? '' : `VNI ${tunnelKey}`);
  return [
    ...switches.map((logical) =>
      thing(
        { kind: 'logical-switch', uuid: logical.uuid },
        {
          glyph: 'lswitch',
          name: logical.name,
          note: key(logical.tunnelKey),
          starts: few && logical.ports.length <= OPEN_PORTS,
          size: logical.ports.length,
          children: () =>
            logical.ports.map((port) =>
              thing(
                { kind: 'logical-port', uuid: port.uuid },
                {
                  glyph: port.type === '' ? 'vm' : 'port',
                  name: port.name,
                  note: port.chassis ?? port.type,
                  down: !port.enabled,
                  size: 0,
                },
              ),
            ),
        },
      ),
    ),
    ...routers.map((router) =>
      thing(
        { kind: 'logical-router', uuid: router.uuid },
        {
          glyph: 'lrouter',
          name: router.name,
          note: key(router.tunnelKey),
          starts: few && router.ports.length <= OPEN_PORTS,
          size: router.ports.length,
          children: () =>
            router.ports.map((port) =>
              thing(
                { kind: 'logical-port', uuid: port.uuid },
                { glyph: 'port', name: port.name, note: plain(port.networks[0] ?? ''), size: 0 },
              ),
            ),
        },
      ),
    ),
  ];
}

/** Both directions of a tunnel are one row. */
function tunnelBranches(tunnels: readonly TunnelSnapshot[]): readonly Branch[] {
  const seen = new Set<string>();
  const branches: Branch[] = [];
  for (const tunnel of tunnels) {
    const remote = tunnel.remoteHost ?? tunnel.remoteIp;
    const pair = [...[tunnel.host, remote].toSorted(), tunnel.type, tunnel.vni ?? ''].join(' ');
    if (seen.has(pair)) continue;
    seen.add(pair);
    branches.push(
      thing(
        { kind: 'tunnel', id: tunnel.id },
        {
          glyph: tunnel.type === 'vxlan' ? 'vxlan' : 'geneve',
          name: `${tunnel.host} to ${remote}`,
          note: tunnel.vni === null ? tunnel.type : `VNI ${tunnel.vni}`,
          size: 0,
        },
      ),
    );
  }
  return branches;
}

/** Speakers with their sessions; a session stands under both of its ends. */
function routingBranches({ routing }: WorldSnapshot): readonly Branch[] {
  const { speakers = [], sessions = [] } = routing ?? {};
  return speakers.map((speaker) => {
    const own = sessions.flatMap((session) => {
      const end = [session.near, session.far].find((one) => one?.speaker === speaker.id);
      return end ? [{ session, end }] : [];
    });
    return thing(
      { kind: 'speaker', id: speaker.id },
      {
        glyph: 'speaker',
        name: `AS ${speaker.asn}`,
        note: speakerPlace(speaker),
        starts: speakers.length <= OPEN_MACHINES,
        size: own.length,
        children: () =>
          own.map(({ session, end }) => ({
            ...thing(
              { kind: 'bgp-session', id: session.id },
              { glyph: 'session', name: end.neighbour, note: end.state, down: !session.established, size: 0 },
            ),
            id: `session:${speaker.id}/${end.neighbour}`,
          })),
      },
    );
  });
}

/** Segments with the devices that are cabled to them. */
function segmentBranches({ segments, hosts }: WorldSnapshot): readonly Branch[] {
  return segments.map((segment) =>
    thing(
      { kind: 'segment', id: segment.id },
      {
        glyph: 'segment',
        name: segment.name,
        note: segment.subnet ?? `mtu ${segment.mtu}`,
        starts: false,
        size: segment.ends.length,
        children: () =>
          segment.ends.map(({ host, device }) => ({
            ...thing(
              { kind: 'link', host, namespace: '', device },
              {
                glyph: 'port',
                name: device,
                note: host,
                down:
                  hosts
                    .find(({ name }) => name === host)
                    ?.namespaces[0]?.links.some(
                      (link) => link.name === device && !(link.up && link.carrier),
                    ) ?? false,
                size: 0,
              },
            ),
            // The same thing stands under its machine as well.
            id: `end:${segment.id}/${host}/${device}`,
          })),
      },
    ),
  );
}

function groups(snapshot: WorldSnapshot, captures: readonly CaptureSummary[]): readonly Branch[] {
  const { hosts } = snapshot;
  const logical = logicalBranches(snapshot);
  const tunnels = tunnelBranches(snapshot.tunnels);
  const group = (id: string, name: string, list: readonly Branch[]): readonly Branch[] =>
    list.length === 0
      ? []
      : [
          {
            id: `group:${id}`,
            glyph: null,
            name,
            note: String(list.length),
            subject: null,
            starts: true,
            size: list.length,
            children: () => list,
          },
        ];
  return [
    ...group(
      'machines',
      'Machines',
      hosts.map((host) =>
        thing(
          { kind: 'host', host: host.name },
          {
            glyph: host.kind === 'container' ? 'container' : 'host',
            name: host.name,
            note: host.address ?? '',
            starts: hosts.length <= OPEN_MACHINES,
            size: host.namespaces.length + host.bridges.length,
            children: () => machineChildren(host),
          },
        ),
      ),
    ),
    ...group('logical', 'Logical', logical),
    ...group('overlay', 'Overlay', tunnels),
    ...group('routing', 'Routing', routingBranches(snapshot)),
    ...group('underlay', 'Underlay', segmentBranches(snapshot)),
    ...group(
      'captures',
      'Captures',
      captures.map((capture) => ({
        id: `capture:${capture.id}`,
        glyph: 'packet' as const,
        name: capture.device,
        note: capture.host,
        subject: null,
        capture: capture.id,
        size: 0,
      })),
    ),
  ];
}

/** All rows that are to be seen, in order. `turned` holds branches that are the other way than they start. */
export function explorerRows(
  snapshot: WorldSnapshot,
  captures: readonly CaptureSummary[],
  turned: ReadonlySet<string>,
): readonly ExplorerRow[] {
  const rows: ExplorerRow[] = [];
  const add = (branches: readonly Branch[], level: number): void => {
    for (const [at, branch] of branches.entries()) {
      const open = branch.children && branch.size > 0 ? branch.starts !== turned.has(branch.id) : null;
      rows.push({
        id: branch.id,
        level,
        kind: level === 1 ? 'group' : 'thing',
        glyph: branch.glyph,
        name: branch.name,
        note: branch.note,
        subject: branch.subject,
        capture: branch.capture ?? null,
        open,
        position: at + 1,
        size: branches.length,
        down: branch.down ?? false,
      });
      if (open && branch.children) add(branch.children(), level + 1);
    }
  };
  add(groups(snapshot, captures), 1);
  return rows;
}

/** Closed branches in which the thing is that has this id, outermost first; empty where its row is to be seen, or there is none. */
export function closedAbove(
  snapshot: WorldSnapshot,
  captures: readonly CaptureSummary[],
  turned: ReadonlySet<string>,
  id: string,
): readonly string[] {
  const within = (branches: readonly Branch[]): readonly string[] | null => {
    for (const branch of branches) {
      if (branch.subject && subjectId(branch.subject) === id) return [];
      if (!branch.children || branch.size === 0) continue;
      const found = within(branch.children());
      if (!found) continue;
      return branch.starts === turned.has(branch.id) ? [branch.id, ...found] : found;
    }
    return null;
  };
  return within(groups(snapshot, captures)) ?? [];
}

/** How many things the whole tree would show. */
export function countItems(snapshot: WorldSnapshot): number {
  let count = snapshot.hosts.length + tunnelBranches(snapshot.tunnels).length;
  for (const segment of snapshot.segments) count += 1 + segment.ends.length;
  for (const host of snapshot.hosts) {
    count += host.programs.length + host.namespaces.length - 1;
    for (const bridge of host.bridges) count += 1 + bridge.ports.length;
    for (const namespace of host.namespaces)
      count += namespace.links.filter(
        namespace.name === '' ? shownHere : (link) => link.kind !== 'loopback',
      ).length;
  }
  for (const logical of snapshot.logical?.switches ?? []) count += 1 + logical.ports.length;
  for (const router of snapshot.logical?.routers ?? []) count += 1 + router.ports.length;
  return count;
}
