/** What several outputs say together of machines and how they are wired. What none says stays null: unknown. */
import {
  hypervisorBridges,
  isTap,
  listedBridges,
  networkBridges,
  type KnownBridge,
} from './hypervisor-bridges.ts';
import type { PastedFact, PastedLink, PastedLogical, PastedOvsBridge, PastedPortVlan } from './output.ts';

interface KnownNic {
  readonly mac: string;
  /** The network or bridge that virsh names. */
  readonly source: string;
  /** The guest's name of it, when the guest's links are known. */
  readonly device: string | null;
  readonly tap: string | null;
  /** The hypervisor's bridge, by the tap's place in it or by the network's name. */
  readonly bridge: string | null;
}

export interface KnownMachine {
  readonly name: string;
  /** Null when nothing lists its NICs. */
  readonly nics: readonly KnownNic[] | null;
  /** Null when nothing lists its links. */
  readonly links: readonly PastedLink[] | null;
  readonly ovsBridges: readonly PastedOvsBridge[] | null;
  /** The logical network that its northbound database holds; empty when nothing lists one. */
  readonly logical: readonly PastedLogical[];
  /** Linux bridges of its own; empty when nothing lists any. */
  readonly bridges: readonly KnownBridge[];
  /** Routes as `ip route add` takes them. */
  readonly routes: readonly string[];
  readonly portVlans: readonly {
    readonly name: string;
    readonly vlans: readonly PastedPortVlan[];
  }[];
  /** Names of its containers. */
  readonly containers: readonly string[];
  /** Whether libvirt lists it, and whether it runs; null when no list has it. */
  readonly shutOff: boolean | null;
  /** Addresses that others tell of it: its networks in a server list, those that a cluster put there. */
  readonly addresses: readonly string[];
}

/** Something that no output tells. */
export interface Unknown {
  /** Of which machine; null for the hypervisor. */
  readonly machine: string | null;
  /** Of which of its devices or ports; null for the machine itself. */
  readonly device: string | null;
  /** `the NICs of compute-0`. */
  readonly text: string;
}

export interface KnownTopology {
  /** The machine that runs the others; null when nothing names it. */
  readonly hypervisor: string | null;
  readonly machines: readonly KnownMachine[];
  /** The hypervisor's. */
  readonly bridges: readonly KnownBridge[];
  /** Whether some output lists its addresses; those of its links that are no bridge and no port of one. */
  readonly listsAddresses: boolean;
  readonly others: readonly string[];
  /** Of its bridges' ports. */
  readonly portVlans: KnownMachine['portVlans'];
  /** What a reader of the picture should know is missing. */
  readonly unknown: readonly Unknown[];
}

const of = <Kind extends PastedFact['kind']>(facts: readonly PastedFact[], kind: Kind) =>
  facts.filter((fact): fact is Extract<PastedFact, { kind: Kind }> => fact.kind === kind);

/** Links that are listed, and devices of which only an address is told. */
function linksOf(facts: readonly PastedFact[], name: string): PastedLink[] | null {
  const found = of(facts, 'links').filter(({ host }) => host === name);
  const links = new Map<string, PastedLink>();
  for (const link of found.flatMap((fact) => fact.links))
    links.set(link.name, bothOf(links.get(link.name), link));
  for (const { host, name: device, address } of of(facts, 'addresses')) {
    if (host !== name) continue;
    const link = links.get(device) ?? lone(device);
    if (!link.addresses.includes(address))
      links.set(device, { ...link, addresses: [...link.addresses, address] });
  }
  return links.size === 0 ? null : [...links.values()];
}

/** What two outputs tell of one link. */
const bothOf = (before: PastedLink | undefined, link: PastedLink): PastedLink =>
  before === undefined
    ? link
    : {
        ...link,
        lower: link.lower ?? before.lower,
        master: link.master ?? before.master,
        kind: link.kind ?? before.kind,
        vlan: link.vlan ?? before.vlan,
        mac: link.mac ?? before.mac,
        addresses: [...new Set([...before.addresses, ...link.addresses])],
      };

const lone = (name: string): PastedLink => ({
  index: 0,
  name,
  lower: null,
  up: true,
  mtu: 1500,
  master: null,
  kind: null,
  vlan: null,
  mac: null,
  addresses: [],
});

/** The kernel counts its links from 1. */
const isLone = ({ index }: PastedLink): boolean => index === 0;

function ovsOf(facts: readonly PastedFact[], name: string): PastedOvsBridge[] | null {
  const bridges = new Map<string, PastedOvsBridge>();
  for (const { host, bridge, ports } of of(facts, 'ovs-ports'))
    if (host === name && bridge !== null)
      bridges.set(bridge, {
        name: bridge,
        failMode: null,
        datapathType: null,
        ports: ports.map((port) => ({ name: port, tag: null, interfaces: [] })),
      });
  for (const { host, bridges: shown } of of(facts, 'ovs-bridges'))
    if (host === name) for (const bridge of shown) bridges.set(bridge.name, bridge);
  return bridges.size === 0 ? null : [...bridges.values()];
}

