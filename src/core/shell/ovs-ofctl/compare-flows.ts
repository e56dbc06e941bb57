/** `replace-flows` and `diff-flows`: the flows of two sources side by side. */
import { formatMatch } from '../../flow/match-text.ts';
import { clearMatchWord, copyMatch, matchKey, matchWordValue } from '../../flow/match.ts';
import { WORD } from '../../flow/words.table.ts';
import { formatActions } from '../../ofproto/actions/act-list.ts';
import type { ActTextOptions } from '../../ofproto/actions/act-text.ts';
import { viaOpenFlow } from '../../ofproto/actions/via-openflow.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import { FlowTables } from '../../ofproto/bridge/flow-tables.ts';
import type { FlowSpec } from '../../ofproto/flow-entry.ts';
import type { FlowMod } from '../../ofproto/flow-parse.ts';
import { PROTOCOLS, type OfVersion, type Protocols } from '../../ofproto/protocol.table.ts';
import { changeFlows } from '../../ofproto/request/flow-request.ts';
import { sendBundle } from './bundle.ts';
import { flowModsOf } from './change-flows.ts';
import { dumpVersion, xidAfterNames } from './protocol.ts';
import type { OfctlOptions } from './options.ts';
import { readingOptions } from './reading-options.ts';
import { errorReply, sentFlowText, SwitchError, textOptions } from './refused-request.ts';
import { flowModName } from './request-text.ts';

/** A bridge, or a flow file. */
export type FlowSource =
  | { readonly kind: 'bridge'; readonly bridge: Bridge }
  | { readonly kind: 'file'; readonly name: string; readonly content: string };

interface Entry {
  readonly spec: FlowSpec;
  /** As it would be asked for; null for one that a switch tells of. */
  readonly mod: FlowMod | null;
}

/** Flows by table, priority and match. */
type Entries = ReadonlyMap<string, Entry>;

/** A flow without what a switch counts of it. */
const plainSpec = (rule: FlowSpec): FlowSpec => ({
  table: rule.table,
  priority: rule.priority,
  cookie: rule.cookie,
  match: rule.match,
  actions: rule.actions,
  idleTimeout: rule.idleTimeout ?? 0,
  hardTimeout: rule.hardTimeout ?? 0,
  importance: rule.importance ?? 0,
  flags: rule.flags ?? {},
});

/** That packets are Ethernet is said by the switch alone. */
function keyOf({ table, priority, match }: FlowSpec): string {
  const plain = copyMatch(match);
  if (matchWordValue(match, WORD.packetType) === 0) clearMatchWord(plain, WORD.packetType);
  return `${table}/${priority}/${matchKey(plain)}`;
}

const entriesOf = (entries: readonly Entry[]): Entries =>
  new Map(entries.map((entry) => [keyOf(entry.spec), entry]));

function readFile(
  bridge: Bridge | null,
  { name, content }: Extract<FlowSource, { kind: 'file' }>,
  options: OfctlOptions,
): { readonly entries: Entries; readonly usable: Protocols } {
  const mods = flowModsOf(content, name, 'add', readingOptions(bridge, options));
  const entries = mods.map((mod): Entry => {
    const spec = { ...mod, table: mod.table ?? 0, cookie: mod.newCookie ?? 0n };
    return { spec: plainSpec(spec), mod };
  });
  return {
    entries: entriesOf(entries),
    usable: mods.reduce((all, mod) => all & mod.protocols, PROTOCOLS.any),
  };
}

const readBridge = (bridge: Bridge, version: OfVersion): Entries =>
  entriesOf(
    [...bridge.tables.all()].map((rule) => ({
      spec: { ...plainSpec(rule), actions: viaOpenFlow(rule.actions, version, rule.match) },
      mod: null,
    })),
  );

/** Actions count by their text; flags do not count: not every switch tells them. */
const same = (a: FlowSpec, b: FlowSpec): boolean =>
  a.cookie === b.cookie &&
  a.idleTimeout === b.idleTimeout &&
  a.hardTimeout === b.hardTimeout &&
  a.importance === b.importance &&
  formatActions(a.actions) === formatActions(b.actions);

/** All keys, in the order in which a switch would list the flows if it had them all. */
function listedKeys(...sources: readonly Entries[]): string[] {
  const tables = new FlowTables();
  for (const entries of sources)
    for (const { spec } of entries.values()) tables.add({ ...spec, flags: {} }, 0);
  const keys = new Map<string, string>();
  for (const entries of sources)
    for (const [key, { spec }] of entries) {
      const listed = tables.select({ table: spec.table, match: spec.match, priority: spec.priority })[0];
      if (listed) keys.set(keyOf(listed), key);
    }
  return [...tables.all()].flatMap((rule) => keys.get(keyOf(rule)) ?? []);
}

