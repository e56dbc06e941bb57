/** What is wrong with a breakpoint, so that it would stop at nothing in any run. */
import { parseStepExpression, type Breakpoint, type RunFacts, type RunTree } from '../../view/index.ts';

const LAST_TABLE = 254;

interface Known {
  readonly tree: RunTree;
  readonly facts: RunFacts;
  /** Of packet filters, by their text. */
  readonly problems: ReadonlyMap<string, string>;
  /** Undefined until the engine has named them. */
  readonly stages: readonly string[] | undefined;
}

/** '' where nothing is wrong, or not known to be. */
export function breakpointProblem(breakpoint: Breakpoint, known: Known): string {
  switch (breakpoint.kind) {
    case 'packet':
      return known.problems.get(breakpoint.filter) ?? '';
    case 'expression': {
      const parsed = parseStepExpression(breakpoint.text, known.tree, known.facts.fields);
      return parsed.ok ? '' : `${parsed.error.message}, character ${parsed.error.at + 1}`;
    }
    case 'field': {
      const track = known.facts.fields.get(breakpoint.field);
      return track?.ok === false ? track.error : '';
    }
    case 'stage':
      return stageProblem(breakpoint.stage, known);
    case 'device':
    case 'drop':
      return '';
  }
}

function stageProblem(text: string, { tree, stages }: Known): string {
  const table = /^(?:table\s*=?\s*)?(\d+)(?:\s.*)?$/.exec(text)?.[1];
  if (table !== undefined) return Number(table) > LAST_TABLE ? `tables are 0 to ${LAST_TABLE}` : '';
  if (stages === undefined || stages.includes(text)) return '';
  return tree.steps.some(({ where }) => where.stage === text) ? '' : `no stage is called ${text}`;
}
