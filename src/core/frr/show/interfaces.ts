/** `show interface` of zebra, at length, as a list, and as JSON. */
import { formatMac, formatIpv4 } from '../../base/address.ts';
import { compareInterfaceNames } from '../config/write/bgp.ts';
import { comparePrefixes, formatAddress, formatPrefix, network, type Prefix } from '../prefix.ts';
import type { KernelDevice, KernelInterface } from '../zebra/kernel-port.ts';
import { epochMilliseconds, type ShowContext } from './context.ts';
import type { Json, JsonObject } from './json.ts';
import { formatLogTime } from './time.ts';

/** Interfaces of one VRF in zebra's order. */
export const interfacesOf = (context: ShowContext, vrf: string): KernelInterface[] =>
  context.zebra
    .kernelInterfaces()
    .filter((one) => one.vrf === vrf)
    .sort((a, b) => compareInterfaceNames(a.name, b.name));

/** Names of `IFF_*`, by bit, in the order in which FRR tells them. */
const FLAGS: readonly (readonly [number, string])[] = [
  [0x1, 'UP'],
  [0x2, 'BROADCAST'],
  [0x4, 'DEBUG'],
  [0x8, 'LOOPBACK'],
  [0x10, 'POINTOPOINT'],
  [0x20, 'NOTRAILERS'],
  [0x40, 'RUNNING'],
  [0x80, 'NOARP'],
  [0x100, 'PROMISC'],
  [0x200, 'ALLMULTI'],
  [0x1000, 'MULTICAST'],
];

const flagText = (flags: number): string =>
  `<${FLAGS.flatMap(([bit, name]) => ((flags & bit) === 0 ? [] : [name])).join(',')}>`;

const LINKS: Readonly<Record<KernelDevice['link'], string>> = {
  ethernet: 'Ethernet',
  loopback: 'Loopback',
  gre: 'GRE over IP',
  other: 'Unknown',
};

const KINDS: Readonly<Record<KernelDevice['kind'], string>> = {
  bridge: 'Bridge',
  vlan: 'Vlan',
  vxlan: 'Vxlan',
  vrf: 'VRF',
  veth: 'VETH',
  bond: 'bond',
  macvlan: 'macvlan',
  gre: 'GRE',
  other: 'Other',
};

const PORTS = { bridge: 'Bridge', vrf: 'Vrf', bond: 'Bond', other: 'Other' } as const;

/** Zebra does not look at the host's addresses of itself. */
const isKept = (address: Prefix): boolean =>
  address.family === 4 ? address.address >> 24n !== 127n : address.address !== 1n;

const isLinkLocal = (address: Prefix): boolean => address.family === 6 && address.address >> 118n === 0x3fan;

/** IPv4 addresses by number, then IPv6 ones as they came. */
function addressesOf({ addresses }: KernelInterface): readonly Prefix[] {
  const kept = addresses.filter(isKept);
  const v4 = kept.filter((one) => one.family === 4);
  return [...v4.sort(comparePrefixes), ...kept.filter((one) => one.family === 6)];
}

const markOf = (device: KernelDevice, address: Prefix): KernelDevice['marks'][number] | undefined =>
  device.marks.find((one) => comparePrefixes(one.address, address) === 0);

function addressText(device: KernelDevice, address: Prefix): string {
  const mark = markOf(device, address);
  return [
    `  ${address.family === 4 ? 'inet' : 'inet6'} ${formatPrefix(address)}`,
    mark?.peer ? ` peer ${formatPrefix(mark.peer)}` : '',
    mark?.isSecondary === true ? ' secondary' : '',
    mark?.label ? ` ${mark.label}` : '',
    '\n',
  ].join('');
}

const stampOf = (context: ShowContext, at: number | null): string | null =>
  at === null ? null : formatLogTime(epochMilliseconds(context.clock, at), 2);

/** What a device of its kind says of itself. */
function kindText(one: KernelInterface, device: KernelDevice): string {
  switch (device.kind) {
    case 'bridge':
      return `  Bridge VLAN-aware: ${device.isVlanAware ? 'yes' : 'no'}\n`;
    case 'vlan':
      return `  VLAN Id ${device.vlan ?? 0}\n`;
    case 'vxlan': {
      if (!one.vxlan) return '';
      const { vni, local, group } = one.vxlan;
      const below = device.below?.name;
      return [
        `  VxLAN Id ${vni}`,
        local === 0 ? '' : ` VTEP IP: ${formatIpv4(local)}`,
        group === 0 ? '' : `  Mcast Group ${formatIpv4(group)}`,
        below == null ? '' : ` Link Interface ${below}`,
        '\n',
      ].join('');
    }
    case 'gre': {
      const { local, remote } = device.ends ?? { local: 0, remote: 0 };
      if (local === 0) return '';
      return `  VTEP IP: ${formatIpv4(local)}${remote === 0 ? '' : ` , remote ${formatIpv4(remote)}`}\n`;
    }
    case 'vrf':
    case 'veth':
    case 'bond':
    case 'macvlan':
    case 'other':
      return '';
  }
}

