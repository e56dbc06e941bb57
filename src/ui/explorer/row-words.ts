/** What the picture shows of a thing beside its name, in words: its kind, what it is joined to, its network, what is wrong with it. */
import type { Fault } from '../../engine/protocol.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { subjectId, type DiagramModel } from '../../view/index.ts';
import type { DiagramEdge, DiagramNode } from '../../view/model.ts';
import { faultText, subjectOfFault } from '../faults/fault-words.ts';
import { describeSubject } from '../subjects/describe.ts';
import type { ExplorerRow } from './explorer-rows.ts';

/** Lines that are told one by one; the rest is counted. */
const MOST_LINES = 4;

const EDGE_WORD: Readonly<Record<DiagramEdge['kind'], string>> = {
  cable: 'cable to',
  veth: 'veth pair with',
  internal: 'joined to',
  patch: 'patched to',
  trunk: 'trunk to',
  access: 'access port to',
  tunnel: 'tunnel to',
  wire: 'joined to',
  logical: 'connected to',
  bgp: 'BGP session with',
  stem: 'joined to',
  control: 'writes to or reads from',
};

/** Which lines of the picture end at a node. */
function linesByNode(model: DiagramModel): ReadonlyMap<string, readonly DiagramEdge[]> {
  const lines = new Map<string, DiagramEdge[]>();
  for (const edge of model.edges)
    for (const end of edge.from === edge.to ? [edge.from] : [edge.from, edge.to]) {
      const list = lines.get(end);
      if (list) list.push(edge);
      else lines.set(end, [edge]);
    }
  return lines;
}

interface RowWorld {
  readonly snapshot: WorldSnapshot;
  readonly model: DiagramModel;
  readonly faults: readonly Fault[];
  /** Ids that step back in the picture. */
  readonly dimmed: ReadonlySet<string>;
}

/** Gives the words of a row: parts joined by semicolons, '' where there is nothing to tell. Each is made once. */
export function rowWords(world: RowWorld): (row: ExplorerRow) => string {
  const lines = linesByNode(world.model);
  const known = new Map<string, string>();
  return (row) => {
    const before = known.get(row.id);
    if (before !== undefined) return before;
    const words = wordsOf(row, lines, world);
    known.set(row.id, words);
    return words;
  };
}

function wordsOf(
  { subject }: ExplorerRow,
  lines: ReadonlyMap<string, readonly DiagramEdge[]>,
  { snapshot, model, faults, dimmed }: RowWorld,
): string {
  if (!subject) return '';
  const id = subjectId(subject);
  const node = model.node(id);
  const edge = node ? undefined : model.edge(id);
  const network = model.networks[node?.network ?? edge?.networks[0] ?? -1];
  const joined = (lines.get(id) ?? []).map((line) => lineWords(line, id, model, snapshot));
  const parts = [
    describeSubject(subject, snapshot).where,
    ...(edge
      ? edge.via.slice(0, MOST_LINES).map((via) => `over ${nodeWords(model.node(via), snapshot)}`)
      : []),
    ...joined.slice(0, MOST_LINES),
    joined.length > MOST_LINES ? `and ${joined.length - MOST_LINES} more lines` : '',
    network ? `in ${network.name}` : '',
    ...faults.flatMap((fault) =>
      subjectId(subjectOfFault(fault)) === id ? [`broken, ${faultText(fault, snapshot)}`] : [],
    ),
    dimmed.has(id) ? 'dimmed' : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function lineWords(line: DiagramEdge, from: string, model: DiagramModel, snapshot: WorldSnapshot): string {
  const other = model.node(line.from === from ? line.to : line.from);
  const state = line.state === 'up' || line.state === 'unknown' ? '' : `, ${line.state}`;
  return `${EDGE_WORD[line.kind]} ${nodeWords(other, snapshot)}${state}`;
}

/** `eth1 of worker1`. */
function nodeWords(node: DiagramNode | undefined, snapshot: WorldSnapshot): string {
  if (!node) return 'something not drawn';
  const { subject } = node;
  if (!subject) return node.name;
  const { name } = describeSubject(subject, snapshot);
  return 'host' in subject && subject.kind !== 'host' ? `${name} of ${subject.host}` : name;
}
