/** Queue numbers of ports with a bandwidth limit: one for each, kept as long as the port has its limit. */
import type { Uuid } from '../../../base/uuid.ts';
import type { Base } from './base.ts';
import { optionBool, parseInteger } from './options.ts';
import type { Options } from './options.ts';
import type { DatapathModel } from './datapaths.ts';
import type { PortModel } from './ports.ts';
import type { TopologyModel } from './topology.ts';

export interface QueueModel {
  /** 0 for a port without a limit. */
  readonly queueOf: (lsp: Uuid) => number;
  /** ACLs apply to a router's port although it is a gateway port. */
  readonly hasRouterPortAcl: (lsp: Uuid) => boolean;
}

const LIMITS = ['qos_max_rate', 'qos_min_rate', 'qos_burst'];

export function defineQueues(base: Base, m: DatapathModel & PortModel & TopologyModel): QueueModel {
  const { graph, nb, sb } = base;
  const isLimited = ({ type, options }: { readonly type: string; readonly options: Options }): boolean =>
    type !== 'router' && LIMITS.some((key) => options.has(key));
  const limited = nb.index('Logical_Switch_Port', (row) => (isLimited(row) ? [''] : []));
  // Numbers that are in use, by port name; a restart finds them in the southbound database.
  const held = new Map<string, number>();
  for (const row of sb.now('Port_Binding')) {
    const queue = parseInteger(row.options.get('qdisc_queue_id') ?? '');
    if (queue !== undefined && queue > 0) held.set(row.logical_port, queue);
  }
  const queues = graph.entries('queues', (): ReadonlyMap<Uuid, number> => {
    const names = new Map<string, Uuid>();
    for (const uuid of limited('')) {
      const port = m.lsp(uuid);
      if (port !== undefined) names.set(port.name, uuid);
    }
    for (const name of held.keys()) if (!names.has(name)) held.delete(name);
    const used = new Set(held.values());
    const numbers = new Map<Uuid, number>();
    let next = 1;
    for (const [name, uuid] of names) {
      let queue = held.get(name);
      if (queue === undefined) {
        while (used.has(next)) next += 1;
        queue = next;
        used.add(queue);
        held.set(name, queue);
      }
      numbers.set(uuid, queue);
    }
    return numbers;
  });
  const queueOf = (lsp: Uuid): number => {
    const port = m.lsp(lsp);
    return port !== undefined && isLimited(port) ? (queues('', lsp) ?? 0) : 0;
  };
  const hasRouterPortAcl = graph.query('router port acl', (lsp: Uuid): boolean => {
    const peer = m.lspPeer(lsp);
    const options = m.lsp(lsp)?.options;
    if (peer === undefined || options === undefined || m.redirectOf(peer) === undefined) return false;
    return optionBool(options, 'enable_router_port_acl', false);
  });
  return { queueOf, hasRouterPortAcl };
}
