/** Network functions: traffic that an ACL sends through a pair of ports of some other machine before it goes on. */
import type { Uuid } from '../../../base/uuid.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import type { AddFlow } from '../flows.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { SWITCH_BIT, SWITCH_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { addFunctionPortCommit } from './stateful.ts';

const ENABLED = `${SWITCH_BIT.networkFunction} == 1`;
const ORIGINAL = `${ENABLED} && ${SWITCH_BIT.networkFunctionOriginal} == 1`;
const REPLY = `${ENABLED} && ${SWITCH_BIT.networkFunctionOriginal} == 0`;

export function addNetworkFunctions(m: Model, ls: Switch, add: AddFlow): void {
  const { drop } = m.config();
  const [preIn, preOut] = [STAGE.ls_in_pre_network_function, STAGE.ls_out_pre_network_function];
  const [into, out] = [STAGE.ls_in_network_function, STAGE.ls_out_network_function];
  add(STAGE.ls_in_l2_lkup, 100, `${SWITCH_BIT.networkFunctionLoopback} == 1`, 'output;', 19210);
  add(preIn, 0, '1', 'next;', 19216);
  add(preOut, 0, '1', 'next;', 19217);
  add(preIn, 1, ORIGINAL, `${SWITCH_REG.networkFunctionId} = 0; next;`, 19225);
  add(preOut, 1, ORIGINAL, `${SWITCH_REG.networkFunctionId} = 0; next;`, 19228);
  add(into, 100, `${ENABLED} && eth.mcast`, 'next;', 19235);
  add(out, 100, `${ENABLED} && eth.mcast`, 'next;', 19238);
  add(into, 0, '1', 'next;', 19244);
  add(out, 0, '1', 'next;', 19245);
  add(into, 1, ENABLED, drop, 19251);
  add(out, 1, ENABLED, drop, 19253);
  const done = new Set<string>();
  for (const acl of m.acls(ls.uuid)) {
    const group = m.nb.row('Network_Function_Group', acl.network_function_group);
    const key = `${acl.direction} ${group?.id}`;
    if (group === undefined || done.has(key)) continue;
    done.add(key);
    addGroup(m, ls, group, acl.direction === 'from-lport', add);
  }
}

/** The first port of the switch that is `lsp` or a child of it. */
function portOrChild(m: Model, ls: Switch, lsp: Uuid): string | undefined {
  const name = m.lsp(lsp)?.name;
  for (const uuid of m.switchPortRows(ls.uuid)) {
    const port = m.lsp(uuid);
    if (port !== undefined && (port.name === name || port.row.parent_name === name)) return port.quoted;
  }
  return undefined;
}

function addGroup(
  m: Model,
  ls: Switch,
  group: NbRow<'Network_Function_Group'>,
  ingress: boolean,
  add: AddFlow,
): void {
  const pre = ingress ? STAGE.ls_in_pre_network_function : STAGE.ls_out_pre_network_function;
  const chosen = `${ORIGINAL} && ${SWITCH_REG.networkFunctionGroup} == ${group.id & 0xff}`;
  if (group.fallback === 'fail-open')
    add(
      pre,
      10,
      chosen,
      `${SWITCH_BIT.networkFunction} = 0; ${SWITCH_REG.networkFunctionId} = 0; next;`,
      18989,
    );
  const active = m.activeFunction(group._uuid);
  const fn = active === undefined ? undefined : m.nb.row('Network_Function', active);
  const input = fn && portOrChild(m, ls, fn.inport);
  const output = fn && portOrChild(m, ls, fn.outport);
  if (fn === undefined || input === undefined || output === undefined) return;

  const id = fn.id & 0xff;
  const loop = (port: string): string =>
    `outport = ${port}; ${SWITCH_BIT.networkFunctionLoopback} = 1; next(pipeline=ingress, table=${STAGE.ls_in_l2_lkup.table});`;
  const send = (port: string): string => `outport = ${port}; output;`;
  const [into, out] = [STAGE.ls_in_network_function, STAGE.ls_out_network_function];
  const original = `${ORIGINAL} && ${SWITCH_REG.networkFunctionId} == ${id}`;
  const reply = `${REPLY} && ct_label.nf_id == ${id}`;
  add(pre, 99, chosen, `${SWITCH_REG.networkFunctionId} = ${id}; next;`, 19064);
  add(ingress ? into : out, 99, original, ingress ? send(input) : loop(output), 19099);
  add(ingress ? out : into, 99, reply, ingress ? loop(output) : send(input), 19133);
  const tunnel = `${SWITCH_REG.tunnelPort} = ct_label.tun_if_id; next;`;
  add(into, 100, `inport == ${input}`, tunnel, 19145);
  add(into, 100, `inport == ${output}`, tunnel, 19150);
  add(out, 100, `outport == ${input}`, 'next;', 19162);
  add(out, 100, `outport == ${output}`, 'next;', 19167);
  add(
    STAGE.ls_out_pre_acl,
    110,
    `inport == ${input}`,
    `next(pipeline=egress, table=${out.table + 1});`,
    19183,
  );
  addFunctionPortCommit(output, add);
  addFunctionPortCommit(input, add);
}
