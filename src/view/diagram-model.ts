/** Snapshot to model, by lens. */
import type { WorldSnapshot } from '../engine/snapshot.ts';
import { addHosts } from './host-model.ts';
import { addLogical } from './logical-model.ts';
import { createModel, type DiagramModel, type ModelOptions } from './model.ts';
import { settleEdges, type ModelBuild } from './model-parts.ts';
import { networkLookup } from './networks.ts';
import { joinPiles } from './pile-joins.ts';
import { addRouting } from './routing-model.ts';
import { subjectId } from './subject-id.ts';
import { addTunnels } from './tunnel-model.ts';
import { addUnderlay } from './underlay-model.ts';
import { unknownIds } from './unknown.ts';
import { indexWorld } from './world-index.ts';

/** About so many guests are shown over all machines (or switches) before each begins to fold. */
const GUESTS_SHOWN = 12;
const PORTS_SHOWN = 24;

/** Pure; the same arguments give the same model. */
export function diagramModel(snapshot: WorldSnapshot, options: ModelOptions): DiagramModel {
  const world = indexWorld(snapshot);
  const lookup = networkLookup(snapshot, options.networks);
  const share =
    options.lens === 'logical'
      ? Math.min(4, Math.floor(PORTS_SHOWN / Math.max(1, snapshot.logical?.switches.length ?? 1)))
      : Math.floor(GUESTS_SHOWN / Math.max(1, snapshot.hosts.length));
  const build: ModelBuild = {
    world,
    options,
    lookup,
    limit: options.compact ? 2 : Math.min(8, Math.max(2, share)),
    nodes: [],
    ids: new Set(),
    unknown: unknownIds(snapshot),
    edges: [],
    aliases: new Map(),
  };
  if (options.lens === 'logical') addLogical(build);
  else if (options.lens === 'routing') addRouting(build);
  else {
    addHosts(
      build,
      snapshot.hosts.filter(({ name }) => world.guestOf(name) === null),
      null,
    );
    addTunnels(build);
    addUnderlay(build);
    joinPiles(build);
  }
  const datapaths = new Map<number, string>();
  if (options.lens === 'logical') {
    for (const { tunnelKey, uuid } of snapshot.logical?.switches ?? [])
      if (tunnelKey !== null) datapaths.set(tunnelKey, subjectId({ kind: 'logical-switch', uuid }));
    for (const { tunnelKey, uuid } of snapshot.logical?.routers ?? [])
      if (tunnelKey !== null) datapaths.set(tunnelKey, subjectId({ kind: 'logical-router', uuid }));
  }
  const databases = new Set(
    snapshot.hosts
      .filter(({ programs }) => programs.some(({ name }) => name === 'ovn-northd'))
      .map(({ name }) => subjectId({ kind: 'host', host: name })),
  );
  return createModel({
    lens: options.lens,
    version: snapshot.version,
    compact: options.compact,
    low: options.low ?? false,
    networks: options.networks,
    networkOfTunnelKey: lookup.ofTunnelKey,
    tunnelFrom: (host, { protocol, vni, local, remote }) => {
      const candidates = snapshot.tunnels.filter(
        (tunnel) =>
          tunnel.host === host &&
          tunnel.remoteIp === remote &&
          tunnel.type === protocol &&
          (tunnel.vni === null || tunnel.vni === vni),
      );
      const found = candidates.find(({ localIp }) => localIp === local) ?? candidates[0];
      if (!found) return null;
      const { id, bridge, port } = found;
      return { id, port: bridge === null ? null : subjectId({ kind: 'port', host, bridge, port }) };
    },
    datapathOf: (key) => datapaths.get(key) ?? null,
    hostsDatabase: (id) => databases.has(id),
    nodes: build.nodes,
    edges: settleEdges(build),
    aliases: build.aliases,
  });
}
