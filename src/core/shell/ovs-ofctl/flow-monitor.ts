/** `monitor BRIDGE watch:...`: the flows that there are, and what changes among them until the program is interrupted. */
import { parseFieldValue } from '../../flow/field-text.ts';
import { keyValues } from '../../flow/key-value.ts';
import { parseMatchPart } from '../../flow/match-parse.ts';
import { formatMatch } from '../../flow/match-text.ts';
import { createMatch, matchCovers, type Match } from '../../flow/match.ts';
import { findField } from '../../flow/subfield-text.ts';
import { parseTable } from '../../ofproto/actions/act-text.ts';
import { formatActions } from '../../ofproto/actions/act-list.ts';
import type { OfpAct } from '../../ofproto/actions/ofpact.ts';
import { viaOpenFlow } from '../../ofproto/actions/via-openflow.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { FlowEvent } from '../../ofproto/bridge/flow-feed.ts';
import type { FlowRule } from '../../ofproto/bridge/flow-rule.ts';
import { outputsTo, sendsToPort } from '../../ofproto/bridge/flow-tables.ts';
import { PROTOCOLS, protocolsOfMatch, type OfVersion } from '../../ofproto/protocol.table.ts';
import type { Exit, Output, RunningProgram } from '../program.ts';
import { OfctlError } from './error.ts';
import { messageNames } from './message-names.ts';
import type { OfctlOptions } from './options.ts';
import { messageHead, xidAfterNames } from './protocol.ts';
import { readingOptions } from './reading-options.ts';

/** What one `watch:` asks for. */
interface Watch {
  readonly initial: boolean;
  readonly kinds: ReadonlySet<FlowEvent['kind']>;
  readonly withActions: boolean;
  /** null: all tables. */
  readonly table: number | null;
  readonly outPort: number | null;
  readonly match: Match;
}

const LEFT_OUT: Readonly<Record<string, FlowEvent['kind']>> = {
  '!add': 'added',
  '!delete': 'deleted',
  '!modify': 'modified',
};
/** Said of changes that the program makes itself: it makes none. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['!abbrev', '!own']);
const NO_PORT = 0xffff;

function parseWatch(bridge: Bridge, text: string, options: OfctlOptions): Watch {
  const reading = readingOptions(bridge, options);
  const kinds = new Set<FlowEvent['kind']>(['added', 'deleted', 'modified']);
  const match = createMatch();
  let [initial, withActions, table, outPort]: [boolean, boolean, number | null, number | null] = [
    true,
    true,
    null,
    null,
  ];
  for (const part of keyValues(text)) {
    const { key, value } = part;
    const left = LEFT_OUT[key];
    if (left) kinds.delete(left);
    else if (key === '!initial') initial = false;
    else if (key === '!actions') withActions = false;
    else if (!WITHOUT_EFFECT.has(key)) {
      const { names, warn } = reading;
      const set = parseMatchPart(match, part, {
        tlv: bridge.tlv,
        ...(names ? { names } : {}),
        ...(warn ? { warn } : {}),
      });
      if (set !== undefined) {
        if (!set.ok) throw new OfctlError(set.error);
        demandOpenFlow10(bridge, key, value);
      } else if (value === '') throw new OfctlError(`${text}: field ${key} missing value`);
      else if (key === 'table') {
        const read = parseTable(value, reading);
        if (read === undefined) throw new OfctlError(`unknown table "${value}"`);
        table = read === 255 ? null : read;
      } else if (key === 'out_port') {
        const port = (Number.parseInt(value, 10) || 0) & 0xffff;
        outPort = port === NO_PORT ? null : port;
      } else if (key !== 'out_group') throw new OfctlError(`${text}: unknown keyword ${key}`);
    }
  }
  return { initial, kinds, withActions, table, outPort, match };
}

/** The request travels in Nicira's form whatever the version. */
function demandOpenFlow10(bridge: Bridge, key: string, value: string): void {
  const field = findField(key, bridge.tlv);
  if (!field) return;
  const mask = parseFieldValue(field, value, messageNames(bridge));
  if (mask.ok && (protocolsOfMatch(field, mask.value) & PROTOCOLS.of10Any) === 0)
    throw new OfctlError(`${key}: match field is not supported for flow monitor`);
}

