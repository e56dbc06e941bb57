/** Who speaks BGP with whom: machines, namespaces and VRFs around their speakers, and the sessions with their state. */
import type { BgpSessionEnd, BgpSessionSnapshot, HostSnapshot, SpeakerSnapshot } from '../engine/snapshot.ts';
import type { Detail, DiagramNode, NodeLine } from './model.ts';
import { sessionsOf } from './layout/session-places.ts';
import { addPile, alikeHosts } from './host-model.ts';
import { addEdge, addNode, monoLine, plainLine, someLines, type ModelBuild } from './model-parts.ts';
import { vrfKey } from './networks.ts';
import { subjectId } from './subject-id.ts';

/** With more sessions than this only their lines are drawn: their words are in the explorer. */
const MOST_LABELS = 120;

/** Up to so many machines with speakers each is drawn; of more those alike fold. */
const MOST_ROUTERS = 24;

/** Of more speakers or sessions than this what each takes in is told on closer zoom. */
const MOST_TOLD = 12;

/** Adds the machines that have speakers; what else is on them is drawn as the machine, or as the namespace or VRF that it is in. */
export function addRouting(build: ModelBuild): void {
  const routing = build.world.snapshot.routing;
  if (!routing) return;
  const speakers = new Map(routing.speakers.map((speaker) => [speaker.id, speaker]));
  const byHost = new Map<string, SpeakerSnapshot[]>();
  for (const speaker of routing.speakers)
    byHost.set(speaker.host, [...(byHost.get(speaker.host) ?? []), speaker]);
  const routers = build.world.snapshot.hosts.filter(({ name }) => byHost.has(name));
  for (const { fold, shown, folded } of alikeHosts(build, routers, null, MOST_ROUTERS)) {
    for (const host of shown) addMachine(build, host, byHost.get(host.name) ?? []);
    if (folded.length > 0) addRouterPile(build, fold, folded, byHost);
  }
  const isDrawn = ({ near, far }: BgpSessionSnapshot): boolean =>
    build.ids.has(speakerNode(near)) && (far === null || build.ids.has(speakerNode(far)));
  const drawn = routing.sessions.filter(isDrawn);
  const tells = routing.sessions.length <= MOST_TOLD;
  const labelled = drawn.length <= MOST_LABELS;
  for (const session of drawn) addSession(build, session, speakers, { labelled, tells });
  addPileSessions(
    build,
    routing.sessions.filter((session) => !isDrawn(session)),
  );
}

/** A line that stands for several sessions: by their ids, the plate in which each has an end. */
interface PileLine {
  readonly ends: readonly [string, string];
  readonly piles: Map<string, string>;
  state: keyof typeof SESSION_GLYPH;
}

/**
 * One line for all sessions between a router and a plate, or between two plates; one that is not up shows on it.
 * A session is shown where its line is, or in the plate that holds it whole.
 */
function addPileSessions(build: ModelBuild, sessions: readonly BgpSessionSnapshot[]): void {
  const place = (end: BgpSessionEnd): string | undefined => {
    let at: string | undefined = speakerNode(end);
    while (at !== undefined && !build.ids.has(at)) at = build.aliases.get(at);
    return at;
  };
  const lines = new Map<string, PileLine>();
  for (const session of sessions) {
    const from = place(session.near);
    const to = session.far === null ? undefined : place(session.far);
    const id = subjectId({ kind: 'bgp-session', id: session.id });
    const inside = from ?? to;
    if (from === undefined || to === undefined || from === to) {
      if (inside !== undefined) build.aliases.set(id, inside);
      continue;
    }
    const ends = from < to ? ([from, to] as const) : ([to, from] as const);
    const line = lines.get(ends.join(' ')) ?? { ends, state: 'up', piles: new Map() };
    lines.set(ends.join(' '), line);
    line.piles.set(id, from === speakerNode(session.near) ? to : from);
    const state = sessionState(session);
    if (state === 'down' || line.state === 'up') line.state = state;
  }
  const marked = lines.size <= MOST_LABELS;
  for (const [key, { ends, state, piles }] of lines) {
    const id = `edge:bgp/${key}`;
    addEdge(build, { id, kind: 'bgp', from: ends[0], to: ends[1], state });
    if (marked)
      addNode(build, {
        id: sessionsOf(id),
        kind: 'session',
        parent: null,
        name: piles.size === 1 ? '1 session' : `${piles.size} sessions`,
        glyph: SESSION_GLYPH[state],
        state,
      });
    for (const [session, pile] of piles) build.aliases.set(session, marked ? sessionsOf(id) : pile);
  }
}

