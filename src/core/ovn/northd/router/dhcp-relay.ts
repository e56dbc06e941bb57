/** DHCP relay: requests of a switch's ports go to a server elsewhere, and its answers back. */
import type { AddFlow } from '../flows.ts';
import type { Router } from '../model/datapaths.ts';
import { parseHostPort } from '../model/load-balancers.ts';
import type { Model } from '../model/model.ts';
import type { RouterPort } from '../model/ports.ts';
import { ROUTER_BIT, ROUTER_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

export function addRouterDhcpRelay(m: Model, lr: Router, port: RouterPort, add: AddFlow): void {
  const relay = m.nb.row('DHCP_Relay', port.row.dhcp_relay);
  const own = port.networks.v4[0]?.text;
  const peer = m.lrpPeer(port.uuid);
  const ls = peer?.kind === 'switch' ? m.switchOfPort(peer.port) : undefined;
  if (relay === undefined || own === undefined || ls === undefined) return;
  if (m.switch(ls)?.dhcpRelayPort === undefined) return;
  const server = parseHostPort(relay.servers ?? '')?.ip;
  if (server === undefined) return;

  const hint = { hint: port.uuid };
  const metered = { ...hint, meter: m.copp(lr.copp, 'dhcpv4-relay') };
  const { dhcpRelayRequest: asked, dhcpRelayResponse: answered } = ROUTER_BIT;
  const address = ROUTER_REG.dhcpRelayAddress;
  const [request, response] = ['/* DHCP_RELAY_REQ */', '/* DHCP_RELAY_RESP */'];
  const toAll = `inport == ${port.quoted} && ip4.src == 0.0.0.0 && ip4.dst == 255.255.255.255 && `;
  const fromClient = 'udp.src == 68 && udp.dst == 67';
  const fromServer = 'udp.src == 67 && udp.dst == 67';
  const check = `dhcp_relay_req_chk(${own}, ${server});next; ${request}`;
  add(
    STAGE.lr_in_ip_input,
    110,
    `${toAll}ip.frag == 0 && ${fromClient}`,
    `${asked} = ${check}`,
    16620,
    metered,
  );
  const relayed = `ip4.src = ${own}; ip4.dst = ${server}; udp.src = 67; next; ${request}`;
  add(STAGE.lr_in_dhcp_relay_req, 100, `${toAll}${fromClient} && ${asked}`, relayed, 16641, hint);
  add(
    STAGE.lr_in_dhcp_relay_req,
    1,
    `${toAll}${fromClient} && ${asked} == 0`,
    `drop; ${request}`,
    16656,
    hint,
  );

  const answer = `ip4.src == ${server} && ip4.dst == ${own} && `;
  add(STAGE.lr_in_ip_input, 110, `${answer}ip.frag == 0 && ${fromServer}`, `next; ${response}`, 16668, hint);
  const checkAnswer = `${address} = ip4.dst; ${answered} = dhcp_relay_resp_chk(${own}, ${server}); next; ${response}`;
  add(STAGE.lr_in_dhcp_relay_resp_chk, 100, answer + fromServer, checkAnswer, 16685, metered);
  const kept = `ip4.src == ${server} && ${address} == ${own} && ${fromServer} && ${answered}`;
  const deliver = `ip4.src = ${own}; udp.dst = 68; outport = ${port.quoted}; output; ${response}`;
  add(STAGE.lr_in_dhcp_relay_resp, 100, kept, deliver, 16706, hint);
  add(STAGE.lr_in_dhcp_relay_resp, 1, `${kept} == 0`, `drop; ${response}`, 16719, hint);
}
