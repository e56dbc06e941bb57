/** `show`: switches with their ports, then routers with ports and NAT. */
import { formatIpv6, linkLocalOf, parseMac } from '../../base/address.ts';
import { isVersionAtLeast, type NbRow, type NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { findRouter, findSwitch, type NbctlContext } from './lookup.ts';

/** The schema of OVN 24.09, whose ovn-nbctl was the first to show link-local addresses. */
const FIRST_WITH_LINK_LOCAL = '7.4.0';

function alias(ids: ReadonlyMap<string, string>, key: string): string {
  const name = ids.get(key) ?? '';
  return name === '' ? '' : ` (aka ${name})`;
}

const quotedList = (texts: readonly string[]): string => `[${texts.map((text) => `"${text}"`).join(', ')}]`;

function switchPortText(port: NbRow<'Logical_Switch_Port'>): string {
  let text = `    port ${port.name}${alias(port.external_ids, 'neutron:port_name')}\n`;
  if (port.type !== '') text += `        type: ${port.type}\n`;
  if (port.parent_name !== null) text += `        parent: ${port.parent_name}\n`;
  if (port.tag !== null) text += `        tag: ${port.tag}\n`;
  const isRouters = port.addresses.length === 1 && port.addresses[0] === 'router';
  if (port.addresses.length > 0 && !isRouters) text += `        addresses: ${quotedList(port.addresses)}\n`;
  const routerPort = port.options.get('router-port');
  if (routerPort !== undefined) text += `        router-port: ${routerPort}\n`;
  if (port.peer !== null) text += `        peer: ${port.peer}\n`;
  return text;
}

function switchText(ctx: NbctlContext, row: NbRow<'Logical_Switch'>): string {
  const ports = ctx.targets('Logical_Switch_Port', row.ports).map(switchPortText);
  return `switch ${row._uuid} (${row.name})${alias(row.external_ids, 'neutron:network_name')}\n${ports.join('')}`;
}

function routerPortText(ctx: NbctlContext, port: NbRow<'Logical_Router_Port'>): string {
  let text = `    port ${port.name}\n        mac: "${port.mac}"\n`;
  if (isVersionAtLeast(ctx.run.schemaVersion, FIRST_WITH_LINK_LOCAL))
    text += `        ipv6-lla: "${formatIpv6(linkLocalOf(parseMac(port.mac) ?? 0n))}"\n`;
  if (port.networks.length > 0) text += `        networks: ${quotedList(port.networks)}\n`;
  const table = port.options.get('route_table');
  if (table !== undefined) text += `        route-table: ${table}\n`;
  if (port.gateway_chassis.length > 0) {
    // In the order of the set: the command does not ask for priorities, so its sorting finds all equal.
    const names = ctx
      .targets('Gateway_Chassis', port.gateway_chassis)
      .map(({ chassis_name }) => chassis_name);
    text += `        gateway chassis: [${names.join(' ')}]\n`;
  }
  if (port.peer !== null) text += `        peer: ${port.peer}\n`;
  return text;
}

function natText(nat: NbRow<'NAT'>): string {
  const ports =
    nat.external_port_range === '' ? '' : `        external port(s): "${nat.external_port_range}"\n`;
  return `    nat ${nat._uuid}\n        external ip: "${nat.external_ip}"\n${ports}        logical ip: "${nat.logical_ip}"\n        type: "${nat.type}"\n`;
}

function routerText(ctx: NbctlContext, row: NbRow<'Logical_Router'>): string {
  const ports = ctx.targets('Logical_Router_Port', row.ports).map((port) => routerPortText(ctx, port));
  const nats = ctx.targets('NAT', row.nat).map(natText);
  return `router ${row._uuid} (${row.name})${alias(row.external_ids, 'neutron:router_name')}\n${ports.join('')}${nats.join('')}`;
}

export const SHOW_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'show',
    least: 0,
    most: 1,
    synopsis: '[SWITCH]',
    options: '',
    writes: false,
    reads: () => ({
      Logical_Switch: ['name', 'external_ids', 'ports'],
      Logical_Switch_Port: [
        'name',
        'external_ids',
        'type',
        'parent_name',
        'peer',
        'tag',
        'addresses',
        'options',
      ],
      Logical_Router: ['name', 'external_ids', 'ports', 'nat'],
      Logical_Router_Port: ['name', 'mac', 'networks', 'options', 'gateway_chassis', 'peer'],
      Gateway_Chassis: ['chassis_name'],
      NAT: ['external_ip', 'external_port_range', 'logical_ip', 'type'],
    }),
    run(ctx) {
      const [, id] = ctx.argv;
      const switches = id === undefined ? ctx.rows('Logical_Switch') : [findSwitch(ctx, id) ?? []].flat();
      for (const row of switches) ctx.print(switchText(ctx, row));
      const routers = id === undefined ? ctx.rows('Logical_Router') : [findRouter(ctx, id) ?? []].flat();
      for (const row of routers) ctx.print(routerText(ctx, row));
    },
  },
];
