/** Router advertisements in answer to solicitations. */
import { formatIpv6, linkLocalOf, parseMac } from '../../../base/address.ts';
import type { AddFlow } from '../flows.ts';
import { isLinkLocal } from '../model/addresses.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import type { RouterPort } from '../model/ports.ts';
import { ROUTER_BIT } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

const MODES = ['slaac', 'dhcpv6_stateful', 'dhcpv6_stateless'];
const LOWEST_MTU = 1280;

export function addAdvertisementDefaults(add: AddFlow): void {
  add(STAGE.lr_in_nd_ra_options, 0, '1', 'next;', 14901);
  add(STAGE.lr_in_nd_ra_response, 0, '1', 'next;', 14903);
}

export function addAdvertisement(m: Model, lr: Router, port: RouterPort, add: AddFlow): void {
  const config = port.row.ipv6_ra_configs;
  const mode = config.get('address_mode');
  const peered = port.row.peer === null && m.lrpPeer(port.uuid) !== undefined;
  const prefixes = port.networks.v6.filter((net) => !isLinkLocal(net.address & net.mask));
  if (!peered || mode === undefined || !MODES.includes(mode) || prefixes.length === 0) return;
  const { mac } = port.networks;
  const mtu = Number.parseInt(config.get('mtu') ?? '', 10);
  const preference = config.get('router_preference') ?? 'MEDIUM';
  const optional = (key: string, form: (value: string) => string): string => {
    const value = config.get(key);
    return value === undefined ? '' : `, ${key} = ${form(value)}`;
  };
  const put =
    `addr_mode = "${mode}", slla = ${mac}` +
    (mtu >= LOWEST_MTU ? `, mtu = ${mtu}` : '') +
    (preference === 'MEDIUM' ? '' : `, router_preference = "${preference}"`) +
    optional('rdnss', (value) => value) +
    optional('dnssl', (value) => `"${value}"`) +
    optional('route_info', (value) => `"${value}"`) +
    prefixes.map((net) => `, prefix = ${net.network}/${net.prefix}`).join('');
  const solicited = `inport == ${port.quoted} && ip6.dst == ff02::2 && `;
  add(
    STAGE.lr_in_nd_ra_options,
    50,
    `${solicited}nd_rs`,
    `${ROUTER_BIT.raOptions} = put_nd_ra_opts(${put}); next;`,
    14866,
    { hint: port.uuid, meter: m.copp(lr.copp, 'nd-ra-opts') },
  );
  const own = formatIpv6(linkLocalOf(parseMac(mac) ?? 0n));
  add(
    STAGE.lr_in_nd_ra_response,
    50,
    `${solicited}nd_ra && ${ROUTER_BIT.raOptions}`,
    `eth.dst = eth.src; eth.src = ${mac}; ip6.dst = ip6.src; ip6.src = ${own}; ` +
      'outport = inport; flags.loopback = 1; output;',
    14887,
    { hint: port.uuid },
  );
}
