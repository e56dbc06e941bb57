/** Policies: packets that match go another way than the routing table says, or nowhere. */
import type { AddFlow } from '../flows.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { optionUint } from '../model/options.ts';
import { isOneFamily } from '../model/policies.ts';
import type { Policy, PolicyHop } from '../model/policies.ts';
import { ROUTER_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { familyBit, nextHopRegister, sourceRegister } from './routes.ts';

export function addPolicies(m: Model, lr: Router, add: AddFlow): void {
  const none = `${ROUTER_REG.ecmpGroup} = 0; next;`;
  add(STAGE.lr_in_policy, 0, '1', none, 15332);
  add(STAGE.lr_in_policy_ecmp, 150, `${ROUTER_REG.ecmpGroup} == 0`, 'next;', 15335);
  add(STAGE.lr_in_policy_ecmp, 0, '1', m.config().drop, 15338);
  let group = 0;
  for (const policy of m.policies(lr.uuid)) {
    const { row, chain } = policy;
    if (row.action === 'reroute' && row.nexthops.length > 1) {
      group += 1;
      addPolicyGroup(m, policy, group, add);
      continue;
    }
    const match = chain === undefined ? row.match : `${ROUTER_REG.policyChain} == ${chain} && (${row.match})`;
    add(STAGE.lr_in_policy, row.priority, match, policyActions(m, policy, none), 11800, { hint: row._uuid });
  }
}

const markOf = (policy: Policy): string => {
  const mark = optionUint(policy.row.options, 'pkt_mark', 0);
  return mark === 0 ? '' : `pkt.mark = ${mark}; `;
};

function policyActions(m: Model, policy: Policy, none: string): string {
  switch (policy.row.action) {
    case 'allow':
      return markOf(policy) + none;
    case 'drop':
      return m.config().drop;
    case 'jump':
      return `${ROUTER_REG.policyChain}=${policy.jump}; next(pipeline=ingress, table=${STAGE.lr_in_policy.table});`;
    default: {
      const hop = policy.hops[0];
      return hop === undefined ? '' : hopActions(m, policy, hop, `${ROUTER_REG.ecmpGroup} = 0; `);
    }
  }
}

function hopActions(m: Model, policy: Policy, hop: PolicyHop, clear: string): string {
  const port = m.lrp(hop.port);
  return (
    `${markOf(policy)}${nextHopRegister(hop.family)} = ${hop.text}; ${sourceRegister(hop.family)} = ${hop.address}; ` +
    `eth.src = ${port?.networks.mac ?? ''}; outport = ${port?.quoted ?? ''}; flags.loopback = 1; ` +
    `${clear}${familyBit(hop.family)}next;`
  );
}

function addPolicyGroup(m: Model, policy: Policy, group: number, add: AddFlow): void {
  const { hops, row } = policy;
  if (!isOneFamily(hops)) return;
  const hint = { hint: row._uuid };
  hops.forEach((hop, at) => {
    const match = `${ROUTER_REG.ecmpGroup} == ${group} && ${ROUTER_REG.ecmpMember} == ${at + 1}`;
    add(STAGE.lr_in_policy_ecmp, 100, match, hopActions(m, policy, hop, ''), 11877, hint);
  });
  const member = `${ROUTER_REG.ecmpGroup} = ${group}; ${ROUTER_REG.ecmpMember} = `;
  const pick = hops.length > 1 ? `select(${hops.map((_hop, at) => at + 1).join(', ')});` : '1; next;';
  add(STAGE.lr_in_policy, row.priority, row.match, member + pick, 11901, hint);
}
