/** The packet as it is drawn: where it is, its octets by layer, and one line of callout. */
import { frameEnds, headerSize, outerSize, shortPair } from './frame-ends.ts';
import type { DiagramModel } from './model.ts';
import type { Paths } from './path.ts';
import type { RunTree } from './run-tree.ts';

/** A part of the packet: outer headers, tunnel header, inner frame. */
interface PacketBand {
  readonly role: 'outer' | 'tunnel' | 'inner';
  readonly size: number;
}

export interface Packet {
  /** The node that holds it, or the edge that it travels. */
  readonly at:
    | { readonly kind: 'node'; readonly node: string; readonly table: number | null }
    | { readonly kind: 'edge'; readonly edge: string; readonly from: string; readonly to: string };
  readonly bands: readonly PacketBand[];
  /** Network of the tunnel header, for its colour. */
  readonly network: number | null;
  /** Callout: length and outer addresses, e.g. `156 B, .100 → .101:6081`. */
  readonly text: string;
}

export function packetOf(model: DiagramModel, tree: RunTree, paths: Paths, index: number): Packet | null {
  const step = tree.steps[index];
  const node = paths.placeOf(index);
  if (!step || node === null) return null;
  const frame = frameAt(tree, index);
  const tunnel = tree.tunnelOf(index);
  const what = tunnel < 0 ? undefined : tree.steps[tunnel]?.what;
  const leaving = step.what.kind === 'sent' ? paths.leavingBy(index) : null;
  const onWire = leaving?.from === node;
  return {
    at: onWire
      ? { kind: 'edge', edge: leaving.edge, from: leaving.from, to: leaving.to }
      : { kind: 'node', node, table: step.what.kind === 'table' ? step.what.table : null },
    bands: frame ? bandsOf(tree, index, frame) : [{ role: 'inner', size: 1 }],
    network: what?.kind === 'encapsulated' ? model.networkOfTunnelKey(what.vni, what.protocol) : null,
    text: frame ? calloutText(frame) : '',
  };
}

/** The octets as they are at a step: its own, or those of the step that it follows from. */
export function frameAt(tree: RunTree, index: number): Uint8Array | null {
  for (let at = index; at >= 0; at = tree.parentOf(at)) {
    const frame = tree.steps[at]?.frame;
    if (frame) return frame;
    if (tree.journeyOf(at) === at) return null;
  }
  return null;
}

function bandsOf(tree: RunTree, index: number, frame: Uint8Array): readonly PacketBand[] {
  const tunnel = tree.tunnelOf(index);
  const inner = tunnel < 0 ? null : frameAt(tree, tree.parentOf(tunnel));
  const added = inner ? frame.length - inner.length : 0;
  if (!inner || added <= 0) {
    // Not in a tunnel: its own headers are the outer ones.
    const headers = Math.min(headerSize(frame), frame.length);
    return headers < frame.length
      ? [
          { role: 'outer', size: headers },
          { role: 'inner', size: frame.length - headers },
        ]
      : [{ role: 'outer', size: headers }];
  }
  const outer = Math.min(outerSize(frame), added);
  const bands: readonly PacketBand[] = [
    { role: 'outer', size: outer },
    { role: 'tunnel', size: added - outer },
    { role: 'inner', size: inner.length },
  ];
  return bands.filter(({ size }) => size > 0);
}

function calloutText(frame: Uint8Array): string {
  const ends = frameEnds(frame);
  if (!ends) return `${frame.length} B`;
  const [from, to] = shortPair(ends.source, ends.destination);
  const port = ends.port === null ? '' : to.includes(':') ? ` port ${ends.port}` : `:${ends.port}`;
  return `${frame.length} B, ${from} → ${to}${port}`;
}
