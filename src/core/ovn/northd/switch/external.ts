/** External ports: machines outside the chassis, whose requests only the chassis that stands for them may pass on. */
import type { AddFlow } from '../flows.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import type { SwitchPort } from '../model/ports.ts';
import { STAGE } from '../stages.table.ts';

export function addExternal(m: Model, ls: Switch, port: SwitchPort, add: AddFlow): void {
  if (port.type !== 'external') return;
  for (const uuid of m.localnets(ls.uuid)) {
    const localnet = m.lsp(uuid);
    if (localnet === undefined) continue;
    addRouterDrops(m, ls, port, localnet, add);
    for (const own of m.lspAddresses(port.uuid)) {
      const match = `inport == ${localnet.quoted} && eth.src == ${own.mac}`;
      const actions = `flags.localnet = 1; inport = ${port.quoted}; next;`;
      add(STAGE.ls_in_check_port_sec, 75, match, actions, 10878);
    }
  }
}

/** What is meant for a router is dropped where the port is not resident. */
function addRouterDrops(m: Model, ls: Switch, port: SwitchPort, localnet: SwitchPort, add: AddFlow): void {
  const { drop } = m.config();
  const stage = STAGE.ls_in_external_port;
  const extras = { port: localnet.name, hint: port.uuid };
  for (const own of m.lspAddresses(port.uuid)) {
    const from = `inport == ${port.quoted} && eth.src == ${own.mac}`;
    const away = ` && !is_chassis_resident(${port.quoted})`;
    for (const router of m.routerPortsOf(ls.uuid).flatMap((uuid) => m.lspAddresses(uuid))) {
      for (const { text: ip } of router.v4)
        add(stage, 100, `${from}${away} && arp.tpa == ${ip} && arp.op == 1`, drop, 10014, {
          ...extras,
          description: 'Drop ARP for unknown router ports',
        });
      for (const { text: ip, solicited } of router.v6)
        add(
          stage,
          100,
          `${from}${away} && nd_ns && ip6.dst == {${ip}, ${solicited}} && nd.target == ${ip}`,
          drop,
          10032,
          {
            ...extras,
            description: 'Drop ND for unbound router ports',
          },
        );
      add(stage, 100, `${from} && eth.dst == ${router.mac}${away}`, drop, 10048, {
        ...extras,
        description: 'Packet does not come from a chassis resident',
      });
    }
  }
}
