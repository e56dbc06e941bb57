/** Learning of neighbours: is the sender of ARP or ND known already, and if not, remember it. */
import type { AddFlow } from '../flows.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { optionBool } from '../model/options.ts';
import type { RouterPort } from '../model/ports.ts';
import { ROUTER_BIT } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { residentAt } from './admission.ts';

const KNOWN = ROUTER_BIT.neighbourKnown;
const IP_KNOWN = ROUTER_BIT.neighbourIpKnown;

const learnsFromRequests = (lr: Router): boolean =>
  optionBool(lr.options, 'always_learn_from_arp_request', true);

export function addNeighbourLearning(m: Model, lr: Router, add: AddFlow): void {
  const stage = STAGE.lr_in_lookup_neighbor;
  const flood = m.isTransit(lr.uuid) ? 'flood_remote; ' : '';
  const always = learnsFromRequests(lr);
  const known = (lookup: string, ip: string): string => `${KNOWN} = ${lookup}; ${always ? '' : ip}`;
  const nd = 'lookup_nd(inport, nd.target, nd.tll)';
  const told = `${IP_KNOWN} = 1; `;
  add(
    stage,
    100,
    'arp.op == 2',
    `${known('lookup_arp(inport, arp.spa, arp.sha)', told)}${flood}next;`,
    14617,
  );
  add(stage, 100, 'nd_na', `${known(nd, told)}${flood}next;`, 14625);
  if (!always) {
    const unsolicited = 'nd_na && ip6.src == fe80::/10 && ip6.dst == ff00::/8';
    const ip = `${IP_KNOWN} = lookup_nd_ip(inport, nd.target); `;
    add(stage, 110, unsolicited, `${known(nd, ip)}${flood}next;`, 14642);
  }
  const asked = `${IP_KNOWN} = lookup_nd_ip(inport, ip6.src); `;
  add(stage, 100, 'nd_ns', `${known('lookup_nd(inport, ip6.src, nd.sll)', asked)}next;`, 14653);
  add(stage, 0, '1', `${KNOWN} = 1; next;`, 14658);

  const learn = STAGE.lr_in_learn_neighbor;
  const meter = (protocol: 'arp' | 'nd-na' | 'nd-ns'): { readonly meter: string | undefined } => ({
    meter: m.copp(lr.copp, protocol),
  });
  add(learn, 100, `${KNOWN} == 1${always ? '' : ` || ${IP_KNOWN} == 0`}`, 'mac_cache_use; next;', 14668);
  add(learn, 90, 'arp', 'put_arp(inport, arp.spa, arp.sha); next;', 14672, meter('arp'));
  add(learn, 95, 'nd_ns && (ip6.src == 0 || nd.sll == 0)', 'next;', 14678);
  add(learn, 95, 'nd_na && nd.tll == 0', 'put_nd(inport, nd.target, eth.src); next;', 14682, meter('nd-na'));
  add(learn, 90, 'nd_na', 'put_nd(inport, nd.target, nd.tll); next;', 14689, meter('nd-na'));
  add(learn, 90, 'nd_ns', 'put_nd(inport, ip6.src, nd.sll); next;', 14695, meter('nd-ns'));
  add(learn, 0, '1', m.config().drop, 14701);
}

export function addPortNeighbourLearning(m: Model, lr: Router, port: RouterPort, add: AddFlow): void {
  const always = learnsFromRequests(lr);
  const stage = STAGE.lr_in_lookup_neighbor;
  const hint = { hint: port.uuid };
  const redirect = m.redirectOf(port.uuid);
  const resident = residentAt(redirect);
  const lookup = `${KNOWN} = lookup_arp(inport, arp.spa, arp.sha); `;
  for (const net of port.networks.v4) {
    const from = `inport == ${port.quoted} && arp.spa == ${net.network}/${net.prefix}`;
    if (!always)
      add(
        stage,
        110,
        `${from} && arp.tpa == ${net.text} && arp.op == 1${resident}`,
        `${lookup}${IP_KNOWN} = 1; next;`,
        14740,
        hint,
      );
    const ip = always ? '' : `${IP_KNOWN} = lookup_arp_ip(inport, arp.spa); `;
    add(stage, 100, `${from} && arp.op == 1${resident}`, `${lookup}${ip}next;`, 14760, hint);
  }
  if (redirect === undefined) return;
  const elsewhere = `inport == ${port.quoted} && (nd_na || nd_ns) && eth.mcast && !is_chassis_resident(${redirect.quoted})`;
  add(stage, 120, elsewhere, `${KNOWN} = 1; next;`, 14771, hint);
}
