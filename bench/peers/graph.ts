/** The graph that every library draws: routers on one transit switch, switches with ports, in places given beforehand. */
import { createModel, type DiagramEdge, type DiagramModel, type DiagramNode } from '../../src/view/model.ts';

type Kind = 'logical-router' | 'logical-switch' | 'logical-port';

interface GraphNode {
  readonly id: string;
  readonly kind: Kind;
  readonly name: string;
  readonly detail: string;
  /** Top left. */
  readonly x: number;
  readonly y: number;
}

interface GraphLink {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
  readonly width: number;
  readonly height: number;
}

export const BOX = { width: 132, height: 44 } as const;
const GAP = { x: 24, y: 20 } as const;
const PORTS = 7;
const SWITCHES = 12;

/** `count` nodes and as many links: a tree, a few switches on two routers, as many on none. */
export function deploymentOf(count: number): Graph {
  const nodes: GraphNode[] = [];
  const links: GraphLink[] = [];
  const columns = Math.ceil(Math.sqrt((count * (BOX.height + GAP.y)) / (BOX.width + GAP.x)) * 1.25);
  const add = (kind: Kind, name: string, detail: string): string => {
    const at = nodes.length;
    nodes.push({
      id: name,
      kind,
      name,
      detail,
      x: (at % columns) * (BOX.width + GAP.x),
      y: Math.floor(at / columns) * (BOX.height + GAP.y),
    });
    return name;
  };
  const link = (from: string, to: string): void => {
    links.push({ id: `${from} ${to}`, from, to });
  };
  const transit = add('logical-switch', 'transit', '100.64.0.0/16');
  const routers: string[] = [];
  const loose: string[] = [];
  for (let area = 0; nodes.length < count; area += 1) {
    const router = add('logical-router', `router-${area + 1}`, `100.64.${area >> 8}.${area & 255}`);
    routers.push(router);
    link(router, transit);
    for (let at = 0; at < SWITCHES && nodes.length < count; at += 1) {
      const number = area * SWITCHES + at;
      const name = add('logical-switch', `net-${number + 1}`, `10.${number >> 8}.${number & 255}.0/24`);
      if (at === 5) loose.push(name);
      else link(name, router);
      for (let port = 0; port < PORTS && nodes.length < count; port += 1)
        link(
          add(
            'logical-port',
            `vm-${number + 1}-${port + 1}`,
            `10.${number >> 8}.${number & 255}.${port + 2}`,
          ),
          name,
        );
    }
  }
  // Every switch left out above lets another have a second router; the rest go to the first switches.
  const switches = nodes.filter(({ kind, id }) => kind === 'logical-switch' && id !== transit);
  for (let at = 0; links.length < count; at += 1) {
    const own = switches[(at * 17) % switches.length];
    const router = routers[(at * 5 + 1) % routers.length];
    if (own && router && !links.some(({ id }) => id === `${own.id} ${router}`) && !loose.includes(own.id))
      link(own.id, router);
    else if (at > 4 * count) break;
  }
  return {
    nodes,
    links,
    width: Math.max(...nodes.map(({ x }) => x)) + BOX.width,
    height: Math.max(...nodes.map(({ y }) => y)) + BOX.height,
  };
}

/** The same graph as a diagram of ours. */
export function modelOf({ nodes, links }: Graph): DiagramModel {
  return createModel({
    lens: 'logical',
    version: 1,
    compact: false,
    low: false,
    networkOfTunnelKey: () => null,
    tunnelFrom: () => null,
    datapathOf: () => null,
    hostsDatabase: () => false,
    networks: [],
    aliases: new Map(),
    nodes: nodes.map(({ id, kind, name, detail }): DiagramNode => ({
      id,
      kind,
      parent: null,
      subject: null,
      name,
      lead: '',
      trail: '',
      glyph: '',
      lines: [{ text: detail, mono: true, strong: false, from: 'ports' }],
      state: 'up',
      network: null,
      side: 'inside',
      folds: null,
      collapsed: false,
    })),
    edges: links.map(({ id, from, to }): DiagramEdge => ({
      id,
      kind: 'logical',
      from,
      to,
      via: [],
      cables: [],
      segment: null,
      label: '',
      state: 'up',
      networks: [],
      cut: [],
      subject: null,
      members: [],
    })),
  });
}
