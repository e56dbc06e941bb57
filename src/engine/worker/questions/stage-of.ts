/** What the tables of the integration bridge stand for: a logical pipeline and its table, or a name of OVN's own. */
import { OFTABLE, PIPELINE_LENGTH } from '../../../core/ovn/actions/oftable.table.ts';

export interface LogicalTable {
  readonly pipeline: 'ingress' | 'egress';
  readonly table: number;
}

/** The logical table of an OpenFlow table; undefined for OVN's physical ones. */
export function logicalTable(table: number): LogicalTable | undefined {
  const ingress = table - OFTABLE.ingress;
  if (ingress >= 0 && ingress < PIPELINE_LENGTH.ingress) return { pipeline: 'ingress', table: ingress };
  const egress = table - OFTABLE.egress;
  return egress >= 0 && egress < PIPELINE_LENGTH.egress ? { pipeline: 'egress', table: egress } : undefined;
}
