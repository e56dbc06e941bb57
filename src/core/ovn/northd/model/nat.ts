/** NAT rules of a router: which are valid, at which gateway port they work, and the addresses that they answer for. */
import { formatMac, parseIpv4, parseIpv6, parseMac } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import { inSetOrder } from '../incremental/ovs-order.ts';
import {
  isLinkLocal,
  memberAddress,
  NO_ADDRESSES,
  parseIpAddresses,
  parseMasked,
  parseSingleAddresses,
} from './addresses.ts';
import type { Addresses } from './addresses.ts';
import type { Base } from './base.ts';
import { sameList } from './config.ts';
import type { DatapathModel, Router } from './datapaths.ts';
import { optionBool } from './options.ts';
import type { PortModel } from './ports.ts';
import type { TopologyModel } from './topology.ts';

export interface Nat {
  readonly row: NbRow<'NAT'>;
  readonly isIpv6: boolean;
  /** The external address in its shortest form. */
  readonly externalIp: string;
  /** Its solicited-node address; empty for IPv4. */
  readonly solicited: string;
  /** The external MAC as flows have it; undefined when there is none. */
  readonly mac: string | undefined;
  /** Length of the logical network. */
  readonly prefix: number;
  /** The distributed gateway port at which the rule works; undefined on a gateway router. */
  readonly gatewayPort: Uuid | undefined;
  /** It works on the chassis of its logical port rather than on the gateway. */
  readonly distributed: boolean;
  /** The external address belongs to a port of the router (SNAT only). */
  readonly isRouterIp: boolean;
  readonly stateless: boolean;
}

interface RouterNat {
  /** The valid rules, sorted by uuid. */
  readonly nats: readonly Nat[];
  /** Rules without connection state for some external addresses only, valid or not. */
  readonly limited: readonly { readonly row: NbRow<'NAT'>; readonly isIpv6: boolean }[];
  /** External MACs and ports of all distributed rules, valid or not. */
  readonly macs: readonly { readonly mac: string; readonly port: string }[];
  /** External addresses of all rules, valid or not. */
  readonly externalIps: ReadonlySet<string>;
  /** External MACs of rules that are not SNAT, in the order in which flows list them. */
  readonly externalMacs: readonly string[];
  /** Addresses of SNAT, each with its first rule; undefined for an address that is only forced. */
  readonly snatIps: ReadonlyMap<string, Nat | undefined>;
  readonly hasDistributed: boolean;
  readonly dnatForceSnat: Addresses;
  readonly lbForceSnat: Addresses;
  /** Load-balanced traffic leaves with the address of the router port. */
  readonly lbForceSnatRouterIp: boolean;
}

export interface NatModel {
  readonly routerNat: (lr: Uuid) => RouterNat;
  /** The addresses of a router's ports, link-local ones left out. */
  readonly routerIps: (lr: Uuid) => ReadonlySet<string>;
}

type NatRow = NbRow<'NAT'>;

/** What `dnat_force_snat_ip` and `lb_force_snat_ip` name. */
function forcedAddresses(router: Router, key: string): Addresses {
  const text = router.options.get(key);
  return (text === undefined ? undefined : parseSingleAddresses(text)) ?? NO_ADDRESSES;
}

export const isEmptyAddresses = (addresses: Addresses): boolean =>
  addresses.v4.length === 0 && addresses.v6.length === 0;

