/** Text of `learn`: a flow entry made from the packet. */
import { err, ok, type Result } from '../../base/result.ts';
import { scanInteger, scanSized } from '../../flow/c-integer.ts';
import { formatField, formatHex, parseFieldValue } from '../../flow/field-text.ts';
import type { Subfield } from '../../flow/field.ts';
import { keyValues } from '../../flow/key-value.ts';
import { formatSubfield, isPlainHeader, parseSubfield, scanSubfield } from '../../flow/subfield-text.ts';
import { DEFAULT_PRIORITY } from '../flow-entry.ts';
import { formatTable, parseTable, type ActFormatter, type ActParse, type ActParser } from './act-text.ts';
import type { LearnAct, LearnSource, LearnSpec } from './ofpact.ts';

const atoi = (text: string): number => Number.parseInt(text, 10) || 0;

/** The immediate value that a match on `destination` is given when the text is not a field. */
function parseImmediate(whole: string, text: string, destination: Subfield, parse: ActParse): Result<bigint> {
  const { field, offset, length } = destination;
  if (offset === 0 && length === field.bits) return parseFieldValue(field, text, parse.names);
  const value = scanSized(text, field.size);
  if (value.kind !== 'value' || value.rest !== '') return err(`${whole}: cannot parse integer value`);
  return value.value >> BigInt(length) === 0n
    ? ok(value.value)
    : err(`${whole}: value ${formatField(field, value.value)} does not fit into ${length} bits`);
}

function parseMatchSpec(
  whole: string,
  name: string,
  text: string,
  destination: Subfield,
  parse: ActParse,
): Result<LearnSpec> {
  const match = (source: LearnSource): Result<LearnSpec> => ok({ kind: 'match', source, destination });
  if (text === '') return match({ kind: 'field', subfield: destination });
  const source = parseSubfield(text, parse.tlv);
  if (source.ok) {
    return source.value.length === destination.length
      ? match({ kind: 'field', subfield: source.value })
      : err(
          `${whole}: bit widths of ${name} (${source.value.length}) and ${text} (${destination.length}) differ`,
        );
  }
  const immediate = parseImmediate(whole, text, destination, parse);
  return immediate.ok
    ? match({ kind: 'immediate', value: immediate.value })
    : err(
        `${whole}: ${name} value ${text} cannot be parsed as a subfield (${source.error}) or an immediate value (${immediate.error})`,
      );
}

function parseLoadSpec(text: string, parse: ActParse): Result<LearnSpec> {
  const arrow = text.indexOf('->');
  if (arrow === 0) return err(`load: missing source before \`->' in \`${text}'`);
  if (arrow < 0) return err(`load: missing \`->' in \`${text}'`);
  const number = scanSized(text, 128);
  if (number.kind === 'value') {
    if (number.rest !== text.slice(arrow)) return err(`load: garbage before \`->' in \`${text}'`);
    const destination = parseSubfield(text.slice(arrow + 2), parse.tlv);
    if (!destination.ok) return destination;
    if (number.value >> BigInt(destination.value.length) !== 0n)
      return err(`${text}: value does not fit into ${destination.value.length} bits`);
    return ok({
      kind: 'load',
      source: { kind: 'immediate', value: number.value },
      destination: destination.value,
    });
  }
  const source = scanSubfield(text, parse.tlv);
  if (!source.ok) return source;
  if (!source.value.rest.startsWith('->')) return err(`${text}: missing \`->' following source`);
  const destination = parseSubfield(source.value.rest.slice(2), parse.tlv);
  if (!destination.ok) return destination;
  const { subfield } = source.value;
  return subfield.length === destination.value.length
    ? ok({ kind: 'load', source: { kind: 'field', subfield }, destination: destination.value })
    : err(
        `${text}: source field is ${subfield.length} bits wide but destination is ${destination.value.length} bits wide`,
      );
}

