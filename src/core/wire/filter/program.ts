/**
 * The program of a filter: its tests as a graph, simplified as libpcap's optimizer does it.
 *
 * An edge is led past a comparison whose outcome is known from the comparisons that every way to the edge passes
 * (the same one, or `=` with another number). What needs more thought than that the optimizer does not see, so
 * neither may we: it decides which packets are too short, and which filters can never match.
 */
import { FilterError } from './filter-error.ts';
import { number, type Test, type Value } from './test.ts';

/** A program with more steps than this is not simplified. */
const MAX_STEPS = 600;

/** One test and where its outcome leads. */
export interface Step {
  readonly test: Exclude<Test, { kind: 'always' | 'and' | 'or' | 'not' }>;
  /** What is compared, and with which number: null if with no number. */
  readonly subject: string;
  readonly number: number | null;
  yes: Target;
  no: Target;
}
export type Target = Step | 'accept' | 'reject';

/** The program for a test. `reject` alone: the optimizer found that no packet passes. */
export function programOf(test: Test, optimize: boolean): Target {
  const builder = new ProgramBuilder(optimize && !hasInnerJumps(test));
  const root = builder.build(test, 'accept', 'reject');
  if (!builder.optimizes || typeof root === 'string') return root;
  const start = simplify(root);
  if (typeof start !== 'string') checkConstants(start);
  return start;
}

/** libpcap does not optimize a program with tests that have jumps inside. */
function hasInnerJumps(test: Test): boolean {
  if (test.kind === 'and' || test.kind === 'or') return hasInnerJumps(test.left) || hasInnerJumps(test.right);
  if (test.kind === 'not') return hasInnerJumps(test.test);
  return test.kind === 'geneve' || test.kind === 'chain';
}

class ProgramBuilder {
  optimizes: boolean;
  private size = 0;

  constructor(optimizes: boolean) {
    this.optimizes = optimizes;
  }

  build(test: Test, yes: Target, no: Target): Target {
    switch (test.kind) {
      case 'always':
        return test.result ? yes : no;
      case 'not':
        return this.build(test.test, no, yes);
      case 'and':
        return this.build(test.left, this.build(test.right, yes, no), no);
      case 'or':
        return this.build(test.left, yes, this.build(test.right, yes, no));
      case 'compare':
        return this.compare(test, yes, no);
      default:
        return { test, subject: '', number: null, yes, no };
    }
  }

  private compare(written: Extract<Test, { kind: 'compare' }>, yes: Target, no: Target): Target {
    const test = this.optimizes
      ? { ...written, left: reduced(written.left), right: reduced(written.right) }
      : written;
    const { left, right, comparison } = test;
    const outcome = knownOutcome(test);
    const isLate = left.kind === 'number' && right.kind === 'number' && (left.folded || right.folded);
    if (this.optimizes && outcome !== undefined && !isLate) return outcome ? yes : no;
    this.size += 1;
    if (this.size > MAX_STEPS) this.optimizes = false;
    const isNumber = right.kind === 'number';
    return {
      test,
      subject: `${textOf(left)} ${comparison} ${isNumber ? '' : textOf(right)}`,
      number: isNumber ? right.number : null,
      yes,
      no,
    };
  }
}

const isZero = (value: Value): boolean => value.kind === 'number' && value.number === 0;

/** Without what cannot matter: the optimizer does not even load it. */
function reduced(value: Value): Value {
  if (value.kind !== 'arithmetic') return value;
  const { operator } = value;
  const left = reduced(value.left);
  const right = reduced(value.right);
  if (isZero(right) && (operator === '*' || operator === '&')) return number(0);
  if (isZero(left) && right.kind !== 'number' && !['+', '-', '|', '^'].includes(operator)) return number(0);
  return { ...value, left, right };
}

/** What a comparison of two constants comes to. */
function knownOutcome(test: Step['test']): boolean | undefined {
  if (test.kind !== 'compare') return undefined;
  const { left, right, comparison } = test;
  if (left.kind !== 'number' || right.kind !== 'number') return undefined;
  if (comparison === '=') return left.number === right.number;
  if (comparison === '&') return (left.number & right.number) !== 0;
  return comparison === '>' ? left.number > right.number : left.number >= right.number;
}

