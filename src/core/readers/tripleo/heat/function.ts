/** The shape of one intrinsic function of Heat's templates. */
import type { Node } from '../../yaml/node.ts';
import type { HeatScope } from './scope.ts';

export interface FunctionCall {
  /** The function's argument, not resolved yet. */
  readonly argument: Node;
  readonly scope: HeatScope;
  resolve(node: Node): Node;
  /** Resolves a condition: a name of the `conditions` section, a function or a boolean. */
  decide(node: Node): boolean;
}

export type HeatFunction = (call: FunctionCall) => Node;
