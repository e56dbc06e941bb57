/** A cluster's configuration as Pacemaker keeps it: the same on every member (Pacemaker Explained, "Cluster resources"). */

interface ResourceBase {
  readonly id: string;
  /** `pcs resource disable` stops it everywhere. */
  enabled: boolean;
}

/** One address that one member has at a time. */
export interface AddressResource extends ResourceBase {
  readonly kind: 'IPaddr2';
  readonly address: string;
  /** Length of the prefix; null takes that of the network that the address is in. */
  readonly length: number | null;
  /** The device; null finds it by the network. */
  readonly nic: string | null;
}

/** A container on every member, up to a number of replicas. */
export interface BundleResource extends ResourceBase {
  readonly kind: 'bundle';
  readonly image: string;
  readonly replicas: number;
  /** The program in the container. */
  readonly program: string;
}

export type Resource = AddressResource | BundleResource;

/** `pcs resource move` and `ban` leave these behind. */
export interface LocationConstraint {
  readonly resource: string;
  readonly node: string;
  readonly score: 'INFINITY' | '-INFINITY';
}

export interface Cib {
  readonly clusterName: string;
  /** Members in the order in which the cluster was set up. */
  readonly nodes: readonly string[];
  resources: Resource[];
  constraints: LocationConstraint[];
  readonly standby: Set<string>;
}

/** What runs where: instance to node. A bundle's instances are `ID-podman-N`. */
export type Placement = ReadonlyMap<string, string>;

export const instancesOf = (resource: Resource): readonly string[] =>
  resource.kind === 'bundle'
    ? Array.from({ length: resource.replicas }, (_, at) => `${resource.id}-podman-${at}`)
    : [resource.id];
