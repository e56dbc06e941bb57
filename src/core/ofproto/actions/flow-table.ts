/** Text of the actions that work with flow tables: resubmit, conjunction, clone, write_actions. */
import { err, ok } from '../../base/result.ts';
import { formatPort, parsePort } from '../../flow/ofport-text.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { formatTable, parseTable, type ActFormatter, type ActParser } from './act-text.ts';
import { TABLE_ANY } from './ofpact.ts';

const parseResubmit: ActParser = (text, parse) => {
  const [portText = '', tableText = '', ctText = ''] = text.split(',');
  let port: number = OFPP.inPort;
  if (portText !== '') {
    const found = parsePort(portText, parse.names, parse.warn);
    if (found === undefined) return err(`${portText}: resubmit to unknown port`);
    port = found;
  }
  let table: number = TABLE_ANY;
  if (tableText !== '') {
    const found = parseTable(tableText, parse);
    if (found === undefined) return err(`${tableText}: resubmit to unknown table`);
    table = found;
  }
  if (ctText !== '' && ctText !== 'ct') return err(`${ctText}: unknown parameter`);
  if (port === OFPP.inPort && table === TABLE_ANY)
    return err('at least one "in_port" or "table" must be specified on resubmit');
  return ok({ kind: 'resubmit', port, table, ct: ctText === 'ct' });
};

const parseConjunction: ActParser = (text) => {
  const found = /^\s*([+-]?(?:0[xX][0-9a-fA-F]+|\d+))\s*,\s*(\d+)\s*\/\s*(\d+)\s*$/.exec(text);
  if (!found) return err('"conjunction" syntax is "conjunction(id,i/n)"');
  const clause = Number(found[2]) & 255;
  const clauses = Number(found[3]) & 255;
  if (clauses < 2) return err('conjunction must have at least 2 clauses');
  if (clauses > 64) return err('conjunction must have at most 64 clauses');
  if (clause < 1) return err('clause index must be positive');
  if (clause > clauses) return err('clause index must be less than or equal to number of clauses');
  const digits = found[1] as string;
  const magnitude = /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return ok({ kind: 'conjunction', id: magnitude >>> 0, clause: clause - 1, clauses });
};

export const FLOW_TABLE_PARSERS: Readonly<Record<string, ActParser>> = {
  resubmit: parseResubmit,
  conjunction: parseConjunction,
  clone: (text, parse) => {
    const actions = parse.nested(text, 'clone');
    return actions.ok ? ok({ kind: 'clone', actions: actions.value }) : actions;
  },
  write_actions: (text, parse) => {
    const actions = parse.nested(text, 'write_actions');
    return actions.ok ? ok({ kind: 'write_actions', actions: actions.value }) : actions;
  },
};

export const FLOW_TABLE_FORMATTERS: {
  readonly [K in 'resubmit' | 'conjunction' | 'clone' | 'write_actions']: ActFormatter<K>;
} = {
  resubmit: ({ port, table, ct }, { names, tables }) => {
    if (port !== OFPP.inPort && table === TABLE_ANY) return `resubmit:${formatPort(port, names)}`;
    const portText = port === OFPP.inPort ? '' : formatPort(port, names);
    const tableText = table === TABLE_ANY ? '' : formatTable(table, tables);
    return `resubmit(${portText},${tableText}${ct ? ',ct' : ''})`;
  },
  conjunction: ({ id, clause, clauses }) => `conjunction(${id},${clause + 1}/${clauses})`,
  clone: ({ actions }, { nested }) => `clone(${nested(actions)})`,
  write_actions: ({ actions }, { nested }) => `write_actions(${nested(actions)})`,
};
