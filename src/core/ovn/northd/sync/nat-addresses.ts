/** What a switch port towards a router lets its chassis announce: the router's NAT addresses, virtual addresses, and its own. */
import { parsePortAddresses } from '../model/addresses.ts';
import type { Model } from '../model/model.ts';
import { optionBool } from '../model/options.ts';
import type { SwitchPort } from '../model/ports.ts';

/** The nat_addresses column. */
export function natAddressesOf(m: Model, port: SwitchPort): readonly string[] {
  const lrp = m.lspPeer(port.uuid);
  const lr = lrp === undefined ? undefined : m.routerOfPort(lrp);
  const networks = lrp === undefined ? undefined : m.lrp(lrp)?.networks;
  const ls = m.switchOfPort(port.uuid);
  if (lrp === undefined || lr === undefined || networks === undefined || ls === undefined) return [];
  const gateways = m.gatewayPorts(lr);
  const centralized = m.router(lr)?.gatewayChassis !== undefined;
  // Where several gateway ports exist, the port's own is asked, else the first.
  const redirect = m.redirectOf(lrp) ?? (gateways[0] === undefined ? undefined : m.redirectOf(gateways[0]));
  const resident = redirect === undefined ? '' : ` is_chassis_resident(${redirect.quoted})`;

  const lines: string[] = [];
  const wanted = port.options.get('nat-addresses');
  if (wanted !== undefined && (centralized || gateways.length > 0)) {
    if (wanted === 'router')
      lines.push(
        ...m.natAddresses(lrp, false, !optionBool(port.options, 'exclude-lb-vips-from-garp', false)),
      );
    else if (parsePortAddresses(wanted) !== undefined) lines.push(wanted + resident);
  }
  if (announcesRouter(m, port, lrp, gateways.length, centralized && m.hasLocalnet(ls)))
    lines.push([networks.mac, ...networks.v4.map((net) => net.text)].join(' ') + resident);
  return lines;
}

function announcesRouter(
  m: Model,
  port: SwitchPort,
  lrp: SwitchPort['uuid'],
  gateways: number,
  centralized: boolean,
): boolean {
  if (optionBool(port.options, 'exclude-router-ips-from-garp', false)) return false;
  if (gateways === 0) return centralized;
  if (m.redirectOf(lrp) !== undefined) return true;
  const options = m.lrp(lrp)?.options;
  return gateways === 1 && options !== undefined && optionBool(options, 'reside-on-redirect-chassis', false);
}
