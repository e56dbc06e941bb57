/** Mirrors towards a logical port: copies of what a port sends or receives. */
import type { AddFlow } from '../flows.ts';
import type { Switch } from '../model/datapaths.ts';
import { mirrorPortName } from '../model/keys.ts';
import type { Model } from '../model/model.ts';
import { quote } from '../model/ports.ts';
import type { SwitchPort } from '../model/ports.ts';
import { STAGE } from '../stages.table.ts';

const RULE_OFFSET = 100;

export function addMirrorDefaults(add: AddFlow): void {
  add(STAGE.ls_in_mirror, 0, '1', 'next;', 5974);
  add(STAGE.ls_out_mirror, 0, '1', 'next;', 5975);
}

/** Whether a mirror has somewhere to go. */
const hasPort = (m: Model, name: string): boolean =>
  m.lspNamed(name) !== undefined || m.lrpNamed(name) !== undefined;

export function addMirrors(m: Model, ls: Switch, port: SwitchPort, add: AddFlow): void {
  for (const mirror of m.nb.rows('Mirror', port.row.mirror_rules)) {
    if (mirror.type !== 'lport' || !hasPort(m, mirror.sink)) continue;
    const serving = quote(mirrorPortName(ls.name, mirror.sink));
    const sides: ('inport' | 'outport')[] = [];
    if (mirror.filter !== 'to-lport') sides.push('inport');
    if (mirror.filter !== 'from-lport') sides.push('outport');
    for (const side of sides) {
      const stage = side === 'inport' ? STAGE.ls_in_mirror : STAGE.ls_out_mirror;
      const match = `${side} == ${port.quoted}`;
      add(stage, RULE_OFFSET, match, `mirror(${serving}); next;`, 6031);
      const deliver = `next(pipeline=egress, table=${STAGE.ls_out_apply_port_sec.table});`;
      add(STAGE.ls_out_pre_acl, 65535, `outport == ${serving}`, deliver, 6042);
      for (const rule of m.nb.rows('Mirror_Rule', mirror.mirror_rules)) {
        const copy = rule.action === 'mirror' ? `mirror(${serving}); ` : '';
        add(stage, RULE_OFFSET + rule.priority, `${match} && (${rule.match})`, `${copy}next;`, 6004);
      }
    }
  }
}
