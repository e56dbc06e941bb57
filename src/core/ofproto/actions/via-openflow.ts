/**
 * What becomes of actions that travel in an OpenFlow message: each version has its own ways to write a field, and what
 * one end meant the other end reads in the version's terms. Both ends speak here, writing and reading in one step.
 */
import type { Field } from '../../flow/field.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import {
  clearMatchWord,
  copyMatch,
  createMatch,
  matchFieldValue,
  matchWordMask,
  matchWordValue,
  setMatchWord,
  type Match,
} from '../../flow/match.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { isIpType } from '../../flow/packet-kind.ts';
import { IP_PROTO } from '../../flow/protocol.table.ts';
import { WORD } from '../../flow/words.table.ts';
import type { OfVersion } from '../protocol.table.ts';
import type { ActOf, OfpAct, SetFieldAct } from './ofpact.ts';
import { isWholeMask, loadSegments } from './set-field.ts';

const PRESENT = 0x1000;
const NOTE_HEADER = 6;
const NOTE_ALIGN = 8;

const setWhole = (field: Field, value: bigint | number): SetFieldAct => ({
  kind: 'set_field',
  field,
  value: BigInt(value),
  mask: (1n << BigInt(8 * field.size)) - 1n,
  load: false,
});

/** Whether a field's name in Nicira's actions is longer than the older ones have room for. */
const hasLongName = ({ headers }: Field): boolean =>
  (headers.findLast(({ version }) => version === 0) ?? headers[0])?.experimenter ?? false;

/** As Nicira's `load`; a field of variable length or with a long name has a newer action for it, which prints as `set_field`. */
const asLoads = (act: SetFieldAct): readonly OfpAct[] =>
  act.field.option !== undefined || hasLongName(act.field)
    ? [{ ...act, load: false }]
    : loadSegments(act).map(({ destination: { field, offset, length }, value }) => ({
        kind: 'set_field',
        field,
        value: value << BigInt(offset),
        mask: ((1n << BigInt(length)) - 1n) << BigInt(offset),
        load: true,
      }));

/** Follows which packets have a VLAN header, since versions after 1.0 push one only when asked. */
class Translator {
  private readonly version: OfVersion;
  private readonly proto: number;
  private vlans: number;

  constructor(version: OfVersion, match: Match) {
    this.version = version;
    this.proto = Number(matchFieldValue(match, FIELDS.nw_proto));
    const present = matchWordMask(match, WORD.vlan) & matchWordValue(match, WORD.vlan) & PRESENT;
    this.vlans = present === 0 ? 0 : 1;
  }

  list(actions: readonly OfpAct[]): readonly OfpAct[] {
    return actions.flatMap((act) => this.one(act));
  }

  private pushed(pushIfNeeded: boolean): readonly OfpAct[] {
    const needed = this.version > 1 && pushIfNeeded && this.vlans === 0;
    this.vlans = Math.max(1, this.vlans);
    return needed ? [{ kind: 'push_vlan', ethertype: 0x8100 }] : [];
  }

  private vid(vid: number, pushIfNeeded: boolean): readonly OfpAct[] {
    const push = this.pushed(pushIfNeeded);
    if (this.version < 3) return [...push, { kind: 'set_vlan_vid', vid, pushIfNeeded: this.version === 1 }];
    return [...push, setWhole(FIELDS.vlan_vid, vid | PRESENT)];
  }

  private pcp(pcp: number, pushIfNeeded: boolean): readonly OfpAct[] {
    const push = this.pushed(pushIfNeeded);
    if (this.version < 3) return [...push, { kind: 'set_vlan_pcp', pcp, pushIfNeeded: this.version === 1 }];
    return [...push, setWhole(FIELDS.vlan_pcp, pcp)];
  }

  private port(act: ActOf<'mod_tp_src' | 'mod_tp_dst'>): OfpAct {
    const source = act.kind === 'mod_tp_src';
    if (this.version < 3) return act;
    switch (this.proto) {
      case IP_PROTO.tcp:
        return setWhole(source ? FIELDS.tcp_src : FIELDS.tcp_dst, act.port);
      case IP_PROTO.udp:
        return setWhole(source ? FIELDS.udp_src : FIELDS.udp_dst, act.port);
      case IP_PROTO.sctp:
        return setWhole(source ? FIELDS.sctp_src : FIELDS.sctp_dst, act.port);
      default:
        return act;
    }
  }

