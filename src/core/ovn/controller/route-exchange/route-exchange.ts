/**
 * Where OVN's dynamic routing and the routing daemons of a chassis meet: VRF devices and routes in the kernel for what is
 * advertised, and Learned_Route rows for what the daemons put beside them (`route_exchange_run`).
 */
import { formatIpv4, formatIpv6 } from '../../../base/address.ts';
import type { ChassisState } from '../chassis-state.ts';
import type { LogThread } from '../controller-log.ts';
import { advertisedDatapaths, routeKey, type AdvertisedDatapath } from './advertised-datapaths.ts';
import { receivedRoutes, syncLearnedRoutes } from './learned-routes.ts';
import {
  isTableId,
  RTPROT_OVN,
  type AdvertisedRoute,
  type IpAddress,
  type KernelAnswer,
  type KernelRoute,
  type RouteKernel,
} from './route-kernel.ts';

/** Routers that share one routing table; two with routes to advertise cannot. */
interface SharedTable {
  readonly datapaths: AdvertisedDatapath[];
  routes: readonly AdvertisedRoute[];
  isDisputed: boolean;
}

export class RouteExchange {
  readonly #kernel: RouteKernel;
  readonly #log: LogThread;
  /** Tables and VRF devices that this process looks after. */
  #tables: ReadonlySet<number> = new Set();
  #vrfs: ReadonlySet<string> = new Set();
  #watched: ReadonlySet<number> = new Set();

  constructor(kernel: RouteKernel, log: LogThread) {
    this.#kernel = kernel;
    this.#log = log;
  }

  /** Tables whose changes matter: a route of another protocol there calls for a pass. */
  get watched(): ReadonlySet<number> {
    return this.#watched;
  }

  /** One pass. False when the kernel refused something, so that it should be tried again. */
  run(state: ChassisState): boolean {
    let isDone = true;
    const attempt = (answer: KernelAnswer, accepted?: string): boolean => {
      const fine = answer.ok || answer.error.errno === accepted;
      if (!fine) isDone = false;
      return fine;
    };
    const oldVrfs = new Set(this.#vrfs);
    const vrfs = new Set<string>();
    const tables = new Map<number, SharedTable>();
    for (const each of advertisedDatapaths(state, this.#log)) {
      const { datapath, table, vrf } = each;
      if (!isTableId(table)) {
        this.#warn(`Unable to sync routes for datapath ${datapath._uuid}: invalid table id: ${table}`);
        continue;
      }
      if (!each.maintainsVrf) {
        // Whoever takes the option away wants the device kept, whoever made it.
        vrfs.delete(vrf);
        oldVrfs.delete(vrf);
      } else {
        const answer = oldVrfs.has(vrf) ? undefined : this.#kernel.addVrf(vrf, table);
        if (answer !== undefined && !attempt(answer, 'EEXIST')) {
          const text = answer.ok ? '' : answer.error.text;
          this.#warn(`Unable to create VRF ${vrf} for datapath ${datapath._uuid}: ${text}.`);
          continue;
        }
        vrfs.add(vrf);
      }
      this.#share(tables, each);
    }
    const looked = new Set<number>(tables.keys());
    const watched = new Set<number>();
    for (const [table, shared] of tables) {
      if (shared.isDisputed) continue;
      const routes = this.#kernel.routes(table);
      if (!this.#syncRoutes(table, shared.routes, routes)) isDone = false;
      const received = receivedRoutes(routes);
      for (const datapath of shared.datapaths) syncLearnedRoutes(state.sb, datapath, received);
      watched.add(table);
    }
    for (const table of this.#tables)
      if (!looked.has(table) && !this.#syncRoutes(table, [], this.#kernel.routes(table))) {
        looked.add(table);
        isDone = false;
      }
    for (const vrf of oldVrfs)
      if (!vrfs.has(vrf) && !attempt(this.#kernel.deleteLink(vrf), 'ENODEV')) vrfs.add(vrf);
    this.#tables = looked;
    this.#vrfs = vrfs;
    this.#watch(watched);
    return isDone;
  }

  /** What the program does when it ends for good: its routes and VRF devices go. */
  cleanUp(): void {
    for (const table of this.#tables) this.#syncRoutes(table, [], this.#kernel.routes(table));
    for (const vrf of this.#vrfs) this.#kernel.deleteLink(vrf);
  }

  #share(tables: Map<number, SharedTable>, each: AdvertisedDatapath): void {
    const shared = tables.get(each.table);
    if (shared === undefined) {
      tables.set(each.table, { datapaths: [each], routes: each.routes, isDisputed: false });
      return;
    }
    if (each.routes.length > 0) {
      if (shared.routes.length > 0) {
        this.#warn(`Multiple datapaths are distributing routes on routing table ${each.table}`);
        shared.isDisputed = true;
      } else shared.routes = each.routes;
    }
    shared.datapaths.push(each);
  }

  /** Takes OVN's routes of a table that are not wanted away and adds those that are missing. */
  #syncRoutes(table: number, wanted: readonly AdvertisedRoute[], present: readonly KernelRoute[]): boolean {
    let isDone = true;
    const missing = new Map(wanted.map((route) => [routeKey(route), route]));
    const kept = new Set<string>();
    for (const { prefix, protocol, metric, nexthops } of present) {
      if (protocol !== RTPROT_OVN) continue;
      const route: AdvertisedRoute = { prefix, metric, nexthop: nexthops[0]?.gateway ?? null };
      const key = routeKey(route);
      if (missing.has(key)) {
        kept.add(key);
        continue;
      }
      const answer = this.#kernel.deleteRoute(table, route);
      if (answer.ok) continue;
      isDone = false;
      this.#warn(`Delete route ${routeText(table, route)} failed: ${answer.error.text}`, 'netlink');
    }
    for (const [key, route] of missing) {
      if (kept.has(key)) continue;
      const answer = this.#kernel.addRoute(table, route);
      if (answer.ok) continue;
      isDone = false;
      this.#warn(`Add route ${routeText(table, route)} failed: ${answer.error.text}`, 'netlink');
    }
    return isDone;
  }

  #watch(tables: ReadonlySet<number>): void {
    const log = (text: string): void => this.#log.info('route_table_notify', text);
    let isListening = this.#watched.size > 0;
    for (const table of tables) {
      if (this.#watched.has(table)) continue;
      log(`Registering new route table watcher for table ${table}.`);
      if (!isListening) log('Adding route table watchers.');
      isListening = true;
    }
    for (const table of this.#watched)
      if (!tables.has(table)) log(`Removing route table watcher for table ${table}.`);
    if (tables.size === 0 && this.#watched.size > 0) log('Removing route table watchers.');
    this.#watched = tables;
  }

  #warn(text: string, part?: 'netlink'): void {
    this.#log.warn(part === undefined ? 'route_exchange' : `route_exchange_${part}`, text);
  }
}

const addressText = ({ family, address }: IpAddress): string =>
  family === 4 ? formatIpv4(Number(address)) : formatIpv6(address);

const routeText = (table: number, { prefix, nexthop }: AdvertisedRoute): string =>
  `table_id=${table} dst=${addressText(prefix)} plen=${prefix.length} nexthop=${nexthop === null ? '(blackhole)' : addressText(nexthop)}`;
