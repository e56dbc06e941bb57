/** Everything that flows and southbound rows are made from: derived facts about one deployment, each computed when asked for. */
import type { Base } from './base.ts';
import { defineAccess } from './access.ts';
import type { AccessModel } from './access.ts';
import { defineBfd } from './bfd.ts';
import type { BfdModel } from './bfd.ts';
import { defineBindings } from './bindings.ts';
import type { BindingModel } from './bindings.ts';
import { defineConfig } from './config.ts';
import type { ConfigModel } from './config.ts';
import { defineDatapaths } from './datapaths.ts';
import type { DatapathModel } from './datapaths.ts';
import { defineDelegation } from './delegation.ts';
import type { DelegationModel } from './delegation.ts';
import { defineHaGroups } from './ha-groups.ts';
import type { HaModel } from './ha-groups.ts';
import { defineIpam } from './ipam.ts';
import type { IpamModel } from './ipam.ts';
import { defineKeys } from './keys.ts';
import type { KeyModel } from './keys.ts';
import { defineLoadBalancers } from './load-balancers.ts';
import type { LoadBalancerModel } from './load-balancers.ts';
import { defineMulticast } from './multicast.ts';
import type { MulticastModel } from './multicast.ts';
import { defineNat } from './nat.ts';
import type { NatModel } from './nat.ts';
import { definePolicies } from './policies.ts';
import type { PolicyModel } from './policies.ts';
import { definePorts } from './ports.ts';
import type { PortModel } from './ports.ts';
import { defineQueues } from './queues.ts';
import type { QueueModel } from './queues.ts';
import { defineRouterState } from './router-state.ts';
import type { RouterStateModel } from './router-state.ts';
import { defineRoutes } from './routes.ts';
import type { RouteModel } from './routes.ts';
import { defineServices } from './services.ts';
import type { ServiceModel } from './services.ts';
import { defineTopology } from './topology.ts';
import type { TopologyModel } from './topology.ts';

export type Model = Pick<Base, 'nb' | 'sb' | 'graph'> &
  ConfigModel &
  DatapathModel &
  PortModel &
  TopologyModel &
  BindingModel &
  KeyModel &
  MulticastModel &
  HaModel &
  DelegationModel &
  IpamModel &
  QueueModel &
  LoadBalancerModel &
  AccessModel &
  NatModel &
  RouterStateModel &
  BfdModel &
  RouteModel &
  PolicyModel &
  ServiceModel;

/** Builds the layers, each on those before it. */
export function defineModel(base: Base): Model {
  const ground = {
    nb: base.nb,
    sb: base.sb,
    graph: base.graph,
    ...defineConfig(base),
    ...defineDatapaths(base),
    ...definePorts(base),
  };
  const joined = { ...ground, ...defineTopology(base, ground), ...defineBindings(base, ground) };
  const keyed = { ...joined, ...defineKeys(base, joined) };
  const grouped = { ...keyed, ...defineMulticast(base, keyed), ...defineBfd(base, keyed) };
  const routed = { ...grouped, ...defineRoutes(base, grouped) };
  const wide = {
    ...routed,
    ...definePolicies(base, routed),
    ...defineHaGroups(base, keyed),
    ...defineDelegation(base, keyed),
    ...defineIpam(base, keyed),
    ...defineQueues(base, keyed),
    ...defineLoadBalancers(base, keyed),
    ...defineNat(base, keyed),
  };
  return {
    ...wide,
    ...defineAccess(base, wide),
    ...defineRouterState(base, wide),
    ...defineServices(base, wide),
  };
}
