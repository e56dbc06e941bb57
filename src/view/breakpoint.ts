/** Where a run stops by itself. */
import type { Result } from '../core/base/result.ts';
import type { Step } from '../core/base/step.ts';
import { parseExpression, type ExpressionProblem, type Test } from './expression.ts';
import type { RunTree } from './run-tree.ts';
import { dropText, resultText, stageText } from './step-text.ts';
import { idsOfStep } from './step-subjects.ts';

export type Breakpoint =
  /** A thing of the diagram: stops when a packet comes to it. */
  | { readonly kind: 'device'; readonly id: string }
  /** A stage name, or a table number as text. */
  | { readonly kind: 'stage'; readonly stage: string }
  | { readonly kind: 'drop' }
  /** A field whose value changes. */
  | { readonly kind: 'field'; readonly field: string }
  /** Stops where an expression over the step begins to hold. */
  | { readonly kind: 'expression'; readonly text: string }
  /** Stops where a packet begins to look like this: a display filter, which the engine evaluates. */
  | { readonly kind: 'packet'; readonly filter: string };

/** Names a breakpoint: two that stop at the same have the same key. */
export function breakpointKey(breakpoint: Breakpoint): string {
  switch (breakpoint.kind) {
    case 'drop':
      return 'drop';
    case 'device':
      return `device ${breakpoint.id}`;
    case 'stage':
      return `stage ${breakpoint.stage}`;
    case 'field':
      return `field ${breakpoint.field}`;
    case 'expression':
      return `expression ${breakpoint.text}`;
    case 'packet':
      return `packet ${breakpoint.filter}`;
  }
}

/** Tells of a step, by its index, whether a run stops there. */
type StopTest = (index: number) => boolean;

/** Steps whose packet a display filter lets through, by the filter's text. Missing: not known yet, so nothing stops. */
export type PacketMatches = ReadonlyMap<string, ReadonlySet<number>>;

function stopTest(tree: RunTree, breakpoint: Breakpoint, matches: PacketMatches): StopTest {
  const stepAt = (index: number): Step | undefined => tree.steps[index];
  /** Stops where something begins: it holds, and did not before. */
  const begins =
    (holds: (index: number) => boolean): StopTest =>
    (index) => {
      const before = tree.parentOf(index);
      return holds(index) && !(before >= 0 && holds(before));
    };
  switch (breakpoint.kind) {
    case 'drop':
      return (index) => stepAt(index)?.what.kind === 'dropped';
    case 'stage':
      return (index) => {
        const step = stepAt(index);
        // A stage's details are on the way already.
        if (step?.what.kind !== 'table') return false;
        return step.where.stage === breakpoint.stage || String(step.what.table) === breakpoint.stage;
      };
    case 'field':
      return (index) => {
        const what = stepAt(index)?.what;
        return (
          what !== undefined &&
          'changes' in what &&
          what.changes.some(({ field }) => field === breakpoint.field)
        );
      };
    case 'device':
      return begins((index) => {
        const step = stepAt(index);
        return step !== undefined && idsOfStep(step).includes(breakpoint.id);
      });
    case 'expression': {
      const parsed = parseStepExpression(breakpoint.text, tree);
      return parsed.ok ? begins(parsed.value) : () => false;
    }
    case 'packet': {
      const found = matches.get(breakpoint.filter);
      return found ? begins((index) => found.has(index)) : () => false;
    }
  }
}

/** Every step at which a breakpoint stops, ascending. */
export function stopsOf(tree: RunTree, breakpoint: Breakpoint, matches: PacketMatches): readonly number[] {
  const test = stopTest(tree, breakpoint, matches);
  const stops: number[] = [];
  for (let index = 0; index < tree.steps.length; index += 1) if (test(index)) stops.push(index);
  return stops;
}

/** The first step after `index` at which a run stops, else `end`, which is the last step unless told. */
export function runToBreakpoint(
  tree: RunTree,
  index: number,
  breakpoints: readonly Breakpoint[],
  matches: PacketMatches = new Map(),
  end = tree.steps.length - 1,
): number {
  const tests = breakpoints.map((breakpoint) => stopTest(tree, breakpoint, matches));
  for (let at = Math.max(index, -1) + 1; at < end; at += 1) if (tests.some((test) => test(at))) return at;
  return Math.max(index, end);
}

