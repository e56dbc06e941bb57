/** `group`: which buckets of a group a packet goes through. */
import { fromBigInt } from '../../base/bytes.ts';
import { getField, setField } from '../../flow/flow.ts';
import { formatPort } from '../../flow/ofport-text.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { copyFlow } from '../../flow/flow.ts';
import { meetsPrerequisite, word } from '../../flow/packet-kind.ts';
import { WORD } from '../../flow/words.table.ts';
import type { Bucket, Group } from '../bridge/group.ts';
import { hashSymmetricL4, markHashFields } from '../flow-hash.ts';
import { hashBoolean, hashBytes, hashInt, hashUint64 } from '../../base/ovs-hash.ts';
import { actionSetList } from './action-set.ts';
import { finishFreezing } from './freeze.ts';
import { liveNow } from './port-liveness.ts';
import { withinLimits } from './look-up.ts';
import type { Xlate } from './xlate.ts';

const MAX_LIVENESS_RECURSION = 128;

function isAlive(x: Xlate, group: Group, bucket: Bucket, depth: number): boolean {
  if (depth >= MAX_LIVENESS_RECURSION) {
    x.reportError(`bucket chaining exceeded ${MAX_LIVENESS_RECURSION} links`);
    return false;
  }
  if (group.type === 'select' && bucket.weight === 0) return false;
  const { watchPort, watchGroup } = bucket;
  if (watchPort === null && watchGroup === null) return true;
  const watchedPort = watchPort === null ? undefined : x.bridge.ports.get(watchPort);
  if (watchPort !== OFPP.controller && watchedPort && liveNow(x, watchedPort)) return true;
  if (watchGroup === null) return false;
  const watched = x.bridge.groups.get(watchGroup);
  return watched !== undefined && firstLiveBucket(x, watched, depth + 1) !== undefined;
}

function reportDead(x: Xlate, { id, watchPort, watchGroup }: Bucket): void {
  if (!x.nodes) return;
  const causes: string[] = [];
  if (watchPort !== null) causes.push(`port ${formatPort(watchPort)}`);
  if (watchGroup !== null) causes.push(`port ${watchGroup}`);
  x.detail(`bucket ${id}: not live due to ${causes.join(' and ')}`);
}

function firstLiveBucket(x: Xlate, group: Group, depth: number): Bucket | undefined {
  for (const bucket of group.buckets) {
    if (isAlive(x, group, bucket, depth)) return bucket;
    reportDead(x, bucket);
  }
  return undefined;
}

function bestLiveBucket(x: Xlate, group: Group, basis: number): Bucket | undefined {
  let best: Bucket | undefined;
  let bestScore = 0;
  for (const bucket of group.buckets) {
    if (!isAlive(x, group, bucket, 0)) {
      reportDead(x, bucket);
      continue;
    }
    const score = Math.imul(hashInt(bucket.id, basis) & 0xffff, bucket.weight) >>> 0;
    if (score >= bestScore) {
      best = bucket;
      bestScore = score;
    }
    x.detail(`bucket ${bucket.id}: score ${score}`);
  }
  return best;
}

function hashFields(x: Xlate, group: Group): number {
  let basis = hashUint64(group.selectionParameter);
  for (const { field, mask } of group.hashFields) {
    if (!meetsPrerequisite(x.flow, field.prerequisite, x.mask)) continue;
    const value = getField(x.flow, field) & mask;
    basis = hashBytes(fromBigInt(value, field.size), basis);
    if (field.option !== undefined) {
      const present = (word(x.flow, WORD.tunPresent + (field.option >>> 5)) >>> (field.option & 31)) & 1;
      basis = hashBoolean(present === 1, basis);
    }
    setField(x.mask, field, getField(x.mask, field) | mask);
  }
  return basis;
}

function selectBucket(x: Xlate, group: Group): Bucket | undefined {
  if (x.wasMpls) {
    x.freeze();
    return undefined;
  }
  const { selection } = group;
  switch (selection.kind) {
    case 'default':
      markHashFields(x.flow, x.mask, 'symmetric_l4');
      return bestLiveBucket(x, group, hashSymmetricL4(x.flow, 0));
    case 'hash':
      return bestLiveBucket(x, group, hashFields(x, group));
    case 'dp_hash': {
      const hash = word(x.flow, WORD.dpHash);
      if (hash === 0) {
        x.freeze();
        x.hashForRecirculation = { algorithm: selection.algorithm, basis: selection.basis };
        x.detail('selection method in use: dp_hash, recirculating');
        return undefined;
      }
      const bits = selection.table.length - 1;
      x.mask[WORD.dpHash] = word(x.mask, WORD.dpHash) | bits;
      for (let i = 0; i <= bits; i += 1) {
        const bucket = selection.table[((hash + i) & bits) >>> 0];
        if (bucket && isAlive(x, group, bucket, 0)) return bucket;
      }
      return undefined;
    }
  }
}

function runBucket(x: Xlate, bucket: Bucket, isLast: boolean): void {
  const above = x.descend({ kind: 'bucket', text: `bucket ${bucket.id}`, bucket: bucket.id, children: [] });
  const flow = copyFlow(x.flow);
  const { wasMpls } = x;
  x.depth += 1;
  x.handlers.run(x, actionSetList(bucket.actions), isLast, true);
  x.depth -= 1;
  if (x.freezing) finishFreezing(x);
  // What a bucket does to the packet stays in the bucket, and so does its end.
  x.flow.set(flow);
  x.wasMpls = wasMpls;
  x.exit = false;
  if (x.error === 'Too many MPLS labels' || x.error === 'Unsupported packet type') x.error = null;
  x.nodes = above;
}

function count(x: Xlate, group: Group, bucket: Bucket | null): void {
  const taken = group.bucketStats.filter((_, index) => !bucket || bucket === group.buckets[index]);
  x.count(({ bytes }) => {
    for (const counters of [group, ...taken]) {
      counters.packets += 1;
      counters.bytes += bytes;
    }
  });
}

/** Executes a group; true when there is none of that number, which ends the list of actions. */
export function runGroup(x: Xlate, id: number, isLast: boolean): boolean {
  if (!withinLimits(x)) return false;
  const group = x.bridge.groups.get(id);
  if (!group) {
    x.warn(`output to nonexistent group ${id}`);
    return true;
  }
  if (group.type === 'all' || group.type === 'indirect') {
    group.buckets.forEach((bucket, index) => {
      runBucket(x, bucket, isLast && index === group.buckets.length - 1);
    });
    count(x, group, null);
    return false;
  }
  const bucket = group.type === 'select' ? selectBucket(x, group) : firstLiveBucket(x, group, 0);
  if (bucket) {
    x.detail(`using bucket ${bucket.id}`);
    runBucket(x, bucket, isLast);
    count(x, group, bucket);
  } else if (!x.freezing) {
    x.detail('no live bucket');
  }
  return false;
}
