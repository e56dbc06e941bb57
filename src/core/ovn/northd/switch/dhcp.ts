/** DHCP: offers made from the options of a port, and the way of a relayed request to the router. */
import { formatIpv4, formatIpv6, linkLocalOf, parseMac } from '../../../base/address.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import type { AddFlow } from '../flows.ts';
import { parseMasked } from '../model/addresses.ts';
import type { Addresses } from '../model/addresses.ts';
import type { Switch } from '../model/datapaths.ts';
import { parseHostPort } from '../model/load-balancers.ts';
import type { Model } from '../model/model.ts';
import { optionBool } from '../model/options.ts';
import type { Options } from '../model/options.ts';
import type { SwitchPort } from '../model/ports.ts';
import { SWITCH_BIT } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

type DhcpOptions = NbRow<'DHCP_Options'>;

const RESULT = SWITCH_BIT.dhcpOptions;
const ALLOW = `${SWITCH_BIT.verdictAllow} = 1; next;`;
const ALLOW_PRIORITY = 34000;

export function addDhcpDnsDefaults(add: AddFlow): void {
  add(STAGE.ls_in_dhcp_options, 0, '1', 'next;', 10777);
  add(STAGE.ls_in_dhcp_response, 0, '1', 'next;', 10779);
  add(STAGE.ls_in_dns_lookup, 0, '1', 'next;', 10781);
  add(STAGE.ls_in_dns_response, 0, '1', 'next;', 10783);
  add(STAGE.ls_in_external_port, 0, '1', 'next;', 10785);
}

export function addDhcp(m: Model, ls: Switch, port: SwitchPort, add: AddFlow): void {
  if (!port.enabled || port.type === 'router' || ls.dhcpRelayPort !== undefined) return;
  const v4 = m.nb.row('DHCP_Options', port.row.dhcpv4_options);
  const v6 = m.nb.row('DHCP_Options', port.row.dhcpv6_options);
  const external = port.type === 'external';
  if (external && (!m.hasLocalnet(ls.uuid) || port.row.ha_chassis_group === null)) return;
  for (const own of m.lspAddresses(port.uuid)) {
    if (v4 !== undefined) addDhcp4(m, ls, port, own, v4, external, add);
    if (v6 !== undefined) addDhcp6(m, ls, port, own, v6, external, add);
  }
}

