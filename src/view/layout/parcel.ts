/** What a layout needs of a model, as plain data that can be sent to a worker, and the model again from it. */
import { createModel, type DiagramModel } from '../model.ts';

export interface ModelParcel extends Pick<
  DiagramModel,
  'lens' | 'version' | 'compact' | 'low' | 'nodes' | 'edges'
> {
  /** Machines that run OVN's databases. */
  readonly databases: readonly string[];
}

export function packModel({
  lens,
  version,
  compact,
  low,
  nodes,
  edges,
  hostsDatabase,
}: DiagramModel): ModelParcel {
  const databases = nodes.filter(({ id }) => hostsDatabase(id)).map(({ id }) => id);
  return { lens, version, compact, low, nodes, edges, databases };
}

/** Laid out it gives what the packed model gives; what only playback and colours ask of a model is not in it. */
export function unpackModel({ databases, ...parts }: ModelParcel): DiagramModel {
  const hosts = new Set(databases);
  return createModel({
    ...parts,
    networks: [],
    aliases: new Map(),
    networkOfTunnelKey: () => null,
    tunnelFrom: () => null,
    datapathOf: () => null,
    hostsDatabase: (id) => hosts.has(id),
  });
}
