/** What the legend has switched off: those things step back in the picture, and stay where they are. */
import type { DiagramModel, LegendEntry, Network, Playback } from '../../view/index.ts';

/** Names a legend entry in the page's state, and in a kept document: by the network itself, whose place among the others changes. */
export const legendKey = ({ kind, network }: LegendEntry, networks: readonly Network[]): string =>
  `${kind}:${network === null ? '' : (networks[network]?.key ?? '')}`;

/** Ids of nodes and edges that entries in `hidden` stand for. */
export function dimmedByLegend(
  hidden: ReadonlySet<string>,
  model: DiagramModel,
  playback: Playback,
): ReadonlySet<string> {
  const dimmed = new Set<string>();
  if (hidden.size === 0) return dimmed;
  const isOff = (network: number): boolean =>
    hidden.has(legendKey({ kind: 'network', text: '', network }, model.networks));
  for (const node of model.nodes) {
    if (node.network !== null && isOff(node.network)) dimmed.add(node.id);
    if ((node.state === 'down' || node.state === 'unknown') && hidden.has(`${node.state}:`))
      dimmed.add(node.id);
  }
  for (const edge of model.edges) {
    const idle = edge.kind === 'tunnel' && !playback.tunnels.has(edge.id);
    if (
      (edge.networks.length > 0 && edge.networks.every(isOff)) ||
      (idle && hidden.has('idle-tunnel:')) ||
      (edge.kind === 'bgp' && hidden.has(edge.state === 'up' ? 'bgp-up:' : `bgp-${edge.state}:`)) ||
      hidden.has(`${edge.kind}:`)
    )
      dimmed.add(edge.id);
  }
  return dimmed;
}
