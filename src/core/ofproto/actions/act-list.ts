/** Action lists as text: the table that joins the actions, and the rules for what may stand together. */
import { err, ok, type Result } from '../../base/result.ts';
import { keyValues } from '../../flow/key-value.ts';
import { parsePort } from '../../flow/ofport-text.ts';
import { PROTOCOLS, type Protocols } from '../protocol.table.ts';
import type { ActFormatter, ActParse, ActParser, ActPrint, ActTextOptions, OuterAct } from './act-text.ts';
import { CONTROLLER_FORMATTERS, CONTROLLER_PARSERS } from './controller.ts';
import { CT_FORMATTERS, CT_PARSERS } from './ct.ts';
import { ENCAPSULATION_FORMATTERS, ENCAPSULATION_PARSERS } from './encapsulation.ts';
import { FLOW_TABLE_FORMATTERS, FLOW_TABLE_PARSERS } from './flow-table.ts';
import { HASH_FORMATTERS, HASH_PARSERS } from './hash.ts';
import { HEADER_FORMATTERS, HEADER_PARSERS } from './header.ts';
import { LEARN_FORMATTERS, LEARN_PARSERS } from './learn.ts';
import { METADATA_FORMATTERS, METADATA_PARSERS } from './metadata.ts';
import type { ActKind, OfpAct } from './ofpact.ts';
import { OUTPUT_FORMATTERS, OUTPUT_PARSERS } from './output.ts';
import { SAMPLE_FORMATTERS, SAMPLE_PARSERS } from './sample.ts';
import { SET_FIELD_FORMATTERS, SET_FIELD_PARSERS } from './set-field.ts';
import { verifyActions } from './verify.ts';

const PARSERS: ReadonlyMap<string, ActParser> = new Map(
  Object.entries({
    ...OUTPUT_PARSERS,
    ...CONTROLLER_PARSERS,
    ...HEADER_PARSERS,
    ...SET_FIELD_PARSERS,
    ...ENCAPSULATION_PARSERS,
    ...METADATA_PARSERS,
    ...FLOW_TABLE_PARSERS,
    ...HASH_PARSERS,
    ...LEARN_PARSERS,
    ...SAMPLE_PARSERS,
    ...CT_PARSERS,
  }),
);

const FORMATTERS: { readonly [K in ActKind]: ActFormatter<K> } = {
  ...OUTPUT_FORMATTERS,
  ...CONTROLLER_FORMATTERS,
  ...HEADER_FORMATTERS,
  ...SET_FIELD_FORMATTERS,
  ...ENCAPSULATION_FORMATTERS,
  ...METADATA_FORMATTERS,
  ...FLOW_TABLE_FORMATTERS,
  ...HASH_FORMATTERS,
  ...LEARN_FORMATTERS,
  ...SAMPLE_FORMATTERS,
  ...CT_FORMATTERS,
};

const MAX_DEPTH = 100;

/** What a list of actions is, and the formats that can carry it. */
export interface ParsedActions {
  readonly actions: readonly OfpAct[];
  readonly protocols: Protocols;
}

function parseList(
  text: string,
  options: ActTextOptions,
  instructions: boolean,
  outer: OuterAct,
  depth: number,
): Result<ParsedActions> {
  if (depth >= MAX_DEPTH) return err('Action nested too deeply');
  const actions: OfpAct[] = [];
  let drop = false;
  const parse: ActParse = {
    ...options,
    protocols: PROTOCOLS.any,
    nested: (inner, innerOuter) => {
      const list = parseList(inner, options, false, innerOuter, depth + 1);
      if (!list.ok) return list;
      parse.protocols &= list.value.protocols;
      return ok(list.value.actions);
    },
  };
  for (const { key, value, delimiter } of keyValues(text)) {
    const name = key.toLowerCase();
    const parser = PARSERS.get(name);
    if (options.printed && name === 'dec_ttl' && delimiter === '(' && value === '') {
      actions.push({ kind: 'dec_ttl', controllerIds: [], explicit: true });
    } else if (parser) {
      const act = parser(value, parse);
      if (!act.ok) return act;
      if (name === 'meter' && !instructions) parse.protocols &= PROTOCOLS.of15Up;
      actions.push(act.value);
    } else if (name === 'drop') {
      drop = true;
    } else if (name === 'apply_actions') {
      return err('apply_actions is the default instruction');
    } else {
      const port = parsePort(key, options.names, options.warn);
      if (port === undefined) return err(`unknown action ${key}`);
      actions.push({ kind: 'output', port, maxLen: 0 });
    }
  }
  if (drop && actions.length > 0)
    return err('"drop" must not be accompanied by any other action or instruction');
  const problem = verifyActions(actions, { version: 2, instructions, outer });
  return problem === undefined ? ok({ actions, protocols: parse.protocols }) : err(problem.text);
}

/** Reads a list of actions only, as in a group's bucket. */
export const parseActions = (text: string, options: ActTextOptions = {}): Result<ParsedActions> =>
  parseList(text, options, false, 'none', 0);

/** Reads what follows `actions=` in a flow: actions and instructions. */
export const parseInstructions = (text: string, options: ActTextOptions = {}): Result<ParsedActions> =>
  parseList(text, options, true, 'none', 0);

/** One action as `dump-flows` prints it. */
function formatAct(act: OfpAct, options: ActTextOptions = {}): string {
  const print: ActPrint = { ...options, nested: (actions) => formatActions(actions, options) };
  const format = FORMATTERS[act.kind] as (act: OfpAct, print: ActPrint) => string;
  return format(act, print);
}

/** A list as `dump-flows` prints it; `drop` when it is empty. */
export function formatActions(actions: readonly OfpAct[], options: ActTextOptions = {}): string {
  return actions.length === 0 ? 'drop' : actions.map((act) => formatAct(act, options)).join(',');
}
