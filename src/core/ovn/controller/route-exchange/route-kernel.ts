/** What ovn-controller asks of the kernel that it exchanges routes with: what its netlink socket carries. */
import type { Result } from '../../../base/result.ts';

/** An address of either family; IPv4 takes the low 32 bits. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly address: bigint;
}

/** A prefix; bits past `length` may be set, the kernel refuses them. */
export interface IpPrefix extends IpAddress {
  readonly length: number;
}

/** A route that ovn-controller adds: a blackhole without `nexthop`. */
export interface AdvertisedRoute {
  readonly prefix: IpPrefix;
  readonly metric: number;
  readonly nexthop: IpAddress | null;
}

/** A route as a dump of its table gives it. */
export interface KernelRoute {
  readonly prefix: IpPrefix;
  readonly protocol: number;
  readonly metric: number;
  /** Empty for blackholes and the like; `gateway` is null on the link itself. */
  readonly nexthops: readonly { readonly gateway: IpAddress | null; readonly device: string }[];
}

/** The kernel's refusal: the errno's name, and its text by strerror(3). */
interface KernelRefusal {
  readonly errno: string;
  readonly text: string;
}

export type KernelAnswer = Result<undefined, KernelRefusal>;

export interface RouteKernel {
  /** Makes a VRF device of that name, up; EEXIST when there is a device of the name. */
  addVrf(name: string, table: number): KernelAnswer;
  /** ENODEV when there is no device of the name. */
  deleteLink(name: string): KernelAnswer;
  /** Both families' routes of a table. */
  routes(table: number): readonly KernelRoute[];
  /** Adds with the protocol number of OVN; EEXIST when prefix and metric are taken. */
  addRoute(table: number, route: AdvertisedRoute): KernelAnswer;
  /** Deletes one of the protocol number of OVN; ESRCH when there is none. */
  deleteRoute(table: number, route: AdvertisedRoute): KernelAnswer;
}

/** The protocol number of routes that OVN added (RTPROT_OVN). */
export const RTPROT_OVN = 84;
/** The last protocol number that no dynamic routing protocol has (RTPROT_STATIC). */
export const RTPROT_STATIC = 4;

/** Tables that the kernel has for itself: unspec, compat, default, main, local, max. */
const RESERVED: ReadonlySet<number> = new Set([0, 252, 253, 254, 255, 0xffffffff]);

export const isTableId = (table: number): boolean => !RESERVED.has(table);

/** Longest name of a device. */
export const DEVICE_NAME_SIZE = 16;
