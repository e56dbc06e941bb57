/** The stages that commit a connection, with what the ACLs and network functions want remembered in it. */
import type { AddFlow } from '../flows.ts';
import { SWITCH_BIT, SWITCH_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

const ALLOWED = `ct_mark.blocked = 0; ct_mark.allow_established = ${SWITCH_BIT.persistId}; `;
const OBSERVED =
  `ct_mark.obs_stage = ${SWITCH_REG.observationStage}; ` +
  `ct_mark.obs_collector_id = ${SWITCH_REG.collectorEstablished}; ` +
  `ct_label.obs_point_id = ${SWITCH_REG.observationPointEstablished}; `;
const ACL_ID = `ct_label.acl_id = ${SWITCH_REG.aclId}; `;
const NO_FUNCTION = 'ct_label.nf = 0; ct_label.nf_id = 0; ';
const FUNCTION = `ct_label.nf = 1; ct_label.nf_id = ${SWITCH_REG.networkFunctionId}; `;
const commit = (fields: string): string => `ct_commit { ${fields}}; next;`;

export function addStateful(add: AddFlow): void {
  add(STAGE.ls_in_lb, 0, '1', 'next;', 8942);
  add(STAGE.ls_in_stateful, 0, '1', 'next;', 8943);
  add(STAGE.ls_out_stateful, 0, '1', 'next;', 8945);
  const both = (priority: number, match: string, actions: string, lines: readonly [number, number]): void => {
    add(STAGE.ls_in_stateful, priority, match, actions, lines[0]);
    add(STAGE.ls_out_stateful, priority, match, actions, lines[1]);
  };
  const labelled = `${SWITCH_BIT.conntrackCommit} == 1 && ${SWITCH_BIT.aclLabel} == 1`;
  const plain = `${SWITCH_BIT.conntrackCommit} == 1 && ${SWITCH_BIT.aclLabel} == 0`;
  const viaFunction = ` && ${SWITCH_BIT.networkFunction} == 1`;
  both(100, labelled, commit(ALLOWED + OBSERVED + ACL_ID + NO_FUNCTION), [8965, 8970]);
  both(100, plain, commit(ALLOWED + ACL_ID + NO_FUNCTION), [8989, 8994]);
  both(110, plain + viaFunction, commit(ALLOWED + ACL_ID + FUNCTION), [9011, 9017]);
  both(110, labelled + viaFunction, commit(ALLOWED + OBSERVED + ACL_ID + FUNCTION), [9039, 9045]);
}

/** Packets that leave for a port of a network function remember the tunnel by which they came. */
export function addFunctionPortCommit(quotedPort: string, add: AddFlow): void {
  const tunnel = `ct_label.tun_if_id = ${SWITCH_REG.tunnelPort}; `;
  const match = `outport == ${quotedPort} && ${SWITCH_BIT.aclLabel} == `;
  add(STAGE.ls_out_stateful, 120, `${match}0`, commit(ALLOWED + ACL_ID + tunnel), 18812);
  add(STAGE.ls_out_stateful, 120, `${match}1`, commit(ALLOWED + ACL_ID + OBSERVED + tunnel), 18829);
}
