/**
 * `openstack`: the servers of a cloud and its routers. The undercloud's servers are the deployed guests of the hypervisor;
 * the overcloud's are the instances whose ports Neutron has written to OVN's northbound database.
 */
import { formatIpv4 } from '../../base/address.ts';
import type { NbDatabase } from '../../ovsdb/index.ts';
import type { Host } from '../../sim/index.ts';
import type { Exit, Invocation } from '../program.ts';

export interface OpenstackHost {
  /** `OS_CLOUD` or `OS_CLOUDNAME` of the shell. */
  readonly cloud: string | undefined;
  readonly machines: readonly Host[];
  readonly northbound: NbDatabase | undefined;
}

type Rows = readonly (readonly string[])[];

/** A table as the client draws it (cliff). */
function table(header: readonly string[], rows: Rows): string {
  const widths = header.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (cells: readonly string[]): string =>
    `|${cells.map((cell, at) => ` ${cell.padEnd(widths[at] ?? 0)} `).join('|')}|`;
  return `${[rule, line(header), rule, ...rows.map(line), rule].join('\n')}\n`;
}

/** An id that is a server's as long as it has its name. */
function idOf(name: string): string {
  let hex = '';
  for (let part = 0; part < 4; part += 1) {
    let hash = 0x811c9dc5 ^ part;
    for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
    hex += hash.toString(16).padStart(8, '0');
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Guests of hypervisors with where their state stands. */
const domainsOf = (machines: readonly Host[]) =>
  machines.flatMap(({ libvirt }) => (libvirt ? [...libvirt.domains.values()] : []));

const statusOf = (running: boolean): string => (running ? 'ACTIVE' : 'SHUTOFF');

function undercloudServers({ machines }: OpenstackHost): Rows {
  return domainsOf(machines).flatMap(({ name, id, interfaces }) => {
    const host = machines.find((machine) => machine.name === name);
    const address = interfaces[0]?.guest.addresses4[0]?.local;
    // Nodes are those that the undercloud has deployed a virtual switch on.
    if (!host?.switch) return [];
    return [
      [
        idOf(name),
        name,
        statusOf(id !== null),
        address === undefined ? '' : `ctlplane=${formatIpv4(address)}`,
      ],
    ];
  });
}

function overcloudServers({ machines, northbound }: OpenstackHost): Rows {
  if (!northbound) return [];
  const domains = domainsOf(machines);
  return [...northbound.rows('Logical_Switch')].flatMap((network) =>
    network.ports.flatMap((uuid) => {
      const port = northbound.get('Logical_Switch_Port', uuid);
      const domain = domains.find(({ interfaces }) =>
        interfaces.some(
          ({ spec }) => spec.source.kind === 'openvswitch' && spec.source.ifaceId === port?.name,
        ),
      );
      if (!port || !domain) return [];
      const address = [...port.addresses][0]?.split(' ')[1] ?? '';
      const name = network.external_ids.get('neutron:network_name') ?? network.name;
      return [[idOf(domain.name), domain.name, statusOf(domain.id !== null), `${name}=${address}`]];
    }),
  );
}

const serverList = (host: OpenstackHost): string => {
  const isOvercloud = host.cloud === 'overcloud';
  return table(
    ['ID', 'Name', 'Status', 'Networks'],
    isOvercloud ? overcloudServers(host) : undercloudServers(host),
  );
};

/** The router's port that a gateway is on, and the network that it leads to. */
function gatewayInfo(northbound: NbDatabase, ports: readonly string[]): string {
  for (const network of northbound.rows('Logical_Switch'))
    for (const uuid of network.ports) {
      const port = northbound.get('Logical_Switch_Port', uuid);
      const own = [...northbound.rows('Logical_Router_Port')].find(
        ({ _uuid, name, gateway_chassis }) =>
          ports.includes(_uuid) && name === port?.options.get('router-port') && gateway_chassis.length > 0,
      );
      if (!own) continue;
      const fixed = own.networks.map((text) => ({
        subnet_id: own.external_ids.get('neutron:subnet_ids') ?? idOf(`subnet of ${network.name}`),
        ip_address: text.split('/')[0],
      }));
      const info = {
        network_id: network.name.replace(/^neutron-/, ''),
        external_fixed_ips: fixed,
        enable_snat: true,
      };
      return JSON.stringify(info).replaceAll('":', '": ').replaceAll(',"', ', "').replaceAll(',{', ', {');
    }
  return 'null';
}

function routerShow({ northbound }: OpenstackHost, name: string): string | undefined {
  const routers = northbound ? [...northbound.rows('Logical_Router')] : [];
  const found = routers.find(
    (router: { readonly name: string; readonly external_ids: ReadonlyMap<string, string> }) =>
      router.external_ids.get('neutron:router_name') === name || router.name === `neutron-${name}`,
  );
  if (!found || !northbound) return undefined;
  return table(
    ['Field', 'Value'],
    [
      ['admin_state_up', 'UP'],
      ['external_gateway_info', gatewayInfo(northbound, found.ports)],
      ['id', found.name.replace(/^neutron-/, '')],
      ['name', found.external_ids.get('neutron:router_name') ?? found.name],
      ['status', 'ACTIVE'],
    ],
  );
}

export function openstack({ argv, output, host }: Invocation<OpenstackHost>): Exit {
  const words = argv.slice(1);
  const at = words.findIndex((word) => word.startsWith('--os-cloud'));
  const given = at < 0 ? undefined : (words[at]?.split('=')[1] ?? words[at + 1]);
  if (at >= 0) words.splice(at, words[at]?.includes('=') ? 1 : 2);
  const asked = { ...host, cloud: given ?? host.cloud };
  if (asked.cloud === undefined) {
    output.err('Missing value auth-url required for auth plugin password\n');
    return { status: 1 };
  }
  const [noun = '', verb = '', name = ''] = words;
  if (noun === 'server' && verb === 'list') output.out(serverList(asked));
  else if (noun === 'router' && verb === 'show' && asked.cloud === 'overcloud') {
    const text = routerShow(asked, name);
    if (text === undefined) {
      output.err(`No Router found for ${name}\n`);
      return { status: 1 };
    }
    output.out(text);
  } else {
    output.err(`openstack: ${words.join(' ')} of the ${asked.cloud} is not modelled\n`);
    return { status: 2 };
  }
  return { status: 0 };
}
