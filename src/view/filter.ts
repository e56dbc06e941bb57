/**
 * The filter line above the diagram: `on path or name == "central"`.
 *
 *     expression = term {"or" term};  term = factor {"and" factor};  factor = "not" factor | "(" expression ")" | test
 *     test = "on path" | field ("==" | "!=" | "~") value | word      (a word alone asks for a name that contains it)
 *     field = "name" | "kind" | "state" | "network" | "host" | "text"
 */
import type { Result } from '../core/base/result.ts';
import type { DiagramModel, DiagramNode } from './model.ts';
import type { Playback } from './playback.ts';

export interface FilterProblem {
  readonly message: string;
  /** Character offset in the text. */
  readonly at: number;
}

type Test = (node: DiagramNode) => boolean;

/** Ids of nodes to dim: all that neither match nor hold nor lie in something that does; nothing for an empty text. */
export function dimmedBy(
  text: string,
  model: DiagramModel,
  playback: Playback,
): Result<ReadonlySet<string>, FilterProblem> {
  if (text.trim() === '') return { ok: true, value: new Set() };
  const parsed = parseFilter(text, model, playback);
  if (!parsed.ok) return parsed;
  const kept = new Set<string>();
  const inside = new Set<string>();
  for (const node of model.nodes) {
    if (!parsed.value(node)) continue;
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
  return { ok: true, value: new Set(model.nodes.flatMap(({ id }) => (kept.has(id) ? [] : [id]))) };
}

interface Token {
  readonly kind: 'word' | 'string' | 'operator' | 'open' | 'close' | 'end';
  readonly text: string;
  readonly at: number;
}

function tokens(text: string): readonly Token[] {
  const list: Token[] = [];
  for (const match of text.matchAll(/\s+|"([^"]*)"?|(==|!=|~)|([()])|([^\s()"=!~]+|[=!])/g)) {
    const [whole, quoted, operator, bracket, word] = match;
    const at = match.index;
    if (quoted !== undefined) list.push({ kind: 'string', text: quoted, at });
    else if (operator !== undefined) list.push({ kind: 'operator', text: operator, at });
    else if (bracket !== undefined)
      list.push({ kind: bracket === '(' ? 'open' : 'close', text: bracket, at });
    else if (word !== undefined) list.push({ kind: 'word', text: word, at });
    else if (whole.trim() !== '') list.push({ kind: 'word', text: whole, at });
  }
  return [...list, { kind: 'end', text: '', at: text.length }];
}

class Refusal extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const FIELDS = ['name', 'kind', 'state', 'network', 'host', 'text'] as const;
type Field = (typeof FIELDS)[number];
const isField = (word: string): word is Field => FIELDS.some((field) => field === word);

function parseFilter(text: string, model: DiagramModel, playback: Playback): Result<Test, FilterProblem> {
  const list = tokens(text);
  let position = 0;
  const peek = (): Token => list[position] ?? { kind: 'end', text: '', at: text.length };
  const take = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };
  const takeWord = (word: string): boolean => {
    const hit = peek().kind === 'word' && peek().text === word;
    if (hit) position += 1;
    return hit;
  };
  const expression = (): Test => {
    let left = term();
    while (takeWord('or')) {
      const a = left;
      const b = term();
      left = (node) => a(node) || b(node);
    }
    return left;
  };
  const term = (): Test => {
    let left = factor();
    while (takeWord('and')) {
      const a = left;
      const b = factor();
      left = (node) => a(node) && b(node);
    }
    return left;
  };
  const factor = (): Test => {
    if (takeWord('not')) {
      const inner = factor();
      return (node) => !inner(node);
    }
    if (peek().kind !== 'open') return test();
    take();
    const inner = expression();
    if (peek().kind !== 'close') throw new Refusal('a ) is missing', peek().at);
    take();
    return inner;
  };
  const test = (): Test => {
    const first = take();
    if (first.kind === 'end') throw new Refusal('something is missing here', first.at);
    if (first.kind === 'operator' || first.kind === 'close')
      throw new Refusal(`${first.text} is not expected here`, first.at);
    if (first.kind === 'word' && first.text === 'on' && takeWord('path'))
      return ({ id }) => playback.marks.has(id);
    if (peek().kind !== 'operator') return ({ name }) => contains(name, first.text);
    if (first.kind !== 'word' || !isField(first.text))
      throw new Refusal(`${first.text} is not one of ${FIELDS.join(', ')}`, first.at);
    const operator = take().text;
    const value = take();
    if (value.kind !== 'word' && value.kind !== 'string') throw new Refusal('a value is missing', value.at);
    return compare(first.text, operator, value.text, model);
  };
  try {
    const result = expression();
    const rest = peek();
    return rest.kind === 'end'
      ? { ok: true, value: result }
      : { ok: false, error: { message: `${rest.text} is not expected here`, at: rest.at } };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: { message: error.message, at: error.at } };
    throw error;
  }
}

const contains = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());

function compare(field: Field, operator: string, value: string, model: DiagramModel): Test {
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
