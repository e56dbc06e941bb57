/** A picture without some of its things: what is left out takes what it holds and its lines along, and leaves no gap. */
import { createModel, type DiagramModel, type DiagramNode } from './model.ts';

/** `model` without the nodes `out`. What is asked for and left out is shown by what it lay in, if that is still there. */
export function leaveOut(model: DiagramModel, out: ReadonlySet<string>): DiagramModel {
  if (out.size === 0) return model;
  const holders = (node: DiagramNode | undefined): readonly DiagramNode[] => {
    const chain: DiagramNode[] = [];
    for (let at = node; at; at = at.parent === null ? undefined : model.node(at.parent)) chain.push(at);
    return chain;
  };
  const kept = new Set(
    model.nodes.flatMap((node) => (holders(node).some(({ id }) => out.has(id)) ? [] : [node.id])),
  );
  const joins = (id: string | null): boolean => id === null || kept.has(id);
  const reduced = createModel({
    ...model,
    nodes: model.nodes.filter(({ id }) => kept.has(id)),
    edges: model.edges.filter(
      ({ from, to, via, segment }) => joins(from) && joins(to) && joins(segment) && via.every(joins),
    ),
    aliases: new Map(),
  });
  return {
    ...reduced,
    drawn: (id) => holders(model.drawn(id)).find((node) => kept.has(node.id)),
  };
}