/** One plate for many routers: sessions with any of them lead to it. */
function addRouterPile(
  build: ModelBuild,
  fold: string,
  hosts: readonly HostSnapshot[],
  speakers: ReadonlyMap<string, readonly SpeakerSnapshot[]>,
): void {
  addPile(build, fold, hosts, null);
  for (const host of hosts) {
    const machine = subjectId({ kind: 'host', host: host.name });
    build.aliases.set(machine, fold);
    for (const { id, namespace, vrfDevice } of speakers.get(host.name) ?? []) {
      build.aliases.set(subjectId({ kind: 'speaker', id }), machine);
      if (namespace !== '')
        build.aliases.set(subjectId({ kind: 'namespace', host: host.name, namespace }), machine);
      if (vrfDevice !== null)
        build.aliases.set(
          subjectId({ kind: 'link', host: host.name, namespace, device: vrfDevice }),
          machine,
        );
    }
    aliasRest(build, host, machine);
  }
}

function addMachine(build: ModelBuild, host: HostSnapshot, speakers: readonly SpeakerSnapshot[]): void {
  const machine = subjectId({ kind: 'host', host: host.name });
  if (build.options.hidden.has(machine)) return;
  addNode(build, {
    id: machine,
    kind: host.kind,
    parent: null,
    name: host.name,
    trail: host.address ?? '',
    glyph: host.kind === 'container' ? 'container' : 'host',
  });
  // What is inside a namespace belongs before what is in the machine's own.
  const detail = (build.world.snapshot.routing?.speakers.length ?? 0) <= MOST_TOLD ? 'ports' : 'facts';
  const ordered = speakers.toSorted((a, b) => Number(a.namespace === '') - Number(b.namespace === ''));
  for (const speaker of ordered) {
    const outer = namespaceOf(build, host, speaker, machine);
    const inner = vrfOf(build, host, speaker, outer);
    addNode(build, {
      id: subjectId({ kind: 'speaker', id: speaker.id }),
      kind: 'speaker',
      parent: inner,
      name: `AS ${speaker.asn}`,
      glyph: 'speaker',
      lines: someLines(
        {
          ...monoLine(`id ${speaker.routerId}`, 'ports'),
          ...(detail === 'ports' ? { trail: prefixesOf(speaker) } : {}),
        },
        monoLine(detail === 'ports' ? '' : prefixesOf(speaker), 'facts'),
        ...sourceLines(speaker, detail),
      ),
    });
  }
  aliasRest(build, host, machine);
}

const prefixesOf = ({ prefixes }: SpeakerSnapshot): string =>
  prefixes === 1 ? '1 prefix' : `${prefixes} prefixes`;

/** What a speaker takes from elsewhere, in its configuration's words. */
const sourceLines = ({ redistributed, imported }: SpeakerSnapshot, from: Detail): readonly NodeLine[] =>
  someLines(
    monoLine(redistributed.length === 0 ? '' : `redistribute ${redistributed.join(', ')}`, from),
    monoLine(imported.length === 0 ? '' : `import vrf ${imported.join(', ')}`, from),
  );

function namespaceOf(
  build: ModelBuild,
  host: HostSnapshot,
  { namespace }: SpeakerSnapshot,
  machine: string,
): string {
  if (namespace === '') return machine;
  const id = subjectId({ kind: 'namespace', host: host.name, namespace });
  if (!build.ids.has(id))
    addNode(build, {
      id,
      kind: 'namespace',
      parent: machine,
      name: namespace,
      trail: 'netns',
      glyph: 'netns',
    });
  return id;
}

function vrfOf(
  build: ModelBuild,
  host: HostSnapshot,
  { namespace, vrfDevice }: SpeakerSnapshot,
  parent: string,
): string {
  if (vrfDevice === null) return parent;
  const id = subjectId({ kind: 'link', host: host.name, namespace, device: vrfDevice });
  if (!build.ids.has(id))
    addNode(build, {
      id,
      kind: 'vrf',
      parent,
      name: vrfDevice,
      trail: 'vrf',
      glyph: 'vrf',
      network: build.lookup.ofKey(vrfKey(host.name, vrfDevice)),
    });
  return id;
}

