/** The logical network: switches, routers, what hangs on them, and where each port is bound. */
import type {
  LogicalPortSnapshot,
  LogicalRouterSnapshot,
  LogicalSwitchSnapshot,
} from '../engine/snapshot.ts';
import { foldSplit } from './fold.ts';
import type { NodeLine } from './model.ts';
import { addEdge, addNode, monoLine, plainLine, someLines, type ModelBuild } from './model-parts.ts';
import { shownName } from './shown-name.ts';
import { subjectId } from './subject-id.ts';

/** Switches of one router beyond this many fold. */
const SWITCH_LIMIT = 12;
/** Of more switches than these the ports stand as one mark each, so that all switches are seen at once. */
const ROOMY = 6;
const CARD_LINES = 3;

const switchId = (item: { readonly uuid: string }): string =>
  subjectId({ kind: 'logical-switch', uuid: item.uuid });
const routerId = (item: { readonly uuid: string }): string =>
  subjectId({ kind: 'logical-router', uuid: item.uuid });
const portId = (item: { readonly uuid: string }): string =>
  subjectId({ kind: 'logical-port', uuid: item.uuid });

export function addLogical(build: ModelBuild): void {
  const logical = build.world.snapshot.logical;
  if (!logical) return;
  const bindings = bindingsOf(build);
  const behind = guestsBehind(build);
  for (const { ports } of logical.switches)
    for (const port of ports)
      for (const id of bindings.get(port.name) ?? []) build.aliases.set(id, portId(port));
  const routerOf = new Map<
    string,
    { readonly router: LogicalRouterSnapshot; readonly port: LogicalRouterSnapshot['ports'][number] }
  >();
  for (const router of logical.routers)
    for (const port of router.ports) routerOf.set(port.name, { router, port });
  for (const router of logical.routers) addRouter(build, router);
  const folded = foldSwitches(
    build,
    logical.switches,
    (port) => routerOf.get(port.routerPort ?? '')?.router.uuid ?? '',
  );
  const limit = logical.switches.length - folded.size > ROOMY ? 0 : build.limit;
  for (const item of logical.switches) {
    if (!folded.has(item)) addSwitch(build, item, { bindings, behind, limit });
    for (const port of item.ports) {
      const end = port.type === 'router' ? routerOf.get(port.routerPort ?? '') : undefined;
      if (!end) continue;
      build.aliases.set(portId(port), switchId(item));
      addEdge(build, {
        id: `edge:logical/${portId(port)}`,
        kind: 'logical',
        from: switchId(item),
        to: build.ids.has(portId(end.port)) ? portId(end.port) : routerId(end.router),
        subject: { kind: 'logical-port', uuid: port.uuid },
        state: port.enabled ? 'up' : 'down',
      });
    }
  }
  for (const router of logical.routers)
    for (const port of router.ports) {
      const peer = port.peer === null ? undefined : routerOf.get(port.peer);
      if (!peer || port.name > peer.port.name) continue;
      addEdge(build, {
        id: `edge:logical/${portId(port)}`,
        kind: 'logical',
        from: routerId(router),
        to: routerId(peer.router),
        subject: { kind: 'logical-port', uuid: port.uuid },
      });
    }
}

/** By logical port: what it is on its machine, so that a packet seen there is seen here. */
function bindingsOf(build: ModelBuild): ReadonlyMap<string, readonly string[]> {
  const bindings = new Map<string, string[]>();
  for (const { name: host, bridges, namespaces } of build.world.snapshot.hosts)
    for (const { name: bridge, ports } of bridges)
      for (const { name: port, logicalPort } of ports) {
        if (logicalPort === null) continue;
        const ids = [subjectId({ kind: 'port', host, bridge, port })];
        for (const { name: namespace, links } of namespaces) {
          const device = links.find(
            ({ ovsPort }) => ovsPort?.bridge === bridge && ovsPort.port === port,
          )?.name;
          if (device === undefined) continue;
          ids.push(subjectId({ kind: 'link', host, namespace, device }));
          if (namespace !== '') ids.push(subjectId({ kind: 'namespace', host, namespace }));
        }
        bindings.set(logicalPort, [...(bindings.get(logicalPort) ?? []), ...ids]);
      }
  return bindings;
}

/** By logical port: the machine that runs behind it, where its interface's cable leads to one. */
function guestsBehind({ world }: ModelBuild): ReadonlyMap<string, string> {
  const behind = new Map<string, string>();
  const cables = new Map(
    world.snapshot.segments.flatMap(({ ends: [a, b, ...more] }) =>
      a && b && more.length === 0
        ? [[`${a.host}\n${a.device}`, b.host] as const, [`${b.host}\n${b.device}`, a.host] as const]
        : [],
    ),
  );
  for (const { name: host, bridges } of world.snapshot.hosts)
    for (const { ports } of bridges)
      for (const { name, logicalPort } of ports) {
        const guest = cables.get(`${host}\n${name}`);
        if (logicalPort !== null && guest !== undefined && world.guestOf(guest) === host)
          behind.set(logicalPort, guest);
      }
  return behind;
}

