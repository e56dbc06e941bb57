/** What a Heat template's functions can see while it is resolved. */
import type { Problem } from '../../../base/result.ts';
import { problemAt, scalar, type Node, type Place, type ScalarNode } from '../../yaml/node.ts';

export class HeatScope {
  readonly problems: Problem[] = [];
  /** Values of parameters, from the environment and the template's defaults. */
  readonly parameters: ReadonlyMap<string, Node>;
  /** Inputs of the deployment, such as `bridge_name`. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly resources: ReadonlyMap<string, Node>;
  readonly conditions: ReadonlyMap<string, Node>;
  /** The text of a file that the template names; undefined when it is not in the set. */
  readonly file: (path: string) => string | undefined;
  /** Conditions and resources that are being resolved, so that a circle ends. */
  readonly #open = new Set<string>();
  readonly #seen = new Set<string>();

  constructor(parts: Pick<HeatScope, 'parameters' | 'inputs' | 'resources' | 'conditions' | 'file'>) {
    this.parameters = parts.parameters;
    this.inputs = parts.inputs;
    this.resources = parts.resources;
    this.conditions = parts.conditions;
    this.file = parts.file;
  }

  /** Tells of something wrong once per place; what stands there reads as null. */
  report(place: Place, message: string): ScalarNode {
    const key = `${place.file}:${place.line}:${place.column}:${message}`;
    if (!this.#seen.has(key)) this.problems.push(problemAt(place, message));
    this.#seen.add(key);
    return scalar(null, place);
  }

  /** Runs `act` for something with a name, unless it is running already. */
  once<T>(name: string, act: () => T): T | undefined {
    if (this.#open.has(name)) return undefined;
    this.#open.add(name);
    try {
      return act();
    } finally {
      this.#open.delete(name);
    }
  }
}
