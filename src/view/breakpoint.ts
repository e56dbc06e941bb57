/** Where a run stops by itself. */
import type { Result } from '../core/base/result.ts';
import type { Step } from '../core/base/step.ts';
import { parseExpression, type ExpressionProblem, type Test } from './expression.ts';
import type { FieldTrack, FieldTracks } from './field-track.ts';
import type { RunTree } from './run-tree.ts';
import { dropText, resultText, stageText } from './step-text.ts';
import { idsOfStep } from './step-subjects.ts';

export type Breakpoint =
  /** A thing of the diagram: stops when a packet comes to it. */
  | { readonly kind: 'device'; readonly id: string }
  /** A stage name, or a table number as text. */
  | { readonly kind: 'stage'; readonly stage: string }
  | { readonly kind: 'drop' }
  /** A field whose value changes, or that a packet gets. */
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

/** What the engine knows of the run: nothing stops at what is not known yet. */
export interface RunFacts {
  readonly matches: PacketMatches;
  readonly fields: FieldTracks;
}

const NO_FACTS: RunFacts = { matches: new Map(), fields: new Map() };

/** Stages as a person writes them: `ls_in_l2_lkup`, `40`, `table=40`, `table 40`, `40 ls_in_l2_lkup`. */
const stageOf = (text: string): string =>
  /^(?:table\s*=?\s*)?(\d+)(?:\s.*)?$/.exec(text.trim())?.[1] ?? text.trim();

function stopTest(tree: RunTree, breakpoint: Breakpoint, { matches, fields }: RunFacts): StopTest {
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
    case 'stage': {
      const stage = stageOf(breakpoint.stage);
      return (index) => {
        const step = stepAt(index);
        // A stage's details are on the way already.
        if (step?.what.kind !== 'table') return false;
        return step.where.stage === stage || String(step.what.table) === stage;
      };
    }
    case 'field': {
      const track = fields.get(breakpoint.field);
      return track?.ok === true ? track.value.changesAt : () => false;
    }
    case 'device':
      return begins((index) => {
        const step = stepAt(index);
        return step !== undefined && idsOfStep(step).includes(breakpoint.id);
      });
    case 'expression': {
      const parsed = parseStepExpression(breakpoint.text, tree, fields);
      return parsed.ok ? begins(parsed.value) : () => false;
    }
    case 'packet': {
      const found = matches.get(breakpoint.filter);
      return found ? begins((index) => found.has(index)) : () => false;
    }
  }
}

/** Every step at which a breakpoint stops, ascending. */
export function stopsOf(tree: RunTree, breakpoint: Breakpoint, facts: RunFacts): readonly number[] {
  const test = stopTest(tree, breakpoint, facts);
  const stops: number[] = [];
  for (let index = 0; index < tree.steps.length; index += 1) if (test(index)) stops.push(index);
  return stops;
}

/** The first step after `index` at which a run stops, else `end`, which is the last step unless told. */
export function runToBreakpoint(
  tree: RunTree,
  index: number,
  breakpoints: readonly Breakpoint[],
  facts: RunFacts = NO_FACTS,
  end = tree.steps.length - 1,
): number {
  const tests = breakpoints.map((breakpoint) => stopTest(tree, breakpoint, facts));
  for (let at = Math.max(index, -1) + 1; at < end; at += 1) if (tests.some((test) => test(at))) return at;
  return Math.max(index, end);
}

const OWN: readonly string[] = [
  ...['table', 'size', 'step'],
  ...['host', 'namespace', 'device', 'bridge', 'stage', 'kind', 'text'],
];

/** The field that a name stands for, at its place in the text. */
type FieldLookup = (name: string) => Result<FieldTrack, string> | undefined;

/**
 * An expression over one step: `dropped and host == worker2`, `reg15 == 0x2`, `changed ct_state`, `table >= 42`.
 *
 *     test = "changed" field | name ("==" | "!=" | "~" | "<" | "<=" | ">" | ">=") value | word
 *
 * A name is one of the step's own (table, size, step, host, namespace, device, bridge, stage, kind, text) or a field of the packet. A word
 * alone asks for a step that says it.
 */
export function parseStepExpression(
  text: string,
  tree: RunTree,
  fields: FieldTracks,
): Result<Test<number>, ExpressionProblem> {
  return read(text, tree, (name) => fields.get(name));
}

/** The fields that an expression asks for; none where it is wrong before it names one. */
export function fieldsNamed(text: string, tree: RunTree): readonly string[] {
  const names = new Set<string>();
  read(text, tree, (name) => void names.add(name));
  return [...names];
}

function read(text: string, tree: RunTree, lookup: FieldLookup): Result<Test<number>, ExpressionProblem> {
  return parseExpression<number>(text, ({ peek, take, takeWord, refuse }) => {
    const fieldAt = (name: string, at: number): FieldTrack | null => {
      const found = lookup(name);
      if (found?.ok === false) refuse(found.error, at);
      return found?.ok === true ? found.value : null;
    };
    if (takeWord('changed')) {
      const field = take();
      if (field.kind !== 'word') return refuse('a field is missing', field.at);
      return fieldAt(field.text, field.at)?.changesAt ?? (() => false);
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
    const own = OWN.includes(first.text);
    const holds = relation(operator, value.text);
    const track = own ? null : fieldAt(first.text, first.at);
    return (index) => {
      const step = tree.steps[index];
      if (!step) return false;
      const held = own ? ownValues(step, index, first.text) : (track?.valuesAt(index) ?? []);
      // Of a field that several headers have, any will do; none may be what it must not be.
      return held.length > 0 && (operator === '!=' ? held.every(holds) : held.some(holds));
    };
  });
}

const sayings = (step: Step): readonly string[] =>
  [
    step.what.kind,
    stageText(step),
    step.what.kind === 'dropped' ? dropText(step.what.reason) : resultText(step),
  ].map((one) => one.toLowerCase());

const ownValues = (step: Step, index: number, name: string): readonly string[] => {
  const value = ownValue(step, index, name);
  return value === null ? [] : [value];
};

/** What one of the step's own names stands for; null when it stands for nothing there. */
function ownValue(step: Step, index: number, name: string): string | null {
  const { where, what, frame } = step;
  switch (name) {
    case 'step':
      return String(index + 1);
    case 'size':
      return frame ? String(frame.length) : null;
    case 'table':
      return where.table === undefined ? null : String(where.table);
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
