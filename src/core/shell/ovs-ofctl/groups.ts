/** Commands about groups. */
import { formatDuration } from '../../ofproto/flow-text.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { Group } from '../../ofproto/bridge/group.ts';
import {
  formatGroup,
  groupInMessage,
  parseGroup,
  splitGroupCommand,
  type GroupCommand,
  type GroupMod,
} from '../../ofproto/group-text.ts';
import { viaOpenFlow } from '../../ofproto/actions/via-openflow.ts';
import { hashInt } from '../../base/ovs-hash.ts';
import { PROTOCOLS } from '../../ofproto/protocol.table.ts';
import { changeGroups } from '../../ofproto/request/group-request.ts';
import { sendBundle } from './bundle.ts';
import { OfctlError } from './error.ts';
import { fileLines } from './file-lines.ts';
import { messageNames } from './message-names.ts';
import type { OfctlOptions } from './options.ts';
import { checkBucketCommand, messageHead, REQUEST_COST, versionFor, xidAfterNames } from './protocol.ts';
import { readingOptions } from './reading-options.ts';
import { errorReply, sentGroupText, SwitchError } from './refused-request.ts';
import { groupModName } from './request-text.ts';

function readGroup(bridge: Bridge, text: string, command: GroupCommand, options: OfctlOptions): GroupMod {
  const parsed = parseGroup(text, command, readingOptions(bridge, options));
  if (!parsed.ok) throw new OfctlError(parsed.error);
  return parsed.value;
}

/** One connection carries all of `mods`; the first that fails is the last. */
function sendGroupMods(bridge: Bridge, mods: readonly GroupMod[], options: OfctlOptions): void {
  const usable = mods.reduce((all, mod) => all & mod.protocols, PROTOCOLS.any);
  if (options.bundle) {
    const requests = mods.map((mod) => ({ kind: 'group' as const, mod }));
    return sendBundle(
      bridge,
      requests,
      versionFor(options, usable & PROTOCOLS.of13Up),
      options,
      () => undefined,
    );
  }
  const version = versionFor(options, usable);
  for (const [index, mod] of mods.entries()) {
    checkBucketCommand(mod.command, version);
    const error = changeGroups(bridge, mod, version);
    if (error === null) continue;
    const content = sentGroupText(bridge, mod, version, options);
    const xid = xidAfterNames(options, REQUEST_COST * index);
    throw new SwitchError(errorReply(error, version, groupModName(version), content, xid));
  }
}

/** `add-group`, `mod-group`, `del-groups`, `insert-buckets`, `remove-buckets`. */
export const changeGroup = (
  bridge: Bridge,
  text: string,
  command: GroupCommand,
  options: OfctlOptions,
): void => sendGroupMods(bridge, [readGroup(bridge, text, command, options)], options);

/** `add-groups`: all of a file is read before the first is sent. A line may begin with its own command. */
export function changeGroupsFrom(bridge: Bridge, file: string, name: string, options: OfctlOptions): void {
  const mods = fileLines(file).map(({ number, text }) => {
    const { command, rest } = splitGroupCommand(text);
    const parsed = parseGroup(rest, command, readingOptions(bridge, options));
    if (!parsed.ok) throw new OfctlError(`${name}:${number}: ${parsed.error}`);
    return parsed.value;
  });
  sendGroupMods(bridge, mods, options);
}

/** A group that `text` names, or all: in the order in which the switch keeps them. */
function selectGroups(bridge: Bridge, text: string | undefined): Group[] {
  const groups = [...bridge.groups.values()];
  // A switch has no group of this name, though it may be asked for it.
  if (text?.toLowerCase() === 'any') return [];
  if (text !== undefined && text !== 'all' && /^\d+$/.test(text))
    return groups.filter((group) => group.id === Number(text));
  return groups.toSorted((a, b) => hashInt(a.id, 0) - hashInt(b.id, 0));
}

export function dumpGroups(
  bridge: Bridge,
  text: string | undefined,
  options: OfctlOptions,
  isTerminal: boolean,
): string {
  const { version } = options;
  const names = (options.names ?? isTerminal) ? { names: messageNames(bridge) } : {};
  const head =
    version === 1 ? messageHead('NXST_GROUP_DESC reply', 1) : messageHead('OFPST_GROUP_DESC reply', version);
  // Only OpenFlow 1.5 and Nicira's extension can ask for one group.
  const asked = version === 1 || version === 6 ? text : undefined;
  if (text !== undefined && !/^(\d+|any|all)$/i.test(text))
    options.log(
      'ofp_group',
      'WARN',
      `${text} is not a valid group ID.  (Valid group IDs are 32-bit nonnegative integers or the keywords ANY or ALL.)`,
    );
  const rows = selectGroups(bridge, asked).map((group) => {
    const buckets = group.buckets.map((bucket) => ({
      ...bucket,
      actions: viaOpenFlow(bucket.actions, version),
    }));
    return ` ${formatGroup({ ...groupInMessage(group, version), buckets }, { tlv: bridge.tlv, ...names }, version === 1 || version === 6)}\n`;
  });
  return `${head}\n${rows.join('')}`;
}

/** How many flows and groups refer to a group. */
function references(bridge: Bridge, id: number): number {
  let count = 0;
  for (const rule of bridge.tables.all())
    if (rule.actions.some((act) => act.kind === 'group' && act.group === id)) count += 1;
  return count;
}

export function dumpGroupStats(
  bridge: Bridge,
  text: string | undefined,
  options: OfctlOptions,
  now: number,
): string {
  const { version } = options;
  const asked = parseGroup(text ?? '', 'delete', readingOptions(bridge, options));
  if (!asked.ok) throw new OfctlError(asked.error);
  const name = version === 1 ? 'NXST_GROUP reply' : 'OFPST_GROUP reply';
  const head = messageHead(name, version, xidAfterNames(options));
  const { id } = asked.value;
  const rows = selectGroups(bridge, id === 'all' ? undefined : String(id)).map((group) => {
    const duration = formatDuration(Math.floor((now - group.created) / 1e6) * 1e6);
    const buckets = group.bucketStats.map(
      ({ packets, bytes }, index) => `,bucket${index}:packet_count=${packets},byte_count=${bytes}`,
    );
    // Since OpenFlow 1.3.
    const since = version === 2 || version === 3 ? '' : `duration=${duration}s,`;
    return ` group_id=${group.id},${since}ref_count=${references(bridge, group.id)},packet_count=${group.packets},byte_count=${group.bytes}${buckets.join('')}\n`;
  });
  return `${head}\n${rows.join('')}`;
}
