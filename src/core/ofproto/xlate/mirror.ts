/** Copies of packets to the ports that watch others. */
import { getField } from '../../flow/flow.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { markBits } from '../../flow/packet-kind.ts';
import { WORD } from '../../flow/words.table.ts';
import { duplicatesOf, isMirrorOutput, mirrorsFrom, mirrorsTo, passesFilter } from '../bridge/mirror.ts';
import type { Bundle } from '../bridge/port.ts';
import { isReservedMac } from './reserved-mac.ts';
import { acceptsVlan, includesVlan, tagsInside, tagsOf } from './vlan-translation.ts';
import type { VlanTag, Xlate } from './xlate.ts';

function mirrorPacket(x: Xlate, bundle: Bundle, wanted: number): void {
  const outside = tagsOf(x.flow);
  if (!acceptsVlan(x, outside[0]?.vid ?? 0, bundle)) return;
  let tags = tagsInside(bundle, outside);
  let left = wanted & ~x.mirrors;
  const all = x.bridge.mirrors;
  for (const mirror of all) {
    if ((left & (1 << mirror.bit)) === 0) continue;
    if (mirror.vlans) {
      markBits(x.mask, WORD.vlan, 0x1fff);
      if (!mirror.vlans.has(tags[0]?.vid ?? 0)) continue;
    }
    if (mirror.filter) {
      const { terms } = mirror.filter;
      for (let at = 0; at < terms.length; at += 3)
        markBits(x.mask, terms[at] as number, terms[at + 2] as number);
      if (!passesFilter(mirror, x.flow)) continue;
    }
    x.mirrors |= duplicatesOf(mirror, all);
    x.mirrorSnapLength = mirror.snapLength;
    if (mirror.output) {
      x.handlers.outputToBundle(x, mirror.output, tags);
    } else if (tags[0]?.vid !== mirror.outputVlan && !isReservedMac(getField(x.flow, FIELDS.eth_dst))) {
      const kept = tags;
      tags = [{ ...(tags[0] as VlanTag), vid: mirror.outputVlan }, ...tags.slice(1)];
      for (const other of x.bridge.bundles)
        if (includesVlan(other, tags) && !isMirrorOutput(all, other))
          x.handlers.outputToBundle(x, other, tags);
      tags = kept;
    }
    left &= ~x.mirrors;
    x.mirrorSnapLength = 0;
  }
}

/** Copies a packet that came in. */
export function mirrorInput(x: Xlate): void {
  if (x.bridge.mirrors.length === 0) return;
  const port = x.bridge.ports.get(x.inPort);
  if (port?.bundle) {
    mirrorPacket(x, port.bundle, mirrorsFrom(x.bridge.mirrors, port.bundle));
  } else if (x.inPort !== 0xfffd && x.inPort !== 0xffff) {
    x.reportError(`received packet on unknown port ${x.inPort}`);
  }
}

/** Copies a packet that leaves through `bundle`. */
export function mirrorOutput(x: Xlate, bundle: Bundle | null): void {
  if (x.bridge.mirrors.length === 0 || !bundle) return;
  mirrorPacket(x, bundle, mirrorsTo(x.bridge.mirrors, bundle));
}
