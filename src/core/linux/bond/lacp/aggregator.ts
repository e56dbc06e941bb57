/** Aggregators: which ports belong together, and which of the groups carries the bond's traffic. */
import type { BondSlave, BondState } from '../state.ts';
import type { LacpPort } from './port.ts';
import { has } from './port.ts';
import { LACP_STATE } from '../../../wire/layer/lacp.ts';

/** Lowest bit of a key: the port is full duplex. */
const DUPLEX = 1;

type Member = BondSlave & { readonly lacp: LacpPort };

export const isMember = (slave: BondSlave): slave is Member => slave.lacp !== null;

export const membersOf = (bond: BondState, aggregator: number | null): readonly Member[] =>
  aggregator === null
    ? []
    : bond.slaves.filter(isMember).filter(({ lacp }) => lacp.aggregator === aggregator);

const isIndividual = (port: LacpPort): boolean =>
  (port.actor.key & DUPLEX) === 0 || !has(port.partner, LACP_STATE.aggregation) || port.partner.system === 0n;

/**
 * Puts a port into an aggregator whose ports have the same key and the same partner, else into one without ports,
 * the first of the bond (802.1AX clause 6.4.14).
 */
export function chooseAggregator(bond: BondState, port: LacpPort): void {
  const same = (other: LacpPort): boolean =>
    other.actor.key === port.actor.key &&
    other.partner.system === port.partner.system &&
    other.partner.systemPriority === port.partner.systemPriority &&
    other.partner.key === port.partner.key;
  const others = bond.slaves.filter(isMember).filter(({ lacp }) => lacp !== port);
  const joined = isIndividual(port)
    ? undefined
    : others.find(
        ({ lacp }) => lacp.selected && lacp.aggregator !== null && same(lacp) && !isIndividual(lacp),
      );
  const taken = new Set(others.map(({ lacp }) => lacp.aggregator));
  const free = bond.slaves.filter(isMember).find(({ lacp }) => !taken.has(lacp.number));
  port.aggregator = joined?.lacp.aggregator ?? free?.lacp.number ?? port.number;
  port.selected = true;
}

interface Candidate {
  readonly number: number;
  readonly individual: boolean;
  readonly hasPartner: boolean;
  readonly key: number;
  /** Ports whose link is up. */
  readonly ports: number;
}

function candidatesOf(bond: BondState): readonly Candidate[] {
  const numbers = [...new Set(bond.slaves.filter(isMember).map(({ lacp }) => lacp.aggregator))];
  return numbers.flatMap((number) => {
    const members = membersOf(bond, number);
    const first = members[0]?.lacp;
    if (number === null || first === undefined) return [];
    const ports = members.filter(({ link }) => link === 'up').length;
    return {
      number,
      individual: (first.actor.key & DUPLEX) === 0,
      hasPartner: first.partner.system !== 0n,
      key: first.actor.key,
      ports,
    };
  });
}

/** Whether `one` is to be preferred to `best`. All ports of a bond have one speed here, so bandwidth goes with ports. */
function isBetter(one: Candidate, best: Candidate): boolean {
  if (one.individual !== best.individual) return best.individual;
  if (one.hasPartner !== best.hasPartner) return one.hasPartner;
  return one.ports > best.ports;
}

/** Chooses the aggregator that carries the traffic, by `ad_select`. The answer tells whether it changed. */
export function selectAggregator(bond: BondState): boolean {
  const candidates = candidatesOf(bond).filter(({ ports }) => ports > 0);
  const current = candidates.find(({ number }) => number === bond.activeAggregator);
  let best = current;
  for (const one of candidates) if (best === undefined || isBetter(one, best)) best = one;
  const stays =
    bond.settings.ad_select === 'stable' &&
    current !== undefined &&
    (current.hasPartner || best?.hasPartner !== true) &&
    !(current.key === 0 && best !== undefined && best.key !== 0);
  const chosen = stays ? current : best;
  const before = bond.activeAggregator;
  bond.activeAggregator = chosen?.number ?? null;
  return bond.activeAggregator !== before;
}