/** Router advertisements that are sent there (`nd_dump_vty`). */
function advertisingText({ advertising }: KernelDevice, lifetime: number | null): string {
  if (!advertising) return '';
  const { interval, sent, received } = advertising;
  const every = interval % 1000 === 0 ? `${interval / 1000} seconds` : `${interval} milliseconds`;
  return [
    '  ND advertised reachable time is 0 milliseconds\n',
    '  ND advertised retransmit interval is 0 milliseconds\n',
    '  ND advertised hop-count limit is 64 hops\n',
    `  ND router advertisements sent: ${sent} rcvd: ${received}\n`,
    `  ND router advertisements are sent every ${every}\n`,
    lifetime === null
      ? '  ND router advertisements lifetime tracks ra-interval\n'
      : `  ND router advertisements live for ${lifetime} seconds\n`,
    '  ND router advertisement default router preference is medium\n',
    '  Hosts use stateless autoconfig for addresses.\n',
  ].join('');
}

const heardOf = ({ advertising }: KernelDevice): string | null =>
  advertising?.heard == null
    ? null
    : `${formatAddress({ family: 6, address: advertising.heard.address })}/128`;

/** One interface at length. */
export function interfaceText(context: ShowContext, one: KernelInterface): string {
  const device = context.zebra.host.device(one);
  const config = context.config.interfaces.get(one.name);
  const times = context.zebra.host.linkTimes(one);
  const protocol =
    config?.linkDetect === false ? 'detection is disabled' : `is ${one.running ? 'up' : 'down'}`;
  const state = one.up ? `up, line protocol ${protocol}` : 'down';
  if (!device) return '';
  const { portOf, below } = device;
  const heard = heardOf(device);
  return [
    `Interface ${one.name} is ${state}\n`,
    `  Link ups:   ${String(times.ups).padStart(5)}    last: ${stampOf(context, times.lastUp) ?? '(never)'}\n`,
    `  Link downs: ${String(times.downs).padStart(5)}    last: ${stampOf(context, times.lastDown) ?? '(never)'}\n`,
    `  vrf: ${one.vrf}\n`,
    config?.description == null ? '' : `  Description: ${config.description}\n`,
    device.alias === null ? '' : `  OS Description: ${device.alias}\n`,
    `  index ${one.index} metric 0 mtu ${one.mtu} speed ${device.speed} \n`,
    `  flags: ${flagText(device.flags)}\n`,
    ...([4, 6] as const).map((family) =>
      device.ignoresLinkDown[family] ? `  Ignore all v${family} routes with linkdown\n` : '',
    ),
    `  Type: ${LINKS[device.link]}\n`,
    one.mac === 0n ? '' : `  HWaddr: ${formatMac(one.mac)}\n`,
    config?.bandwidth == null ? '' : `  bandwidth ${config.bandwidth} Mbps\n`,
    ...addressesOf(one).map((address) => addressText(device, address)),
    `  Interface Type ${KINDS[device.kind]}\n`,
    `  Interface Slave Type ${portOf === null ? 'None' : PORTS[portOf.kind]}\n`,
    kindText(one, device),
    portOf?.kind === 'bridge' || portOf?.kind === 'bond' ? `  Master interface: ${portOf.name}\n` : '',
    '  protodown: off \n',
    below === null
      ? ''
      : below.name === null
        ? `  Parent ifindex: ${below.index}\n`
        : `  Parent interface: ${below.name}\n`,
    advertisingText(device, config?.ndRaLifetime ?? null),
    heard === null ? '' : `  Neighbor address(s):\n  inet6 ${heard}\n`,
  ].join('');
}

function kindJson(one: KernelInterface, device: KernelDevice): JsonObject {
  switch (device.kind) {
    case 'bridge':
      return { bridgeVlanAware: device.isVlanAware };
    case 'vlan':
      return { vlanId: device.vlan ?? 0 };
    case 'vxlan': {
      if (!one.vxlan) return {};
      const { vni, local, group } = one.vxlan;
      return {
        vxlanId: vni,
        vtepIp: local === 0 ? undefined : formatIpv4(local),
        mcastGroup: group === 0 ? undefined : formatIpv4(group),
        linkInterface: device.below?.name ?? undefined,
      };
    }
    case 'gre': {
      const { local, remote } = device.ends ?? { local: 0, remote: 0 };
      if (local === 0) return {};
      return { vtepIp: formatIpv4(local), vtepRemoteIp: remote === 0 ? undefined : formatIpv4(remote) };
    }
    case 'vrf':
    case 'veth':
    case 'bond':
    case 'macvlan':
    case 'other':
      return {};
  }
}

function addressJson(device: KernelDevice, address: Prefix): JsonObject {
  const mark = markOf(device, address);
  return {
    address: formatPrefix(address),
    peer: mark?.peer ? formatPrefix(mark.peer) : undefined,
    secondary: mark?.isSecondary === true,
    unnumbered: false,
    label: mark?.label ?? undefined,
  };
}

