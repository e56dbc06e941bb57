/** Routing protocols that run outside OVN: what is meant for a router's address goes to a port of the switch instead. */
import type { AddFlow, FlowList } from '../flows.ts';
import type { Model } from '../model/model.ts';
import { splitList } from '../model/options.ts';
import { quote } from '../model/ports.ts';
import type { RouterPort } from '../model/ports.ts';
import { SWITCH_BIT } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

const PROTOCOLS = { BGP: { transport: 'tcp', port: 179 }, BFD: { transport: 'udp', port: 3784 } } as const;

export function addProtocolRedirect(m: Model, port: RouterPort, flows: FlowList): void {
  const name = port.options.get('routing-protocol-redirect');
  const peer = m.lrpPeer(port.uuid);
  if (name === undefined || peer?.kind !== 'switch') return;
  const target = m.lspNamed(name);
  const towards = m.lsp(peer.port);
  const ls = m.switchOfPort(peer.port);
  if (target === undefined || towards === undefined || ls === undefined || m.switchOfPort(target) !== ls)
    return;
  const wanted = splitList(port.options.get('routing-protocols'));
  const redirected = (['BGP', 'BFD'] as const).filter((protocol) => wanted.includes(protocol));
  if (redirected.length === 0) return;

  const add = flows.to(ls);
  const lookup = STAGE.ls_in_l2_lkup;
  const instead = `outport = ${quote(name)}; output;`;
  const both = `clone { ${instead} }; outport = ${towards.quoted}; output;`;
  const addFor = (ip: 'ip4' | 'ip6', address: string): void => {
    for (const protocol of redirected) {
      const { transport, port: number } = PROTOCOLS[protocol];
      // The router itself speaks BFD too, when it has sessions.
      const actions = protocol === 'BFD' && m.hasBfd(port.name) ? both : instead;
      add(lookup, 100, `${ip}.dst == ${address} && ${transport}.dst == ${number}`, actions, 15496);
      add(lookup, 100, `${ip}.dst == ${address} && ${transport}.src == ${number}`, actions, 15506);
    }
    if (ip === 'ip6') add(lookup, 100, `ip6.dst == ${address} && nd_na`, both, 15545);
    else add(lookup, 100, `arp.op == 2 && arp.tpa == ${address}`, both, 15554);
  };
  for (const net of port.networks.v4) addFor('ip4', net.text);
  for (const net of port.networks.v6) addFor('ip6', net.text);
  addSilence(name, add);
}

/** The port does not answer for the router, nor advertise itself as one. */
function addSilence(name: string, add: AddFlow): void {
  const from = `inport == ${quote(name)} && `;
  const drop = `${SWITCH_BIT.portSecurityDrop} = 1; next;`;
  add(STAGE.ls_in_check_port_sec, 80, `${from}arp.op == 2`, drop, 15683);
  add(STAGE.ls_in_check_port_sec, 80, `${from}nd_na`, drop, 15691);
  add(STAGE.ls_in_check_port_sec, 80, `${from}nd_ra`, drop, 15699);
}
