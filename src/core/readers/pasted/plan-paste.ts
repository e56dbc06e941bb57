/**
 * A topology that outputs tell of as machines and commands: everything that they say is made, and what has to be filled in
 * for a machine to stand (a MAC, the kind of a device) is named as unknown.
 */
import { createRandom, type Random } from '../../base/random.ts';
import type {
  DomainSpec,
  HypervisorSpec,
  MachineSpec,
  NicSpec,
  SegmentSpec,
  VirtualNetworkSpec,
} from '../../sim/machine.ts';
import { logicalCommands } from './logical-commands.ts';
import {
  lineOfMachine,
  machineCommands,
  nicsOfMachine,
  portVlanCommands,
  type Typed,
} from './machine-commands.ts';
import type { KnownBridge } from './hypervisor-bridges.ts';
import type { KnownMachine, KnownTopology, Unknown } from './topology.ts';

export interface PastePlan {
  readonly machines: readonly MachineSpec[];
  readonly segments: readonly SegmentSpec[];
  readonly transcript: readonly Typed[];
  /** Every one names its machine. */
  readonly unknown: readonly Unknown[];
}

/** What a hypervisor is called that nothing names. */
const HYPERVISOR = 'hypervisor';
const MTU = 1500;
const DELAY = 20_000;

const drawMac = (random: Random): string =>
  `02:${Array.from({ length: 5 }, () => random.below(256).toString(16).padStart(2, '0')).join(':')}`;

export function planPaste({
  hypervisor,
  machines,
  bridges,
  listsAddresses,
  others,
  portVlans,
  unknown: told,
}: KnownTopology): PastePlan {
  const random = createRandom(1);
  const name = hypervisor ?? HYPERVISOR;
  const unknown: Unknown[] = told.map((one) => ({ ...one, machine: one.machine ?? name }));
  const miss = (machine: string, device: string | null, text: string): void =>
    void unknown.push({ machine, device, text });
  const transcript: Typed[] = [];
  const segments: SegmentSpec[] = [];
  const networks = virtualNetworks(machines, bridges, name, random, miss);
  const domains = machines.flatMap((machine) => domainOf(machine, miss));
  const specs = machines.map((machine): MachineSpec => {
    const nics = nicsOfMachine(machine).map((nic): NicSpec => {
      const id = `${machine.name}-${nic.name}`;
      segments.push({ id, name: `where ${nic.name} of ${machine.name} leads`, mtu: MTU, delay: DELAY });
      miss(machine.name, nic.name, `where ${nic.name} of ${machine.name} leads`);
      if (nic.mac === null) miss(machine.name, nic.name, `the MAC of ${nic.name} of ${machine.name}`);
      return { name: nic.name, mac: nic.mac ?? drawMac(random.fork(id)), addresses: [], segment: id };
    });
    transcript.push(...machineCommands(machine, miss));
    for (const line of logicalCommands(machine.logical)) transcript.push(lineOfMachine(machine.name, line));
    for (const port of machine.logical.flatMap(({ ports }) => ports))
      if ((port.fields.get('gateway chassis')?.length ?? 0) > 1)
        miss(machine.name, null, `the priorities of the gateway chassis of ${port.name}`);
    if (machine.logical.length > 0)
      miss(machine.name, null, `on which chassis the logical ports that ${machine.name} lists are`);
    if (machine.addresses.length > 0 && !hasAddresses(machine))
      miss(machine.name, null, `which device of ${machine.name} has ${machine.addresses.join(', ')}`);
    return {
      name: machine.name,
      kind: 'machine',
      services: [
        ...(machine.ovsBridges === null ? [] : (['openvswitch'] as const)),
        ...(machine.logical.length === 0 ? [] : (['ovn-central'] as const)),
      ],
      nics,
    };
  });
  if (networks.length === 0 && domains.length === 0)
    return { machines: specs, segments, transcript, unknown };
  const spec: HypervisorSpec = { networks, domains };
  const taps = new Set(domains.flatMap(({ interfaces }) => interfaces.map(({ tap }) => tap)));
  for (const bridge of bridges)
    for (const port of bridge.ports)
      if (!taps.has(port)) {
        transcript.push(...looseport(name, bridge.name, port));
        if (!/^vnet\d+$/.test(port)) miss(name, port, `what kind of device ${port} of ${name} is`);
      }
  transcript.push(...portVlanCommands(name, portVlans, miss));
  if (!listsAddresses)
    miss(
      name,
      null,
      bridges.some(({ addresses }) => addresses.length > 0)
        ? `the other addresses of ${name}`
        : `the addresses of ${name}`,
    );
  if (others.length > 0) miss(name, null, `where ${others.join(', ')} of ${name} lead: they are not drawn`);
  return {
    machines: [{ name, kind: 'machine', services: [], nics: [], hypervisor: spec }, ...specs],
    segments,
    transcript,
    unknown,
  };
}

const hasAddresses = ({ addresses, links }: KnownMachine): boolean =>
  addresses.every((address) =>
    links?.some((link) => link.addresses.some((full) => full.split('/')[0] === address)),
  );

/** A port whose other end nothing tells: a tap that nobody holds. */
const looseport = (machine: string, bridge: string, port: string): readonly Typed[] => [
  lineOfMachine(machine, `ip tuntap add dev ${port} mode tap`),
  lineOfMachine(machine, `ip link set ${port} master ${bridge}`),
  lineOfMachine(machine, `ip link set ${port} up`),
];

type Miss = (machine: string, device: string | null, text: string) => void;

/** The bridges that brctl lists, and those that only virsh names. */
function virtualNetworks(
  machines: readonly KnownMachine[],
  bridges: readonly KnownBridge[],
  hypervisor: string,
  random: Random,
  miss: Miss,
): VirtualNetworkSpec[] {
  for (const { name, mac } of bridges)
    if (mac === null) miss(hypervisor, name, `the MAC of the bridge ${name}`);
  const listed = bridges.map(({ name, mac, stp, addresses }): VirtualNetworkSpec => ({
    name,
    bridge: name,
    mac: mac ?? drawMac(random.fork(name)),
    stp: stp ?? false,
    anchored: false,
    addresses,
  }));
  const sources = new Set(
    machines
      .flatMap(({ nics }) => nics ?? [])
      .flatMap(({ bridge, source }) => (bridge === null ? [source] : [])),
  );
  return [
    ...listed,
    ...[...sources].map((name): VirtualNetworkSpec => {
      miss(hypervisor, name, `the bridge of the network ${name}, its MAC and its other ports`);
      return {
        name,
        bridge: name,
        mac: drawMac(random.fork(name)),
        stp: false,
        anchored: false,
        addresses: [],
      };
    }),
  ];
}

/** A guest whose NICs virsh lists; those of one that is shut off end nowhere. */
function domainOf({ name, nics, shutOff }: KnownMachine, miss: Miss): DomainSpec[] {
  if (nics === null) return shutOff === null ? [] : [{ machine: name, shutOff, interfaces: [] }];
  return [
    {
      machine: name,
      shutOff: shutOff ?? nics.every(({ tap }) => tap === null),
      interfaces: nics.map(({ mac, tap, device, bridge, source }, at) => {
        const called = device ?? `nic${at + 1}`;
        if (device === null) miss(name, called, `what ${name} calls its NIC ${mac}`);
        return {
          source: { kind: 'network', name: bridge ?? source },
          mac,
          device: called,
          ...(tap === null ? {} : { tap }),
        };
      }),
    },
  ];
}
