/** The tree of a Jinja2 template: text, output, statements, and expressions, each with the line that it stands on. */

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly line: number }
  | { readonly kind: 'name'; readonly name: string; readonly line: number }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly line: number }
  | {
      readonly kind: 'dict';
      readonly pairs: readonly (readonly [Expression, Expression])[];
      readonly line: number;
    }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string; readonly line: number }
  | { readonly kind: 'item'; readonly of: Expression; readonly index: Expression; readonly line: number }
  | {
      readonly kind: 'slice';
      readonly of: Expression;
      readonly start: Expression | null;
      readonly stop: Expression | null;
      readonly line: number;
    }
  | ({ readonly kind: 'call'; readonly callee: Expression } & Arguments)
  | ({ readonly kind: 'filter'; readonly of: Expression; readonly name: string } & Arguments)
  | ({
      readonly kind: 'test';
      readonly of: Expression;
      readonly name: string;
      readonly negated: boolean;
    } & Arguments)
  | { readonly kind: 'not'; readonly of: Expression; readonly line: number }
  | { readonly kind: 'negative'; readonly of: Expression; readonly line: number }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly line: number;
    }
  | {
      readonly kind: 'choice';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression | null;
      readonly line: number;
    };

interface Arguments {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [string, Expression])[];
  readonly line: number;
}

export const BINARY_OPERATORS = [
  'or',
  'and',
  'in',
  'not in',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '~',
  '+',
  '-',
  '*',
  '//',
  '%',
] as const;
export type BinaryOperator = (typeof BINARY_OPERATORS)[number];

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly line: number }
  | { readonly kind: 'output'; readonly expression: Expression; readonly line: number }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: Expression | null; readonly body: readonly Part[] }[];
      readonly line: number;
    }
  | {
      readonly kind: 'for';
      readonly names: readonly string[];
      readonly source: Expression;
      readonly only: Expression | null;
      readonly body: readonly Part[];
      readonly otherwise: readonly Part[];
      readonly line: number;
    }
  | {
      readonly kind: 'set';
      readonly target: string;
      /** Of `set ns.name = ...`. */
      readonly attribute: string | null;
      readonly value: Expression;
      readonly line: number;
    }
  | {
      readonly kind: 'capture';
      readonly target: string;
      readonly body: readonly Part[];
      readonly line: number;
    };

/** What ends the reading of a template: a placed error of its text. */
export class TemplateError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}
