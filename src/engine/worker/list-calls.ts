/** What the catalogue asks: answered before the programs are there. */
import { CATALOGUE, findListing } from '../../scenarios/catalogue.ts';
import { FABRIC_LIMITS } from '../../scenarios/bgp/fabric-size.ts';
import type { EngineCalls } from '../protocol.ts';

export type ListCallName = 'scenario' | 'scenarios' | 'fabricLimits';

type ListCalls = {
  readonly [Name in ListCallName]: (ask: EngineCalls[Name]['ask']) => EngineCalls[Name]['answer'];
};

export const LIST_CALLS: ListCalls = {
  scenario: ({ id }) => findListing(id) ?? null,
  scenarios: () => CATALOGUE,
  fabricLimits: () => FABRIC_LIMITS,
};

export const isListCall = (name: string): name is ListCallName => name in LIST_CALLS;
