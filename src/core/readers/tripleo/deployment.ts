/** What a set of TripleO files describes: networks, roles, and machines with their devices. */
import type { Problem } from '../../base/result.ts';
import type { Device } from '../os-net-config/device.ts';
import type { Nic } from '../os-net-config/nic-names.ts';
import type { Place } from '../yaml/node.ts';
import type { Network } from './network.ts';
import type { Role } from './role.ts';

export interface DeployedNode {
  readonly name: string;
  readonly role: string;
  readonly index: number;
  /** Network's name to `ip/length`. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly nics: readonly Nic[];
  readonly devices: readonly Device[];
  /** The file that its devices are from. */
  readonly template: string | null;
}

export interface BridgeMapping {
  readonly physicalNetwork: string;
  readonly bridge: string;
  readonly place: Place;
  /** Null when it holds for all roles. */
  readonly role: string | null;
}

export interface Deployment {
  readonly networks: readonly Network[];
  readonly roles: readonly Role[];
  readonly nodes: readonly DeployedNode[];
  /** Network's name to its virtual address. */
  readonly vips: ReadonlyMap<string, string>;
  readonly bridgeMappings: readonly BridgeMapping[];
  /** The domain of the cloud's host names. */
  readonly domain: string;
  /** The text of a parameter of the environment that is one value. */
  readonly parameter: (name: string) => { readonly text: string; readonly place: Place } | undefined;
  readonly problems: readonly Problem[];
}
