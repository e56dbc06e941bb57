/** VLANs as ports carry them: what a packet that came in belongs to, and which tags it leaves with. */
import type { Flow } from '../../flow/flow.ts';
import { word } from '../../flow/packet-kind.ts';
import { MAX_VLAN_HEADERS, WORD } from '../../flow/words.table.ts';
import type { Bundle, BundleConfig } from '../bridge/port.ts';
import type { VlanTag, Xlate } from './xlate.ts';

const NO_TAG: VlanTag = { tpid: 0, vid: 0, pcp: 0 };
const PRESENT = 0x1000;
const isVlanType = (type: number): boolean => type === 0x8100 || type === 0x88a8;

/** The tags of a packet, outermost first, always as many as a flow holds. */
export function tagsOf(flow: Flow): readonly VlanTag[] {
  const tags: VlanTag[] = [];
  for (let i = 0; i < MAX_VLAN_HEADERS; i += 1) {
    const header = word(flow, WORD.vlan + i);
    if (!isVlanType(header >>> 16) || (header & PRESENT) === 0) break;
    tags.push({ tpid: header >>> 16, vid: header & 0xfff, pcp: header & 0xe000 });
  }
  while (tags.length < MAX_VLAN_HEADERS) tags.push(NO_TAG);
  return tags;
}

/** Puts tags on the key. A tag of zero is left out, or written when priority tags are always wanted. */
export function putTags(
  flow: Flow,
  tags: readonly VlanTag[],
  priorityTags: BundleConfig['priorityTags'],
): void {
  tags.forEach(({ tpid, vid, pcp }, i) => {
    const at = WORD.vlan + i;
    const tci = vid | pcp;
    if (tci !== 0 || (priorityTags === 'always' && tpid !== 0)) {
      const type = tpid === 0 ? 0x8100 : tpid;
      flow[at] = ((type << 16) | tci | PRESENT) >>> 0;
    } else {
      flow[at] = word(flow, at) & 0xffff0000;
    }
  });
}

function trunks({ vlanMode, vlan, trunks: carried }: BundleConfig, vid: number): boolean {
  if (vlanMode === 'access') return false;
  // A native VLAN is always carried, and stands in for none at all.
  if (vlanMode !== 'trunk' && vlan !== 0 && (vid === vlan || vid === 0)) return vid === vlan;
  return carried === null || carried.has(vid);
}

const allowsInner = ({ cvlans }: BundleConfig, vid: number): boolean => cvlans === null || cvlans.has(vid);

/** Whether a bundle carries packets with these tags. */
export function includesVlan({ config }: Bundle, tags: readonly VlanTag[]): boolean {
  const outer = tags[0]?.vid ?? 0;
  const inner = tags[1]?.vid ?? 0;
  switch (config.vlanMode) {
    case 'access':
      return outer === config.vlan && inner === 0;
    case 'dot1q-tunnel':
      return outer === config.vlan && allowsInner(config, inner);
    default:
      return trunks(config, outer);
  }
}

/** Whether a packet with this VLAN may come in; says why not. A null bundle is no port at all. */
export function acceptsVlan(x: Xlate, vid: number, bundle: Bundle | null): boolean {
  if (!bundle) return true;
  const { config, name } = bundle;
  switch (config.vlanMode) {
    case 'access':
      if (vid === 0) return true;
      x.reportError(
        `dropping VLAN ${vid} tagged packet received on port ${name} configured as VLAN ${config.vlan} access port`,
      );
      return false;
    case 'dot1q-tunnel':
      if (allowsInner(config, vid)) return true;
      x.reportError(
        `dropping VLAN ${vid} packet received on dot1q-tunnel port ${name} that excludes this VLAN`,
      );
      return false;
    default:
      if (config.vlanMode !== 'trunk' && vid === 0) return true;
      if (trunks(config, vid)) return true;
      x.reportError(
        `dropping VLAN ${vid} packet received on port ${name} not configured for trunking VLAN ${vid}`,
      );
      return false;
  }
}

/** The tags that a packet has inside the bridge, given those that it came in with. */
export function tagsInside(bundle: Bundle | null, tags: readonly VlanTag[]): readonly VlanTag[] {
  if (!bundle) return tags;
  const { config } = bundle;
  const outer = tags[0] ?? NO_TAG;
  const own = { tpid: outer.tpid === 0 ? 0x8100 : outer.tpid, vid: config.vlan, pcp: outer.pcp };
  switch (config.vlanMode) {
    case 'access':
      return [own, NO_TAG];
    case 'trunk':
      return tags;
    case 'dot1q-tunnel':
      return [{ tpid: config.qinqEthType, vid: config.vlan, pcp: 0 }, outer];
    default:
      return outer.vid === 0 ? [own, tags[1] ?? NO_TAG] : tags;
  }
}

const withoutOuter = (tags: readonly VlanTag[]): readonly VlanTag[] => [tags[1] ?? NO_TAG, NO_TAG];

/** The tags that a packet leaves with. */
export function tagsOutside({ config }: Bundle, tags: readonly VlanTag[]): readonly VlanTag[] {
  switch (config.vlanMode) {
    case 'access':
      return [NO_TAG, NO_TAG];
    case 'native-untagged':
      return tags[0]?.vid === config.vlan ? withoutOuter(tags) : tags;
    case 'dot1q-tunnel':
      return withoutOuter(tags);
    default:
      return tags;
  }
}
