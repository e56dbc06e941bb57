/** What a switch does with group_mod requests. */
import { viaOpenFlow } from '../actions/via-openflow.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { Bucket, GroupSpec } from '../bridge/group.ts';
import { groupInMessage, groupOf, numberBuckets, type CommandBucket, type GroupMod } from '../group-text.ts';
import type { OfVersion } from '../protocol.table.ts';
import type { RequestError } from './flow-request.ts';
import type { Refusal } from './refusal.ts';

type Edited = { readonly buckets: readonly Bucket[] } | { readonly error: string };

function insertBuckets(old: readonly Bucket[], added: readonly Bucket[], where: CommandBucket): Edited {
  const at = old.findIndex((bucket) => bucket.id === where);
  if (at < 0 && typeof where === 'number') return { error: 'OFPGMFC_UNKNOWN_BUCKET' };
  const fresh = numberBuckets(added, old);
  const ids = new Set([...old, ...fresh].map((bucket) => bucket.id));
  if (ids.size < old.length + fresh.length) return { error: 'OFPGMFC_BUCKET_EXISTS' };
  if (where === 'first') return { buckets: [...fresh, ...old] };
  if (where === 'last' || where === 'all') return { buckets: [...old, ...fresh] };
  return { buckets: [...old.slice(0, at + 1), ...fresh, ...old.slice(at + 1)] };
}

function removeBuckets(old: readonly Bucket[], which: CommandBucket): Edited {
  if (which === 'all') return { buckets: [] };
  if (which === 'first') return { buckets: old.slice(1) };
  if (which === 'last') return { buckets: old.slice(0, -1) };
  return old.some((bucket) => bucket.id === which)
    ? { buckets: old.filter((bucket) => bucket.id !== which) }
    : { error: 'OFPGMFC_UNKNOWN_BUCKET' };
}

/** Flows that send to a group go with it. */
function removeGroup(bridge: Bridge, id: number): void {
  bridge.removeGroup(id);
  for (const rule of bridge.tables.select({ table: null, match: { terms: [] }, outGroup: id }))
    bridge.tables.remove(rule, 'group_delete');
}

/** Groups and meters that buckets name may come later. */
function checkBuckets(spec: GroupSpec): RequestError {
  const ids = new Set(spec.buckets.map((bucket) => bucket.id));
  if (ids.size < spec.buckets.length) return 'OFPGMFC_BUCKET_EXISTS';
  return null;
}

/** As it arrives in a message of `version`. */
function translated(spec: GroupSpec, version: OfVersion): GroupSpec {
  const carried = groupInMessage(spec, version);
  return {
    ...carried,
    buckets: carried.buckets.map((bucket) => ({ ...bucket, actions: viaOpenFlow(bucket.actions, version) })),
  };
}

const METHODS = ['hash', 'dp_hash'];
const SELECT_ONLY = 'ntr selection method property is only allowed for select groups';

/** Why a switch does not take `mod` in a message of `version`; null when it can be read. */
export function groupRefusalOf(mod: GroupMod, version: OfVersion): Refusal | null {
  if (mod.command === 'delete' || mod.command === 'remove_bucket') return null;
  const { type, selectionMethod, buckets } = groupInMessage(groupOf(mod), version);
  const ids = buckets.map((bucket) => bucket.id);
  if ((version === 1 || version === 6) && new Set(ids).size < ids.length)
    return { error: 'OFPGMFC_BAD_BUCKET', log: [['ofp_group', 'Duplicate bucket id']] };
  if (selectionMethod !== '' && type === 'select' && !METHODS.includes(selectionMethod))
    return {
      error: 'OFPBPC_BAD_VALUE',
      log: [['ofp_group', `ntr selection method '${selectionMethod}' is not supported`]],
    };
  if (selectionMethod !== '' && type !== 'select')
    return { error: 'OFPBPC_BAD_VALUE', log: [['ofp_group', SELECT_ONLY]] };
  if (type === 'indirect' && mod.command !== 'insert_bucket' && buckets.length !== 1)
    return { error: 'OFPGMFC_INVALID_GROUP', log: [] };
  // A request for more buckets does not say of which type the group is, and counts as one of type all.
  const watches = mod.command !== 'insert_bucket' && (type === 'select' || type === 'ff');
  const watching = buckets.some((bucket) => bucket.watchPort !== null || bucket.watchGroup !== null);
  return watching && !watches ? { error: 'OFPGMFC_WATCH_UNSUPPORTED', log: [] } : null;
}

/** Carries out a request by itself, that came in a message of `version`. */
export function changeGroups(bridge: Bridge, mod: GroupMod, version: OfVersion): RequestError {
  const error = applyGroupMod(bridge, mod, version);
  bridge.tables.feed.announce();
  return error;
}

/** The same as a part of something larger, of which those who watch are told later. */
export function applyGroupMod(bridge: Bridge, mod: GroupMod, version: OfVersion): RequestError {
  const spec = translated(groupOf(mod), version);
  if (mod.command === 'delete') {
    const ids = mod.id === 'all' ? [...bridge.groups.keys()] : [mod.id];
    for (const id of ids) if (bridge.groups.has(id)) removeGroup(bridge, id);
    return null;
  }
  const refusal = groupRefusalOf(mod, version);
  if (refusal !== null) return refusal.error;
  if (mod.id === 'all') return 'OFPGMFC_INVALID_GROUP';
  const old = bridge.groups.get(mod.id);
  if (mod.command === 'add' && old) return 'OFPGMFC_GROUP_EXISTS';
  if (!old && mod.command !== 'add' && mod.command !== 'add_or_mod') return 'OFPGMFC_UNKNOWN_GROUP';
  if (old && (mod.command === 'insert_bucket' || mod.command === 'remove_bucket')) {
    const edited =
      mod.command === 'insert_bucket'
        ? insertBuckets(old.buckets, spec.buckets, mod.commandBucket)
        : removeBuckets(old.buckets, mod.commandBucket);
    if ('error' in edited) return edited.error;
    bridge.addGroup({ ...old, buckets: edited.buckets });
    return null;
  }
  const problem = checkBuckets(spec);
  if (problem !== null) return problem;
  bridge.addGroup(spec);
  return null;
}
