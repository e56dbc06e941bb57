/** `import vrf`: paths of one VRF's table are put into another's, as long as they are there. */
import type { BgpFamily } from '../config/bgp-config.ts';
import { sameAttributes } from './equal-attributes.ts';
import { trackedAddress } from './path-next-hop.ts';
import type { PathSource } from './path.ts';
import type { StoredPath } from './rib-table.ts';
import { applyMap } from './route-map.ts';
import type { Speaker } from './speaker.ts';
import { addPath, removePath, restorePath, type TableListener } from './table-change.ts';

const FAMILIES: readonly BgpFamily[] = ['ipv4-unicast', 'ipv6-unicast'];

/** Instances that import from `source`. */
function* importers(source: Speaker, family: BgpFamily): Generator<Speaker> {
  for (const speaker of source.host.speakers.values())
    if (
      speaker !== source &&
      !speaker.removed &&
      speaker.config.families[family].options.importVrf?.includes(source.vrf) === true
    )
      yield speaker;
}

/** Leaked paths are not leaked once more. */
const mayLeak = (path: StoredPath): boolean => path.source.kind !== 'imported';

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

function leakTo(target: Speaker, listener: TableListener, source: Speaker, path: StoredPath): void {
  const { family } = path.destination.table;
  const known = importedFrom(target, path);
  if (path.removed || path.history || !path.valid) {
    if (known !== undefined) removePath(target, listener, known);
    return;
  }
  const origin: PathSource = { kind: 'imported', vrf: source.vrf, parent: path };
  // What leaks passes through the default VRF's table of VPN routes, whose router id it then carries.
  const defaultRouterId = source.host.speakers.get('default')?.routerId ?? 0;
  let attributes = { ...path.attributes, originatorId: defaultRouterId };
  const map = target.config.families[family].options.importVrfRouteMap;
  if (map !== undefined) {
    const mapped = applyMap(target, map, {
      family,
      prefix: path.destination.prefix,
      attributes,
      source: origin,
      peer: null,
      direction: 'import',
    });
    if (mapped === undefined) {
      if (known !== undefined) removePath(target, listener, known);
      return;
    }
    attributes = { ...mapped, originatorId: mapped.originatorId ?? 0 };
  }
  const destination = target.rib(family).at(path.destination.prefix);
  let imported = known;
  if (imported === undefined) imported = addPath(target, destination, target.self, origin, attributes);
  else {
    const isSame = !imported.removed && sameAttributes(target.attributeKeys, imported.attributes, attributes);
    if (isSame) return;
    if (imported.removed) restorePath(imported);
    imported.attributes = attributes;
    imported.attributesChanged = true;
    imported.receivedAt = target.now;
  }
  if (path.source.kind === 'received') {
    const answer = target.host.nextHops.followPath(
      imported,
      'next-hop',
      source.vrf,
      trackedAddress(attributes),
      path.peer.interface,
    );
    imported.valid = answer !== null && answer.nextHops.length > 0;
  } else imported.valid = true;
  imported.nextHopAccessible = imported.valid;
  imported.igpMetric = path.igpMetric;
  listener.pathChanged(target, imported);
  target.schedule(destination);
}

/** The list of `import vrf` of an instance changed. */
export function refreshImports(target: Speaker, listener: TableListener, family: BgpFamily): void {
  const wanted = target.config.families[family].options.importVrf ?? [];
  for (const destination of target.rib(family).destinations.values())
    for (const path of destination.paths)
      if (path.source.kind === 'imported' && !wanted.includes(path.source.vrf))
        removePath(target, listener, path);
  for (const vrf of wanted) {
    const source = target.host.speakers.get(vrf);
    if (source === undefined) continue;
    for (const destination of source.rib(family).sorted())
      for (const path of destination.paths) if (mayLeak(path)) leakTo(target, listener, source, path);
  }
}
