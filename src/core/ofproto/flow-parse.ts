/** Reads what a person types after `add-flow`, `mod-flows` ...: a flow with its actions, with ovs-ofctl's error texts. */
import { err, ok, type Result } from '../base/result.ts';
import { parseUint32, parseUint64, parseUnsigned } from '../flow/c-integer.ts';
import { parseField } from '../flow/field-text.ts';
import { FIELDS } from '../flow/fields.table.ts';
import { keyValues, type KeyValue } from '../flow/key-value.ts';
import { parseMatchPart } from '../flow/match-parse.ts';
import { createMatch, matchFieldMask, matchFieldValue, type Match } from '../flow/match.ts';
import { parsePort } from '../flow/ofport-text.ts';
import { OFPP, type OfPort } from '../flow/ofport.table.ts';
import { ETH_TYPE } from '../flow/protocol.table.ts';
import { findField } from '../flow/subfield-text.ts';
import { parseInstructions } from './actions/act-list.ts';
import { parseTable, type ActTextOptions } from './actions/act-text.ts';
import { checkActions } from './actions/check.ts';
import type { OfpAct } from './actions/ofpact.ts';
import { DEFAULT_PRIORITY, type FlowFlags } from './flow-entry.ts';
import { PROTOCOLS, protocolsOfMatch, type Protocols } from './protocol.table.ts';

export type FlowCommand = 'add' | 'modify' | 'modify_strict' | 'delete' | 'delete_strict';

/** A request to change or list flows, before any protocol version is chosen. */
export interface FlowMod {
  /** null: a request to list flows. */
  readonly command: FlowCommand | null;
  /** null: all tables. */
  readonly table: number | null;
  readonly priority: number;
  readonly match: Match;
  readonly actions: readonly OfpAct[];
  /** The cookie to give, null to keep the present one. */
  readonly newCookie: bigint | null;
  /** The flows meant: those whose cookie equals `cookie` in the bits of `cookieMask`. */
  readonly cookie: bigint;
  readonly cookieMask: bigint;
  readonly idleTimeout: number;
  readonly hardTimeout: number;
  readonly importance: number;
  readonly flags: FlowFlags;
  /** Only flows that send to this port or group; null: any. */
  readonly outPort: OfPort | null;
  readonly outGroup: number | null;
  /** The flow formats that can carry it. */
  readonly protocols: Protocols;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Allowed {
  readonly outPort: boolean;
  readonly actions: boolean;
  readonly importance: boolean;
  readonly timeout: boolean;
  readonly priority: boolean;
  readonly flags: boolean;
}

function allowedIn(command: FlowCommand | null): Allowed {
  const modify = command === 'modify' || command === 'modify_strict' || command === 'add';
  return {
    outPort: !modify,
    actions: modify,
    importance: command === 'add',
    timeout: modify,
    priority: modify || command === 'delete_strict',
    flags: modify,
  };
}

const FLAG_NAMES: Readonly<Record<string, readonly [keyof FlowFlags, Protocols]>> = {
  send_flow_rem: ['sendFlowRemoved', PROTOCOLS.any],
  check_overlap: ['checkOverlap', PROTOCOLS.any],
  reset_counts: ['resetCounts', PROTOCOLS.of12Up],
  no_packet_counts: ['noPacketCounts', PROTOCOLS.of13Up],
  no_byte_counts: ['noByteCounts', PROTOCOLS.of13Up],
};

const IGNORED = new Set(['duration', 'n_packets', 'n_bytes', 'idle_age', 'hard_age']);

/** Splits off the command word of a flow file's line, as `ovs-ofctl --bundle add-flows` takes it. */
export function splitCommand(text: string): { readonly command: FlowCommand; readonly rest: string } {
  const trimmed = text.replace(/^[ \t\r\n]+/, '');
  const word = /^[^, \t\r\n]*/.exec(trimmed)?.[0] ?? '';
  const order: readonly FlowCommand[] = ['add', 'delete', 'delete_strict', 'modify', 'modify_strict'];
  const command = order.find((name) => name.startsWith(word));
  return command === undefined || word === ''
    ? { command: 'add', rest: trimmed }
    : { command, rest: trimmed.slice(word.length) };
}

class FlowReader {
  readonly mod: Mutable<FlowMod> & { match: Match };
  readonly allowed: Allowed;
  readonly options: ActTextOptions;

  constructor(command: FlowCommand | null, options: ActTextOptions) {
    this.allowed = allowedIn(command);
    this.options = options;
    this.mod = {
      command,
      table: null,
      priority: DEFAULT_PRIORITY,
      match: createMatch(),
      actions: [],
      newCookie: command === 'modify' || command === 'modify_strict' ? null : 0n,
      cookie: 0n,
      cookieMask: 0n,
      idleTimeout: 0,
      hardTimeout: 0,
      importance: 0,
      flags: {},
      outPort: null,
      outGroup: null,
      protocols: PROTOCOLS.any,
    };
  }

  /** Takes one part; the error text when it is wrong. */
  take(part: KeyValue): string | undefined {
    const { key, value } = part;
    const flag = this.allowed.flags ? FLAG_NAMES[key] : undefined;
    if (flag) {
      this.mod.flags = { ...this.mod.flags, [flag[0]]: true };
      this.mod.protocols &= flag[1];
      return undefined;
    }
    if (key === 'no_readonly_table' || key === 'allow_hidden_fields') return undefined;
    const { names, tlv, warn } = this.options;
    const set = parseMatchPart(this.mod.match, part, {
      ...(names ? { names } : {}),
      ...(tlv ? { tlv } : {}),
      ...(warn ? { warn } : {}),
    });
    if (set !== undefined) {
      if (!set.ok) return set.error;
      this.limitProtocols(key, value);
      return undefined;
    }
    return value === '' ? `field ${key} missing value` : this.takeSetting(key, value);
  }