function parseSpec(whole: string, name: string, text: string, parse: ActParse): Result<LearnSpec> {
  const destination = parseSubfield(name, parse.tlv);
  if (destination.ok && !isPlainHeader(destination.value))
    return err(`${whole}: experimenter OXM field '${name}' not supported`);
  if (destination.ok) return parseMatchSpec(whole, name, text, destination.value, parse);
  if (name === 'load') return parseLoadSpec(text, parse);
  if (name === 'output') {
    const source = parseSubfield(text, parse.tlv);
    return source.ok ? ok({ kind: 'output', source: source.value }) : source;
  }
  return err(`${whole}: unknown keyword ${name}`);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const parseLearn: ActParser = (text, parse) => {
  const specs: LearnSpec[] = [];
  const act: Mutable<LearnAct> = {
    kind: 'learn',
    table: 1,
    idleTimeout: 0,
    hardTimeout: 0,
    priority: DEFAULT_PRIORITY,
    cookie: 0n,
    finIdleTimeout: 0,
    finHardTimeout: 0,
    sendFlowRemoved: false,
    deleteLearned: false,
    limit: 0,
    result: null,
    specs,
  };
  for (const { key, value } of keyValues(text)) {
    switch (key) {
      case 'table': {
        const table = parseTable(value, parse);
        if (table === undefined) return err(`unknown table "${value}"`);
        if (table === 255) return err(`${text}: table id 255 not valid for \`learn' action`);
        act.table = table;
        break;
      }
      case 'priority':
        act.priority = atoi(value) & 0xffff;
        break;
      case 'idle_timeout':
        act.idleTimeout = atoi(value) & 0xffff;
        break;
      case 'hard_timeout':
        act.hardTimeout = atoi(value) & 0xffff;
        break;
      case 'fin_idle_timeout':
        act.finIdleTimeout = atoi(value) & 0xffff;
        break;
      case 'fin_hard_timeout':
        act.finHardTimeout = atoi(value) & 0xffff;
        break;
      case 'cookie': {
        const cookie = scanInteger(value);
        act.cookie = cookie.kind === 'value' ? cookie.value : cookie.kind === 'range' ? (1n << 64n) - 1n : 0n;
        break;
      }
      case 'send_flow_rem':
        act.sendFlowRemoved = true;
        break;
      case 'delete_learned':
        act.deleteLearned = true;
        break;
      case 'limit':
        act.limit = atoi(value) >>> 0;
        break;
      case 'result_dst': {
        const result = parseSubfield(value, parse.tlv);
        if (!result.ok) return result;
        if (!result.value.field.writable) return err(`${value} is read-only`);
        if (result.value.length !== 1) return err("result_dst in 'learn' action must be a single bit");
        act.result = result.value;
        break;
      }
      default: {
        const spec = parseSpec(text, key, value, parse);
        if (!spec.ok) return spec;
        specs.push(spec.value);
      }
    }
  }
  return ok(act);
};

function formatSpec(spec: LearnSpec, names: Parameters<typeof formatField>[3]): string {
  if (spec.kind === 'output') return `output:${formatSubfield(spec.source)}`;
  const { source, destination } = spec;
  if (spec.kind === 'load') {
    const from = source.kind === 'immediate' ? formatHex(source.value) : formatSubfield(source.subfield);
    return `load:${from}->${formatSubfield(destination)}`;
  }
  if (source.kind === 'immediate') {
    const { field, offset, length } = destination;
    return offset === 0 && length === field.bits
      ? `${field.name}=${formatField(field, source.value, undefined, names)}`
      : `${formatSubfield(destination)}=${formatHex(source.value)}`;
  }
  const same =
    source.subfield.field.id === destination.field.id && source.subfield.offset === destination.offset;
  return same
    ? formatSubfield(destination)
    : `${formatSubfield(destination)}=${formatSubfield(source.subfield)}`;
}

export const LEARN_PARSERS: Readonly<Record<string, ActParser>> = { learn: parseLearn };

export const LEARN_FORMATTERS: { readonly learn: ActFormatter<'learn'> } = {
  learn: (act, { names, tables }) => {
    const parts = [`table=${formatTable(act.table, tables)}`];
    const number = (name: string, value: number): void => {
      if (value !== 0) parts.push(`${name}=${value}`);
    };
    number('idle_timeout', act.idleTimeout);
    number('hard_timeout', act.hardTimeout);
    number('fin_idle_timeout', act.finIdleTimeout);
    number('fin_hard_timeout', act.finHardTimeout);
    if (act.priority !== DEFAULT_PRIORITY) parts.push(`priority=${act.priority}`);
    if (act.sendFlowRemoved) parts.push('send_flow_rem');
    if (act.deleteLearned) parts.push('delete_learned');
    if (act.cookie !== 0n) parts.push(`cookie=${formatHex(act.cookie)}`);
    number('limit', act.limit);
    if (act.result) parts.push(`result_dst=${formatSubfield(act.result)}`);
    for (const spec of act.specs) parts.push(formatSpec(spec, names));
    return `learn(${parts.join(',')})`;
  },
};
