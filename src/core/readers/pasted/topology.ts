/** What several outputs say together of machines and how they are wired. What none says stays null: unknown. */
import type { PastedFact, PastedLink, PastedOvsBridge } from './output.ts';

interface KnownNic {
  readonly mac: string;
  /** The guest's name of it, when the guest's links are known. */
  readonly device: string | null;
  readonly tap: string | null;
  /** The hypervisor's bridge, by the tap's place in it or by the network's name. */
  readonly bridge: string | null;
}

interface KnownMachine {
  readonly name: string;
  /** Null when nothing lists its NICs. */
  readonly nics: readonly KnownNic[] | null;
  /** Null when nothing lists its links. */
  readonly links: readonly PastedLink[] | null;
  readonly ovsBridges: readonly PastedOvsBridge[] | null;
  /** Addresses that others tell of it, e.g. its network in a server list. */
  readonly addresses: readonly string[];
}

interface KnownBridge {
  readonly host: string | null;
  readonly name: string;
  readonly mac: string | null;
  readonly stp: boolean | null;
  readonly ports: readonly string[];
}

export interface KnownTopology {
  readonly machines: readonly KnownMachine[];
  readonly bridges: readonly KnownBridge[];
  /** What a reader of the picture should know is missing. */
  readonly unknown: readonly string[];
}

const of = <Kind extends PastedFact['kind']>(facts: readonly PastedFact[], kind: Kind) =>
  facts.filter((fact): fact is Extract<PastedFact, { kind: Kind }> => fact.kind === kind);

function linksOf(facts: readonly PastedFact[], name: string): PastedLink[] | null {
  const found = of(facts, 'links').filter(({ host }) => host === name);
  const links = new Map(found.flatMap((fact) => fact.links).map((link) => [link.name, link]));
  const lone = of(facts, 'addresses').filter(({ host }) => host === name);
  for (const { name: device, address } of lone) {
    const link = links.get(device);
    if (link && !link.addresses.includes(address))
      links.set(device, { ...link, addresses: [...link.addresses, address] });
  }
  return found.length === 0 ? null : [...links.values()];
}

function ovsOf(facts: readonly PastedFact[], name: string): PastedOvsBridge[] | null {
  const bridges = new Map<string, PastedOvsBridge>();
  for (const { host, bridge, ports } of of(facts, 'ovs-ports'))
    if (host === name && bridge !== null)
      bridges.set(bridge, {
        name: bridge,
        ports: ports.map((port) => ({ name: port, tag: null, interfaces: [] })),
      });
  for (const { host, bridges: shown } of of(facts, 'ovs-bridges'))
    if (host === name) for (const bridge of shown) bridges.set(bridge.name, bridge);
  return bridges.size === 0 ? null : [...bridges.values()];
}

/** Joins facts by names of machines, taps and MACs. */
export function joinFacts(facts: readonly PastedFact[]): KnownTopology {
  const bridges = of(facts, 'linux-bridges').flatMap(({ host, bridges: shown }) =>
    shown.map((bridge): KnownBridge => ({ host, ...bridge })),
  );
  const domains = of(facts, 'domain-interfaces');
  const servers = of(facts, 'servers').flatMap((fact) => fact.servers);
  const hypervisors = new Set([...bridges, ...domains].map(({ host }) => host));
  const names = new Set<string>();
  for (const { domain } of domains) if (domain !== null) names.add(domain);
  for (const { name } of servers) names.add(name);
  for (const fact of facts)
    if ('host' in fact && fact.host !== null && !hypervisors.has(fact.host)) names.add(fact.host);
  const machines = [...names].map((name): KnownMachine => {
    const links = linksOf(facts, name);
    const listed = domains.filter(({ domain }) => domain === name);
    const nics = listed.flatMap(({ interfaces }) =>
      interfaces.map(({ tap, source, mac }): KnownNic => ({
        mac,
        tap,
        device: links?.find((link) => link.mac === mac && link.lower === null)?.name ?? null,
        bridge:
          bridges.find(({ ports }) => tap !== null && ports.includes(tap))?.name ??
          bridges.find((bridge) => bridge.name === source)?.name ??
          null,
      })),
    );
    return {
      name,
      nics: listed.length === 0 ? null : nics,
      links,
      ovsBridges: ovsOf(facts, name),
      addresses: servers
        .filter((server) => server.name === name)
        .flatMap((server) => Object.values(server.networks).flat()),
    };
  });
  return { machines, bridges, unknown: unknownOf(machines, bridges) };
}

function unknownOf(machines: readonly KnownMachine[], bridges: readonly KnownBridge[]): string[] {
  const taps = new Set(machines.flatMap(({ nics }) => nics ?? []).map(({ tap }) => tap));
  return [
    ...machines.flatMap(({ name, nics, links, ovsBridges }) => [
      ...(nics === null ? [`the NICs of ${name}`] : []),
      ...(links === null ? [`the devices and addresses of ${name}`] : []),
      ...(ovsBridges === null ? [`the Open vSwitch bridges of ${name}`] : []),
      ...(nics ?? []).flatMap(({ mac, device }) =>
        device === null && links !== null ? [`which device of ${name} has ${mac}`] : [],
      ),
    ]),
    ...bridges.flatMap(({ name, ports }) =>
      ports
        .filter((port) => /^vnet\d+$/.test(port) && !taps.has(port))
        .map((port) => `the guest behind ${port} of ${name}`),
    ),
  ];
}
