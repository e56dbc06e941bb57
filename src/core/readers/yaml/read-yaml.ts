/** YAML and JSON text to placed values. Whatever is wrong in the text is a problem with its line; nothing throws. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type ParsedNode,
  type YAMLMap,
} from 'yaml';
import type { Problem } from '../../base/result.ts';
import { list, map, problemAt, type MapEntry, type Node, type Place, type Read } from './node.ts';
import { resolvePlain } from './scalar.ts';

/** Values that one document may expand to by its aliases. */
const NODE_LIMIT = 100_000;
const DEPTH_LIMIT = 100;

/** What a document tag other than the standard ones makes a problem of. */
const STANDARD_TAG = /^(?:tag:yaml\.org,2002:|!!|!$)/;

class Reading {
  readonly problems: Problem[] = [];
  readonly #place: (offset: number) => Place;
  readonly #document: Document;
  #nodes = 0;

  constructor(document: Document, place: (offset: number) => Place) {
    this.#document = document;
    this.#place = place;
  }

  node(source: unknown, fallback: Place, depth = 0): Node {
    const parsed = source as ParsedNode | null;
    const place = parsed?.range ? this.#place(parsed.range[0]) : fallback;
    this.#nodes += 1;
    if (depth > DEPTH_LIMIT || this.#nodes > NODE_LIMIT) {
      if (this.#nodes <= NODE_LIMIT + 1)
        this.problems.push(problemAt(place, 'the document is nested too deeply or too large'));
      return { kind: 'scalar', value: null, text: '', place };
    }
    if (parsed === null) return { kind: 'scalar', value: null, text: '', place };
    if (isAlias(parsed)) {
      const target = parsed.resolve(this.#document);
      if (target !== undefined) return this.node(target, place, depth + 1);
      this.problems.push(problemAt(place, `no anchor &${parsed.source}`));
      return { kind: 'scalar', value: null, text: '', place };
    }
    const tag = typeof parsed.tag === 'string' ? parsed.tag : '';
    if (tag !== '' && !STANDARD_TAG.test(tag))
      this.problems.push(problemAt(place, `could not determine a constructor for the tag '${tag}'`));
    if (isMap(parsed)) return map(this.#entries(parsed, place, depth), place);
    if (isSeq(parsed))
      return list(
        parsed.items.map((item) => this.node(item, place, depth + 1)),
        place,
      );
    if (isScalar(parsed)) {
      const text = typeof parsed.value === 'string' ? parsed.value : '';
      const plain = parsed.type === 'PLAIN' && !tag.endsWith(':str');
      return { kind: 'scalar', value: plain ? resolvePlain(text) : text, text, place };
    }
    return { kind: 'scalar', value: null, text: '', place };
  }

  #entries(source: YAMLMap, place: Place, depth: number): MapEntry[] {
    const entries = new Map<string, MapEntry>();
    const merged: MapEntry[] = [];
    for (const pair of source.items) {
      const keyNode = this.node(pair.key, place, depth + 1);
      if (keyNode.kind !== 'scalar') {
        this.problems.push(problemAt(keyNode.place, 'found unhashable key'));
        continue;
      }
      const key = keyNode.text;
      const value = this.node(pair.value, keyNode.place, depth + 1);
      if (key === '<<' && keyNode.value === '<<') {
        for (const from of value.kind === 'list' ? value.items : [value])
          if (from.kind === 'map') merged.push(...from.entries.values());
          else this.problems.push(problemAt(from.place, 'expected a mapping for merging'));
        continue;
      }
      const known = entries.get(key);
      if (known)
        this.problems.push(
          problemAt(
            keyNode.place,
            `${key} is given twice; the one of line ${known.keyPlace.line} is not used`,
            'warning',
          ),
        );
      entries.set(key, { key, keyPlace: keyNode.place, value });
    }
    for (const entry of merged) if (!entries.has(entry.key)) entries.set(entry.key, entry);
    return [...entries.values()];
  }
}

/**
 * The first document of a YAML (or JSON) text; `undefined` when there is none. `written` tells for each line of a
 * rendered text which line of its template wrote it.
 */
export function readYaml(text: string, file: string, written?: readonly number[]): Read<Node | undefined> {
  const lines = new LineCounter();
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: written?.[line - 1] ?? Math.max(line, 1), column: Math.max(col, 1) };
  };
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    keepSourceTokens: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  if (!Array.isArray(documents)) return { value: undefined, problems: [] };
  const [document] = documents;
  if (!document) return { value: undefined, problems: [] };
  const broken = document.errors.map((error) => problemAt(at(error.pos[0]), error.message));
  const reading = new Reading(document, at);
  if (documents.length > 1)
    reading.problems.push(
      problemAt(at(documents[1]?.range[0] ?? 0), 'expected a single document in the stream', 'warning'),
    );
  const value =
    document.contents === null || broken.length > 0 ? undefined : reading.node(document.contents, at(0));
  return { value, problems: [...broken, ...reading.problems] };
}