export function defineNat(base: Base, m: DatapathModel & PortModel & TopologyModel): NatModel {
  const { graph, nb } = base;

  const routerIps = graph.query(
    'router ips',
    (lr: Uuid): ReadonlySet<string> => {
      const ips = new Set<string>();
      for (const uuid of m.routerPorts(lr)) {
        const networks = m.lrp(uuid)?.networks;
        for (const net of networks?.v4 ?? []) ips.add(net.text);
        for (const net of networks?.v6 ?? []) if (!isLinkLocal(net.address)) ips.add(net.text);
      }
      return ips;
    },
    { equal: (a, b) => sameList([...a], [...b]) },
  );

  /** The port where a rule works: undefined when there is none to choose, null when the choice fails. */
  const gatewayPort = (lr: Uuid, row: NatRow): Uuid | undefined | null => {
    const ports = m.gatewayPorts(lr);
    if (row.gateway_port !== null) return ports.includes(row.gateway_port) ? row.gateway_port : null;
    if (ports.length <= 1) return ports[0];
    return ports.find((uuid) => hasMember(uuid, row.external_ip)) ?? null;
  };
  const hasMember = (lrp: Uuid, ip: string): boolean => {
    const networks = m.lrp(lrp)?.networks;
    return networks !== undefined && memberAddress(networks, ip) !== undefined;
  };

  const readNat = (lr: Uuid, row: NatRow): Nat | undefined => {
    const external = parseIpAddresses(row.external_ip);
    const parsedMac = row.external_mac === null ? undefined : parseMac(row.external_mac);
    if (external === undefined || external.v4.length + external.v6.length !== 1) return undefined;
    if (row.external_mac !== null && parsedMac === undefined) return undefined;
    if (row.allowed_ext_ips !== null && row.exempted_ext_ips !== null) return undefined;
    const isIpv6 = external.v6.length > 0;
    const logical = parseMasked(row.logical_ip);
    const family = isIpv6 ? 6 : 4;
    if (logical?.family !== family) return undefined;
    const whole = logical.prefix === (isIpv6 ? 128 : 32);
    if (row.type !== 'snat' && !whole) return undefined;
    const port = gatewayPort(lr, row);
    if (port === null) return undefined;
    const away = port !== undefined && peerHasRedirect(port);
    return {
      row,
      isIpv6,
      externalIp: (external.v4[0] ?? external.v6[0])?.text ?? row.external_ip,
      solicited: external.v6[0]?.solicited ?? '',
      mac: parsedMac === undefined ? undefined : formatMac(parsedMac),
      prefix: logical.prefix ?? 0,
      gatewayPort: port,
      distributed:
        !away &&
        m.gatewayPorts(lr).length > 0 &&
        row.type === 'dnat_and_snat' &&
        row.logical_port !== null &&
        row.external_mac !== null,
      isRouterIp: row.type === 'snat' && routerIps(lr).has(row.external_ip),
      stateless: row.type === 'dnat_and_snat' && optionBool(row.options, 'stateless', false),
    };
  };
  /** The switch port at the other end is centralized as well, so nothing is distributed. */
  const peerHasRedirect = (lrp: Uuid): boolean => {
    const peer = m.lrpPeer(lrp);
    return peer?.kind === 'switch' && m.switchRedirectOf(peer.port) !== undefined;
  };

  const routerNat = graph.query('router nat', (lr: Uuid): RouterNat => {
    const router = m.router(lr);
    const rows = router === undefined ? [] : nb.rows('NAT', router.nats);
    const nats = rows.map((row) => readNat(lr, row)).filter((nat): nat is Nat => nat !== undefined);
    const snatIps = new Map<string, Nat | undefined>();
    const dnatForceSnat = router === undefined ? NO_ADDRESSES : forcedAddresses(router, 'dnat_force_snat_ip');
    const lbForceSnatRouterIp =
      router?.options.get('lb_force_snat_ip') === 'router_ip' && router.gatewayChassis !== undefined;
    const lbForceSnat =
      router === undefined || lbForceSnatRouterIp
        ? NO_ADDRESSES
        : forcedAddresses(router, 'lb_force_snat_ip');
    for (const forced of [dnatForceSnat, lbForceSnat])
      for (const ip of [forced.v4[0], forced.v6[0]]) if (ip !== undefined) snatIps.set(ip.text, undefined);
    for (const nat of nats)
      if (nat.row.type === 'snat') snatIps.set(nat.externalIp, snatIps.get(nat.externalIp) ?? nat);
    const others = nats.filter((nat) => nat.row.type !== 'snat');
    return {
      nats,
      limited: rows
        .filter(
          (row) =>
            row.type === 'dnat_and_snat' &&
            optionBool(row.options, 'stateless', false) &&
            (row.allowed_ext_ips ?? row.exempted_ext_ips) !== null,
        )
        .map((row) => ({ row, isIpv6: (parseIpAddresses(row.external_ip)?.v6.length ?? 0) > 0 })),
      macs: rows.flatMap(({ type, logical_port: port, external_mac: text }) => {
        const mac = text === null ? undefined : parseMac(text);
        return type !== 'dnat_and_snat' || port === null || mac === undefined
          ? []
          : [{ mac: formatMac(mac), port }];
      }),
      externalIps: new Set(rows.map((row) => row.external_ip)),
      externalMacs: inSetOrder(others.map((nat) => nat.row.external_mac).filter((mac) => mac !== null)),
      snatIps,
      hasDistributed: others.some(
        ({ row }) => row.type === 'dnat_and_snat' && row.logical_port !== null && row.external_mac !== null,
      ),
      dnatForceSnat,
      lbForceSnat,
      lbForceSnatRouterIp,
    };
  });

  return { routerNat, routerIps };
}

/** Whether a port of the router can reach `ip` directly. */
export function isReachable(networks: Addresses, ip: string): boolean {
  const v4 = parseIpv4(ip);
  if (v4 !== undefined) return networks.v4.some((net) => ((net.address ^ v4) & net.mask) === 0);
  const v6 = parseIpv6(ip);
  return v6 !== undefined && networks.v6.some((net) => ((net.address ^ v6) & net.mask) === 0n);
}