const listed = (options: Options): string =>
  [...options]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} = ${value}`)
    .join(', ');

function addDhcp4(
  m: Model,
  ls: Switch,
  port: SwitchPort,
  own: Addresses,
  row: DhcpOptions,
  external: boolean,
  add: AddFlow,
): void {
  const subnet = parseMasked(row.cidr);
  const server = row.options.get('server_id');
  const mac = row.options.get('server_mac');
  if (subnet?.family !== 4 || server === undefined || mac === undefined || !row.options.has('lease_time'))
    return;
  const offer = own.v4.find((net) => ((net.address ^ subnet.address) & subnet.mask) === 0);
  if (offer === undefined) return;
  const options = new Map(row.options);
  options.delete('server_mac');
  options.set('netmask', formatIpv4(subnet.mask));
  const hostname = port.options.get('hostname');
  if (hostname !== undefined) options.set('hostname', hostname);

  const resident = external ? ` && is_chassis_resident(${port.quoted})` : '';
  const from = `inport == ${port.quoted} && eth.src == ${own.mac} && `;
  const ports = 'udp.src == 68 && udp.dst == 67';
  const asked = `(ip4.src == {${offer.text}, 0.0.0.0} && ip4.dst == {${server}, 255.255.255.255})`;
  const extras = { port: port.name, hint: row._uuid };
  add(
    STAGE.ls_in_dhcp_options,
    100,
    `${from}${asked} && ${ports}${resident}`,
    `${RESULT} = put_dhcp_opts(offerip = ${offer.text}, ${listed(options)}); next;`,
    9762,
    { ...extras, meter: m.copp(ls.copp, 'dhcpv4-opts') },
  );
  add(
    STAGE.ls_in_dhcp_response,
    100,
    `${from}ip4 && ${ports} && ${RESULT}${resident}`,
    `eth.dst = eth.src; eth.src = ${mac}; ip4.src = ${server}; udp.src = 67; udp.dst = 68; ` +
      'outport = inport; flags.loopback = 1; output;',
    9784,
    extras,
  );
  if (external) return;
  const answer = `outport == ${port.quoted} && eth.src == ${mac} && ip4.src == ${server} && udp && udp.src == 67 && udp.dst == 68`;
  add(STAGE.ls_out_acl_eval, ALLOW_PRIORITY, answer, ALLOW, 9811, extras);
}

function addDhcp6(
  m: Model,
  ls: Switch,
  port: SwitchPort,
  own: Addresses,
  row: DhcpOptions,
  external: boolean,
  add: AddFlow,
): void {
  const subnet = parseMasked(row.cidr);
  const mac = row.options.get('server_id');
  const parsedMac = mac === undefined ? undefined : parseMac(mac);
  if (subnet?.family !== 6 || mac === undefined || parsedMac === undefined) return;
  const offer = own.v6.find((net) => ((net.address ^ subnet.address) & subnet.mask) === 0n);
  if (offer === undefined) return;
  const server = formatIpv6(linkLocalOf(parsedMac));
  const options = new Map(row.options);
  options.delete('dhcpv6_stateless');
  const stateless = optionBool(row.options, 'dhcpv6_stateless', false);
  const put = [...(stateless ? [] : [`ia_addr = ${offer.text}`]), listed(options)]
    .filter((part) => part !== '')
    .join(', ');

  const resident = external ? ` && is_chassis_resident(${port.quoted})` : '';
  const asked =
    `inport == ${port.quoted} && eth.src == ${own.mac} && ip6.mcast && ip6.dst == ff02::1:2` +
    ` && udp.src == 546 && udp.dst == 547${resident}`;
  const extras = { port: port.name, hint: row._uuid };
  add(STAGE.ls_in_dhcp_options, 100, asked, `${RESULT} = put_dhcpv6_opts(${put}); next;`, 9850, {
    ...extras,
    meter: m.copp(ls.copp, 'dhcpv6-opts'),
  });
  add(
    STAGE.ls_in_dhcp_response,
    100,
    `${asked} && ${RESULT}`,
    `eth.dst = eth.src; eth.src = ${mac}; ip6.dst = ip6.src; ip6.src = ${server}; udp.src = 547; udp.dst = 546; ` +
      'outport = inport; flags.loopback = 1; output;',
    9861,
    extras,
  );
  if (external) return;
  const answer = `outport == ${port.quoted} && eth.src == ${mac} && ip6.src == ${server} && udp && udp.src == 547 && udp.dst == 546`;
  add(STAGE.ls_out_acl_eval, ALLOW_PRIORITY, answer, ALLOW, 9893, extras);
}

/** Requests go to the router port that relays them. */
export function addDhcpRelay(m: Model, ls: Switch, port: SwitchPort, add: AddFlow): void {
  if (port.type !== '' || ls.dhcpRelayPort === undefined || m.routerPortsOf(ls.uuid).length === 0) return;
  const lsp = m.lspNamed(ls.dhcpRelayPort);
  const towards = lsp === undefined ? undefined : m.lsp(lsp);
  const peer = lsp === undefined ? undefined : m.lspPeer(lsp);
  const lrp = peer === undefined ? undefined : m.lrp(peer);
  const relay = m.nb.row('DHCP_Relay', lrp?.row.dhcp_relay);
  const own = m.lspAddresses(port.uuid)[0];
  if (towards === undefined || peer === undefined || lrp === undefined || own === undefined) return;
  if (m.lrpPeer(peer)?.port !== lsp || parseHostPort(relay?.servers ?? '') === undefined) return;
  const match =
    `inport == ${port.quoted} && eth.src == ${own.mac} && ip4.src == 0.0.0.0 && ip4.dst == 255.255.255.255 && ` +
    'udp.src == 68 && udp.dst == 67';
  const actions = `eth.dst = ${lrp.networks.mac}; outport = ${towards.quoted}; next; /* DHCP_RELAY_REQ */`;
  add(STAGE.ls_in_l2_lkup, 100, match, actions, 9974, { port: port.name, hint: port.uuid });
}
