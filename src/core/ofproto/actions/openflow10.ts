/** Actions as a switch sends them in OpenFlow 1.0 with Nicira extensions: `load` and `mod_...` where later versions set fields. */
import { loadSegments, isWholeMask } from './set-field.ts';
import type { OfpAct, SetFieldAct } from './ofpact.ts';

/** Whole fields that OpenFlow 1.0 has an action of its own for. */
function standardAct({ field, value, mask }: SetFieldAct): OfpAct | undefined {
  if (!isWholeMask(field, mask)) return undefined;
  switch (field.name) {
    case 'eth_src':
      return { kind: 'mod_dl_src', mac: value };
    case 'eth_dst':
      return { kind: 'mod_dl_dst', mac: value };
    case 'ip_src':
      return { kind: 'mod_nw_src', ip: Number(value) };
    case 'ip_dst':
      return { kind: 'mod_nw_dst', ip: Number(value) };
    case 'tcp_src':
    case 'udp_src':
    case 'sctp_src':
      return { kind: 'mod_tp_src', port: Number(value) };
    case 'tcp_dst':
    case 'udp_dst':
    case 'sctp_dst':
      return { kind: 'mod_tp_dst', port: Number(value) };
    case 'vlan_vid':
      return { kind: 'set_vlan_vid', vid: Number(value & 0xfffn), pushIfNeeded: true };
    case 'vlan_pcp':
      return { kind: 'set_vlan_pcp', pcp: Number(value), pushIfNeeded: true };
    default:
      return undefined;
  }
}

function convert(act: OfpAct): readonly OfpAct[] {
  switch (act.kind) {
    case 'set_field': {
      const own = standardAct(act);
      if (own) return [own];
      return loadSegments(act).map(({ destination: { field, offset, length }, value }) => ({
        kind: 'set_field',
        field,
        value: value << BigInt(offset),
        mask: ((1n << BigInt(length)) - 1n) << BigInt(offset),
        load: true,
      }));
    }
    case 'strip_vlan':
      return [{ kind: 'strip_vlan', legacy: true }];
    case 'dec_ttl':
      return act.controllerIds.length === 0 ? [{ kind: 'dec_ttl', controllerIds: [0], explicit: false }] : [act];
    case 'clone':
      return [{ ...act, actions: asOpenFlow10(act.actions) }];
    case 'ct':
      return [{ ...act, exec: asOpenFlow10(act.exec) }];
    default:
      return [act];
  }
}

export const asOpenFlow10 = (actions: readonly OfpAct[]): readonly OfpAct[] => actions.flatMap(convert);