  private setField(act: SetFieldAct): readonly OfpAct[] {
    if (this.version === 6) return [{ ...act, load: false }];
    if (act.load) return asLoads(act);
    if (this.version < 3) return this.legacyField(act);
    return isWholeMask(act.field, act.mask) ? [act] : asLoads(act);
  }

  /** OpenFlow 1.0 and 1.1 have an action for each of a few fields, and Nicira's `load` for the others. */
  private legacyField(act: SetFieldAct): readonly OfpAct[] {
    const number = Number(act.value);
    switch (act.field) {
      case FIELDS.vlan_tci:
        if ((number & PRESENT) === 0) return this.one({ kind: 'strip_vlan', legacy: this.version === 1 });
        return [...this.vid(number & 0xfff, this.version > 1), ...this.pcp((number >>> 13) & 7, false)];
      case FIELDS.vlan_vid:
        return [{ kind: 'set_vlan_vid', vid: number & 0xfff, pushIfNeeded: this.version === 1 }];
      case FIELDS.vlan_pcp:
        return [{ kind: 'set_vlan_pcp', pcp: number, pushIfNeeded: this.version === 1 }];
      case FIELDS.eth_src:
        return [{ kind: 'mod_dl_src', mac: act.value }];
      case FIELDS.eth_dst:
        return [{ kind: 'mod_dl_dst', mac: act.value }];
      case FIELDS.ip_src:
        return [{ kind: 'mod_nw_src', ip: number }];
      case FIELDS.ip_dst:
        return [{ kind: 'mod_nw_dst', ip: number }];
      case FIELDS.nw_tos:
        return [{ kind: 'mod_nw_tos', value: number & 0xfc }];
      case FIELDS.ip_dscp:
        return [{ kind: 'mod_nw_tos', value: (number << 2) & 0xfc }];
      case FIELDS.nw_ecn:
        return this.version === 1 ? asLoads(act) : [{ kind: 'mod_nw_ecn', value: number & 3 }];
      case FIELDS.tcp_src:
      case FIELDS.udp_src:
        return [{ kind: 'mod_tp_src', port: number }];
      case FIELDS.tcp_dst:
      case FIELDS.udp_dst:
        return [{ kind: 'mod_tp_dst', port: number }];
      default:
        return asLoads(act);
    }
  }

