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
import { flowModsOf, plainSpec, readingOptions, sendFlowMods, textOptions } from './change-flows.ts';
import { dumpVersion } from './protocol.ts';
import type { OfctlOptions } from './options.ts';

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
  for (const key of keys) {
    const spec = wanted.has(key) ? undefined : present.get(key)?.spec;
    if (!spec) continue;
    const { table, match, priority } = spec;
    for (const rule of bridge.tables.select({ table, match, priority })) bridge.tables.remove(rule);
  }
  const changed = keys.flatMap((key) => {
    const entry = wanted.get(key);
    const old = present.get(key);
    return entry?.mod && !(old && same(entry.spec, old.spec)) ? [entry.mod] : [];
  });
  sendFlowMods(bridge, changed, { ...options, versions: [version], version }, false);
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
