/** The options column of Port_Binding rows of router ports: redirection, dynamic routing, and router advertisements. */
import { isLinkLocal } from '../model/addresses.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { optionBool, optionInt } from '../model/options.ts';
import type { Options } from '../model/options.ts';
import type { RouterPort } from '../model/ports.ts';

const ADDRESS_MODES = ['slaac', 'dhcpv6_stateful', 'dhcpv6_stateless'];
const MAX_INTERVAL = { default: 600, lowest: 4, highest: 1800 };
const LOWEST_MIN_INTERVAL = 3;
const LOWEST_MTU = 1280;

/** Options of a router port, or of its chassisredirect port. `current` is what the row has now. */
export function routerPortOptions(
  m: Model,
  router: Router,
  port: RouterPort,
  isRedirect: boolean,
  current: Options,
): Options {
  const options = new Map<string, string>();
  if (isRedirect) addRedirect(m, router, port, options);
  else addPeer(m, router, port, options);
  if (router.dynamicRouting)
    addDynamicRouting(router, port, isRedirect || router.gatewayChassis !== undefined, options);
  const delegated = current.get('ipv6_ra_pd_list');
  if (delegated !== undefined) options.set('ipv6_ra_pd_list', delegated);
  if (!isRedirect && port.row.peer === null && m.lrpPeer(port.uuid) !== undefined) addIpv6(port, options);
  return options;
}

function addRedirect(m: Model, router: Router, port: RouterPort, options: Map<string, string>): void {
  options.set('distributed-port', port.name);
  const type = port.options.get('redirect-type');
  if (type !== undefined) options.set('redirect-type', type);
  const peer = m.lrpPeer(port.uuid);
  const ls = peer?.kind === 'switch' ? m.switchOfPort(peer.port) : undefined;
  const behindVtep = ls !== undefined && m.hasVtep(ls);
  const distributed = m.isDistributed(router.uuid) || m.routerNat(router.uuid).hasDistributed;
  if (!distributed && !behindVtep && type !== 'bridged') options.set('always-redirect', 'true');
}

function addPeer(m: Model, router: Router, port: RouterPort, options: Map<string, string>): void {
  const peer = m.lrpPeer(port.uuid);
  if (peer !== undefined) {
    const facts = peer.kind === 'switch' ? m.lsp(peer.port) : m.lrp(peer.port);
    options.set('peer', facts?.name ?? '');
    const redirect = m.redirectOf(port.uuid);
    if (redirect !== undefined) options.set('chassis-redirect-port', redirect.name);
  }
  if (router.gatewayChassis !== undefined) options.set('l3gateway-chassis', router.gatewayChassis);
}

function addDynamicRouting(
  router: Router,
  port: RouterPort,
  centralized: boolean,
  options: Map<string, string>,
): void {
  if (centralized) {
    options.set('dynamic-routing', 'true');
    if (optionBool(port.options, 'dynamic-routing-maintain-vrf', false))
      options.set('dynamic-routing-maintain-vrf', 'true');
    const vrf = router.options.get('dynamic-routing-vrf-name');
    if (vrf !== undefined) options.set('dynamic-routing-vrf-name', vrf);
    const name = port.options.get('dynamic-routing-port-name');
    if (name !== undefined) options.set('dynamic-routing-port-name', name);
  }
  for (const key of ['dynamic-routing-redistribute-local-only', 'dynamic-routing-no-learning'])
    if (optionBool(port.options, key, optionBool(router.options, key, false))) options.set(key, 'true');
}

function addIpv6(port: RouterPort, options: Map<string, string>): void {
  if (port.enabled && port.prefixDelegation) options.set('ipv6_prefix_delegation', 'true');
  if (port.enabled && optionBool(port.options, 'prefix', false)) options.set('ipv6_prefix', 'true');
  const config = port.row.ipv6_ra_configs;
  const mode = config.get('address_mode');
  if (mode === undefined || !ADDRESS_MODES.includes(mode) || !optionBool(config, 'send_periodic', false))
    return;
  addAdvertisement(port, mode, config, options);
}

function addAdvertisement(
  port: RouterPort,
  mode: string,
  config: Options,
  options: Map<string, string>,
): void {
  const copy = (from: string, to: string): void => {
    const value = config.get(from);
    if (value !== undefined) options.set(to, value);
  };
  const wanted = optionInt(config, 'max_interval', MAX_INTERVAL.default);
  const max = Math.max(MAX_INTERVAL.lowest, Math.min(MAX_INTERVAL.highest, wanted));
  const highestMin = Math.floor((max * 3) / 4);
  const min = optionInt(config, 'min_interval', max >= 9 ? Math.floor(max / 3) : highestMin);
  options.set('ipv6_ra_send_periodic', 'true');
  options.set('ipv6_ra_address_mode', mode);
  options.set('ipv6_ra_max_interval', String(max));
  options.set('ipv6_ra_min_interval', String(Math.max(LOWEST_MIN_INTERVAL, Math.min(highestMin, min))));
  const mtu = optionInt(config, 'mtu', 0);
  if (mtu >= LOWEST_MTU) options.set('ipv6_ra_mtu', String(mtu));
  const prefixes: string[] = [];
  for (const net of port.networks.v6) {
    if (isLinkLocal(net.address & net.mask)) {
      // A link-local address that the user gave goes before the one made from the MAC.
      if (!options.has('ipv6_ra_src_addr')) options.set('ipv6_ra_src_addr', net.text);
    } else {
      prefixes.push(`${net.network}/${net.prefix}`);
    }
  }
  options.set('ipv6_ra_prefixes', [...prefixes, ...port.row.ipv6_prefix].join(' '));
  copy('rdnss', 'ipv6_ra_rdnss');
  copy('dnssl', 'ipv6_ra_dnssl');
  options.set('ipv6_ra_src_eth', port.networks.mac);
  const preference = config.get('router_preference');
  options.set('ipv6_ra_prf', preference === 'HIGH' || preference === 'LOW' ? preference : 'MEDIUM');
  copy('route_info', 'ipv6_ra_route_info');
}