  private one(act: OfpAct): readonly OfpAct[] {
    const { version } = this;
    const modern = version >= 3;
    switch (act.kind) {
      case 'set_field':
        return this.setField(act);
      case 'output_reg': {
        // The length of a field has six bits; what is more of it spills into where the field's bits begin.
        const { field, offset, length } = act.source;
        const packed = (offset << 6) | (length - 1);
        return [{ ...act, source: { field, offset: packed >>> 6, length: (packed & 63) + 1 } }];
      }
      case 'output':
        // Only the controller is sent parts of packets.
        return [act];
      case 'enqueue':
        return version === 1
          ? [act]
          : [
              { kind: 'set_queue', queue: act.queue },
              { kind: 'output', port: act.port, maxLen: act.port === OFPP.controller ? 65535 : 0 },
              { kind: 'pop_queue' },
            ];
      case 'set_vlan_vid':
        return this.vid(act.vid, act.pushIfNeeded);
      case 'set_vlan_pcp':
        return this.pcp(act.pcp, act.pushIfNeeded);
      case 'strip_vlan':
        this.vlans = Math.max(0, this.vlans - 1);
        return [{ kind: 'strip_vlan', legacy: version === 1 }];
      case 'push_vlan':
        this.vlans += 1;
        return version === 1 ? [] : [act];
      case 'mod_dl_src':
        return modern ? [setWhole(FIELDS.eth_src, act.mac)] : [act];
      case 'mod_dl_dst':
        return modern ? [setWhole(FIELDS.eth_dst, act.mac)] : [act];
      case 'mod_nw_src':
        return modern ? [setWhole(FIELDS.ip_src, act.ip)] : [act];
      case 'mod_nw_dst':
        return modern ? [setWhole(FIELDS.ip_dst, act.ip)] : [act];
      case 'mod_nw_tos':
        return modern ? [setWhole(FIELDS.ip_dscp, act.value >>> 2)] : [act];
      case 'mod_nw_ecn':
        if (version === 2) return [act];
        return modern
          ? [setWhole(FIELDS.nw_ecn, act.value)]
          : asLoads({ ...setWhole(FIELDS.nw_ecn, act.value), mask: 3n });
      case 'mod_nw_ttl':
        return version === 1 ? asLoads(setWhole(FIELDS.nw_ttl, act.value)) : [act];
      case 'mod_tp_src':
      case 'mod_tp_dst':
        return [this.port({ ...act })];
      case 'set_tunnel':
        return modern
          ? [setWhole(FIELDS.tun_id, act.id)]
          : [{ ...act, wide: act.wide || act.id > 0xffffffffn }];
      case 'set_mpls_label':
        return modern ? [setWhole(FIELDS.mpls_label, act.value)] : [act];
      case 'set_mpls_tc':
        return modern ? [setWhole(FIELDS.mpls_tc, act.value)] : [act];
      case 'dec_ttl': {
        const plain = act.controllerIds.length === 1 && act.controllerIds[0] === 0 && !act.explicit;
        return [plain ? { kind: 'dec_ttl', controllerIds: [0], explicit: false } : act];
      }
      case 'note': {
        const size =
          Math.max(0, Math.ceil((act.data.length - NOTE_HEADER) / NOTE_ALIGN)) * NOTE_ALIGN + NOTE_HEADER;
        const data = new Uint8Array(size);
        data.set(act.data);
        return [{ kind: 'note', data }];
      }
      case 'goto_table':
        return version === 1 ? [{ kind: 'resubmit', port: OFPP.inPort, table: act.table, ct: false }] : [act];
      case 'clone':
        return [{ ...act, actions: this.list(act.actions) }];
      case 'write_actions':
        // A set of nothing is not sent.
        return version === 1 || act.actions.length === 0 ? [] : [{ ...act, actions: this.list(act.actions) }];
      case 'clear_actions':
        return version === 1 ? [] : [act];
      case 'meter':
        return version < 4 ? [] : [act];
      case 'ct':
        return [{ ...act, exec: this.list(act.exec) }];
      default:
        return [act];
    }
  }
}

/** The actions as they are after a message of `version`, in a flow with `match`. */
export const viaOpenFlow = (
  actions: readonly OfpAct[],
  version: OfVersion,
  match: Match = createMatch(),
): readonly OfpAct[] => new Translator(version, match).list(actions);

const FRAGMENT_BITS = 0xff000000;

/** Nicira's and later matches tell of fragments beside an IP type only. */
function withoutIdleFragments(match: Match): Match {
  const type = Number(matchFieldValue(match, FIELDS.eth_type));
  if ((matchWordMask(match, WORD.nwProto) & FRAGMENT_BITS) === 0 || isIpType(type)) return match;
  const changed = copyMatch(match);
  clearMatchWord(changed, WORD.nwProto, FRAGMENT_BITS);
  return changed;
}

/** A match as it is after a message of `version`: since 1.2 VLAN id and priority are fields of their own. */
export function matchViaOpenFlow(given: Match, version: OfVersion): Match {
  const match = withoutIdleFragments(given);
  const mask = matchWordMask(match, WORD.vlan) & 0xffff;
  if (version < 3 || mask === 0) return match;
  const value = matchWordValue(match, WORD.vlan);
  const priority = (value & 0x1fff) !== 0 && (mask & 0xe000) !== 0 ? 0xe000 : 0;
  const bits = (mask & 0x1fff) | priority;
  if (bits === mask) return match;
  const changed = copyMatch(match);
  clearMatchWord(changed, WORD.vlan, 0xffff);
  setMatchWord(changed, WORD.vlan, value, bits);
  return changed;
}
