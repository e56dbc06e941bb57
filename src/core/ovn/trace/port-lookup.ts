/** Finding ports and datapaths by what people call them: names, second names, beginnings of UUIDs. */
import { parseUuid } from '../../base/uuid.ts';
import { partialUuidLength } from './friendly-name.ts';
import type { TraceDatapath, TraceNetwork, TracePort, Warn } from './network.ts';

const MIN_UUID = 4;

/** Ports whose row or name begins with this UUID. */
function byUuid(network: TraceNetwork, name: string): readonly TracePort[] {
  if (partialUuidLength(name) < MIN_UUID) return [];
  return [...network.ports.values()].filter(
    (port) => port.uuid.startsWith(name) || (parseUuid(port.name)?.startsWith(name) ?? false),
  );
}

/** The port called `name`; undefined, with a warning, when several are. */
export function findPort(network: TraceNetwork, name: string, warn: Warn): TracePort | undefined {
  const exact = network.ports.get(name);
  if (exact !== undefined) return exact;
  const candidates = new Set([...(network.portsByName2.get(name) ?? []), ...byUuid(network, name)]);
  if (candidates.size > 1) {
    warn(`name "${name}" matches multiple ports`);
    return undefined;
  }
  const [only] = candidates;
  return only;
}

/** The datapath called `name`; undefined when there is none, or (with a warning) when several begin so. */
export function findDatapath(network: TraceNetwork, name: string, warn: Warn): TraceDatapath | undefined {
  const all = [...network.datapaths.values()];
  const exact = all.find((each) => each.name === name || each.name2 === name);
  if (exact !== undefined || name.length < MIN_UUID) return exact;
  const candidates = all.filter((each) => each.uuid.startsWith(name) || each.nbUuid.startsWith(name));
  if (candidates.length > 1) {
    warn(`name "${name}" matches multiple datapaths`);
    return undefined;
  }
  return candidates[0];
}