/** Packets and selections of what is not drawn here are shown where it is: in its VRF, its namespace or its machine. */
function aliasRest(build: ModelBuild, host: HostSnapshot, machine: string): void {
  for (const { name, links } of host.namespaces) {
    const namespace = subjectId({ kind: 'namespace', host: host.name, namespace: name });
    const home = build.ids.has(namespace) ? namespace : machine;
    if (home !== namespace) build.aliases.set(namespace, machine);
    for (const link of links) {
      const id = subjectId({ kind: 'link', host: host.name, namespace: name, device: link.name });
      const vrf =
        link.master === null
          ? ''
          : subjectId({ kind: 'link', host: host.name, namespace: name, device: link.master });
      if (!build.ids.has(id)) build.aliases.set(id, build.ids.has(vrf) ? vrf : home);
    }
  }
  for (const { name, ports } of host.bridges) {
    build.aliases.set(subjectId({ kind: 'bridge', host: host.name, bridge: name }), machine);
    for (const { name: port } of ports)
      build.aliases.set(subjectId({ kind: 'port', host: host.name, bridge: name, port }), machine);
  }
}

const speakerNode = ({ speaker }: BgpSessionEnd): string => subjectId({ kind: 'speaker', id: speaker });

function addSession(
  build: ModelBuild,
  session: BgpSessionSnapshot,
  speakers: ReadonlyMap<string, SpeakerSnapshot>,
  { labelled, tells }: { readonly labelled: boolean; readonly tells: boolean },
): void {
  const { near, far } = session;
  const from = speakers.get(near.speaker);
  const to = far === null ? undefined : speakers.get(far.speaker);
  if (!from) return;
  const id = subjectId({ kind: 'bgp-session', id: session.id });
  const state = sessionState(session);
  const inside = far === null || from.host === to?.host;
  if (labelled || far === null)
    addNode(build, {
      id,
      kind: 'session',
      parent: inside ? commonBox(build, speakerNode(near), far && speakerNode(far)) : null,
      name: session.established ? 'Established' : near.state,
      glyph: SESSION_GLYPH[state],
      lines: inside || tells ? sessionLines(session, from, to) : [],
      state,
    });
  addEdge(build, {
    id: `edge:bgp/${id}`,
    kind: 'bgp',
    from: speakerNode(near),
    to: far === null ? id : speakerNode(far),
    subject: { kind: 'bgp-session', id: session.id },
    state,
  });
}

/** The innermost box that holds both; that of the first when there is no second. */
function commonBox(build: ModelBuild, first: string, second: string | null): string | null {
  const parents = new Map(build.nodes.map(({ id, parent }) => [id, parent]));
  const boxesOf = (id: string): readonly string[] => {
    const boxes: string[] = [];
    for (let at = parents.get(id); at != null; at = parents.get(at)) boxes.push(at);
    return boxes;
  };
  const others = second === null ? null : new Set(boxesOf(second));
  return boxesOf(first).find((id) => others === null || others.has(id)) ?? null;
}

const SESSION_GLYPH = { up: 'check', down: 'cross', waiting: 'wait' } as const;

/** `waiting` for one that may still come up, `down` for one that is kept down. */
function sessionState({ near, far, established }: BgpSessionSnapshot): keyof typeof SESSION_GLYPH {
  if (established) return 'up';
  return near.state.startsWith('Idle (') || far?.state.startsWith('Idle (') ? 'down' : 'waiting';
}

function sessionLines(
  { near, far, established }: BgpSessionSnapshot,
  from: SpeakerSnapshot,
  to: SpeakerSnapshot | undefined,
): DiagramNode['lines'] {
  if (!established || !far || !to)
    return [
      monoLine(near.interface === null ? `to ${near.neighbour}` : `unnumbered, ${near.interface}`, 'ports'),
      plainLine(far ? `the other end: ${far.state}` : 'no other end is known', 'facts'),
    ];
  return [
    monoLine(`${from.asn} sends ${near.sent}`, 'ports'),
    monoLine(`${to.asn} sends ${far.sent}`, 'ports'),
    monoLine(near.interface === null ? near.neighbour : `unnumbered, ${near.interface}`, 'facts'),
  ];
}
