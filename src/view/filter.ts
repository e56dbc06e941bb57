/**
 * The filter line above the diagram: `on path or name == "central"`.
 *
 *     test = "on path" | field ("==" | "!=" | "~") value | word      (a word alone asks for a name that contains it)
 *     field = "name" | "kind" | "state" | "network" | "host" | "text"
 */
import type { Result } from '../core/base/result.ts';
import { parseExpression, type ExpressionProblem, type Test } from './expression.ts';
import type { DiagramModel, DiagramNode } from './model.ts';
import type { Playback } from './playback.ts';

/** Ids of nodes to dim: all that neither match nor hold nor lie in something that does; nothing for an empty text. */
export function dimmedBy(
  text: string,
  model: DiagramModel,
  playback: Playback,
): Result<ReadonlySet<string>, ExpressionProblem> {
  if (text.trim() === '') return { ok: true, value: new Set() };
  const parsed = parseFilter(text, model, playback);
  if (!parsed.ok) return parsed;
  return { ok: true, value: dimmedOutside(parsed.value, model) };
}

/** Ids of nodes to dim when a thing and what belongs to it is looked at: all but those, what they hold or lie in, and what a line joins to the thing itself. */
export function dimmedAround(
  centre: string,
  related: ReadonlySet<string>,
  model: DiagramModel,
): ReadonlySet<string> {
  const wanted = new Set(
    [centre, ...related].flatMap((id) => {
      const node = model.drawn(id);
      return node ? [node.id] : [];
    }),
  );
  const own = model.drawn(centre)?.id;
  for (const { from, to, id } of model.edges) {
    if (from === own || to === own || id === centre || related.has(id)) {
      wanted.add(from);
      wanted.add(to);
    }
  }
  // What is not drawn in this lens leaves the picture as it is.
  return wanted.size === 0 ? new Set() : dimmedOutside(({ id }) => wanted.has(id), model);
}

function dimmedOutside(holds: Test<DiagramNode>, model: DiagramModel): ReadonlySet<string> {
  const kept = new Set<string>();
  const inside = new Set<string>();
  for (const node of model.nodes) {
    if (!holds(node)) continue;
    inside.add(node.id);
    for (
      let at: DiagramNode | undefined = node;
      at;
      at = at.parent === null ? undefined : model.node(at.parent)
    )
      kept.add(at.id);
  }
  for (const node of model.nodes)
    for (
      let at: DiagramNode | undefined = node;
      at;
      at = at.parent === null ? undefined : model.node(at.parent)
    )
      if (inside.has(at.id)) kept.add(node.id);
  return new Set(model.nodes.flatMap(({ id }) => (kept.has(id) ? [] : [id])));
}

const FIELDS = ['name', 'kind', 'state', 'network', 'host', 'text'] as const;
type Field = (typeof FIELDS)[number];
const isField = (word: string): word is Field => FIELDS.some((field) => field === word);

const parseFilter = (
  text: string,
  model: DiagramModel,
  playback: Playback,
): Result<Test<DiagramNode>, ExpressionProblem> =>
  parseExpression<DiagramNode>(text, ({ peek, take, takeWord, refuse }) => {
    const first = take();
    if (first.kind === 'word' && first.text === 'on' && takeWord('path'))
      return ({ id }) => playback.marks.has(id);
    if (peek().kind !== 'operator') return ({ name }) => contains(name, first.text);
    if (first.kind !== 'word' || !isField(first.text))
      return refuse(`${first.text} is not one of ${FIELDS.join(', ')}`, first.at);
    const operator = take();
    if (!['==', '!=', '~'].includes(operator.text))
      return refuse(`${operator.text} is not expected here`, operator.at);
    const value = take();
    if (value.kind !== 'word' && value.kind !== 'string') return refuse('a value is missing', value.at);
    return compare(first.text, operator.text, value.text, model);
  });

const contains = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());

function compare(field: Field, operator: string, value: string, model: DiagramModel): Test<DiagramNode> {
  return (node) => {
    const texts = fieldTexts(field, node, model);
    switch (operator) {
      case '~':
        return texts.some((text) => contains(text, value));
      case '!=':
        return !texts.includes(value);
      default:
        return texts.includes(value);
    }
  };
}

/** What a field says of a node; several texts where any will do. */
function fieldTexts(field: Field, node: DiagramNode, model: DiagramModel): readonly string[] {
  switch (field) {
    case 'name':
      return [node.name];
    case 'kind':
      return [node.kind];
    case 'state':
      return [node.state];
    case 'network': {
      const network = node.network === null ? undefined : model.networks[node.network];
      return network ? [network.name, network.code] : [];
    }
    case 'host': {
      const names: string[] = [];
      for (
        let at: DiagramNode | undefined = node;
        at;
        at = at.parent === null ? undefined : model.node(at.parent)
      )
        if (at.kind === 'machine' || at.kind === 'container') names.push(at.name);
      return names;
    }
    case 'text':
      return [node.name, node.lead, node.trail, ...node.lines.map(({ text }) => text)];
  }
}