/** Switches that hang on one router alone fold when there are many of them. */
function foldSwitches(
  build: ModelBuild,
  switches: readonly LogicalSwitchSnapshot[],
  routerOf: (port: LogicalPortSnapshot) => string,
): ReadonlySet<LogicalSwitchSnapshot> {
  const groups = new Map<string, LogicalSwitchSnapshot[]>();
  for (const item of switches) {
    const routers = [...new Set(item.ports.filter(({ type }) => type === 'router').map(routerOf))];
    const external = item.ports.some(({ type }) => type === 'localnet');
    if (routers.length > 1 || external) continue;
    const group = routers[0] ?? '';
    const list = groups.get(group);
    if (list) list.push(item);
    else groups.set(group, [item]);
  }
  const away = new Set<LogicalSwitchSnapshot>();
  for (const [router, list] of groups) {
    const id = `fold:switches/${router}`;
    const { folded } = foldSplit(
      build,
      id,
      list,
      (item) => [switchId(item), ...item.ports.map(portId)],
      SWITCH_LIMIT,
    );
    if (folded.length === 0) continue;
    addNode(build, {
      id,
      kind: 'fold',
      parent: null,
      name: `+${folded.length} switches`,
      folds: { count: folded.length, expand: id },
    });
    const home = build.nodes.find(
      (node) => node.subject?.kind === 'logical-router' && node.subject.uuid === router,
    );
    if (home) addEdge(build, { id: `edge:${id}`, kind: 'logical', from: id, to: home.id });
    for (const item of folded) {
      away.add(item);
      build.aliases.set(switchId(item), id);
      for (const port of item.ports) build.aliases.set(portId(port), id);
    }
  }
  return away;
}

/** What is known of ports by their names, and how many of a switch are shown. */
interface PortsOf {
  readonly bindings: ReadonlyMap<string, readonly string[]>;
  readonly behind: ReadonlyMap<string, string>;
  readonly limit: number;
}

function addSwitch(
  build: ModelBuild,
  item: LogicalSwitchSnapshot,
  { bindings, behind, limit }: PortsOf,
): void {
  const id = switchId(item);
  const network = build.lookup.ofSwitch(item.uuid);
  const vifs = item.ports.filter(({ type }) => type !== 'router' && type !== 'localnet');
  const routers = item.ports.filter(({ type }) => type === 'router').length;
  addNode(build, {
    id,
    kind: 'logical-switch',
    parent: null,
    name: item.alias || item.name,
    glyph: 'lswitch',
    network,
    lines: someLines(
      monoLine(item.tunnelKey === null ? '' : `VNI ${item.tunnelKey}`, 'ports'),
      monoLine(item.alias === '' ? '' : item.name, 'facts'),
      monoLine(countText(vifs.length, 'port'), 'facts'),
      monoLine(countText(routers, 'router'), 'facts'),
    ),
  });
  const fold = `fold:logical-ports/${id}`;
  const { shown, folded } = foldSplit(
    build,
    fold,
    vifs,
    (port) => [portId(port), ...(bindings.get(port.name) ?? [])],
    limit,
  );
  for (const port of vifs) {
    if (!shown.has(port)) continue;
    addVif(build, port, network, behind.get(port.name) ?? '');
    addEdge(build, {
      id: `edge:logical/${portId(port)}`,
      kind: 'logical',
      from: portId(port),
      to: id,
      state: port.enabled ? 'up' : 'down',
    });
  }
  if (folded.length > 0) {
    addNode(build, {
      id: fold,
      kind: 'fold',
      parent: null,
      name: shown.size > 0 ? `+${folded.length} ports` : `${folded.length} ports`,
      folds: { count: folded.length, expand: fold },
      network,
    });
    addEdge(build, { id: `edge:${fold}`, kind: 'logical', from: fold, to: id });
    for (const port of folded) build.aliases.set(portId(port), fold);
  }
  for (const port of item.ports.filter(({ type }) => type === 'localnet')) {
    addNode(build, {
      id: portId(port),
      kind: 'localnet',
      parent: null,
      name: port.networkName ?? port.name,
      lines: someLines(
        plainLine('localnet', 'ports'),
        monoLine(port.tag === null ? '' : `VLAN ${port.tag}`, 'ports'),
      ),
      network,
    });
    addEdge(build, { id: `edge:logical/${portId(port)}`, kind: 'logical', from: id, to: portId(port) });
  }
  addCard(build, `card:acl/${id}`, id, 'acl', countText(item.aclCount, 'ACL'), []);
  addCard(
    build,
    `card:lb/${id}`,
    id,
    'lb',
    item.loadBalancers.length === 0 ? '' : countText(item.loadBalancers.length, 'load balancer'),
    item.loadBalancers,
  );
}