const NUMBERS = ['table', 'size', 'step'] as const;
const WORDS = ['host', 'namespace', 'device', 'bridge', 'stage', 'kind', 'text'] as const;

/**
 * An expression over one step: `dropped and host == worker2`, `reg15 == 0x2`, `changed ct_state`, `table >= 42`.
 *
 *     test = "changed" field | name ("==" | "!=" | "~" | "<" | "<=" | ">" | ">=") value | word
 *
 * A name is one of the step's own (table, size, step, host, namespace, device, bridge, stage, kind, text) or a flow field, which has the
 * value that was last written on the packet's way. A word alone asks for a step that says it.
 */
export function parseStepExpression(text: string, tree: RunTree): Result<Test<number>, ExpressionProblem> {
  return parseExpression<number>(text, ({ peek, take, takeWord, refuse }) => {
    if (takeWord('changed')) {
      const field = take();
      if (field.kind !== 'word') return refuse('a field is missing', field.at);
      return (index) => {
        const what = tree.steps[index]?.what;
        return (
          what !== undefined && 'changes' in what && what.changes.some((one) => one.field === field.text)
        );
      };
    }
    const first = take();
    if (peek().kind !== 'operator')
      return (index) => {
        const step = tree.steps[index];
        return step !== undefined && sayings(step).some((one) => one.includes(first.text.toLowerCase()));
      };
    const operator = take().text;
    const value = take();
    if (value.kind !== 'word' && value.kind !== 'string') return refuse('a value is missing', value.at);
    const holds = relation(operator, value.text);
    return (index) => {
      const held = valueOf(tree, index, first.text);
      return held !== null && holds(held);
    };
  });
}

const sayings = (step: Step): readonly string[] =>
  [
    step.what.kind,
    stageText(step),
    step.what.kind === 'dropped' ? dropText(step.what.reason) : resultText(step),
  ].map((one) => one.toLowerCase());

/** What a name stands for at a step; null when it stands for nothing there. */
function valueOf(tree: RunTree, index: number, name: string): string | null {
  const step = tree.steps[index];
  if (!step) return null;
  if (NUMBERS.some((one) => one === name)) {
    if (name === 'step') return String(index + 1);
    if (name === 'size') return step.frame ? String(step.frame.length) : null;
    return step.where.table === undefined ? null : String(step.where.table);
  }
  if (WORDS.some((one) => one === name)) {
    const { where, what } = step;
    switch (name) {
      case 'host':
        return where.host;
      case 'namespace':
        return where.namespace ?? '';
      case 'device':
        return where.device ?? null;
      case 'bridge':
        return where.bridge ?? null;
      case 'stage':
        return where.stage ?? null;
      case 'kind':
        return what.kind;
      default:
        return sayings(step).join(' ');
    }
  }
  for (let at = index; at >= 0; at = tree.parentOf(at)) {
    const what = tree.steps[at]?.what;
    if (what === undefined || !('changes' in what)) continue;
    const last = what.changes.findLast((change) => change.field === name);
    if (last) return last.after;
  }
  return null;
}

function relation(operator: string, text: string): (value: string) => boolean {
  const number = (value: string): number => (/^(0x[0-9a-f]+|\d+)$/i.test(value) ? Number(value) : Number.NaN);
  const wanted = number(text);
  const same = (value: string): boolean =>
    value === text || (!Number.isNaN(wanted) && number(value) === wanted);
  switch (operator) {
    case '==':
      return same;
    case '!=':
      return (value) => !same(value);
    case '~':
      return (value) => value.toLowerCase().includes(text.toLowerCase());
    case '<':
      return (value) => number(value) < wanted;
    case '<=':
      return (value) => number(value) <= wanted;
    case '>':
      return (value) => number(value) > wanted;
    default:
      return (value) => number(value) >= wanted;
  }
}