  private limitProtocols(key: string, value: string): void {
    const field = findField(key, this.options.tlv);
    if (!field) {
      if (key.includes('[')) this.mod.protocols &= PROTOCOLS.nxmOxm;
      return;
    }
    const parsed = parseField(field, value === '' ? '0/0' : value, this.options.names);
    if (parsed.ok) this.mod.protocols &= protocolsOfMatch(field, parsed.value.mask);
  }

  private takeSetting(key: string, value: string): string | undefined {
    const { mod, allowed } = this;
    const short = (name: 'priority' | 'idleTimeout' | 'hardTimeout' | 'importance'): string | undefined => {
      const number = parseUnsigned(value, 65536);
      if (number === undefined) return `invalid ${key} "${value}"`;
      mod[name] = number;
      return undefined;
    };
    switch (key) {
      case 'table': {
        const table = parseTable(value, this.options);
        if (table === undefined) return `unknown table "${value}"`;
        mod.table = table === 255 ? null : table;
        if (table !== 255) mod.protocols &= PROTOCOLS.tableId;
        return undefined;
      }
      case 'out_port': {
        if (!allowed.outPort) break;
        const port = parsePort(value, this.options.names, this.options.warn);
        if (port === undefined) return `${value} is not a valid OpenFlow port`;
        mod.outPort = port === OFPP.none ? null : port;
        return undefined;
      }
      case 'out_group': {
        if (!allowed.outPort) break;
        mod.protocols &= PROTOCOLS.of11Up;
        const group = parseGroupNumber(value);
        if (group === undefined) return `${value} is not a valid OpenFlow group`;
        mod.outGroup = group === 0xffffffff ? null : group;
        return undefined;
      }
      case 'priority':
        if (allowed.priority) return short('priority');
        break;
      case 'idle_timeout':
        if (allowed.timeout) return short('idleTimeout');
        break;
      case 'hard_timeout':
        if (allowed.timeout) return short('hardTimeout');
        break;
      case 'importance':
        if (allowed.importance) return short('importance');
        break;
      case 'cookie':
        return this.takeCookie(value);
    }
    return IGNORED.has(key) ? undefined : `unknown keyword ${key}`;
  }

  private takeCookie(value: string): string | undefined {
    const { mod } = this;
    const slash = value.indexOf('/');
    if (slash >= 0) {
      if (mod.command === 'add') return 'flow additions cannot use a cookie mask';
      const cookie = parseUint64(value.slice(0, slash));
      if (!cookie.ok) return cookie.error;
      const mask = parseUint64(value.slice(slash + 1));
      if (!mask.ok) return mask.error;
      mod.cookie = cookie.value;
      mod.cookieMask = mask.value;
      if (mask.value !== 0n) mod.protocols &= PROTOCOLS.nxmOf11Up;
      return undefined;
    }
    if (!this.allowed.actions)
      return `cannot set cookie (to match on a cookie, specify a mask, e.g. cookie=${value}/-1)`;
    const cookie = parseUint64(value);
    if (!cookie.ok) return cookie.error;
    mod.newCookie = cookie.value;
    return undefined;
  }
}

/** A group by number, or `ANY` and `ALL`. */
function parseGroupNumber(text: string): number | undefined {
  const upper = text.toUpperCase();
  if (upper === 'ANY') return 0xffffffff;
  if (upper === 'ALL') return 0xfffffffc;
  const number = parseUint32(text);
  return number.ok && number.value <= 0xffffff00 ? number.value : undefined;
}

/** IPv6 matches on transport and TOS need an extensible match. */
function limitByIpv6(match: Match): Protocols {
  const ipv6 = matchFieldValue(match, FIELDS.eth_type) === BigInt(ETH_TYPE.ipv6);
  const fields = [FIELDS.nw_proto, FIELDS.nw_tos, FIELDS.nw_ecn, FIELDS.tcp_src, FIELDS.tcp_dst];
  return ipv6 && fields.some((field) => matchFieldMask(match, field) !== 0n)
    ? PROTOCOLS.nxmOxm
    : PROTOCOLS.any;
}

/** Reads `text` for `command` (null: to list flows). */
export function parseFlow(
  text: string,
  command: FlowCommand | null,
  options: ActTextOptions = {},
): Result<FlowMod> {
  const reader = new FlowReader(command, options);
  let head = text;
  let actionText: string | undefined;
  if (reader.allowed.actions) {
    const at = text.indexOf('action');
    const equals = at < 0 ? -1 : text.indexOf('=', at + 1);
    if (equals < 0) return err('must specify an action');
    head = text.slice(0, at);
    actionText = text.slice(equals + 1);
  }
  for (const part of keyValues(head)) {
    const problem = reader.take(part);
    if (problem !== undefined) return err(problem);
  }
  const { mod } = reader;
  mod.protocols &= limitByIpv6(mod.match);
  if (mod.cookieMask === 0n && mod.newCookie === null) mod.newCookie = 0n;
  if (actionText !== undefined) {
    const parsed = parseInstructions(actionText, options);
    if (!parsed.ok) return parsed;
    mod.protocols &= parsed.value.protocols;
    const checked = checkActions(parsed.value.actions, mod.match, {
      table: mod.table,
      warn: options.warn,
    });
    if (checked.error === undefined) mod.protocols &= checked.protocols;
    const problem = checked.error ?? (mod.protocols === 0 ? 'OFPBAC_MATCH_INCONSISTENT' : undefined);
    if (problem !== undefined) return err(`actions are invalid with specified match (${problem})`);
    mod.actions = parsed.value.actions;
  }
  return ok(mod);
}
