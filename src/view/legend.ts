/** The legend: only what occurs in the picture. */
import type { DiagramModel, EdgeKind } from './model.ts';
import type { Playback } from './playback.ts';

export interface LegendEntry {
  readonly kind:
    | 'past'
    | 'ahead'
    | 'network'
    | 'idle-tunnel'
    | 'cable'
    | 'patch'
    | 'trunk'
    | 'cut'
    | 'no-tunnels'
    | 'bgp-up'
    | 'bgp-waiting'
    | 'bgp-down'
    | 'dropped'
    | 'down'
    | 'unknown';
  readonly text: string;
  /** Index into `DiagramModel.networks`, for kind `network`. */
  readonly network: number | null;
}

const MOST_NETWORKS = 6;

/** In the order: path, networks (those that occur, six at most and a count), lines, states. */
export function legendOf(model: DiagramModel, playback: Playback): readonly LegendEntry[] {
  const entries: LegendEntry[] = [];
  const add = (kind: LegendEntry['kind'], text: string, network: number | null = null): void => {
    entries.push({ kind, text, network });
  };
  const marks = [...playback.marks.values()];
  if (marks.includes('past')) add('past', 'path so far');
  if (marks.includes('ahead')) add('ahead', 'to come');
  const used = usedNetworks(model, playback);
  for (const index of used.slice(0, MOST_NETWORKS)) {
    const network = model.networks[index];
    if (network)
      add(
        'network',
        network.name.includes(network.code) ? network.name : `${network.name}, ${network.code}`,
        index,
      );
  }
  if (used.length > MOST_NETWORKS) add('network', `and ${used.length - MOST_NETWORKS} more`);
  const kinds = new Set<EdgeKind>(model.edges.map(({ kind }) => kind));
  if (model.edges.some(({ id, kind }) => kind === 'tunnel' && !playback.tunnels.has(id)))
    add('idle-tunnel', 'idle tunnel');
  if (model.lens === 'overlay' && model.nodes.length > 0 && !kinds.has('tunnel'))
    add('no-tunnels', 'no tunnels here');
  if (kinds.has('trunk')) add('trunk', 'VLAN trunk');
  if (model.edges.some(({ cut }) => cut.length > 0)) add('cut', 'not carried here');
  const sessions = model.edges.filter(({ kind }) => kind === 'bgp');
  if (sessions.some(({ state }) => state === 'up')) add('bgp-up', 'session, Established');
  if (sessions.some(({ state }) => state === 'waiting')) add('bgp-waiting', 'session, not yet up');
  if (sessions.some(({ state }) => state === 'down')) add('bgp-down', 'session, kept down');
  if (kinds.has('patch')) add('patch', 'patch');
  if (model.nodes.some(({ state }) => state === 'down')) add('down', 'down');
  if (model.nodes.some(({ state }) => state === 'unknown')) add('unknown', 'not in this world');
  if (playback.drop) add('dropped', 'dropped here');
  return entries;
}

/** Networks that are drawn in their colour, in order of their index. */
function usedNetworks(model: DiagramModel, playback: Playback): readonly number[] {
  const used = new Set<number>();
  for (const { network } of model.nodes) if (network !== null) used.add(network);
  for (const { networks, kind } of model.edges)
    if (kind !== 'tunnel') for (const network of networks) used.add(network);
  for (const { network } of playback.tunnels.values()) if (network !== null) used.add(network);
  return [...used].sort((a, b) => a - b);
}
