/** The diagram before it has a shape: what is there, what it nests in, what joins it. One model type serves every lens. */
import type { Subject } from '../engine/protocol.ts';

/** `physical` shows machines, bridges and cables; `overlay` adds tunnels; `logical` shows switches and routers; `routing` BGP speakers. */
export type Lens = 'physical' | 'overlay' | 'logical' | 'routing';

export type NodeKind =
  | 'machine'
  | 'container'
  | 'namespace'
  | 'vrf'
  | 'ovs-bridge'
  | 'linux-bridge'
  | 'port'
  | 'device'
  | 'nic'
  | 'program'
  | 'database'
  | 'speaker'
  | 'session'
  | 'segment'
  | 'logical-switch'
  | 'logical-router'
  | 'logical-port'
  | 'gateway-port'
  | 'localnet'
  | 'card'
  | 'fold';

/** Where a node sits in its parent: within it, or astride one of its edges. */
export type Side = 'inside' | 'top' | 'bottom' | 'left' | 'right';

export type NodeState = 'up' | 'down' | 'waiting' | 'failed' | 'unknown';

/** Levels of detail: shown from 50 %, 100 % or 200 % zoom on. */
export type Detail = 'names' | 'ports' | 'facts';

/** A line of text under a node's name. */
export interface NodeLine {
  readonly text: string;
  /** At the right end, where there is room for both. */
  readonly trail?: string;
  readonly mono: boolean;
  readonly strong: boolean;
  readonly from: Detail;
}

export interface DiagramNode {
  /** `subjectId` of its subject; folds and cards have ids of their own. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly parent: string | null;
  readonly subject: Subject | null;
  readonly name: string;
  /** Grey text before the name: a port number. */
  readonly lead: string;
  /** Grey text at the right end of the head: an address, `netns`. */
  readonly trail: string;
  /** A glyph's name (`host`, `netns`, `ovs` ...), or '' for none. */
  readonly glyph: string;
  readonly lines: readonly NodeLine[];
  readonly state: NodeState;
  /** Index into `DiagramModel.networks`, or null for grey. */
  readonly network: number | null;
  readonly side: Side;
  /** For `fold`: how many it stands for, and the id to put in `expanded` to see them. */
  readonly folds: { readonly count: number; readonly expand: string } | null;
  /** Drawn as a tile with its name only. */
  readonly collapsed: boolean;
}

export type EdgeKind =
  | 'cable'
  | 'veth'
  | 'internal'
  | 'patch'
  | 'trunk'
  | 'access'
  | 'tunnel'
  | 'wire'
  | 'logical'
  | 'bgp'
  | 'stem'
  | 'control';

export interface DiagramEdge {
  readonly id: string;
  readonly kind: EdgeKind;
  readonly from: string;
  readonly to: string;
  /** For a tunnel: the NICs that it passes, from `from` to `to`, and the segment under it. */
  readonly via: readonly string[];
  /** For a tunnel: ids of the cables in those NICs, where these are lines of their own. */
  readonly cables: readonly string[];
  readonly segment: string | null;
  /** What it says of itself; of a tunnel its type, with its VNI if it has one; to a mesh how many it stands for. */
  readonly label: string;
  readonly state: NodeState;
  /** Networks that it carries; the first is the native or only one. */
  readonly networks: readonly number[];
  /** Those of `networks` whose frames do not pass it, by their place there; all that it carries where it has none. */
  readonly cut: readonly number[];
  readonly subject: Subject | null;
  /** Tunnels: the snapshot's ids of both directions. Others: empty. */
  readonly members: readonly string[];
}

/** A network has one colour in every view. */
export interface Network {
  /** `vni:…`, `ls:uuid`, `vlan:20`, `vrf:host/name`. */
  readonly key: string;
  readonly name: string;
  /** What is written beside the colour: `VNI 1`, `20`, `table 10`. */
  readonly code: string;
  /** 1 to 10: the token `--net-N`. */
  readonly colour: number;
  /** 0 for the first ten networks, 1 for the next ten ...: the dash pattern to add. */
  readonly pattern: number;
}

export interface DiagramModel {
  readonly lens: Lens;
  readonly version: number;
  /** Small machines and chips with names only, for narrow screens. */
  readonly compact: boolean;
  /** For a wide and low pane: over a table. */
  readonly low: boolean;
  /** VNI in a tunnel header to index into `networks`; a VXLAN header may hold the one that EVPN knows a switch by. */
  readonly networkOfTunnelKey: (key: number, protocol?: string) => number | null;
  /** The snapshot's tunnel by which `host` sends, and the id of its port if it is one of a switch. */
  readonly tunnelFrom: (
    host: string,
    by: {
      readonly protocol: string;
      readonly vni: number;
      readonly local: string;
      readonly remote: string;
    },
  ) => { readonly id: string; readonly port: string | null } | null;
  /** The switch or router with a datapath key, in the logical lens. */
  readonly datapathOf: (key: number) => string | null;
  /** Does a machine run OVN's databases? By id; true for tiles too. */
  readonly hostsDatabase: (id: string) => boolean;
  readonly networks: readonly Network[];
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
  readonly node: (id: string) => DiagramNode | undefined;
  /** The node that shows a thing: itself, or the fold, tile or box in which it is left out. */
  readonly drawn: (id: string) => DiagramNode | undefined;
  readonly edge: (id: string) => DiagramEdge | undefined;
  /** Node ids inside (or astride) `id`, in order. */
  readonly children: (id: string | null) => readonly DiagramNode[];
}

export interface ModelOptions {
  readonly lens: Lens;
  /** From `assignNetworks`, so that colours stay when the world changes. */
  readonly networks: readonly Network[];
  /** Folds that are open (their `folds.expand`). */
  readonly expanded: ReadonlySet<string>;
  /** Ids of machines drawn as tiles. */
  readonly collapsed: ReadonlySet<string>;
  /** Ids that must not be folded away: selection, path of the run. */
  readonly keep: ReadonlySet<string>;
  readonly compact: boolean;
  readonly low?: boolean;
  /** Ids of machines that are left out altogether (narrow screens only). */
  readonly hidden: ReadonlySet<string>;
}

export interface ModelParts extends Omit<DiagramModel, 'node' | 'edge' | 'children' | 'drawn'> {
  /** Things without a node of their own, and where to look instead. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** Joins nodes and edges to a model with its look-ups. */
export function createModel({ aliases, ...parts }: ModelParts): DiagramModel {
  const nodes = new Map(parts.nodes.map((node) => [node.id, node]));
  const edges = new Map(parts.edges.map((edge) => [edge.id, edge]));
  const children = new Map<string | null, DiagramNode[]>();
  for (const node of parts.nodes) {
    const list = children.get(node.parent);
    if (list) list.push(node);
    else children.set(node.parent, [node]);
  }
  return {
    ...parts,
    node: (id) => nodes.get(id),
    drawn: (id) => {
      let at: string | undefined = id;
      for (let guard = 0; at !== undefined && guard < 16; guard += 1) {
        const node = nodes.get(at);
        if (node) return node;
        at = aliases.get(at);
      }
      return undefined;
    },
    edge: (id) => edges.get(id),
    children: (id) => children.get(id) ?? [],
  };
}
