/** A role of a deployment: how many nodes, what they are called, which networks they are on, which template wires them. */
import type { Place } from '../yaml/node.ts';

export interface Role {
  readonly name: string;
  readonly place: Place;
  readonly count: number;
  /** With `%index%`. */
  readonly hostnameFormat: string;
  /** Names given one by one, for the first nodes. */
  readonly hostnames: readonly string[];
  /** Names of networks, without the control plane. */
  readonly networks: readonly string[];
  /** Networks that the default route goes over. */
  readonly defaultRouteNetworks: readonly string[];
  readonly tags: readonly string[];
  /** The NIC template as the files name it, and where. */
  readonly template: { readonly path: string; readonly place: Place } | null;
  /** Addresses given one by one: lower name of a network, then the node's index. */
  readonly fixed: ReadonlyMap<string, readonly string[]>;
}

/** What TripleO's own roles_data says, for sets without one. */
export const STANDARD_ROLES: Readonly<
  Record<string, { readonly networks: readonly string[]; readonly format: string }>
> = {
  Controller: {
    networks: ['External', 'InternalApi', 'Storage', 'StorageMgmt', 'Tenant'],
    format: '%stackname%-controller-%index%',
  },
  Compute: { networks: ['InternalApi', 'Tenant', 'Storage'], format: '%stackname%-novacompute-%index%' },
  CephStorage: { networks: ['Storage', 'StorageMgmt'], format: '%stackname%-cephstorage-%index%' },
  BlockStorage: {
    networks: ['InternalApi', 'Storage', 'StorageMgmt'],
    format: '%stackname%-blockstorage-%index%',
  },
  ObjectStorage: {
    networks: ['InternalApi', 'Storage', 'StorageMgmt'],
    format: '%stackname%-objectstorage-%index%',
  },
};
