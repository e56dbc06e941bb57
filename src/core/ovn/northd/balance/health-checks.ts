/** Health checks of backends: who answers for the address they come from, and how replies get to ovn-controller. */
import { isIpv6 } from '../model/addresses.ts';
import type { FlowList } from '../flows.ts';
import type { LoadBalancer } from '../model/load-balancers.ts';
import type { Model } from '../model/model.ts';
import { STAGE } from '../stages.table.ts';
import { serviceArpNd } from '../switch/arp-nd.ts';

/** On the switch of a backend, the source address of its health checks is answered for, unless a router has it. */
export function addMonitorArp(m: Model, lb: LoadBalancer, flows: FlowList): void {
  for (const vip of lb.vips) {
    if (vip.healthCheck === undefined) continue;
    for (const backend of vip.backends) {
      const { mapping } = backend;
      const lsp = mapping?.healthCheck === true ? m.lspNamed(mapping.logicalPort) : undefined;
      const ls = lsp === undefined ? undefined : m.switchOfPort(lsp);
      if (ls === undefined || mapping?.sourceIp === undefined || m.monitorPort(lb, backend) !== undefined)
        continue;
      const { match, actions } = serviceArpNd(m.serviceMac(), mapping.sourceIp, vip.isParsedIpv4);
      flows.to(ls)(STAGE.ls_in_arp_rsp, 110, match, actions, 10668, { hint: lb.uuid });
    }
  }
}

/** The same for services that another availability zone has made known. */
export function addLearnedMonitorArp(m: Model, flows: FlowList): void {
  for (const row of m.sb.rows('Service_Monitor', m.learnedMonitors())) {
    const lsp = m.lspNamed(row.logical_port);
    const ls = lsp === undefined ? undefined : m.switchOfPort(lsp);
    if (ls === undefined || row.src_ip === '') continue;
    const { match, actions } = serviceArpNd(m.serviceMac(), row.src_ip, row.ip.includes('.'));
    flows.to(ls)(STAGE.ls_in_arp_rsp, 110, match, actions, 10701);
  }
}

/** Replies to checks that a router port sends are taken out of the switch before they reach the router. */
export function addMonitorReplies(m: Model, lb: LoadBalancer, flows: FlowList): void {
  const tcp = lb.row.protocol === null || lb.row.protocol === 'tcp';
  for (const vip of lb.vips) {
    for (const backend of vip.backends) {
      const { mapping } = backend;
      const lrp = mapping?.healthCheck === true ? m.monitorPort(lb, backend) : undefined;
      const peer = lrp === undefined ? undefined : m.lrpPeer(lrp);
      const ls = peer?.kind === 'switch' ? m.switchOfPort(peer.port) : undefined;
      const port = lrp === undefined ? undefined : m.lrp(lrp);
      if (mapping?.sourceIp === undefined || ls === undefined || port === undefined) continue;
      const v6 = isIpv6(mapping.sourceIp);
      const ip = v6 ? 'ip6' : 'ip4';
      const unreachable = v6 ? 'icmp6.type == 1' : 'icmp4.type == 3';
      const match =
        `inport == "${mapping.logicalPort}" && ${ip}.dst == ${mapping.sourceIp} && ${ip}.src == ${backend.ip} && ` +
        `eth.dst == ${port.networks.mac} && ${tcp ? `tcp.src == ${backend.portText ?? ''}` : unreachable}`;
      const meter = m.copp(m.switch(ls)?.copp ?? null, 'svc-monitor');
      flows.to(ls)(STAGE.ls_in_l2_lkup, 110, match, 'handle_svc_check(inport);', 8853, { meter });
    }
  }
}
