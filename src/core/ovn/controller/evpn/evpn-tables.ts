/**
 * What was learned from the kernel, tied to this chassis's switches and tunnels: a key for each remote VTEP of a VNI, its
 * hosts, and the addresses that routers may resolve (`evpn-binding.c`, `evpn-fdb.c`, `evpn-arp.c`). Keys and ids are kept
 * from pass to pass.
 */
import { formatMac } from '../../../base/address.ts';
import type { Random } from '../../../base/random.ts';
import { randomUuid, type Uuid } from '../../../base/uuid.ts';
import type { OfPort } from '../../../flow/index.ts';
import type { ChassisState } from '../chassis-state.ts';
import type { LogThread } from '../controller-log.ts';
import type { IpAddress } from '../route-exchange/route-kernel.ts';
import { evpnTunnels } from './evpn-tunnels.ts';
import { evpnDatapaths } from './monitored-devices.ts';
import { ipText, type LearnedNeighbours, type RemoteVtep } from './neighbour-exchange.ts';

/** Keys of remote VTEPs have the highest bit, which no port's has. */
const EVPN_BIT = 0x8000_0000;
const FIRST_KEY = EVPN_BIT + 1;

export const isEvpnKey = (key: number): boolean => key >= EVPN_BIT;

/** A remote VTEP of a VNI. */
export interface EvpnBinding {
  readonly id: Uuid;
  readonly ip: IpAddress;
  readonly vni: number;
  readonly key: number;
  readonly ofport: OfPort;
  readonly datapathKey: number;
  /** Seconds after which a host that was seen behind it is forgotten; 0: never. */
  readonly ageThreshold: number;
}

/** The VTEPs of a VNI, to which what is flooded goes. */
export interface EvpnGroup {
  readonly id: Uuid;
  readonly vni: number;
  readonly bindings: readonly EvpnBinding[];
}

export interface EvpnHost {
  readonly id: Uuid;
  readonly mac: bigint;
  readonly vni: number;
  readonly bindingKey: number;
  readonly datapathKey: number;
}

export interface EvpnAddress {
  readonly id: Uuid;
  readonly mac: bigint;
  readonly ip: IpAddress;
  readonly vni: number;
  readonly datapath: Uuid;
  readonly datapathKey: number;
  /** `dynamic-routing-arp-prefer-local`: what OVN learned by itself counts before it. */
  readonly prefersLocal: boolean;
}

export interface EvpnTables {
  readonly vteps: readonly RemoteVtep[];
  readonly bindings: readonly EvpnBinding[];
  readonly groups: readonly EvpnGroup[];
  readonly hosts: readonly EvpnHost[];
  readonly addresses: readonly EvpnAddress[];
}

export const NO_EVPN: EvpnTables = { vteps: [], bindings: [], groups: [], hosts: [], addresses: [] };

const bindingName = ({ ip, vni }: { readonly ip: IpAddress; readonly vni: number }): string =>
  `${ipText(ip)} ${vni}`;

/** Ids and keys of what is known, by name. */
export class EvpnMemory {
  readonly #random: Random;
  #ids = new Map<string, Uuid>();
  #used = new Map<string, Uuid>();
  readonly #keys = new Map<string, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** The id of something that is still there; what is not asked for between two `begin` is forgotten. */
  id(name: string): Uuid {
    const id = this.#ids.get(name) ?? this.#used.get(name) ?? randomUuid(this.#random);
    this.#used.set(name, id);
    return id;
  }

  key(name: string): number {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const taken = new Set(this.#keys.values());
    let key = FIRST_KEY;
    while (taken.has(key)) key += 1;
    this.#keys.set(name, key);
    return key;
  }

  begin(): void {
    this.#ids = this.#used;
    this.#used = new Map();
  }

  /** Keys of VTEPs that are gone are free again. */
  keepKeys(names: ReadonlySet<string>): void {
    for (const name of this.#keys.keys()) if (!names.has(name)) this.#keys.delete(name);
  }
}

/** One pass. */
export function evpnTables(
  state: ChassisState,
  learned: LearnedNeighbours,
  memory: EvpnMemory,
  log: LogThread,
): EvpnTables {
  memory.begin();
  const tunnels = evpnTunnels(state.ovs, state.bridge);
  const datapaths = evpnDatapaths(state);
  const bindings = new Map<string, EvpnBinding>();
  for (const vtep of learned.vteps) {
    const ofport = tunnels.get(vtep.port);
    const datapath = datapaths.get(vtep.vni)?.datapath;
    if (ofport === undefined) {
      log.warn('evpn_binding', `Couldn't find EVPN tunnel for ${vtep.port} destination port.`);
      continue;
    }
    if (datapath === undefined) continue;
    const name = bindingName(vtep);
    const age = Number(datapath.external_ids.get('fdb_age_threshold') ?? 0);
    bindings.set(name, {
      id: memory.id(`binding ${name}`),
      ip: vtep.ip,
      vni: vtep.vni,
      key: memory.key(name),
      ofport,
      datapathKey: datapath.tunnel_key,
      ageThreshold: Number.isInteger(age) ? Math.min(Math.max(age, 0), 0xffff) : 0,
    });
  }
  memory.keepKeys(new Set(bindings.keys()));
  const vnis = new Set([...bindings.values()].map(({ vni }) => vni));
  return {
    vteps: learned.vteps,
    bindings: [...bindings.values()],
    groups: [...vnis].map((vni) => ({
      id: memory.id(`group ${vni}`),
      vni,
      bindings: [...bindings.values()].filter((one) => one.vni === vni),
    })),
    hosts: learned.macs.flatMap(({ mac, ip, vni }): EvpnHost[] => {
      const binding = bindings.get(bindingName({ ip, vni }));
      if (binding === undefined) {
        log.warn('evpn_fdb', `Couldn't find EVPN binding for ${formatMac(mac)} MAC address.`);
        return [];
      }
      const id = memory.id(`host ${mac} ${vni}`);
      return [{ id, mac, vni, bindingKey: binding.key, datapathKey: binding.datapathKey }];
    }),
    addresses: learned.addresses.flatMap(({ mac, ip, vni }): EvpnAddress[] => {
      const datapath = datapaths.get(vni)?.datapath;
      if (datapath === undefined) return [];
      return [
        {
          id: memory.id(`address ${mac} ${ipText(ip)} ${vni}`),
          mac,
          ip,
          vni,
          datapath: datapath._uuid,
          datapathKey: datapath.tunnel_key,
          prefersLocal: datapath.external_ids.get('dynamic-routing-arp-prefer-local') === 'true',
        },
      ];
    }),
  };
}
