/**
 * zebra's layer 3 VNIs: VRFs with `vni N` and the VXLAN device and bridge of that number. The routers of other VTEPs are put
 * into the bridge's forwarding database, and their addresses as neighbours on its own interface (`zebra_vxlan.c`).
 */
import { formatPrefix, type Address, type Prefix } from '../../prefix.ts';
import { sameValue } from '../../same-value.ts';
import type { FrrConfig } from '../../config/frr-config.ts';
import type { ZebraEvpnListener, ZebraL3Vni } from '../../bgp/zebra-evpn.ts';
import type { EvpnKernel, KernelNeighbour } from '../kernel-port.ts';
import type { ZebraLink } from '../links.ts';
import { L3Vni, type L3VniDevices, type RouterMac } from './l3-vni.ts';

/** A line `vni N` of a VRF. */
export interface VrfVni {
  readonly vrf: string;
  readonly vni: number;
  readonly prefixRoutesOnly: boolean;
}

export const vrfVnis = ({ vrfs }: FrrConfig): VrfVni[] =>
  [...vrfs.values()].flatMap(({ name, vni, prefixRoutesOnly }) =>
    vni === null ? [] : [{ vrf: name, vni, prefixRoutesOnly }],
  );

type Tell = (say: (listener: ZebraEvpnListener) => void) => void;

const isOperative = (one: ZebraLink | null): one is ZebraLink => one?.operative === true;

/** Of an IPv6 next hop the IPv4 address in it counts: tunnels go over IPv4. */
const vtepOf = ({ address }: Address): number => Number(address & 0xffffffffn);

export class L3Vnis {
  readonly #kernel: EvpnKernel;
  readonly #tell: Tell;
  readonly #vnis = new Map<number, L3Vni>();

  constructor(kernel: EvpnKernel, tell: Tell) {
    this.#kernel = kernel;
    this.#tell = tell;
  }

  /** In the order in which they were configured. */
  list(): readonly L3Vni[] {
    return [...this.#vnis.values()];
  }

  get(vni: number): L3Vni | undefined {
    return this.#vnis.get(vni);
  }

  ofVrf(vrf: string): L3Vni | undefined {
    return this.list().find((one) => one.vrf === vrf);
  }

  /** Configuration or links changed. `known`: zebra knows the VRF; without `enabled` nothing is up. */
  update(
    wanted: readonly VrfVni[],
    interfaces: readonly ZebraLink[],
    known: (vrf: string) => boolean,
    enabled: boolean,
  ): void {
    for (const one of this.list())
      if (!wanted.some(({ vni, vrf }) => vni === one.vni && vrf === one.vrf)) {
        this.#down(one);
        this.#vnis.delete(one.vni);
      }
    for (const { vni, vrf, prefixRoutesOnly } of wanted) {
      let one = this.#vnis.get(vni);
      if (one === undefined) {
        one = new L3Vni(vni, vrf, prefixRoutesOnly);
        this.#vnis.set(vni, one);
      }
      const before = one.isUp ? described(one) : null;
      one.prefixRoutesOnly = prefixRoutesOnly;
      const devices = devicesOf(vni, interfaces);
      const isUp = enabled && known(vrf) && isOperative(devices.vxlan) && isOperative(devices.svi);
      if (one.isUp && !isUp) this.#down(one);
      one.devices = devices;
      one.isUp = isUp;
      if (!isUp) continue;
      const now = described(one);
      if (before === null || !sameValue(before, now)) this.#tell((listener) => listener.l3VniChanged(now));
    }
  }

  #down(one: L3Vni): void {
    if (!one.isUp) return;
    one.isUp = false;
    const { vni, vrf } = one;
    this.#tell((listener) => listener.l3VniGone(vni, vrf));
    for (const mac of one.macs.values()) this.#uninstallMac(one, mac);
    const { svi } = one.devices;
    if (svi !== null) for (const { ip } of one.nexthops.values()) this.#kernel.removeNeighbour(svi.index, ip);
    one.macs.clear();
    one.nexthops.clear();
  }

  // Routes of the VRF.

  /** A route of the VRF goes to another VTEP's router. */
  routeAdded(vrf: string, prefix: Prefix, gateway: Address, mac: bigint): void {
    const one = this.ofVrf(vrf);
    if (one === undefined || !one.isUp) return;
    let nexthop = one.nexthopAt(gateway);
    if (nexthop === undefined || nexthop.mac !== mac) {
      nexthop ??= one.addNexthop(gateway, mac);
      nexthop.mac = mac;
      this.#installNexthop(one, gateway, mac);
    }
    nexthop.prefixes.set(formatPrefix(prefix), prefix);
    const vtep = vtepOf(gateway);
    const known = one.macs.get(mac);
    if (known?.vtep === vtep) return;
    const router = known ?? { mac, vtep, vteps: new Set() };
    one.macs.set(mac, router);
    router.vtep = vtep;
    router.vteps.add(vtep);
    this.#installMac(one, router);
  }

  routeRemoved(vrf: string, prefix: Prefix, gateway: Address): void {
    const one = this.ofVrf(vrf);
    const nexthop = one?.nexthopAt(gateway);
    if (one === undefined || nexthop === undefined || !one.release(nexthop, prefix)) return;
    const { svi } = one.devices;
    if (svi !== null) this.#kernel.removeNeighbour(svi.index, gateway);
    const router = one.macs.get(nexthop.mac);
    if (router === undefined) return;
    router.vteps.delete(vtepOf(gateway));
    const [other] = router.vteps;
    if (other === undefined) {
      this.#uninstallMac(one, router);
      one.macs.delete(router.mac);
    } else if (router.vtep === vtepOf(gateway)) {
      router.vtep = other;
      this.#installMac(one, router);
    }
  }

  /** Whether the neighbour is on a layer 3 VNI's interface; one that the kernel gave up is put back. */
  neighbourChanged(entry: KernelNeighbour, present: boolean): boolean {
    const one = this.list().find(({ devices }) => devices.svi?.index === entry.ifindex);
    if (one === undefined) return false;
    const nexthop = present ? undefined : one.nexthopAt(entry.ip);
    if (nexthop !== undefined) this.#installNexthop(one, nexthop.ip, nexthop.mac);
    return true;
  }

  #installNexthop({ devices, isUp }: L3Vni, ip: Address, mac: bigint): void {
    if (isUp && devices.svi !== null) this.#kernel.installNeighbour(devices.svi.index, ip, mac, false);
  }

  #installMac({ devices }: L3Vni, { mac, vtep }: RouterMac): void {
    if (devices.vxlan !== null) this.#kernel.installMac(devices.vxlan.index, mac, vtep, false);
  }

  #uninstallMac({ devices }: L3Vni, { mac, vtep }: RouterMac): void {
    if (devices.vxlan !== null) this.#kernel.removeMac(devices.vxlan.index, mac, vtep);
  }
}

function devicesOf(vni: number, interfaces: readonly ZebraLink[]): L3VniDevices {
  const vxlan = interfaces.find((one) => one.vxlan?.vni === vni) ?? null;
  const svi =
    vxlan === null || vxlan.bridge === 0
      ? null
      : (interfaces.find((one) => one.index === vxlan.bridge && one.isBridge) ?? null);
  return { vxlan, svi };
}

const described = (one: L3Vni): ZebraL3Vni => ({
  vni: one.vni,
  vrf: one.vrf,
  originator: one.local,
  routerMac: one.devices.svi?.mac ?? 0n,
  interface: one.devices.svi?.name ?? '',
  prefixRoutesOnly: one.prefixRoutesOnly,
});