/** Makes the flows those of the file, leaving alone what is there already. */
export function replaceFlows(
  bridge: Bridge,
  file: { readonly name: string; readonly content: string },
  options: OfctlOptions,
): void {
  const { entries: wanted, usable } = readFile(bridge, { kind: 'file', ...file }, options);
  const version = dumpVersion(options, usable);
  const present = readBridge(bridge, version);
  const keys = listedKeys(wanted, present);
  const gone = keys.flatMap((key) => {
    const spec = wanted.has(key) ? undefined : present.get(key)?.spec;
    return spec ? [deletion(spec)] : [];
  });
  const changed = keys.flatMap((key) => {
    const entry = wanted.get(key);
    const old = present.get(key);
    if (!entry?.mod || (old && same(entry.spec, old.spec))) return [];
    // Of its flags a request for a file's flow has but one.
    const { sendFlowRemoved } = entry.mod.flags;
    return [{ ...entry.mod, flags: sendFlowRemoved ? { sendFlowRemoved } : {} }];
  });
  sendAll(bridge, [...gone, ...changed], version, options);
}

/** Takes away exactly one flow. */
const deletion = ({ table, match, priority }: FlowSpec): FlowMod => ({
  command: 'delete_strict',
  table,
  match,
  priority,
  actions: [],
  newCookie: null,
  cookie: 0n,
  cookieMask: 0n,
  idleTimeout: 0,
  hardTimeout: 0,
  importance: 0,
  flags: {},
  outPort: null,
  outGroup: null,
  protocols: PROTOCOLS.any,
});

/** The flows were asked for by a transaction of their own. */
const DUMP_COST = 1;

/** All requests were written before the first is sent. */
function sendAll(bridge: Bridge, mods: readonly FlowMod[], version: OfVersion, options: OfctlOptions): void {
  if (options.bundle) {
    const requests = mods.map((mod) => ({ kind: 'flow' as const, mod }));
    return sendBundle(bridge, requests, version, options, () => undefined, DUMP_COST);
  }
  for (const [index, mod] of mods.entries()) {
    const error = changeFlows(bridge, mod, version);
    if (error === null) continue;
    const content = ` ${sentFlowText(bridge, mod, version, options, error)}`;
    const xid = xidAfterNames(options, DUMP_COST + index);
    throw new SwitchError(errorReply(error, version, flowModName(mod, version), content, xid));
  }
}

/** `table=1 priority=5,ip cookie=0x1 idle_timeout=9 actions=drop`. */
function rowText(spec: FlowSpec, options: ActTextOptions): string {
  const match = formatMatch(spec.match, {
    priority: spec.priority,
    ...(options.names ? { names: options.names } : {}),
    ...(options.tlv ? { tlv: options.tlv } : {}),
  });
  let text = `${spec.table === 0 ? '' : `table=${spec.table} `}${match}`;
  if (spec.cookie !== 0n) text += ` cookie=0x${spec.cookie.toString(16)}`;
  if (spec.idleTimeout) text += ` idle_timeout=${spec.idleTimeout}`;
  if (spec.hardTimeout) text += ` hard_timeout=${spec.hardTimeout}`;
  if (spec.importance) text += ` importance=${spec.importance}`;
  return `${text} actions=${formatActions(spec.actions, options)}`;
}

/** Rows that only the first source has, with `-`, and only the second, with `+`; '' when they agree. */
export function diffFlows(first: FlowSource, second: FlowSource, options: OfctlOptions): string {
  const bridge =
    [first, second].flatMap((source) => (source.kind === 'bridge' ? source.bridge : []))[0] ?? null;
  const read = (source: FlowSource): Entries =>
    source.kind === 'file'
      ? readFile(null, source, options).entries
      : readBridge(source.bridge, dumpVersion(options, PROTOCOLS.any));
  const [old, fresh] = [read(first), read(second)];
  const text = (entry: Entry): string => rowText(entry.spec, bridge ? textOptions(bridge, options) : {});
  let out = '';
  for (const key of listedKeys(old, fresh)) {
    const [before, after] = [old.get(key), fresh.get(key)];
    if (before && after && same(before.spec, after.spec)) continue;
    if (before) out += `-${text(before)}\n`;
    if (after) out += `+${text(after)}\n`;
  }
  return out;
}
