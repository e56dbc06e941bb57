/**
 * The subjects of which each has flows of its own: a switch, a router, a port, a load balancer. The flows of a subject
 * are one derived value, so a change remakes those of the subjects that have to do with it.
 */
import type { Uuid } from '../../base/uuid.ts';
import { addLearnedMonitorArp, addMonitorArp, addMonitorReplies } from './balance/health-checks.ts';
import { addRouterVips } from './balance/router-vips.ts';
import { addSwitchVips } from './balance/switch-vips.ts';
import { FlowList } from './flows.ts';
import type { LogicalFlow } from './flows.ts';
import type { Model } from './model/model.ts';
import { addSwitchPortResolve } from './router/resolve.ts';
import {
  addRouterFlows,
  addRouterGroupFlows,
  addRouterPolicyFlows,
  addRouterPortFlows,
  addRouterPortNatFlows,
  addRouterRouteFlows,
  addRouterStatefulFlows,
} from './router/units.ts';
import {
  addSwitchFlows,
  addSwitchGroupFlows,
  addSwitchPortFlows,
  addSwitchStatefulFlows,
} from './switch/units.ts';
import type { LogicalFlows } from './sync/logical-flows.ts';

type Build = (uuid: Uuid, flows: FlowList) => void;

/** Flows that are kept for a subject. Those of many others at once can be asked for one by one before. */
interface Unit {
  keep(uuid: Uuid): void;
  readonly parts?: (uuid: Uuid) => Iterable<() => void>;
}

const NO_FLOWS: readonly LogicalFlow[] = [];

/** Declares all units; their flows go to `table`. */
export function defineUnits(m: Model, table: LogicalFlows): void {
  const { graph } = m;
  const unit = (name: string, tableName: string, build: Build): { keep(uuid: Uuid): void } =>
    graph.query(
      `flows of ${name}`,
      (uuid: Uuid): readonly LogicalFlow[] => {
        const list = new FlowList({ table: tableName, uuid });
        build(uuid, list);
        return list.flows.length === 0 ? NO_FLOWS : list.flows;
      },
      {
        settled: (_uuid, now, before) => table.replace(before ?? NO_FLOWS, now),
        dropped: (_uuid, last) => table.replace(last, NO_FLOWS),
      },
    );
  const all = (name: string, subjects: () => readonly Uuid[], ...units: readonly Unit[]): void =>
    graph
      .query(`all ${name}`, () => {
        for (const uuid of subjects()) for (const one of units) one.keep(uuid);
      })
      .pin('', function* () {
        for (const uuid of subjects())
          for (const one of units) {
            yield* one.parts?.(uuid) ?? [];
            yield () => one.keep(uuid);
          }
      });
  const ofRouter =
    (build: (m: Model, lr: NonNullable<ReturnType<Model['router']>>, flows: FlowList) => void): Build =>
    (uuid, flows) => {
      const lr = m.router(uuid);
      if (lr !== undefined) build(m, lr, flows);
    };
  const ofRouterPort =
    (build: typeof addRouterPortFlows): Build =>
    (uuid, flows) => {
      const port = m.lrp(uuid);
      const owner = m.routerOfPort(uuid);
      const lr = owner === undefined ? undefined : m.router(owner);
      if (lr !== undefined && port !== undefined) build(m, lr, port, flows);
    };
  const ofSwitch =
    (build: (m: Model, ls: NonNullable<ReturnType<Model['switch']>>, flows: FlowList) => void): Build =>
    (uuid, flows) => {
      const ls = m.switch(uuid);
      if (ls !== undefined) build(m, ls, flows);
    };

  const switchPort = unit('switch port', 'Logical_Switch_Port', (uuid, flows) => {
    const port = m.lsp(uuid);
    const owner = m.switchOfPort(uuid);
    const ls = owner === undefined ? undefined : m.switch(owner);
    if (ls === undefined || port === undefined) return;
    addSwitchPortFlows(m, ls, port, flows);
    addSwitchPortResolve(m, ls, port, flows);
  });
  const portsOfSwitch = graph.query('flows of switch ports', (ls: Uuid) => {
    for (const port of m.switchPortRows(ls)) switchPort.keep(port);
  });
  const partsOfSwitch = function* (ls: Uuid): Generator<() => void> {
    for (const port of m.switchPortRows(ls)) yield () => switchPort.keep(port);
  };
  const withKey = (uuids: readonly Uuid[]): readonly Uuid[] =>
    uuids.filter((uuid) => m.datapathKey(uuid) !== undefined);
  all(
    'switches',
    () => withKey(m.switches()),
    unit('switch', 'Logical_Switch', ofSwitch(addSwitchFlows)),
    unit('switch state', 'Logical_Switch', ofSwitch(addSwitchStatefulFlows)),
    unit('switch groups', 'Logical_Switch', ofSwitch(addSwitchGroupFlows)),
    { keep: portsOfSwitch.keep, parts: partsOfSwitch },
  );
  const routerPort = unit('router port', 'Logical_Router_Port', ofRouterPort(addRouterPortFlows));
  const routerPortNat = unit('router port nat', 'Logical_Router_Port', ofRouterPort(addRouterPortNatFlows));
  const portsOfRouter = graph.query('flows of router ports', (lr: Uuid) => {
    for (const port of m.routerPorts(lr)) {
      routerPort.keep(port);
      routerPortNat.keep(port);
    }
  });
  all(
    'routers',
    () => withKey(m.routers()),
    unit('router', 'Logical_Router', ofRouter(addRouterFlows)),
    unit('router policies', 'Logical_Router', ofRouter(addRouterPolicyFlows)),
    unit('router routes', 'Logical_Router', ofRouter(addRouterRouteFlows)),
    unit('router state', 'Logical_Router', ofRouter(addRouterStatefulFlows)),
    unit('router groups', 'Logical_Router', ofRouter(addRouterGroupFlows)),
    portsOfRouter,
  );
  all(
    'load balancers',
    m.loadBalancers,
    unit('load balancer', 'Load_Balancer', (uuid, flows) => {
      const lb = m.loadBalancer(uuid);
      if (lb === undefined) return;
      addMonitorArp(m, lb, flows);
      addMonitorReplies(m, lb, flows);
      addRouterVips(m, lb, flows);
      addSwitchVips(m, lb, flows);
    }),
  );
  const learned = unit('learned monitors', 'Service_Monitor', (_uuid, flows) =>
    addLearnedMonitorArp(m, flows),
  );
  all('learned monitors', () => ['' as Uuid], learned);
}
