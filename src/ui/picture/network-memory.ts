/** A network keeps its colour while the world changes: the assignment before is the start of the next. */
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { colourNetworks, type Network } from '../../view/index.ts';

export interface NetworkMemory {
  /** Asked twice for one snapshot it gives the same colours. Another epoch begins anew. */
  assign(snapshot: WorldSnapshot, epoch: number): readonly Network[];
}

export function createNetworkMemory(): NetworkMemory {
  let before: { readonly epoch: number; readonly networks: readonly Network[] } = { epoch: -1, networks: [] };
  return {
    assign: (snapshot, epoch) => {
      const networks = colourNetworks(snapshot, before.epoch === epoch ? before.networks : []);
      before = { epoch, networks };
      return networks;
    },
  };
}
