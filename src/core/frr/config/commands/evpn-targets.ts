/** `route-target ...` of EVPN, in a VNI's block and in a VRF's address family: what the lists are after a line. */
import { readRouteTargets } from '../../policy/communities.ts';
import { warning, type Reply } from '../command.ts';
import type { Args } from '../match.ts';

/** As typed; absent: made of the VNI. */
export interface RouteTargets {
  readonly import?: readonly string[];
  readonly export?: readonly string[];
}

const SIDES = ['import', 'export'] as const;
const WORDS = { import: 'Import', export: 'Export', both: 'Import/Export' } as const;

/** The lists after the line, or why they stay. bgpd keeps them in the order of their texts. */
export function changeTargets(known: RouteTargets, args: Args, place: 'VNI' | 'VRF'): RouteTargets | Reply {
  const direction = args.get('direction') as keyof typeof WORDS;
  const sides = SIDES.filter((side) => direction === 'both' || side === direction);
  const typed = args.find('target');
  const isUnread = typed !== undefined && readRouteTargets(typed, 'rt')?.length !== 1;
  if (args.no && sides.every((side) => known[side] === undefined))
    return warning(`% ${WORDS[direction]} RT is not configured for this ${place}`);
  if (isUnread) return warning('% Malformed Route Target list');
  const next: { -readonly [Side in keyof RouteTargets]: RouteTargets[Side] } = { ...known };
  let found = !args.no;
  for (const side of sides) {
    const list = known[side] ?? [];
    const has = typed === undefined || list.includes(typed);
    if (!args.no) {
      if (!has) next[side] = [...list, typed].sort();
      continue;
    }
    if (!has) continue;
    found = true;
    const left = typed === undefined ? [] : list.filter((one) => one !== typed);
    if (left.length === 0) delete next[side];
    else next[side] = left;
  }
  return found ? next : warning(`% RT specified does not match configuration for this ${place}`);
}

export const isReply = (value: RouteTargets | Reply): value is Reply => 'text' in value || 'status' in value;
