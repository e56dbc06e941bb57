/** The expression and action languages against lines of `ovstest test-ovn`, with its table of test symbols. */
import type { Result } from '../../core/base/result.ts';
import {
  type ConstantNames,
  type Expr,
  type ExprMatch,
  type NumberLiteral,
  type PortNumber,
  type SymbolTable,
  addField,
  addString,
  annotate,
  evaluate,
  evaluateConditions,
  formatExpr,
  formatToken,
  logicalSymbols,
  normalize,
  parseExpr,
  parseMicroflow,
  simplify,
  toMatches,
  tokensOf,
} from '../../core/ovn/expr/index.ts';
import { FIELDS } from '../../core/flow/index.ts';
import { formatMatch } from '../../core/flow/match-text.ts';
import { type GoldenFolder, type Point, type Runner, firstDifference } from '../runner.ts';
import { parseActionsText } from './expr-actions.ts';

const KINDS = [
  'lex',
  'parse-expr',
  'simplify-expr',
  'normalize-expr',
  'expr-to-flows',
  'evaluate-expr',
  'parse-actions',
] as const;
type Kind = (typeof KINDS)[number];

/** One recorded line. */
interface Vector {
  readonly input: string;
  readonly args: readonly string[];
  readonly output: string;
  readonly error: string | null;
}

/** What our side says for a line. */
interface Outcome {
  readonly output: string;
  readonly error: string | null;
}

const fine = (output: string): Outcome => ({ output, error: null });
const failed = (error: string): Outcome => ({ output: error, error });

/** Production symbols and the ones that exist to be wrong. */
function testSymbols(): SymbolTable {
  const table = logicalSymbols();
  addField(table, 'bad_prereq', FIELDS.xreg0, 'xyzzy');
  addField(table, 'self_recurse', FIELDS.xreg0, 'self_recurse != 0');
  addField(table, 'mutual_recurse_1', FIELDS.xreg0, 'mutual_recurse_2 != 0');
  addField(table, 'mutual_recurse_2', FIELDS.xreg0, 'mutual_recurse_1 != 0');
  addString(table, 'big_string', FIELDS.xreg0);
  return table;
}

const integers = (format: NumberLiteral['format'], ...values: bigint[]): readonly NumberLiteral[] =>
  values.map((value) => ({ value, mask: undefined, format }));

const ADDRESS_SETS: Readonly<Record<string, readonly NumberLiteral[]>> = {
  set1: integers('ipv4', 0x0a000001n, 0x0a000002n, 0x0a000003n),
  set2: integers('ipv6', 1n, 2n, 3n),
  set3: integers('ethernet', 1n, 2n, 3n),
  set4: [],
};
const PORT_GROUPS: Readonly<Record<string, readonly string[]>> = {
  pg1: ['lsp1', 'lsp2', 'lsp3'],
  pg_empty: [],
};
const NAMES: ConstantNames = {
  addressSet: (name) => ADDRESS_SETS[name],
  portGroup: (name) => PORT_GROUPS[name],
};
const PORTS: Readonly<Record<string, number>> = {
  eth0: 5,
  eth1: 6,
  LOCAL: 65534,
  lsp1: 0x11,
  lsp2: 0x12,
  lsp3: 0x13,
};
const portNumber: PortNumber = (name) => PORTS[name];
/** C's atoi(3): what the evaluation takes port names for. */
const atoi: PortNumber = (name) => Number(/^\s*[+-]?\d+/.exec(name)?.[0] ?? 0) >>> 0;

function lex(input: string): Outcome {
  const tokens = [...tokensOf(input)];
  const error = tokens.find((token) => token.kind === 'error');
  return { output: tokens.map(formatToken).join(' '), error: error?.text ?? null };
}

function matchLine({ match, conjunctions }: ExprMatch): string {
  const text = formatMatch(match);
  if (conjunctions.length === 0) return text;
  return `${text}: ${conjunctions.map((each) => `conjunction(${each.id}, ${each.clause}/${each.clauses})`).join(', ')}`;
}

function flows(expr: Expr): string {
  const { matches } = toMatches(expr, portNumber);
  return matches.length === 0 ? '(no flows)' : matches.map(matchLine).join('\n');
}

function expression(kind: Kind, input: string, symbols: SymbolTable): Outcome {
  const parsed = parseExpr(input, symbols, NAMES);
  if (!parsed.ok) return failed(parsed.error);
  if (kind === 'parse-expr') return fine(formatExpr(parsed.value));
  const annotated = annotate(parsed.value, symbols);
  if (!annotated.ok) return failed(annotated.error);
  const simple = evaluateConditions(simplify(annotated.value), (port) => PORTS[port] !== undefined);
  if (kind === 'simplify-expr') return fine(formatExpr(simple));
  const normal = normalize(simple);
  return fine(kind === 'normalize-expr' ? formatExpr(normal) : flows(normal));
}

function evaluation(input: string, microflow: string): Outcome {
  const symbols = logicalSymbols();
  const flow = parseMicroflow(microflow, symbols, atoi);
  if (!flow.ok) return { output: '', error: flow.error };
  const parsed: Result<Expr> = parseExpr(input, symbols);
  const annotated = parsed.ok ? annotate(parsed.value, symbols) : parsed;
  return annotated.ok
    ? fine(evaluate(annotated.value, flow.value, atoi) ? '1' : '0')
    : failed(annotated.error);
}

/** What `ovstest test-ovn KIND` prints for one line. */
function outcome(kind: Kind, input: string, args: readonly string[], symbols: SymbolTable): Outcome {
  switch (kind) {
    case 'lex':
      return lex(input);
    case 'evaluate-expr':
      return evaluation(input, args[0] ?? '');
    case 'parse-actions':
      return parseActionsText(input, symbols, (name) =>
        ['eth0', 'eth1', 'LOCAL', 'lsp1'].includes(name) ? PORTS[name] : undefined,
      );
    default:
      return expression(kind, input, symbols);
  }
}

/** The flows of an expression have no order. */
function normalised(kind: Kind, text: string): string {
  return kind === 'expr-to-flows' ? text.split('\n').toSorted().join('\n') : text;
}

function* runKind(folder: GoldenFolder, kind: Kind, symbols: SymbolTable): Generator<Point> {
  const path = `expr/${kind}.jsonl`;
  if (!folder.exists(path)) return;
  const lines = folder.text(path).trimEnd().split('\n');
  for (const [index, line] of lines.entries()) {
    const vector = JSON.parse(line) as Vector;
    const id = `${kind}/${index + 1} ${vector.input.slice(0, 60)}`;
    try {
      const got = outcome(kind, vector.input, vector.args, symbols);
      const expected = normalised(kind, vector.output);
      const actual = normalised(kind, got.output);
      const pass = expected === actual;
      yield pass ? { kind, id, pass } : { kind, id, pass, why: firstDifference(expected, actual) };
    } catch (problem) {
      yield { kind, id, pass: false, why: `threw ${String(problem)}` };
    }
  }
}

export const exprRunner: Runner = {
  kinds: KINDS,
  *run(folder, wanted) {
    const symbols = testSymbols();
    for (const kind of KINDS) if (wanted(kind)) yield* runKind(folder, kind, symbols);
  },
};
