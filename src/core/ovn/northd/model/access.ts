/** Access control of switches: which ACLs apply, through the switch itself and through port groups, and of what sort they are. */
import type { Uuid } from '../../../base/uuid.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import type { Base } from './base.ts';
import { sameFields, sameList } from './config.ts';
import type { DatapathModel } from './datapaths.ts';
import type { LoadBalancerModel } from './load-balancers.ts';
import { optionBool } from './options.ts';
import type { PortModel } from './ports.ts';

export type Acl = NbRow<'ACL'>;

/** Which of the three evaluations of ACLs. */
export type AclStageKind = 'ingress' | 'afterLb' | 'egress';

/** What the stages of a switch need to know of its ACLs and load balancers as a whole. */
export interface SwitchState {
  readonly hasAcls: boolean;
  /** Some ACL is allow-related. */
  readonly hasStatefulAcl: boolean;
  readonly hasVip: boolean;
  /** The highest tier of each evaluation. */
  readonly ingressTier: number;
  readonly afterLbTier: number;
  readonly egressTier: number;
}

export interface AccessModel {
  /** Port groups with a port on the switch, sorted by uuid. */
  readonly portGroupsOf: (ls: Uuid) => readonly Uuid[];
  /** The ACLs of the switch, its own first. An ACL may be there twice. */
  readonly acls: (ls: Uuid) => readonly Acl[];
  readonly switchState: (ls: Uuid) => SwitchState;
  /** The id under which a persistent ACL is known to conntrack. */
  readonly aclId: (acl: Uuid) => number | undefined;
}

export function aclStageKind(acl: Acl): AclStageKind {
  if (acl.direction !== 'from-lport') return 'egress';
  return optionBool(acl.options, 'apply-after-lb', false) ? 'afterLb' : 'ingress';
}

export const tierOf = (state: SwitchState, kind: AclStageKind): number =>
  ({ ingress: state.ingressTier, afterLb: state.afterLbTier, egress: state.egressTier })[kind];

export function defineAccess(base: Base, m: DatapathModel & PortModel & LoadBalancerModel): AccessModel {
  const { graph, nb, sb } = base;
  const groupsByPort = nb.index('Port_Group', (row) => row.ports);
  const portGroupsOf = graph.query(
    'port groups of switch',
    (ls: Uuid) => {
      const groups = new Set<Uuid>();
      for (const port of m.switchPortRows(ls)) for (const group of groupsByPort(port)) groups.add(group);
      return [...groups].sort();
    },
    { equal: sameList },
  );
  const groupAcls = graph.query(
    'acls of port group',
    (group: Uuid) => nb.row('Port_Group', group)?.acls ?? [],
  );
  const acls = graph.query(
    'acls',
    (ls: Uuid) => [
      ...nb.rows('ACL', m.switch(ls)?.acls ?? []),
      ...portGroupsOf(ls).flatMap((group) => nb.rows('ACL', groupAcls(group))),
    ],
    { equal: sameList },
  );
  const switchState = graph.query(
    'switch state',
    (ls: Uuid): SwitchState => {
      const all = acls(ls);
      const facts = m.switch(ls);
      const tier = (kind: AclStageKind): number =>
        Math.max(0, ...all.filter((acl) => aclStageKind(acl) === kind).map((acl) => acl.tier));
      return {
        hasAcls: all.length > 0,
        hasStatefulAcl: all.some((acl) => acl.action === 'allow-related'),
        hasVip: facts !== undefined && m.hasVips(facts.loadBalancers, facts.loadBalancerGroups),
        ingressTier: tier('ingress'),
        afterLbTier: tier('afterLb'),
        egressTier: tier('egress'),
      };
    },
    { equal: sameFields },
  );
  const aclId = graph.query('acl id', (acl: Uuid) => sb.row('ACL_ID', acl)?.id);
  return { portGroupsOf, acls, switchState, aclId };
}