/** Leads edges past decided comparisons until nothing changes. */
function simplify(root: Step): Target {
  for (let changed = true; changed;) {
    changed = false;
    const steps = topological(root);
    const dominators = edgeDominators(steps);
    for (const step of steps)
      for (const side of ['yes', 'no'] as const) {
        const known = dominators.get(step)?.[side] ?? [];
        const target = follow(step[side], known);
        if (target !== step[side]) {
          step[side] = target;
          changed = true;
        }
      }
  }
  let start: Target = root;
  while (typeof start !== 'string') {
    const outcome = knownOutcome(start.test);
    if (outcome !== undefined) start = outcome ? start.yes : start.no;
    else if (start.yes === start.no) start = start.yes;
    else break;
  }
  if (typeof start === 'string' || start === root) return start;
  // The first test stays, though nothing depends on it: its load can still be out of range.
  root.yes = start;
  root.no = start;
  return root;
}

/** Throws FilterError for a constant that the optimizer finds to be no divisor or shift. */
function checkConstants(start: Step): void {
  for (const { test } of topological(start)) {
    if (test.kind !== 'compare') continue;
    checkValue(test.left);
    checkValue(test.right);
  }
}

function checkValue(value: Value): void {
  if (value.kind === 'negative') checkValue(value.value);
  if (value.kind === 'load' && value.address.index !== null) checkValue(value.address.index);
  if (value.kind !== 'arithmetic') return;
  const { operator, left, right } = value;
  checkValue(left);
  checkValue(right);
  if (right.kind !== 'number') return;
  if (right.number === 0 && operator === '/') throw new FilterError('division by zero');
  if (right.number === 0 && operator === '%') throw new FilterError('modulus by zero');
  if (right.number > 31 && (operator === '<<' || operator === '>>'))
    throw new FilterError('shift by more than 31 bits');
}

interface Edge {
  readonly step: Step;
  readonly side: 'yes' | 'no';
}

function follow(from: Target, known: readonly Edge[]): Target {
  let target = from;
  for (;;) {
    if (typeof target === 'string') return target;
    if (target.yes === target.no) {
      target = target.yes;
      continue;
    }
    const next: Target | undefined = decided(target, known);
    if (next === undefined) return target;
    target = next;
  }
}

function decided(step: Step, known: readonly Edge[]): Target | undefined {
  for (const edge of known) {
    const { test, subject, number } = edge.step;
    if (subject !== step.subject) continue;
    if (number === step.number) return step[edge.side];
    const isEqual = test.kind === 'compare' && test.comparison === '=';
    if (edge.side === 'yes' && isEqual && number !== null && step.number !== null) return step.no;
  }
  return undefined;
}

/** The steps reachable from `start`, each before those it leads to. */
function topological(start: Step): readonly Step[] {
  const seen = new Set<Step>();
  const order: Step[] = [];
  const visit = (target: Target): void => {
    if (typeof target === 'string' || seen.has(target)) return;
    seen.add(target);
    visit(target.yes);
    visit(target.no);
    order.push(target);
  };
  visit(start);
  return order.reverse();
}

/** For each edge the edges that every way to it passes, itself included. */
function edgeDominators(
  steps: readonly Step[],
): ReadonlyMap<Step, { readonly yes: readonly Edge[]; readonly no: readonly Edge[] }> {
  const result = new Map<Step, { yes: Edge[]; no: Edge[] }>();
  const incoming = new Map<Step, Edge[]>();
  for (const step of steps) {
    const sources = incoming.get(step) ?? [];
    let shared: Edge[] = [];
    sources.forEach((edge, index) => {
      const own = result.get(edge.step)?.[edge.side] ?? [];
      shared = index === 0 ? own : shared.filter((one) => own.includes(one));
    });
    const yes: Edge = { step, side: 'yes' };
    const no: Edge = { step, side: 'no' };
    result.set(step, { yes: [...shared, yes], no: [...shared, no] });
    for (const edge of [yes, no]) {
      const target = step[edge.side];
      if (typeof target === 'string') continue;
      const list = incoming.get(target) ?? [];
      list.push(edge);
      incoming.set(target, list);
    }
  }
  return result;
}

/** The same text for the same computation. */
function textOf(value: Value): string {
  switch (value.kind) {
    case 'number':
      return String(value.number);
    case 'length':
      return 'len';
    case 'slot':
      return `slot${value.slot}`;
    case 'accumulator':
      return 'accumulator';
    case 'packet':
      return value.property;
    case 'negative':
      return `-(${textOf(value.value)})`;
    case 'arithmetic':
      return `(${textOf(value.left)}${value.operator}${textOf(value.right)})`;
    case 'load': {
      const { start, ipv4, index } = value.address;
      const rest = `${ipv4 ?? ''},${index === null ? '' : textOf(index)}`;
      return `[${start.constant},${start.slot ?? ''},${rest}:${value.size}]`;
    }
  }
}
