/** What ovn-controller asks of the kernel's neighbour tables: those of a device, and of its forwarding database. */
import type { IpAddress, KernelAnswer } from '../route-exchange/route-kernel.ts';

/** `bridge`: the forwarding database, else the neighbours of an address family. */
export type NeighbourFamily = 'bridge' | 4 | 6;

export interface KernelNeighbour {
  readonly mac: bigint;
  /** The neighbour's address; of a forwarding entry the VTEP behind which it is, null without. */
  readonly ip: IpAddress | null;
  readonly isNoArp: boolean;
  readonly isPermanent: boolean;
  readonly isExternal: boolean;
  /** UDP port of the VTEP where it is not the device's own; else 0. */
  readonly port: number;
  /** 0: none. */
  readonly vlan: number;
}

export interface NeighbourKernel {
  /** Null: there is no such device. */
  neighbours(device: string, family: NeighbourFamily): readonly KernelNeighbour[] | null;
  /** Adds or replaces a static one. */
  addNeighbour(device: string, family: NeighbourFamily, mac: bigint, ip: IpAddress | null): KernelAnswer;
  deleteNeighbour(device: string, family: NeighbourFamily, mac: bigint, ip: IpAddress | null): KernelAnswer;
}