function addVif(build: ModelBuild, port: LogicalPortSnapshot, network: number | null, guest: string): void {
  // A uuid says less than the machine that has the port.
  const name = port.alias || (guest !== '' && shownName(port.name) !== port.name ? guest : port.name);
  const [first = ''] = port.addresses;
  const [mac = '', ...ips] = first.split(' ');
  addNode(build, {
    id: portId(port),
    kind: 'logical-port',
    parent: null,
    name,
    glyph: port.type === '' ? 'vm' : 'port',
    network,
    state: !port.enabled || (!port.up && port.type === '') ? 'down' : 'up',
    lines: someLines(
      boundLine(ips[0] ?? (port.type === '' ? mac : port.type), port),
      monoLine(ips.length > 0 ? mac : '', 'facts'),
      monoLine(name === port.name ? '' : port.name, 'facts'),
    ),
  });
}

/** What a port is and where it is: a kind of port that lives on every chassis is bound to none. */
function boundLine(text: string, { chassis, type }: LogicalPortSnapshot): NodeLine {
  const place =
    chassis !== null
      ? `on ${chassis}`
      : type === ''
        ? 'not bound'
        : type === 'localport'
          ? 'on every chassis'
          : '';
  if (text === '') return plainLine(place, 'ports');
  return place === '' ? monoLine(text, 'ports') : { ...monoLine(text, 'ports'), trail: place };
}

function addRouter(build: ModelBuild, router: LogicalRouterSnapshot): void {
  const id = routerId(router);
  const facts = [
    router.nat.length > 0 ? `NAT ${router.nat.length}` : '',
    router.routes.length > 0 ? `routes ${router.routes.length}` : '',
  ].filter((text) => text !== '');
  addNode(build, {
    id,
    kind: 'logical-router',
    parent: null,
    name: router.alias || router.name,
    glyph: 'lrouter',
    lines: someLines(
      monoLine(facts.length > 0 ? facts.join(', ') : countText(router.ports.length, 'port'), 'ports'),
      monoLine(router.alias === '' ? '' : router.name, 'facts'),
      monoLine(router.tunnelKey === null ? '' : `key ${router.tunnelKey}`, 'facts'),
    ),
  });
  for (const port of router.ports) {
    if (port.gatewayChassis.length === 0) {
      build.aliases.set(portId(port), id);
      continue;
    }
    addNode(build, {
      id: portId(port),
      kind: 'gateway-port',
      parent: id,
      name: port.name,
      glyph: 'dgp',
      side: 'right',
    });
    const lines = port.gatewayChassis.map(({ chassis, priority }) =>
      monoLine(
        `${chassis}, ${priority}, ${chassis === port.heldBy ? 'holds it' : 'standby'}`,
        'ports',
        chassis === port.heldBy,
      ),
    );
    addCardLines(build, `card:gateway/${id}/${port.uuid}`, portId(port), 'gwchassis', port.name, lines);
  }
  addCard(
    build,
    `card:nat/${id}`,
    id,
    'nat',
    natTitle(router),
    router.nat.map(({ external, logical }) => `${external} ↔ ${logical}`),
  );
  addCard(
    build,
    `card:lb/${id}`,
    id,
    'lb',
    router.loadBalancers.length === 0 ? '' : countText(router.loadBalancers.length, 'load balancer'),
    router.loadBalancers,
  );
}

function natTitle({ nat }: LogicalRouterSnapshot): string {
  const types = new Set(nat.map(({ type }) => type));
  return nat.length === 0 ? '' : types.size === 1 ? [...types].join('') : 'NAT';
}

function addCard(
  build: ModelBuild,
  id: string,
  owner: string,
  glyph: string,
  title: string,
  lines: readonly string[],
): void {
  addCardLines(
    build,
    id,
    owner,
    glyph,
    title,
    lines.map((text) => monoLine(text, 'ports')),
  );
}

/** A card hangs on a short stem; what it has to say beyond three lines is counted. */
function addCardLines(
  build: ModelBuild,
  id: string,
  owner: string,
  glyph: string,
  title: string,
  lines: readonly NodeLine[],
): void {
  if (title === '' || title.startsWith('0 ')) return;
  const more = lines.length - CARD_LINES;
  addNode(build, {
    id,
    kind: 'card',
    parent: null,
    subject: null,
    name: title,
    glyph,
    lines: more > 1 ? [...lines.slice(0, CARD_LINES), plainLine(`and ${more} more`, 'ports')] : lines,
  });
  addEdge(build, { id: `edge:stem/${id}`, kind: 'stem', from: owner, to: id, subject: null });
}

const countText = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