/** `NXST_FLOW_MONITOR reply`, under the name that a version has for it. */
function head(version: OfVersion, xid: string): string {
  const prefix = version === 1 ? 'NXST' : version < 5 ? 'ONFST' : 'OFPST';
  return `${messageHead(`${prefix}_FLOW_MONITOR reply`, version, xid)}\n`;
}

/** What the switch sends by itself answers nothing. */
const UNASKED = '0x0';

export function monitorFlows(
  bridge: Bridge,
  words: readonly string[],
  options: OfctlOptions,
  output: Output,
): RunningProgram {
  const { version } = options;
  const names = (options.names ?? output.isTerminal ?? false) ? { names: messageNames(bridge) } : {};
  const isWanted = (watch: Watch, rule: FlowRule, actions: readonly (readonly OfpAct[])[]): boolean => {
    const { table, outPort } = watch;
    return (
      (table === null || rule.table === table) &&
      matchCovers(watch.match, rule.match) &&
      (outPort === null || actions.some((one) => outputsTo(one, (act) => sendsToPort(act, outPort))))
    );
  };
  const flowText = (event: string, rule: FlowRule, withActions: boolean): string => {
    const match = formatMatch(rule.match, { tlv: bridge.tlv, ...names });
    const parts = [
      ` event=${event} table=${rule.table}`,
      ...(rule.idleTimeout === 0 ? [] : [`idle_timeout=${rule.idleTimeout}`]),
      ...(rule.hardTimeout === 0 ? [] : [`hard_timeout=${rule.hardTimeout}`]),
      `cookie=${rule.cookie === 0n ? '0' : `0x${rule.cookie.toString(16)}`}`,
      match,
    ];
    const actions = viaOpenFlow(rule.actions, version, rule.match);
    if (withActions && actions.length > 0) {
      if (match === '') parts.pop();
      parts.push(`actions=${formatActions(actions, { tlv: bridge.tlv, ...names })}`);
    }
    return `${parts.join(' ')}\n`;
  };
  const eventText = (event: FlowEvent, withActions: boolean): string => {
    switch (event.kind) {
      case 'added':
        return flowText('ADDED', event.rule, withActions);
      case 'modified':
        return flowText('MODIFIED', event.rule, withActions);
      default:
        return flowText(`DELETED reason=${event.reason}`, event.rule, withActions);
    }
  };

  const watches: Watch[] = [];
  for (const word of words) {
    if (!word.startsWith('watch:')) {
      const isKnown = /^\d/.test(word) || word === 'invalid_ttl' || word === 'resume';
      throw new OfctlError(
        isKnown ? `monitor ${word} is not modelled here` : `${word}: unsupported "monitor" argument`,
      );
    }
    const watch = parseWatch(bridge, word.slice('watch:'.length), options);
    output.out(head(version, xidAfterNames(options, watches.length)));
    watches.push(watch);
    if (!watch.initial) continue;
    for (const rule of bridge.tables.all())
      if (isWanted(watch, rule, [rule.actions])) output.out(flowText('ADDED', rule, watch.withActions));
  }
  const stop = bridge.tables.feed.subscribe((events) => {
    let text = '';
    for (const event of events) {
      const actions =
        event.kind === 'modified' ? [event.rule.actions, event.before.actions] : [event.rule.actions];
      const wanted = watches.filter(
        (watch) => watch.kinds.has(event.kind) && isWanted(watch, event.rule, actions),
      );
      if (wanted.length > 0)
        text += eventText(
          event,
          wanted.some((watch) => watch.withActions),
        );
    }
    if (text !== '') output.err(head(version, UNASKED) + text);
  });
  const listeners: ((exit: Exit) => void)[] = [];
  return {
    pace: 'listen',
    cancel: () => {
      stop();
      options.log('fatal_signal', 'WARN', 'terminating with signal 2 (Interrupt)');
      for (const listener of listeners.splice(0)) listener({ status: 130 });
    },
    onDone: (listener) => {
      listeners.push(listener);
    },
  };
}
