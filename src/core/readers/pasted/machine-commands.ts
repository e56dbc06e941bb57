/** What outputs tell of one machine's devices and bridges, as the commands that make the same. */
import type { PastedLink, PastedOvsBridge, PastedOvsPort } from './output.ts';
import type { KnownMachine, Unknown } from './topology.ts';

export interface Typed {
  readonly machine: string;
  readonly line: string;
}

type Miss = (machine: string, device: string | null, text: Unknown['text']) => void;

export const lineOfMachine = (machine: string, line: string): Typed => ({ machine, line });

/** Made by the kernel or by Open vSwitch itself. */
const BY_ITSELF = /^(?:lo|ovs-system|genev_sys_\d+|vxlan_sys_\d+|gre_sys|gretap0|gre0|erspan0)$/;

/** Ports of Open vSwitch that are no devices of the machine besides. */
const isOwnPort = ({ interfaces }: PastedOvsPort): boolean =>
  interfaces.some(({ type }) => type !== '' && type !== 'system');

/** How a link of `ip link` comes to be, told by `ip -d`, by its name@lower, by who has it for a master, by the switch's ports. */
function kindOf(link: PastedLink, { links, ovsBridges }: KnownMachine): string {
  const switched = (ovsBridges ?? []).some(
    ({ name, ports }) =>
      name === link.name || ports.some((port) => port.name === link.name && isOwnPort(port)),
  );
  if (BY_ITSELF.test(link.name) || switched || link.kind === 'openvswitch') return 'own';
  if (link.kind !== null) return link.kind;
  if (links?.some(({ master }) => master === link.name)) return 'bridge';
  if (link.lower !== null && !/^if\d+$/.test(link.lower)) return 'vlan';
  return 'nic';
}

const vlanOf = ({ name, vlan }: PastedLink): number | null => {
  const named = vlan ?? Number(/(?:^vlan|[._])(\d{1,4})$/.exec(name)?.[1] ?? Number.NaN);
  return named >= 1 && named <= 4094 ? named : null;
};

/** Devices that lead out of a machine whose NICs nothing lists, and those that others stand on. */
export function nicsOfMachine(
  machine: KnownMachine,
): readonly { readonly name: string; readonly mac: string | null }[] {
  const { links, nics } = machine;
  const known = new Set((nics ?? []).map(({ device }) => device));
  const listed = (links ?? []).filter((link) => kindOf(link, machine) === 'nic');
  const names = new Set(listed.map(({ name }) => name));
  const below = (links ?? []).flatMap((link) =>
    kindOf(link, machine) === 'vlan' && link.lower !== null && !links?.some(({ name }) => name === link.lower)
      ? [{ name: link.lower, mac: link.mac }]
      : [],
  );
  return [...listed, ...new Map(below.map((one) => [one.name, one])).values()].filter(
    ({ name }, at) => !known.has(name) && (at < listed.length || !names.has(name)),
  );
}

export function machineCommands(machine: KnownMachine, miss: Miss): readonly Typed[] {
  const { name, links, ovsBridges, bridges } = machine;
  const lines: string[] = [];
  for (const bridge of bridges) {
    lines.push(`ip link add ${bridge.name} type bridge`, `ip link set ${bridge.name} up`);
    if (bridge.mac !== null) lines.push(`ip link set ${bridge.name} address ${bridge.mac}`);
    if (bridge.stp === true) lines.push(`brctl stp ${bridge.name} on`);
  }
  const made = (links ?? []).filter(
    (link) => kindOf(link, machine) !== 'own' && !bridges.some((bridge) => bridge.name === link.name),
  );
  for (const link of made) lines.push(...making(link, kindOf(link, machine), name, miss));
  for (const bridge of ovsBridges ?? []) lines.push(...switchCommands(bridge, machine, miss));
  for (const link of made)
    if (kindOf(link, machine) === 'vlan') lines.push(...vlanCommands(link, name, miss));
  for (const link of links ?? []) {
    if (BY_ITSELF.test(link.name)) continue;
    lines.push(`ip link set ${link.name} mtu ${link.mtu}`);
    if (link.master !== null && link.master !== 'ovs-system')
      lines.push(`ip link set ${link.name} master ${link.master}`);
    if (link.up) lines.push(`ip link set ${link.name} up`);
    for (const address of link.addresses)
      if (!address.startsWith('fe80:')) lines.push(`ip addr add ${address} dev ${link.name}`);
  }
  for (const bridge of bridges)
    for (const port of bridge.ports)
      if (!links?.some((link) => link.name === port && link.master !== null))
        lines.push(
          ...(links?.some((link) => link.name === port) ? [] : [`ip tuntap add dev ${port} mode tap`]),
          `ip link set ${port} master ${bridge.name}`,
        );
  for (const route of machine.routes)
    lines.push(`ip ${route.startsWith('-6 ') ? '-6 ' : ''}route add ${route.replace(/^-6 /, '')}`);
  return [
    ...lines.map((line) => lineOfMachine(name, line)),
    ...portVlanCommands(name, machine.portVlans, miss),
  ];
}

