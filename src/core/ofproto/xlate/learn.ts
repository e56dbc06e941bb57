/** `learn`: a flow that makes another flow out of the packet. */
import type { Flow } from '../../flow/flow.ts';
import { formatMatch } from '../../flow/match-text.ts';
import { createMatch, matchFieldMask, matchFieldValue, setMatchField, type Match } from '../../flow/match.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { setMatchWord } from '../../flow/match.ts';
import { WORD } from '../../flow/words.table.ts';
import { setSubfield, type LearnAct, type LearnSource, type OfpAct } from '../actions/ofpact.ts';
import type { FlowSpec } from '../flow-entry.ts';
import { loadSubfield, markSubfield, readSubfield } from './change-field.ts';
import type { Subfield } from '../../flow/field.ts';
import type { Xlate } from './xlate.ts';

function addToMatch(match: Match, { field, offset, length }: Subfield, value: bigint): void {
  const shift = BigInt(offset);
  const bits = ((1n << BigInt(length)) - 1n) << shift;
  const mask = matchFieldMask(match, field) | bits;
  const whole = (matchFieldValue(match, field) & ~bits) | ((value << shift) & bits);
  setMatchField(match, field, whole, mask);
  if (field.prerequisite !== 'none') setMatchWord(match, WORD.packetType, 0, 0xffffffff);
}

/** The flow that `act` makes of the packet with key `flow`. */
function learnedFlow(act: LearnAct, flow: Flow): FlowSpec {
  const match = createMatch();
  const actions: OfpAct[] = [];
  if (act.finIdleTimeout > 0 || act.finHardTimeout > 0)
    actions.push({ kind: 'fin_timeout', idleTimeout: act.finIdleTimeout, hardTimeout: act.finHardTimeout });
  const read = (source: LearnSource): bigint =>
    source.kind === 'immediate' ? source.value : readSubfield(flow, source.subfield);
  for (const spec of act.specs) {
    switch (spec.kind) {
      case 'match':
        addToMatch(match, spec.destination, read(spec.source));
        break;
      case 'load':
        actions.push(setSubfield(spec.destination, read(spec.source), true));
        break;
      case 'output': {
        const port = readSubfield(flow, spec.source);
        const reserved: readonly number[] = [OFPP.inPort, OFPP.flood, OFPP.local, OFPP.all];
        if (port < BigInt(OFPP.max) || reserved.includes(Number(port)))
          actions.push({ kind: 'output', port: Number(port), maxLen: 0 });
        break;
      }
    }
  }
  return {
    table: act.table,
    priority: act.priority,
    cookie: act.cookie,
    match,
    actions,
    idleTimeout: act.idleTimeout,
    hardTimeout: act.hardTimeout,
    flags: act.sendFlowRemoved ? { sendFlowRemoved: true } : {},
  };
}

function report(x: Xlate, spec: FlowSpec): void {
  if (!x.nodes) return;
  const match = formatMatch(spec.match, { tlv: x.input.bridge.tlv });
  let text = `table=${spec.table} ${match} priority=${spec.priority}`;
  if (spec.cookie !== 0n) text += ` cookie=0x${spec.cookie.toString(16)}`;
  if (spec.idleTimeout) text += ` idle=${spec.idleTimeout}`;
  if (spec.hardTimeout) text += ` hard=${spec.hardTimeout}`;
  if (spec.flags?.sendFlowRemoved) text += ' send_flow_rem';
  x.detail(`${text} actions=${x.formatActs(spec.actions)}`);
}

/** Puts the learned flow into its table; false when the limit forbids it. */
function install(x: Xlate, act: LearnAct, spec: FlowSpec): boolean {
  const { tables, clock } = x.bridge;
  const [present] = tables.select({ table: spec.table, match: spec.match, priority: spec.priority });
  const now = clock.now();
  if (present) {
    tables.refresh(present, spec, now);
    return true;
  }
  if (act.limit > 0) {
    const mask = 0xffffffffffffffffn;
    const held = tables.select({
      table: spec.table,
      match: createMatch(),
      cookie: spec.cookie,
      cookieMask: mask,
    });
    if (held.length >= act.limit) return false;
  }
  tables.add(spec, now);
  return true;
}

/** Executes `learn`. */
export function learn(x: Xlate, act: LearnAct): void {
  for (const spec of act.specs) {
    if (spec.kind === 'output') markSubfield(x.mask, spec.source);
    else if (spec.source.kind === 'field') markSubfield(x.mask, spec.source.subfield);
  }
  x.repetition?.forbid();
  if (!x.input.sideEffects) {
    x.warn('suppressing side effects, so learn action ignored');
    return;
  }
  const spec = learnedFlow(act, x.flow);
  report(x, spec);
  const success = install(x, act, spec);
  x.bridge.tables.feed.announce();
  if (act.result) {
    loadSubfield(x, act.result, success ? 1n : 0n);
    x.reportSubfield(act.result);
  }
  if (!success) x.detail('Limit exceeded, learn failed');
}
