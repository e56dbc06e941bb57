/** What northd tells users in the northbound database: ports that are up, addresses and tags given out, states of sessions and services. */
import type { Uuid } from '../../../base/uuid.ts';
import { isIpv6Delegation } from '../model/delegation.ts';
import type { Model } from '../model/model.ts';
import { Northbound, ownerless } from './column-sync.ts';

/** Declares all columns that are kept. */
export function syncNorthbound(m: Model): Northbound {
  const { nb, sb } = m;
  const northbound = new Northbound(m);

  const portsOfSwitches = { owners: m.switches, of: m.switchPortRows };
  northbound.columns('Logical_Switch_Port', portsOfSwitches, (uuid) => {
    const port = m.lsp(uuid);
    if (port === undefined) return undefined;
    return {
      ...(m.binding(port.name) === undefined ? {} : { up: m.portUp(uuid) }),
      dynamic_addresses: m.dynamicAddresses(uuid) ?? null,
      tag: m.tagOf(uuid),
    };
  });

  const portsOfRouters = { owners: m.routers, of: m.routerPorts };
  northbound.columns('Logical_Router_Port', portsOfRouters, (uuid) => {
    const port = m.lrp(uuid);
    if (port === undefined) return undefined;
    const redirect = m.redirectOf(uuid);
    const prefix = isIpv6Delegation(port.options) ? m.delegatedPrefix(port.name) : undefined;
    return {
      ...(redirect === undefined ? {} : { status: statusOf(m, uuid, m.boundChassis(redirect.name)?.name) }),
      ...(prefix === undefined ? {} : { ipv6_prefix: [prefix] }),
    };
  });

  northbound.columns('BFD', ownerless(m.bfdSessions), (uuid) => {
    const session = nb.row('BFD', uuid);
    return session && { status: m.bfdStatus(session) };
  });
  northbound.columns('Network_Function_Group', ownerless(nb.all('Network_Function_Group')), (uuid) => ({
    network_function_active: m.activeFunction(uuid) ?? null,
  }));

  const watched = nb.index('Logical_Switch_Port', (row) => (row.health_checks.length > 0 ? [''] : []));
  const portOfCheck = nb.index('Logical_Switch_Port', (row) => row.health_checks);
  northbound.columns(
    'Logical_Switch_Port_Health_Check',
    { owners: () => watched(''), of: (uuid) => m.lsp(uuid)?.row.health_checks ?? [] },
    (uuid) => {
      const check = nb.row('Logical_Switch_Port_Health_Check', uuid);
      const owner = portOfCheck(uuid)[0];
      const port = owner === undefined ? undefined : m.lsp(owner)?.name;
      if (check === undefined || port === undefined) return undefined;
      const number = check.protocol === 'icmp' ? 0 : check.port;
      const monitor = m.portMonitors(port).find((row) => {
        const found = sb.row('Service_Monitor', row);
        return (
          found?.protocol === check.protocol &&
          (check.protocol === 'icmp' || found.port === number) &&
          found.src_ip === check.src_ip &&
          found.ip === check.address
        );
      });
      const status = sb.row('Service_Monitor', monitor)?.status ?? null;
      return status === null ? undefined : { status };
    },
  );
  return northbound;
}

/** The status of a gateway port: the chassis that has it. Other keys stay. */
function statusOf(m: Model, lrp: Uuid, chassis: string | undefined): ReadonlyMap<string, string> {
  const status = new Map(m.nb.row('Logical_Router_Port', lrp)?.status ?? []);
  if (chassis === undefined) status.delete('hosting-chassis');
  else status.set('hosting-chassis', chassis);
  return status;
}
