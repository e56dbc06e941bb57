/** ovn-controller's netlink socket: the VRF devices and routes of the namespace that it runs in. */
import { ok } from '../base/result.ts';
import { RTPROT_OVN } from '../ovn/controller/index.ts';
import type { AdvertisedRoute, KernelAnswer, KernelRoute, RouteKernel } from '../ovn/controller/index.ts';
import {
  addRoute4,
  addRoute6,
  deleteRoute4,
  deleteRoute6,
  setUp,
  STRERROR,
  type Kernel,
  type Namespace,
  type NetlinkResult,
  type RouteRequest,
} from '../linux/index.ts';
import { SCOPE } from '../linux/route.ts';

const answer = (result: NetlinkResult<unknown>): KernelAnswer =>
  result.ok
    ? ok(undefined)
    : {
        ok: false,
        error: { errno: result.error.errno, text: STRERROR[result.error.errno] },
      };

/** The family of the way must not be the destination's: `via inet6 ...` serves both. */
const requestOf = (table: number, { prefix, metric, nexthop }: AdvertisedRoute): RouteRequest => ({
  family: prefix.family,
  destination: prefix.address,
  length: prefix.length,
  tos: 0,
  table,
  type: nexthop === null ? 'blackhole' : 'unicast',
  scope: SCOPE.global,
  protocol: RTPROT_OVN,
  metric,
  source: null,
  ways: nexthop === null ? [] : [{ gateway: nexthop, device: 0, weight: 1, onlink: false }],
  metrics: {},
  nhid: 0,
});

export class ControllerRoutes implements RouteKernel {
  readonly #kernel: Kernel;
  readonly #namespace: string;

  constructor(kernel: Kernel, namespace: string) {
    this.#kernel = kernel;
    this.#namespace = namespace;
  }

  get #net(): Namespace {
    return this.#kernel.namespace(this.#namespace);
  }

  /** Tells the table of every route that somebody else added, changed or took away. */
  onChange(told: (table: number) => void): void {
    this.#kernel.subscribe((event) => {
      if (
        event.kind === 'route' &&
        event.namespace === this.#namespace &&
        event.route.protocol !== RTPROT_OVN
      )
        told(event.route.table);
    });
  }

  addVrf(name: string, table: number): KernelAnswer {
    const made = this.#kernel.addLink(this.#namespace, { kind: 'vrf', name, table });
    return answer(made.ok ? setUp(this.#net, made.value) : made);
  }

  deleteLink(name: string): KernelAnswer {
    const link = this.#kernel.findLink(this.#namespace, name);
    if (link === undefined) return { ok: false, error: { errno: 'ENODEV', text: STRERROR.ENODEV } };
    return answer(this.#kernel.deleteLink(link));
  }

  routes(table: number): readonly KernelRoute[] {
    const net = this.#net;
    return ([4, 6] as const).flatMap((family) =>
      (net.tables[family].get(table)?.dump() ?? []).map(
        ({ destination, length, protocol, metric, nexthops, type }): KernelRoute => ({
          prefix: { family, address: destination, length },
          protocol,
          metric,
          // Blackholes and the like lead nowhere, whatever the dump says.
          nexthops: ['unicast', 'local', 'broadcast', 'anycast', 'multicast'].includes(type)
            ? nexthops.map(({ gateway, ifindex }) => ({
                gateway,
                device: net.links.get(ifindex)?.name ?? '',
              }))
            : [],
        }),
      ),
    );
  }

  addRoute(table: number, route: AdvertisedRoute): KernelAnswer {
    const add = route.prefix.family === 4 ? addRoute4 : addRoute6;
    return answer(add(this.#net, requestOf(table, route), 'add'));
  }

  deleteRoute(table: number, route: AdvertisedRoute): KernelAnswer {
    const remove = route.prefix.family === 4 ? deleteRoute4 : deleteRoute6;
    return answer(remove(this.#net, requestOf(table, route)));
  }
}
