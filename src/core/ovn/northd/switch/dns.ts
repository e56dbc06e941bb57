/** DNS questions that ovn-controller answers from the records of a switch. */
import type { AddFlow } from '../flows.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { SWITCH_BIT } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { hasDnsRecords } from './acl.ts';

export function addDns(m: Model, ls: Switch, add: AddFlow): void {
  if (!hasDnsRecords(m, ls)) return;
  const found = SWITCH_BIT.dnsLookup;
  add(STAGE.ls_in_dns_lookup, 100, 'udp.dst == 53', `${found} = dns_lookup(); next;`, 10802, {
    meter: m.copp(ls.copp, 'dns'),
  });
  const answer = (ip: string): string =>
    `eth.dst <-> eth.src; ${ip}.src <-> ${ip}.dst; udp.dst = udp.src; udp.src = 53; ` +
    'outport = inport; flags.loopback = 1; output;';
  add(STAGE.ls_in_dns_response, 100, `udp.dst == 53 && ${found}`, answer('ip4'), 10812);
  add(STAGE.ls_in_dns_response, 100, `udp.dst == 53 && ${found}`, answer('ip6'), 10817);
}
