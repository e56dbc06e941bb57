/** The bridges of the machine that runs the others: from brctl, from libvirt's networks, and from the masters of its links. */
import type { PastedFact, PastedLink } from './output.ts';

export interface KnownBridge {
  readonly host: string | null;
  readonly name: string;
  readonly mac: string | null;
  readonly stp: boolean | null;
  readonly ports: readonly string[];
  readonly addresses: readonly string[];
}

type FactOf<Kind extends PastedFact['kind']> = Extract<PastedFact, { kind: Kind }>;

const of = <Kind extends PastedFact['kind']>(facts: readonly PastedFact[], kind: Kind): FactOf<Kind>[] =>
  facts.filter((fact): fact is FactOf<Kind> => fact.kind === kind);

export const isTap = (port: string): boolean => /^vnet\d+$/.test(port);

const isGlobal = (address: string): boolean => !/^fe80:/i.test(address);

/** The Linux bridges that a machine lists. */
export const listedBridges = (facts: readonly PastedFact[], name: string | null): KnownBridge[] =>
  of(facts, 'linux-bridges')
    .filter(({ host }) => host === name)
    .flatMap(({ host, bridges }) =>
      bridges.map((bridge): KnownBridge => ({ host, ...bridge, addresses: [] })),
    );

/** Names of libvirt's networks, each with its bridge. */
export const networkBridges = (facts: readonly PastedFact[]): ReadonlyMap<string, string> =>
  new Map(of(facts, 'virtual-network').map(({ name, bridge }) => [name, bridge.name]));

const both = (one: KnownBridge, other: KnownBridge): KnownBridge => ({
  ...one,
  mac: one.mac ?? other.mac,
  stp: one.stp ?? other.stp,
  ports: [...new Set([...one.ports, ...other.ports])],
  addresses: [...new Set([...one.addresses, ...other.addresses])],
});

/** Bridges that links tell of: masters of taps, and masters that something else calls a bridge. */
function ofLinks(host: string, links: readonly PastedLink[], known: ReadonlySet<string>): KnownBridge[] {
  const masters = new Map<string, string[]>();
  for (const { name, master } of links)
    if (master !== null) masters.set(master, [...(masters.get(master) ?? []), name]);
  return [...new Set([...known, ...masters.keys()])].flatMap((name) => {
    const ports = masters.get(name) ?? [];
    const own = links.find((link) => link.name === name);
    if (name === 'ovs-system' || !(known.has(name) || own?.kind === 'bridge' || ports.some(isTap))) return [];
    const addresses = own?.addresses.filter(isGlobal) ?? [];
    return [{ host, name, mac: own?.mac ?? null, stp: null, ports, addresses }];
  });
}

/** What all outputs together tell of the hypervisor's bridges, and its links that are none of them. */
export function hypervisorBridges(
  facts: readonly PastedFact[],
  hypervisor: string | null,
): {
  readonly bridges: readonly KnownBridge[];
  readonly listsAddresses: boolean;
  readonly others: readonly string[];
} {
  const isHere = (host: string | null): boolean => host === hypervisor || host === null;
  const links = of(facts, 'links')
    .filter(({ host }) => host !== null && host === hypervisor)
    .flatMap((fact) => fact.links);
  const told = [
    ...listedBridges(facts, hypervisor),
    ...(hypervisor === null ? [] : listedBridges(facts, null)),
    ...of(facts, 'virtual-network')
      .filter(({ host }) => isHere(host))
      .map(({ host, bridge }): KnownBridge => ({ host, ...bridge })),
  ];
  const sources = of(facts, 'domain-interfaces').flatMap(({ interfaces }) =>
    interfaces.map(({ source }) => networkBridges(facts).get(source) ?? source),
  );
  const known = new Set([
    ...told.map(({ name }) => name),
    ...sources.filter((source) => links.some(({ name }) => name === source)),
  ]);
  const merged = new Map<string, KnownBridge>();
  for (const bridge of [...told, ...(hypervisor === null ? [] : ofLinks(hypervisor, links, known))]) {
    const before = merged.get(bridge.name);
    merged.set(bridge.name, before ? both(before, bridge) : bridge);
  }
  const inside = new Set([...merged.values()].flatMap(({ name, ports }) => [name, ...ports]));
  return {
    bridges: [...merged.values()],
    listsAddresses: links.some(({ addresses }) => addresses.length > 0),
    others: [...new Set(links.map(({ name }) => name))].filter((name) => name !== 'lo' && !inside.has(name)),
  };
}
