/** The link types of captures: Ethernet, and the cooked headers that a capture on all devices has instead. */
import type { CookedVersion } from './options.ts';

export interface LinkType {
  readonly name: string;
  readonly description: string;
  /** As capture files number it. */
  readonly number: number;
  readonly cooked: CookedVersion | null;
}

export const ETHERNET: LinkType = { name: 'EN10MB', description: 'Ethernet', number: 1, cooked: null };
export const COOKED_1: LinkType = {
  name: 'LINUX_SLL',
  description: 'Linux cooked v1',
  number: 113,
  cooked: 1,
};
export const COOKED_2: LinkType = {
  name: 'LINUX_SLL2',
  description: 'Linux cooked v2',
  number: 276,
  cooked: 2,
};
const DOCSIS: LinkType = { name: 'DOCSIS', description: 'DOCSIS', number: 143, cooked: null };

/** Types that can be named with `-y`. */
const ALL: readonly LinkType[] = [ETHERNET, DOCSIS, COOKED_1, COOKED_2];

export const linkTypeNumbered = (number: number): LinkType | undefined =>
  ALL.find((type) => type.number === number);

export const linkTypeNamed = (name: string): LinkType | undefined => ALL.find((type) => type.name === name);

/** `EN10MB (Ethernet)`. */
export const linkTypeText = ({ name, description }: LinkType): string => `${name} (${description})`;

/** What `-L` lists for a device. */
export const linkTypesOf = (device: 'any' | 'loopback' | 'ethernet'): readonly LinkType[] =>
  device === 'any' ? [COOKED_1, COOKED_2] : device === 'loopback' ? [ETHERNET] : [ETHERNET, DOCSIS];

export const isPrintable = (type: LinkType): boolean => type !== DOCSIS;