/** VLANs of bridges' ports. That a port's only VLAN is the usual one tells nothing. */
export function portVlanCommands(
  machine: string,
  ports: KnownMachine['portVlans'],
  miss: Miss,
): readonly Typed[] {
  const told = ports.filter(({ vlans }) => vlans.some(({ id }) => id !== 1));
  const lines = told.flatMap(({ name, vlans }) => [
    ...(vlans.some(({ id }) => id === 1) ? [] : [`bridge vlan del vid 1 dev ${name}`]),
    ...vlans
      .filter(({ id }) => id !== 1)
      .map(
        ({ id, last, pvid, untagged }) =>
          `bridge vlan add vid ${last > id ? `${id}-${last}` : id} dev ${name}${pvid ? ' pvid' : ''}${untagged ? ' untagged' : ''}`,
      ),
  ]);
  if (lines.length > 0) miss(machine, null, `whether the bridges of ${machine} filter VLANs`);
  return lines.map((line) => lineOfMachine(machine, line));
}

function making({ name, mac }: PastedLink, kind: string, machine: string, miss: Miss): readonly string[] {
  const address = mac === null ? '' : ` address ${mac}`;
  switch (kind) {
    case 'nic':
    case 'vlan':
      return [];
    case 'bridge':
    case 'bond':
    case 'dummy':
      return [`ip link add ${name}${address} type ${kind}`];
    case 'tun':
      return [`ip tuntap add dev ${name} mode tap`];
    default:
      miss(machine, null, `what ${name} of ${machine}, a device of the kind ${kind}, leads to`);
      return [`ip link add ${name}${address} type dummy`];
  }
}

function vlanCommands(link: PastedLink, machine: string, miss: Miss): readonly string[] {
  const id = vlanOf(link);
  if (id === null || link.lower === null) {
    miss(machine, null, `the VLAN of ${link.name} of ${machine}, which is left out for that`);
    return [];
  }
  if (link.vlan === null)
    miss(machine, link.name, `the VLAN of ${link.name} of ${machine}: ${id} is only its name`);
  return [`ip link add link ${link.lower} name ${link.name} type vlan id ${id}`];
}

function switchCommands(bridge: PastedOvsBridge, machine: KnownMachine, miss: Miss): readonly string[] {
  const settings = [
    ...(bridge.failMode === null ? [] : [`fail_mode=${bridge.failMode}`]),
    ...(bridge.datapathType === null ? [] : [`datapath_type=${bridge.datapathType}`]),
  ];
  const lines = [
    `ovs-vsctl --may-exist add-br ${bridge.name}`,
    ...(settings.length === 0 ? [] : [`ovs-vsctl set Bridge ${bridge.name} ${settings.join(' ')}`]),
  ];
  for (const port of bridge.ports) {
    if (port.name === bridge.name) continue;
    const tag = port.tag === null ? '' : ` tag=${port.tag}`;
    if (port.interfaces.length > 1) {
      const members = port.interfaces.map(({ name }) => name).join(' ');
      lines.push(`ovs-vsctl --may-exist add-bond ${bridge.name} ${port.name} ${members}${tag}`);
      continue;
    }
    const [only] = port.interfaces;
    const isNic =
      (machine.links ?? []).some(({ name }) => name === port.name) ||
      (machine.nics ?? []).some(({ device }) => device === port.name);
    if (!only && !isNic) miss(machine.name, port.name, `the type of the port ${port.name} of ${bridge.name}`);
    if (only === undefined && tag === '')
      miss(machine.name, port.name, `the VLANs of the port ${port.name} of ${bridge.name}`);
    const type = only?.type ?? (isNic ? '' : 'internal');
    const options = Object.entries(only?.options ?? {}).map(([key, value]) => ` options:${key}="${value}"`);
    const set = type === '' ? '' : ` -- set Interface ${port.name} type=${type}${options.join('')}`;
    lines.push(`ovs-vsctl --may-exist add-port ${bridge.name} ${port.name}${tag}${set}`);
  }
  return lines;
}
