/** `import vrf` and `import vpn`: paths of one VRF's table are put into another's, as long as they are there. */
import type { BgpFamily } from '../config/bgp-config.ts';
import type { Address } from '../prefix.ts';
import type { PathAttributes } from './attributes.ts';
import { sameAttributes } from './equal-attributes.ts';
import { trackedAddress } from './path-hop.ts';
import { isFromEvpn } from './evpn/imported-path.ts';
import type { PathSource } from './path.ts';
import type { StoredPath } from './rib-table.ts';
import { applyMap } from './route-map.ts';
import type { Speaker, SpeakerHost } from './speaker.ts';
import { addPath, removePath, restorePath, type TableListener } from './table-change.ts';
import { mayPassVpn, passVpn } from './vpn-policy.ts';

const FAMILIES: readonly BgpFamily[] = ['ipv4-unicast', 'ipv6-unicast'];

const namesVrf = (target: Speaker, source: Speaker, family: BgpFamily): boolean =>
  target.config.families[family].options.importVrf?.includes(source.vrf) === true;

/** Whether the configuration of both could make routes leak. */
const mayImport = (target: Speaker, source: Speaker, family: BgpFamily): boolean =>
  namesVrf(target, source, family) || mayPassVpn(target, source, family);

/** Instances that may import from `source`. */
function* importers(source: Speaker, family: BgpFamily): Generator<Speaker> {
  for (const speaker of source.host.speakers.values())
    if (speaker !== source && !speaker.removed && mayImport(speaker, source, family)) yield speaker;
}

/** Leaked paths are not leaked once more; what came by EVPN is. */
const mayLeak = (path: StoredPath): boolean => path.source.kind !== 'imported' || isFromEvpn(path);

const importedFrom = (target: Speaker, parent: StoredPath): StoredPath | undefined =>
  target
    .rib(parent.destination.table.family)
    .find(parent.destination.prefix)
    ?.paths.find((path) => path.source.kind === 'imported' && path.source.parent === parent);

/** A path was added or changed in `source`. */
export function leakAfterChange(source: Speaker, listener: TableListener, path: StoredPath): void {
  const { family } = path.destination.table;
  if (!FAMILIES.includes(family) || !mayLeak(path)) return;
  for (const target of importers(source, family)) leakTo(target, listener, source, path);
}

export function leakAfterRemoval(source: Speaker, listener: TableListener, path: StoredPath): void {
  const { family } = path.destination.table;
  if (!FAMILIES.includes(family) || !mayLeak(path)) return;
  for (const target of source.host.speakers.values()) {
    if (target === source) continue;
    const imported = importedFrom(target, path);
    if (imported !== undefined) removePath(target, listener, imported);
  }
}

/** What a path becomes in `target`; undefined: it does not go there. */
function attributesFor(
  target: Speaker,
  source: Speaker,
  path: StoredPath,
  origin: PathSource,
): PathAttributes | undefined {
  const { prefix, table } = path.destination;
  const { family } = table;
  const { options } = target.config.families[family];
  const isNamed = namesVrf(target, source, family);
  const passed = isNamed ? path.attributes : passVpn(target, source, path);
  if (passed === undefined) return undefined;
  // What leaks passes through the default VRF's table of VPN routes, whose router id it then carries.
  const originatorId = source.host.speakers.get('default')?.routerId ?? 0;
  const attributes = { ...passed, originatorId };
  const map = isNamed ? options.importVrfRouteMap : options.routeMapVpnImport;
  if (map === undefined) return attributes;
  const mapped = applyMap(target, map, {
    family,
    prefix,
    attributes,
    source: origin,
    peer: null,
    direction: 'import',
  });
  return mapped && { ...mapped, originatorId: mapped.originatorId ?? 0 };
}

/** Routes of this router itself have the unspecified address of their family, which nothing reaches. */
const nextHopFor = (family: BgpFamily, attributes: PathAttributes): Address =>
  family === 'ipv6-unicast' && attributes.mpNextHop === null
    ? { family: 6, address: 0n }
    : trackedAddress(attributes);

function leakTo(target: Speaker, listener: TableListener, source: Speaker, path: StoredPath): void {
  const { family } = path.destination.table;
  const known = importedFrom(target, path);
  if (path.removed || path.history || !path.valid) {
    if (known !== undefined) removePath(target, listener, known);
    return;
  }
  const origin: PathSource = { kind: 'imported', vrf: source.vrf, parent: path };
  const attributes = attributesFor(target, source, path, origin);
  if (attributes === undefined) {
    if (known !== undefined) removePath(target, listener, known);
    return;
  }
  const destination = target.rib(family).at(path.destination.prefix);
  let imported = known;
  if (imported === undefined) imported = addPath(target, destination, target.self, origin, attributes);
  else {
    const isSame = !imported.removed && sameAttributes(imported.attributes, attributes);
    if (isSame) return;
    if (imported.removed) restorePath(imported);
    imported.attributes = attributes;
    imported.attributesChanged = true;
    imported.receivedAt = target.now;
  }
  if (path.source.kind === 'redistributed' || isFromEvpn(path)) imported.valid = true;
  else {
    const answer = target.host.nextHops.followPath(
      imported,
      'next-hop',
      source.vrf,
      nextHopFor(family, attributes),
    );
    imported.valid = answer !== null && answer.nextHops.length > 0;
  }
  imported.nextHopAccessible = imported.valid;
  imported.igpMetric = path.igpMetric;
  listener.pathChanged(target, imported);
  target.schedule(destination);
}

/** What an instance imports, or what others export to it, changed. */
export function refreshImports(target: Speaker, listener: TableListener, family: BgpFamily): void {
  const sources = [...target.host.speakers.values()].filter(
    (source) => source !== target && !source.removed && mayImport(target, source, family),
  );
  const names = new Set(sources.map(({ vrf }) => vrf));
  for (const destination of target.rib(family).destinations.values())
    for (const path of destination.paths)
      if (path.source.kind === 'imported' && !isFromEvpn(path) && !names.has(path.source.vrf))
        removePath(target, listener, path);
  for (const source of sources)
    for (const destination of source.rib(family).sorted())
      for (const path of destination.paths) if (mayLeak(path)) leakTo(target, listener, source, path);
}

/** The `vpn` lines of an instance count for what it imports and for what all others import of it. */
export function refreshAllImports(host: SpeakerHost, listener: TableListener, family: BgpFamily): void {
  for (const target of host.speakers.values()) refreshImports(target, listener, family);
}
