/** The action set that `write_actions` builds: in which order it is executed, and when at all. */
import type { OfpAct } from '../actions/ofpact.ts';

type Slot =
  | { readonly kind: 'slot'; readonly index: number }
  | { readonly kind: 'move' }
  | { readonly kind: 'final'; readonly rank: number };

const slot = (index: number): Slot => ({ kind: 'slot', index });
const final = (rank: number): Slot => ({ kind: 'final', rank });
const MOVE: Slot = { kind: 'move' };

function classify(act: OfpAct): Slot | null {
  switch (act.kind) {
    case 'strip_vlan':
      return slot(0);
    case 'pop_mpls':
      return slot(1);
    case 'decap':
      return slot(2);
    case 'encap':
      return slot(3);
    case 'push_mpls':
      return slot(4);
    case 'push_vlan':
      return slot(5);
    case 'dec_ttl':
      return slot(6);
    case 'dec_mpls_ttl':
      return slot(7);
    case 'dec_nsh_ttl':
      return slot(8);
    case 'ct':
      return final(0);
    case 'ct_clear':
      return final(1);
    case 'resubmit':
      return final(2);
    case 'output':
      return final(3);
    case 'group':
      return final(4);
    case 'set_field':
    case 'move':
    case 'mod_dl_dst':
    case 'mod_dl_src':
    case 'mod_nw_dst':
    case 'mod_nw_src':
    case 'mod_nw_tos':
    case 'mod_nw_ecn':
    case 'mod_nw_ttl':
    case 'mod_tp_dst':
    case 'mod_tp_src':
    case 'set_mpls_label':
    case 'set_mpls_tc':
    case 'set_mpls_ttl':
    case 'set_queue':
    case 'set_tunnel':
    case 'set_vlan_pcp':
    case 'set_vlan_vid':
      return MOVE;
    default:
      return null;
  }
}

/** The list that an action set stands for: empty unless it sends the packet anywhere. */
export function actionSetList(actionSet: readonly OfpAct[]): readonly OfpAct[] {
  const slots: (OfpAct | undefined)[] = [];
  const moves: OfpAct[] = [];
  let last: OfpAct | undefined;
  let rank = -1;
  for (const act of actionSet) {
    const place = classify(act);
    if (place?.kind === 'slot') slots[place.index] = act;
    else if (place?.kind === 'move') moves.push(act);
    else if (place?.kind === 'final' && place.rank >= rank) {
      last = act;
      rank = place.rank;
    }
  }
  if (!last) return [];
  return [...slots.filter((act) => act !== undefined), ...moves, last];
}
