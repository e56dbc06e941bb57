/** Typed access to one mapping of a file: a value of the wrong type is a problem and reads as absent. */
import type { Problem } from '../../base/result.ts';
import { itemsOf, member, problemAt, textOf, type MapNode, type Node, type Place } from '../yaml/node.ts';

const TRUE = /^(?:t|true|on|y|yes|1)$/i;
const FALSE = /^(?:f|false|off|n|no|0)$/i;

export class Fields {
  readonly node: MapNode;
  readonly problems: Problem[];

  constructor(node: MapNode, problems: Problem[]) {
    this.node = node;
    this.problems = problems;
  }

  get place(): Place {
    return this.node.place;
  }

  get(key: string): Node | undefined {
    const node = member(this.node, key);
    return node?.kind === 'scalar' && node.value === null ? undefined : node;
  }

  #refuse(node: Node, key: string, wanted: string): undefined {
    this.problems.push(problemAt(node.place, `${key}: ${wanted} expected`));
    return undefined;
  }

  text(key: string): string | undefined {
    const node = this.get(key);
    if (node === undefined) return undefined;
    return node.kind === 'scalar' ? textOf(node) : this.#refuse(node, key, 'a text');
  }

  integer(key: string, lowest: number, highest: number): number | undefined {
    const node = this.get(key);
    if (node === undefined) return undefined;
    if (node.kind !== 'scalar' || !/^-?\d+$/.test(String(node.value)))
      return this.#refuse(node, key, 'a number');
    const value = Number(node.value);
    return value >= lowest && value <= highest
      ? value
      : this.#refuse(node, key, `a number from ${lowest} to ${highest}`);
  }

  /** Booleans, and the words that oslo's strutils takes for them. */
  flag(key: string, absent: boolean): boolean {
    const node = this.get(key);
    if (node === undefined) return absent;
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    const text = textOf(node) ?? '';
    if (TRUE.test(text)) return true;
    if (FALSE.test(text)) return false;
    this.#refuse(node, key, 'true or false');
    return absent;
  }

  items(key: string): readonly Node[] {
    const node = this.get(key);
    if (node === undefined) return [];
    if (node.kind === 'list') return itemsOf(node);
    this.#refuse(node, key, 'a list');
    return [];
  }

  /** A list of texts, or one text in its place. */
  texts(key: string): readonly string[] {
    const node = this.get(key);
    if (node === undefined) return [];
    if (node.kind === 'scalar') return textOf(node) === '' ? [] : [textOf(node) ?? ''];
    if (node.kind === 'map') {
      this.#refuse(node, key, 'a list');
      return [];
    }
    return node.items.flatMap((item) => textOf(item) ?? this.#refuse(item, key, 'a text') ?? []);
  }

  maps(key: string): readonly Fields[] {
    return this.items(key).flatMap((item) =>
      item.kind === 'map' ? [new Fields(item, this.problems)] : (this.#refuse(item, key, 'a mapping') ?? []),
    );
  }
}
