/** `ct`: hands the packet to connection tracking, and goes on in another table with what that found out. */
import { FIELDS } from '../../flow/fields.table.ts';
import { getField, setField } from '../../flow/flow.ts';
import { clearConntrack } from '../../flow/header-stack.ts';
import { ipProtoOf, rawEthTypeOf, word } from '../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../flow/protocol.table.ts';
import { WORD } from '../../flow/words.table.ts';
import type { CtAct } from '../actions/ofpact.ts';
import { isFrozenMetadata, markSubfield, readSubfield } from './change-field.ts';
import { commit } from './commit.ts';
import { forkInto } from './freeze.ts';
import type { Xlate } from './xlate.ts';

function helperName(x: Xlate, port: number): string | null {
  if (port === 0) return null;
  if (port === 21) return 'ftp';
  if (port === 69) return 'tftp';
  x.reportError(`cannot serialize ct_helper ${port}`);
  return null;
}

const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [IP_PROTO.icmp, 'icmp'],
  [IP_PROTO.igmp, 'igmp'],
  [IP_PROTO.tcp, 'tcp'],
  [IP_PROTO.udp, 'udp'],
  [33, 'dccp'],
  [IP_PROTO.icmpv6, 'icmpv6'],
  [IP_PROTO.sctp, 'sctp'],
  [136, 'udplite'],
]);

/** The name that the zone's timeout policy has in the datapath: the kernel's has one for each protocol, which it looks at. */
function timeoutName(x: Xlate, zone: number): string | null {
  const { datapath } = x.bridge;
  const policy = datapath.features.ctTimeout ? datapath.conntrack.timeouts.of(zone) : undefined;
  if (!policy) return null;
  if (datapath.userspace) return String(policy.id);
  setField(x.mask, FIELDS.nw_proto, 0xffn);
  const protocol = ipProtoOf(x.flow);
  const name = PROTOCOL_NAMES.get(protocol) ?? String(protocol);
  const family = rawEthTypeOf(x.flow) === ETH_TYPE.ip ? '4' : protocol === IP_PROTO.icmpv6 ? '' : '6';
  return `ovs_tp_${policy.id}_${name}${family}`;
}

/** Executes `ct(...)`. */
export function track(x: Xlate, act: CtAct, isLast: boolean): void {
  let zone: number;
  if (typeof act.zone === 'number') {
    zone = act.zone;
  } else {
    zone = Number(readSubfield(x.flow, act.zone));
    // A resumed packet brings its registers along: they need not be matched again.
    if (!x.input.frozen || !isFrozenMetadata(act.zone.field)) markSubfield(x.mask, act.zone);
  }
  const oldMark = word(x.mask, WORD.ctMark);
  const oldLabel = x.mask.slice(WORD.ctLabel, WORD.ctLabel + 4);
  commit(x);
  x.nat = null;
  x.mask[WORD.ctMark] = 0;
  x.mask.fill(0, WORD.ctLabel, WORD.ctLabel + 4);
  x.handlers.run(x, act.nat ? [act.nat, ...act.exec] : act.exec, isLast, false);
  const markMask = word(x.mask, WORD.ctMark);
  const labelMask = getField(x.mask, FIELDS.ct_label);
  x.emit({
    kind: 'ct',
    commit: act.commit,
    force: act.commit && act.force,
    zone,
    mark: markMask === 0 ? null : { value: (word(x.flow, WORD.ctMark) & markMask) >>> 0, mask: markMask },
    label:
      labelMask === 0n ? null : { value: getField(x.flow, FIELDS.ct_label) & labelMask, mask: labelMask },
    helper: helperName(x, act.alg),
    timeout: act.commit ? timeoutName(x, zone) : null,
    nat: x.nat,
  });
  x.mask[WORD.ctMark] = oldMark;
  x.mask.set(oldLabel, WORD.ctLabel);
  if (act.table !== null) {
    x.conntracked = true;
    forkInto(x, act.table, zone);
  }
  x.nat = null;
  clearConntrack(x.flow);
  x.detail('Sets the packet to an untracked state, and clears all the conntrack fields.');
  x.conntracked = false;
}

/** `ct_clear`, which nowadays does something only for a tracked packet. */
export function clearTracking(x: Xlate): void {
  if (!x.conntracked && !x.bridge.datapath.features.clearsUntracked) return;
  x.conntracked = false;
  clearConntrack(x.flow);
  if (x.bridge.datapath.features.ctClear) x.emit({ kind: 'ct_clear' });
}
