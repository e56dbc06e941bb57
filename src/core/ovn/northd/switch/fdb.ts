/** MAC learning: looking up and storing who is behind a port with unknown addresses, and what to do with a destination that nobody knows. */
import type { AddFlow } from '../flows.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { optionBool } from '../model/options.ts';
import type { SwitchPort } from '../model/ports.ts';
import { GROUP, SWITCH_BIT } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

const TO_UNKNOWN = `outport = "${GROUP.unknown}"; output;`;

export function addFdbDefaults(ls: Switch, add: AddFlow): void {
  const remote = ls.evpn ? 'remote_outport = get_remote_fdb(eth.dst); ' : '';
  add(STAGE.ls_in_lookup_fdb, 0, '1', 'next;', 6241);
  add(STAGE.ls_in_put_fdb, 0, '1', 'next;', 6243);
  add(STAGE.ls_in_l2_lkup, 0, '1', `outport = get_fdb(eth.dst); ${remote}next;`, 6245);
  add(STAGE.ls_out_lookup_fdb, 0, '1', 'next;', 6248);
  add(STAGE.ls_out_put_fdb, 0, '1', 'next;', 6250);
}

/** Whether MACs are learned on a port. */
function learns(port: SwitchPort): boolean {
  switch (port.type) {
    case '':
      return optionBool(port.options, 'lsp_learn_fdb', true);
    case 'remote':
    case 'switch':
      return true;
    case 'localnet':
      return optionBool(port.options, 'localnet_learn_fdb', false);
    default:
      return false;
  }
}

export function addFdbLearning(port: SwitchPort, add: AddFlow): void {
  if (port.portSecurity || !port.unknown || !learns(port)) return;
  const remote = port.type === 'remote';
  const extras = { port: port.name, hint: port.uuid };
  const from = `inport == ${port.quoted}`;
  const mark = port.type === 'localnet' ? 'flags.localnet = 1; ' : '';
  const look = `${mark}${SWITCH_BIT.fdbFound} = lookup_fdb(inport, eth.src); next;`;
  add(remote ? STAGE.ls_out_lookup_fdb : STAGE.ls_in_lookup_fdb, 100, from, look, 6215, extras);
  const unknown = `${from} && ${SWITCH_BIT.fdbFound} == 0`;
  add(
    remote ? STAGE.ls_out_put_fdb : STAGE.ls_in_put_fdb,
    100,
    unknown,
    'put_fdb(inport, eth.src); next;',
    6223,
    extras,
  );
}

/** Frames from a provider network are marked as such. */
export function addLocalnetMark(port: SwitchPort, add: AddFlow): void {
  if (port.type !== 'localnet') return;
  add(STAGE.ls_in_lookup_fdb, 50, `inport == ${port.quoted}`, 'flags.localnet = 1; next;', 10235, {
    port: port.name,
    hint: port.uuid,
  });
}

/** The last ingress stage: a destination that is not known goes to the ports with unknown addresses, or nowhere. */
export function addUnknown(m: Model, ls: Switch, add: AddFlow): void {
  const dropped = { description: 'No L2 destination' };
  const stage = STAGE.ls_in_l2_unknown;
  const hasUnknown = m.hasUnknown(ls.uuid);
  if (!ls.evpn) {
    if (hasUnknown) add(stage, 50, 'outport == "none"', TO_UNKNOWN, 10104);
    else add(stage, 50, 'outport == "none"', m.config().drop, 10109, dropped);
    add(stage, 0, '1', 'output;', 10113);
    return;
  }
  const nobody = 'outport == "none" && remote_outport == "none"';
  if (hasUnknown) add(stage, 50, nobody, TO_UNKNOWN, 10072);
  else add(stage, 50, nobody, m.config().drop, 10076, dropped);
  if (optionBool(ls.config, 'dynamic-routing-fdb-prefer-local', false)) {
    add(stage, 25, 'outport == "none"', 'outport = remote_outport; output;', 10084);
    add(stage, 0, '1', 'output;', 10087);
  } else {
    add(stage, 25, 'remote_outport == "none"', 'output;', 10090);
    add(stage, 0, '1', 'outport = remote_outport; output;', 10092);
  }
}