/** One interface; its name is the member's. */
export function interfaceJson(context: ShowContext, one: KernelInterface): JsonObject {
  const device = context.zebra.host.device(one);
  const config = context.config.interfaces.get(one.name);
  const times = context.zebra.host.linkTimes(one);
  if (!device) return {};
  const { portOf, below } = device;
  const heard = heardOf(device);
  return {
    administrativeStatus: one.up ? 'up' : 'down',
    ...(!one.up
      ? {}
      : config?.linkDetect === false
        ? { linkDetection: false }
        : { operationalStatus: one.running ? 'up' : 'down', linkDetection: true }),
    linkUps: times.ups,
    linkDowns: times.downs,
    lastLinkUp: stampOf(context, times.lastUp) ?? undefined,
    lastLinkDown: stampOf(context, times.lastDown) ?? undefined,
    vrfName: one.vrf,
    description: config?.description ?? undefined,
    OsDescription: device.alias ?? undefined,
    mplsEnabled: false,
    linkDown: device.ignoresLinkDown[4],
    linkDownV6: device.ignoresLinkDown[6],
    mcForwardingV4: false,
    mcForwardingV6: false,
    pseudoInterface: false,
    index: one.index,
    metric: 0,
    mtu: one.mtu,
    speed: device.speed,
    flags: flagText(device.flags),
    type: LINKS[device.link],
    hardwareAddress: one.mac === 0n ? undefined : formatMac(one.mac),
    bandwidth: config?.bandwidth ?? undefined,
    ipAddresses: addressesOf(one).map((address) => addressJson(device, address)),
    interfaceType: KINDS[device.kind],
    interfaceSlaveType: portOf === null ? 'None' : PORTS[portOf.kind],
    ...kindJson(one, device),
    masterInterface: portOf?.kind === 'bridge' || portOf?.kind === 'bond' ? portOf.name : undefined,
    lacpBypass: false,
    evpnMh: {},
    protodown: 'off',
    parentInterface: below?.name ?? undefined,
    parentIfindex: below !== null && below.name === null ? below.index : undefined,
    neighborIpAddresses: heard === null ? undefined : [heard],
  };
}

/** `show interface description` of one VRF. */
export const interfaceDescriptions = (context: ShowContext, vrf: string): string =>
  [
    'Interface       Status  Protocol  Description\n',
    ...interfacesOf(context, vrf).map((one) => {
      const config = context.config.interfaces.get(one.name);
      const protocol = config?.linkDetect === false ? 'unknown' : one.running ? 'up' : 'down';
      const state = one.up ? `up      ${protocol}`.padEnd(18) : 'down    down      ';
      const texts = [config?.description, context.zebra.host.device(one)?.alias];
      const described = texts.filter((text) => text != null).join(`\n${' '.repeat(34)}`);
      return `${one.name.padEnd(16)}${state}${described}\n`;
    }),
  ].join('');

/** IPv4 networks, each with its first address and how many it has. */
function networksOf(addresses: readonly Prefix[]): (readonly [Prefix, number])[] {
  const networks = new Map<string, [Prefix, number]>();
  for (const address of addresses) {
    if (address.family !== 4) continue;
    const key = formatPrefix(network(address));
    const known = networks.get(key);
    if (known) known[1] += 1;
    else networks.set(key, [address, 1]);
  }
  return [...networks.values()];
}

/** `show interface brief` of one VRF; '' without an interface. */
export function interfacesBrief(context: ShowContext, vrf: string): string {
  const row = (name: string, status: string, owner: string, addresses: string): string =>
    `${name.padEnd(16)}${status.padEnd(8)}${owner.padEnd(16)}${addresses}\n`;
  const interfaces = interfacesOf(context, vrf);
  if (interfaces.length === 0) return '';
  const lines = interfaces.map((one) => {
    const addresses = addressesOf(one);
    const v6 = addresses.filter((address) => address.family === 6);
    const global = v6.find((address) => !isLinkLocal(address));
    // With several of one network, or of IPv6, a sign says that there are more. Link-local ones stand back, but count.
    const told = (address: Prefix, count: number): string =>
      `${count > 1 ? '+ ' : ''}${formatPrefix(address)}`;
    const texts = [
      ...networksOf(addresses).map(([first, count]) => told(first, count)),
      ...(global ? [told(global, v6.length)] : []),
    ];
    return [
      row(one.name, one.up ? 'up' : 'down', vrf, texts[0] ?? ''),
      ...texts.slice(1).map((text) => `${' '.repeat(40)}${text}\n`),
    ].join('');
  });
  return `${row('Interface', 'Status', 'VRF', 'Addresses')}${row('---------', '------', '---', '---------')}${lines.join('')}\n`;
}

/** The same as JSON, by name. */
export const interfacesBriefJson = (context: ShowContext, vrf: string): [string, Json][] =>
  interfacesOf(context, vrf).map((one) => [
    one.name,
    {
      status: one.up ? 'up' : 'down',
      vrfName: vrf,
      addresses: one.addresses.flatMap((address) => {
        const device = context.zebra.host.device(one);
        const isSecondary = device && markOf(device, address)?.isSecondary;
        return !isKept(address) || isSecondary === true || isLinkLocal(address)
          ? []
          : [formatPrefix(address)];
      }),
    },
  ]);
