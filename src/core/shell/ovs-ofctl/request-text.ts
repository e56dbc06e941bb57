/** Requests as ovs-ofctl shows them beside the switch's error: what was asked, in the words of ofp-print. */
import { copyMatch, matchFieldMask, setMatchField, type Match } from '../../flow/match.ts';
import { formatMatch } from '../../flow/match-text.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { formatPort } from '../../flow/ofport-text.ts';
import { formatActions } from '../../ofproto/actions/act-list.ts';
import type { ActTextOptions } from '../../ofproto/actions/act-text.ts';
import { matchViaOpenFlow, viaOpenFlow } from '../../ofproto/actions/via-openflow.ts';
import type { FlowCommand, FlowMod } from '../../ofproto/flow-parse.ts';
import { formatFlowFlags } from '../../ofproto/flow-text.ts';
import {
  formatGroup,
  groupInMessage,
  groupOf,
  type GroupCommand,
  type GroupMod,
} from '../../ofproto/group-text.ts';
import { formatMeter, type MeterMod } from '../../ofproto/meter-text.ts';
import { normalizeMatch } from '../../ofproto/normalize-match.ts';
import { PROTOCOLS, type OfVersion } from '../../ofproto/protocol.table.ts';

const FLOW_COMMANDS: Readonly<Record<FlowCommand, string>> = {
  add: 'ADD',
  modify: 'MOD',
  modify_strict: 'MOD_STRICT',
  delete: 'DEL',
  delete_strict: 'DEL_STRICT',
};

const GROUP_COMMANDS: Readonly<Record<GroupCommand, string>> = {
  add: 'ADD',
  modify: 'MOD',
  add_or_mod: 'ADD_OR_MOD',
  delete: 'DEL',
  insert_bucket: 'INSERT_BUCKET',
  remove_bucket: 'REMOVE_BUCKET',
};

/** Whether OpenFlow 1.0 can carry a flow in its own format; else it travels in Nicira's. */
export const fitsOpenFlow10 = (mod: FlowMod): boolean =>
  (mod.protocols & PROTOCOLS.of10Plain) !== 0 && matchFieldMask(mod.match, FIELDS.tun_id) === 0n;

/** The message that carries a flow_mod. */
export const flowModName = (mod: FlowMod, version: OfVersion): string =>
  version === 1 && !fitsOpenFlow10(mod) ? 'NXT_FLOW_MOD' : 'OFPT_FLOW_MOD';

/** Says in a message that the cookie is to stay. */
const NO_COOKIE = 0xffffffffffffffffn;

const hex = (value: bigint): string => `0x${value.toString(16)}`;

function cookieText({ newCookie, cookie, cookieMask }: FlowMod): string {
  if (cookieMask !== 0n) return `cookie:${hex(cookie)}/${hex(cookieMask)} `;
  return newCookie !== null && newCookie !== 0n && newCookie !== NO_COOKIE ? `cookie:${hex(newCookie)} ` : '';
}

/** Stands in messages for all tables. */
const ALL_TABLES = 255;

/** Whether a match is about packets of Ethernet by its terms about headers; beside a recirculation id that is written. */
export const needsEthernet = (match: Match): boolean =>
  matchFieldMask(match, FIELDS.recirc_id) !== 0n &&
  matchFieldMask(match, FIELDS.packet_type) === 0n &&
  Object.values(FIELDS).some((field) => field.prerequisite !== 'none' && matchFieldMask(match, field) !== 0n);

/** The same match, said to be about packets of Ethernet. */
export function ethernetOnly(match: Match): Match {
  const changed = copyMatch(match);
  setMatchField(changed, FIELDS.packet_type, 0n);
  return changed;
}

/** A match as its reader sees it. */
function readMatch(match: Match, version: OfVersion): Match {
  const read = normalizeMatch(matchViaOpenFlow(match, version));
  return needsEthernet(read) ? ethernetOnly(read) : read;
}

/** `ADD table:3 priority=7,tcp idle:5 actions=...`. */
export function flowModText(mod: FlowMod, version: OfVersion, options: ActTextOptions): string {
  const match = formatMatch(readMatch(mod.match, version), {
    priority: mod.priority,
    ...(options.names ? { names: options.names } : {}),
    ...(options.tlv ? { tlv: options.tlv } : {}),
  });
  const removes = mod.command === 'delete' || mod.command === 'delete_strict';
  const table = mod.table ?? (removes && version > 1 ? ALL_TABLES : 0);
  const parts = [
    FLOW_COMMANDS[mod.command ?? 'add'],
    ...(table !== 0 ? [`table:${table}`] : []),
    ...(match === '' ? [] : [match]),
  ];
  let text = `${parts.join(' ')} ${cookieText(mod)}`;
  if (mod.idleTimeout !== 0) text += `idle:${mod.idleTimeout} `;
  if (mod.hardTimeout !== 0) text += `hard:${mod.hardTimeout} `;
  if (mod.importance !== 0 && version >= 5) text += `importance:${mod.importance} `;
  if (mod.outPort !== null) text += `out_port:${formatPort(mod.outPort, options.names)} `;
  text += formatFlowFlags(mod.flags);
  return `${text}actions=${formatActions(viaOpenFlow(mod.actions, version, mod.match), options)}`;
}

/** What a listing asks for: ` table=3 out_port=1 tcp`. */
export function selectionText(
  { table, outPort, match }: FlowMod,
  version: OfVersion,
  options: ActTextOptions,
): string {
  const of = table === null ? '' : ` table=${table}`;
  const to = outPort === null ? '' : ` out_port=${formatPort(outPort, options.names)}`;
  const { names, tlv } = options;
  const text = formatMatch(readMatch(match, version), {
    ...(names ? { names } : {}),
    ...(tlv ? { tlv } : {}),
  });
  return `${of}${to} ${text}`;
}

/** The message that carries a group_mod. */
export const groupModName = (version: OfVersion): string =>
  version === 1 ? 'NXT_GROUP_MOD' : 'OFPT_GROUP_MOD';

/** A line of its own: ` ADD group_id=1,type=all,...`. */
export function groupModText(mod: GroupMod, version: OfVersion, options: ActTextOptions): string {
  const withIds = version === 1 || version === 6;
  const group = groupInMessage(groupOf(mod), version);
  const buckets = group.buckets.map((bucket) => ({
    ...bucket,
    actions: viaOpenFlow(bucket.actions, version),
  }));
  const bucketCommand = mod.command === 'insert_bucket' || mod.command === 'remove_bucket';
  const whole = formatGroup({ ...group, buckets }, options, withIds);
  const text = bucketCommand
    ? `command_bucket_id:${String(mod.commandBucket)},${whole.replace(/,type=\w+/, '')}`
    : whole;
  return `\n ${GROUP_COMMANDS[mod.command]} ${text}`;
}

/** `ADD meter=1 kbps bands=` and the bands, one a line. */
export const meterModText = (mod: MeterMod, command: 'add' | 'modify'): string =>
  `${command === 'add' ? 'ADD' : 'MOD'} ${formatMeter(mod).trimEnd()}`;
