/** Which frames a switch takes from a port and which it delivers: port security, VLAN tags, and ICMP errors that come back through a tunnel. */
import type { AddFlow } from '../flows.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import type { SwitchPort } from '../model/ports.ts';
import { SWITCH_BIT, TOO_BIG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

const CHECK = `${SWITCH_BIT.portSecurityDrop} = check_in_port_sec(); next;`;

/** Defaults of the port security stages. */
export function addAdmission(m: Model, ls: Switch, add: AddFlow): void {
  const { drop } = m.config();
  add(STAGE.ls_in_check_port_sec, 105, `${TOO_BIG} && flags.tunnel_rx == 1`, drop, 10147, {
    description: 'ICMP: packet too big',
  });
  if (!ls.vlanPassthru)
    add(STAGE.ls_in_check_port_sec, 100, 'vlan.present', drop, 10156, {
      description: 'VLANs blocked due to vlan-passthru option',
    });
  add(STAGE.ls_in_check_port_sec, 100, 'eth.src[40]', drop, 10162, {
    description: 'Incoming Broadcast/multicast sourceaddress is invalid',
  });
  add(STAGE.ls_in_check_port_sec, 50, '1', CHECK, 10167);
  add(STAGE.ls_in_apply_port_sec, 50, `${SWITCH_BIT.portSecurityDrop} == 1`, drop, 10171, {
    description: 'Broadcast/multicast port security invalid',
  });
  add(STAGE.ls_in_apply_port_sec, 0, '1', 'next;', 10175);
}

/** Delivery: port security of the receiver, then output. */
export function addOutputSecurity(m: Model, add: AddFlow): void {
  add(STAGE.ls_out_check_port_sec, 100, 'eth.mcast', `${SWITCH_BIT.portSecurityDrop} = 0; next;`, 6263);
  add(
    STAGE.ls_out_check_port_sec,
    0,
    '1',
    `${SWITCH_BIT.portSecurityDrop} = check_out_port_sec(); next;`,
    6266,
  );
  add(STAGE.ls_out_apply_port_sec, 50, `${SWITCH_BIT.portSecurityDrop} == 1`, m.config().drop, 6270, {
    description: 'Packet does not follow port security rules',
  });
  add(STAGE.ls_out_apply_port_sec, 0, '1', 'output;', 6273);
}

/** What is special about frames from one port: a disabled port, a queue, a VTEP gateway, a router. */
export function addPortAdmission(m: Model, ls: Switch, port: SwitchPort, add: AddFlow): void {
  if (port.type === 'external') return;
  const extras = { port: port.name, hint: port.uuid };
  const from = `inport == ${port.quoted}`;
  if (!port.enabled) {
    add(STAGE.ls_in_check_port_sec, 100, from, `${SWITCH_BIT.portSecurityDrop} = 1; next;`, 6126, extras);
    add(STAGE.ls_in_l2_unknown, 50, `outport == ${port.quoted}`, m.config().drop, 6133, extras);
    return;
  }
  const queue = m.queueOf(port.uuid);
  const setQueue = queue === 0 ? '' : `set_queue(${queue}); `;
  if (port.type === 'vtep') {
    const skip = `next(pipeline=ingress, table=${STAGE.ls_in_hairpin.table});`;
    add(STAGE.ls_in_check_port_sec, 70, from, `${setQueue}${SWITCH_BIT.fromRamp} = 1; ${skip}`, 6148, extras);
  } else if (queue !== 0) {
    add(STAGE.ls_in_check_port_sec, 70, from, setQueue + CHECK, 6154, extras);
    addQueueOutput(m, ls, port, queue, add);
  } else if (port.type === 'router') {
    add(STAGE.ls_in_check_port_sec, 70, from, `${SWITCH_BIT.fromRouterPort} = 1; next;`, 6185, extras);
  }
}

function addQueueOutput(m: Model, ls: Switch, port: SwitchPort, queue: number, add: AddFlow): void {
  const action = `set_queue(${queue}); output;`;
  if (port.type === 'localnet') {
    const extras = { port: port.name, hint: port.uuid };
    add(STAGE.ls_out_apply_port_sec, 100, `outport == ${port.quoted}`, action, 6169, extras);
    return;
  }
  const first = m.localnets(ls.uuid)[0];
  const localnet = first === undefined ? undefined : m.lsp(first);
  if (localnet === undefined) return;
  const match = `outport == ${localnet.quoted} && inport == ${port.quoted}`;
  add(STAGE.ls_out_apply_port_sec, 110, match, action, 6178, { port: localnet.name, hint: localnet.uuid });
}

/** ICMP errors that ovn-controller made for a packet too big for the tunnel go back where the packet came from. */
export function addTooBigReturn(m: Model, port: SwitchPort, add: AddFlow): void {
  if (port.type !== 'router') {
    for (const own of m.lspAddresses(port.uuid)) {
      const match =
        `${TOO_BIG} && eth.src == ${own.mac} && outport == ${port.quoted} &&` +
        ` !is_chassis_resident(${port.quoted}) && flags.tunnel_rx == 1`;
      add(STAGE.ls_in_check_port_sec, 110, match, 'outport <-> inport; next;', 14171);
    }
    return;
  }
  const peer = m.lspPeer(port.uuid);
  const lrp = peer === undefined ? undefined : m.lrp(peer);
  const router = peer === undefined ? undefined : m.routerOfPort(peer);
  if (lrp === undefined || router === undefined) return;
  if (m.router(router)?.gatewayChassis !== undefined) {
    const match = `${TOO_BIG} && eth.src == ${lrp.row.mac} && outport == ${port.quoted} && flags.tunnel_rx == 1`;
    add(STAGE.ls_in_check_port_sec, 120, match, 'outport <-> inport; next;', 14190);
  } else {
    const match = `${TOO_BIG} && eth.dst == ${lrp.row.mac} && flags.tunnel_rx == 1`;
    const actions = `outport <-> inport; next(pipeline=ingress,table=${STAGE.ls_in_l2_lkup.table});`;
    add(STAGE.ls_in_check_port_sec, 120, match, actions, 14203);
  }
}