/** The machine of the taps: where virsh ran, else whose bridges hold taps that libvirt names, else the only one with bridges. */
function hypervisorOf(facts: readonly PastedFact[]): string | null {
  const listed = [
    ...of(facts, 'domain-interfaces'),
    ...of(facts, 'domains'),
    ...of(facts, 'virtual-network'),
  ].find(({ host }) => host !== null);
  if (listed) return listed.host;
  const bridged = of(facts, 'linux-bridges');
  const holder = bridged.find(({ bridges }) => bridges.some(({ ports }) => ports.some(isTap)));
  return (holder ?? (bridged.length === 1 ? bridged[0] : undefined))?.host ?? null;
}

/** Joins facts by names of machines, taps and MACs. */
export function joinFacts(facts: readonly PastedFact[]): KnownTopology {
  const hypervisor = hypervisorOf(facts);
  const { bridges, listsAddresses, others } = hypervisorBridges(facts, hypervisor);
  const networks = networkBridges(facts);
  const domains = of(facts, 'domain-interfaces');
  const servers = of(facts, 'servers').flatMap((fact) => fact.servers);
  const resources = of(facts, 'cluster-resources').flatMap((fact) => fact.resources);
  const names = new Set<string>();
  const guests = of(facts, 'domains').flatMap((fact) => fact.domains);
  const cloudPorts = of(facts, 'cloud-ports').flatMap((fact) => fact.ports);
  for (const { name } of guests) names.add(name);
  for (const { nodes } of of(facts, 'cluster-nodes')) for (const node of nodes) names.add(node);
  for (const { domain } of domains) if (domain !== null) names.add(domain);
  for (const { name } of servers) names.add(name);
  for (const { node } of resources) if (node !== null) names.add(node);
  for (const fact of facts)
    if ('host' in fact && fact.host !== null && fact.host !== hypervisor) names.add(fact.host);
  const machines = [...names].map((name): KnownMachine => {
    const links = linksOf(facts, name);
    const listed = domains.filter(({ domain }) => domain === name);
    const nics = listed.flatMap(({ interfaces }) =>
      interfaces.map(({ tap, source, mac }): KnownNic => ({
        mac,
        source,
        tap,
        device: links?.find((link) => link.mac === mac && link.lower === null)?.name ?? null,
        bridge:
          bridges.find(({ ports }) => tap !== null && ports.includes(tap))?.name ??
          bridges.find((bridge) => bridge.name === (networks.get(source) ?? source))?.name ??
          null,
      })),
    );
    return {
      name,
      nics: listed.length === 0 ? null : nics,
      links,
      ovsBridges: ovsOf(facts, name),
      logical: of(facts, 'logical').flatMap(({ host, networks }) => (host === name ? networks : [])),
      bridges: listedBridges(facts, name),
      routes: of(facts, 'routes').flatMap(({ host, routes }) => (host === name ? routes : [])),
      portVlans: of(facts, 'port-vlans').flatMap(({ host, ports }) => (host === name ? ports : [])),
      containers: of(facts, 'containers').flatMap((fact) => (fact.host === name ? fact.names : [])),
      shutOff: guests.find((guest) => guest.name === name)?.shutOff ?? null,
      addresses: [
        ...cloudPorts
          .filter(({ mac }) => nics.some((nic) => nic.mac === mac))
          .flatMap(({ addresses }) => addresses),
        ...servers
          .filter((server) => server.name === name)
          .flatMap((server) => Object.values(server.networks).flat()),
        ...resources.flatMap(({ name: id, agent, node }) => {
          const address = agent.endsWith(':IPaddr2') ? /^ip-(.+)$/.exec(id)?.[1] : undefined;
          return node === name && address !== undefined ? [address] : [];
        }),
      ],
    };
  });
  return {
    hypervisor,
    machines,
    bridges,
    listsAddresses,
    others,
    portVlans: of(facts, 'port-vlans').flatMap(({ host, ports }) => (host === hypervisor ? ports : [])),
    unknown: unknownOf(machines, bridges),
  };
}

function unknownOf(machines: readonly KnownMachine[], bridges: readonly KnownBridge[]): Unknown[] {
  const taps = new Set(machines.flatMap(({ nics }) => nics ?? []).map(({ tap }) => tap));
  return [
    ...machines.flatMap(({ name, nics, links, ovsBridges, containers }) => {
      const own = (text: string): Unknown => ({ machine: name, device: null, text });
      return [
        ...(nics === null ? [own(`the NICs of ${name}`)] : []),
        ...(links === null
          ? [own(`the devices and addresses of ${name}`)]
          : links.some(isLone)
            ? [own(`the other devices and addresses of ${name}`)]
            : []),
        ...(links ?? []).filter(isLone).map(({ name: device }) => ({
          machine: name,
          device,
          text: `whether ${device} of ${name} is up, its kind, its MTU`,
        })),
        ...(containers.length === 0
          ? []
          : [own(`what runs in the containers of ${name}: ${containers.join(', ')}`)]),
        ...(ovsBridges === null ? [own(`the Open vSwitch bridges of ${name}`)] : []),
        ...(nics ?? []).flatMap(({ mac, device }) =>
          device === null && links !== null ? [own(`which device of ${name} has ${mac}`)] : [],
        ),
      ];
    }),
    ...bridges.flatMap(({ name, ports }) =>
      ports
        .filter((port) => isTap(port) && !taps.has(port))
        .map((port) => ({ machine: null, device: port, text: `the guest behind ${port} of ${name}` })),
    ),
  ];
}
